"""Keeps conversations in Postgres, and the silence that sellers ask for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from realestate.domain.chat.ports import ERASED, OPT_OUT, KeptTalk, LeadHead
from realestate.domain.leads.reach import WISHES

if TYPE_CHECKING:
    import psycopg

_LEAD = "SELECT id, coalesce(property_address, ''), property_state, status FROM leads WHERE id = %s"

_CONTACTS = """
SELECT contacts.kind, contacts.blind, contacts.restrictions FROM spots
JOIN sightings ON sightings.spot_key = spots.spot_key
JOIN contacts ON contacts.sighting_id = sightings.id
WHERE spots.lead_id = %(lead)s
"""

_SILENT_CONTACTS = f"SELECT DISTINCT kind, blind FROM ({_CONTACTS}) AS every WHERE kind IN ('phone', 'email')"  # noqa: S608 - the part stands above

_SILENCE = f"""
INSERT INTO do_not_contact (user_id, kind, blind, reason)
SELECT %(user)s, kind, blind, %(opt_out)s FROM ({_SILENT_CONTACTS}) AS theirs ON CONFLICT DO NOTHING
"""  # noqa: S608 - both parts stand above

_UNSILENCE = f"""
DELETE FROM do_not_contact USING ({_SILENT_CONTACTS}) AS theirs
WHERE do_not_contact.kind = theirs.kind AND do_not_contact.blind = theirs.blind
    AND do_not_contact.reason = %(opt_out)s
"""  # noqa: S608 - both parts stand above

# Who was erased has no contact left to be silent by, until a list names somebody new, or their own START.
_SILENCES = f"""
WITH theirs AS ({_CONTACTS})
SELECT coalesce(reason, 'asked') FROM do_not_contact JOIN theirs USING (kind, blind)
UNION SELECT restriction FROM theirs, unnest(restrictions) AS restriction WHERE restriction = ANY(%(wishes)s)
UNION SELECT what FROM (
    SELECT what FROM lead_history WHERE lead_id = %(lead)s AND what IN (%(erased)s, 'reopened') ORDER BY id DESC LIMIT 1
) AS last WHERE what = %(erased)s AND NOT EXISTS (SELECT FROM theirs)
"""  # noqa: S608 - the part stands above

_NOTE_REOPENED = "INSERT INTO lead_history (user_id, lead_id, what) VALUES (%(user)s, %(lead)s, 'reopened')"


class ChatRepository:
    """Conversations of the user whose token the connection carries; never commits by itself."""

    def __init__(self, connection: psycopg.Connection[Any], user: int) -> None:
        self._connection = connection
        self._user = user

    def lock_lead(self, lead: int) -> LeadHead | None:
        """The lead, held until the transaction ends."""
        row = self._connection.execute(_LEAD + " FOR UPDATE", (lead,)).fetchone()
        return LeadHead(*row) if row else None

    def lead(self, lead: int) -> LeadHead | None:
        """The lead, not held."""
        row = self._connection.execute(_LEAD, (lead,)).fetchone()
        return LeadHead(*row) if row else None

    def load(self, lead: int) -> KeptTalk | None:
        """The conversation of a lead; the first, should stacking have joined several."""
        row = self._connection.execute(
            "SELECT id, messages, qualification_status, qualification_score FROM conversations"
            " WHERE lead_id = %s ORDER BY id LIMIT 1",
            (lead,),
        ).fetchone()
        return KeptTalk(*row) if row else None

    def begin(self, lead: int) -> KeptTalk:
        """A new conversation of a lead."""
        query = "INSERT INTO conversations (lead_id, user_id) VALUES (%s, %s) RETURNING id"
        row = self._connection.execute(query, (lead, self._user)).fetchone()
        return KeptTalk(row[0] if row else 0)

    def save(self, talk: KeptTalk) -> None:
        """Write messages, status and score."""
        self._connection.execute(
            "UPDATE conversations SET messages = %s::jsonb, qualification_status = %s, qualification_score = %s,"
            " updated_at = now() WHERE id = %s",
            (json.dumps(talk.messages), talk.status, talk.score, talk.id),
        )

    def silence(self, lead: int) -> int:
        """Put the lead's phones and e-mails on do_not_contact; returns how many the lead has."""
        names = self._names(lead)
        self._connection.execute(_SILENCE, names)
        row = self._connection.execute(f"SELECT count(*) FROM ({_SILENT_CONTACTS}) AS theirs", names).fetchone()  # noqa: S608
        return int(row[0]) if row else 0

    def unsilence(self, lead: int) -> None:
        """Take them off again; what was put there for another reason stays."""
        self._connection.execute(_UNSILENCE, self._names(lead))
        self._connection.execute(_NOTE_REOPENED, self._names(lead))

    def silences(self, lead: int) -> set[str]:
        """Why nothing may be written to the seller: wishes that were noted, those of lists, an erasure."""
        return {row[0] for row in self._connection.execute(_SILENCES, self._names(lead))}

    def _names(self, lead: int) -> dict[str, Any]:
        return {"lead": lead, "user": self._user, "opt_out": OPT_OUT, "erased": ERASED, "wishes": sorted(WISHES)}

    def set_lead_status(self, lead: int, before: str, after: str) -> None:
        """Change the lead's status and note it in the lead's history."""
        self._connection.execute("UPDATE leads SET status = %s, updated_at = now() WHERE id = %s", (after, lead))
        self._connection.execute(
            "INSERT INTO lead_history (user_id, lead_id, what, detail) VALUES (%s, %s, 'status', %s::jsonb)",
            (self._user, lead, json.dumps({"from": before, "to": after, "by": "chat"})),
        )

    def record(self, action: str, detail: Mapping[str, Any]) -> None:
        """An entry of the audit log."""
        self._connection.execute("SELECT auth.record(%s, %s::jsonb)", (action, json.dumps(dict(detail))))

    def is_first_in_state(self, state: str, lead: int) -> bool:
        """Whether no other lead of that state has been talked with."""
        row = self._connection.execute(
            "SELECT NOT EXISTS (SELECT FROM conversations JOIN leads ON leads.id = conversations.lead_id"
            " WHERE leads.property_state = %s AND leads.id <> %s)",
            (state, lead),
        ).fetchone()
        return bool(row and row[0])
