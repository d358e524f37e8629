"""Finds what is kept about one person, takes it away, and keeps the hashes that outlive it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from realestate.domain.leads.reach import closed_by
from realestate.domain.privacy_finds import (
    AnalysisFind,
    BuyerFind,
    ChunkFind,
    ContactFind,
    ConversationFind,
    NoteFind,
    PurchaseFind,
)
from realestate.repositories.restrictions import restrictions_on

if TYPE_CHECKING:
    from psycopg import Connection

IMPORT_LOCK = 7216

_CONTACTS = """
select contacts.id, contacts.sighting_id, contacts.kind, contacts.value, contacts.blind, contacts.label,
    spots.lead_id, spots.address, spots.zip, sightings.row_hash
from contacts
join sightings on sightings.id = contacts.sighting_id
join spots on spots.user_id = sightings.user_id and spots.spot_key = sightings.spot_key
"""

_CHUNKS = """
select run_rows.run_id, run_rows.chunk, run_rows.key, run_rows.data, run_rows.lines, run_rows.sightings,
    run_rows.outcomes, runs.file
from run_rows join runs on runs.id = run_rows.run_id
"""


_BUYERS = """
select b.id, array_remove(array_append(array(select spelling from buyer_names where buyer_id = b.id)
    || b.name, b.company_name), null), phone, email
from cash_buyers b
where %(named)s
    or exists (select from buyer_contacts c where c.buyer_id = b.id
        and (c.kind = 'phone' and c.blind = any(%(phone)s) or c.kind = 'email' and c.blind = any(%(email)s)))
    or phone is not null and not exists (select from buyer_contacts c where c.buyer_id = b.id and c.kind = 'phone')
    or email is not null and not exists (select from buyer_contacts c where c.buyer_id = b.id and c.kind = 'email')
order by b.id
"""


class SqlPrivacy:
    """What is kept about people, for the user the connection speaks for, inside the caller's transaction."""

    def __init__(self, connection: Connection[Any], user: int) -> None:
        self._connection = connection
        self._user = user

    def lock(self) -> None:
        """Hold imports back until the transaction ends."""
        self._connection.execute("select pg_advisory_xact_lock(%s, %s)", (IMPORT_LOCK, self._user))

    def contacts_by_blind(self, kind: str, blinds: Sequence[bytes]) -> list[ContactFind]:
        """Contacts of one kind with one of these hashes; those of names may be somebody else's."""
        return self._contacts("where contacts.blind = any(%s) and contacts.kind = %s", list(blinds), kind)

    def contacts_of_sightings(self, sightings: Iterable[int]) -> list[ContactFind]:
        """Everything that these rows say about a person."""
        return self._contacts("where contacts.sighting_id = any(%s)", list(sightings))

    def names_of_leads(self, leads: Iterable[int]) -> list[ContactFind]:
        """The names that any row gives the owner of these properties."""
        return self._contacts("where spots.lead_id = any(%s) and contacts.kind = 'name'", list(leads))

    def chunks(self, sightings: Iterable[int]) -> list[ChunkFind]:
        """Chunks of raw rows that hold one of these rows, or rows that were rejected unread."""
        rows = self._connection.execute(
            _CHUNKS + "where run_rows.sightings && %s::bigint[] or strpos(run_rows.outcomes, 'x') > 0"
            " order by run_rows.run_id, run_rows.chunk",
            (list(sightings),),
        )
        return [ChunkFind(*row) for row in rows]

    def conversations(self, leads: Iterable[int]) -> list[ConversationFind]:
        """Conversations about these leads."""
        rows = self._connection.execute(
            "select id, lead_id, messages from conversations where lead_id = any(%s) order by id", (list(leads),)
        )
        return [ConversationFind(*row) for row in rows]

    def notes(self, leads: Iterable[int]) -> list[NoteFind]:
        """Notes on these leads."""
        rows = self._connection.execute(
            "select id, lead_id, text from lead_notes where lead_id = any(%s) order by id", (list(leads),)
        )
        return [NoteFind(*row) for row in rows]

    def analyses(self, leads: Iterable[int]) -> list[AnalysisFind]:
        """What photos showed of these leads' houses."""
        rows = self._connection.execute(
            "select id, lead_id, created_at, condition, estimate_low, estimate_high, images_analyzed"
            " from property_analyses where lead_id = any(%s) order by id",
            (list(leads),),
        )
        return [AnalysisFind(*row) for row in rows]

    def buyers(self, blinds: Mapping[str, Collection[bytes]], *, named: bool) -> list[BuyerFind]:
        """Cash buyers with one of these hashes by kind, all of them where a name is looked for.

        Whoever has a phone or e-mail address that no hash was made of is among them, too.
        """
        kinds = {kind: list(of_kind) for kind, of_kind in blinds.items()}
        rows = self._connection.execute(_BUYERS, {"phone": [], "email": [], **kinds, "named": named})
        return [BuyerFind(*row) for row in rows]

    def purchases(self, buyers: Iterable[int]) -> list[PurchaseFind]:
        """What these buyers bought."""
        rows = self._connection.execute(
            "select buyer_id, spelling, day, price, concat_ws(' ', house_number, street, city, zip), file, line"
            " from buyer_purchases where buyer_id = any(%s) order by buyer_id, id",
            (list(buyers),),
        )
        return [PurchaseFind(*row) for row in rows]

    def erase_contacts(self, contacts: Iterable[int], sightings: Iterable[int], leads: Iterable[int]) -> None:
        """Take away contacts, and the copies of them on leads."""
        gone, rows, touched = list(contacts), list(sightings), list(leads)
        self._connection.execute("delete from contacts where sighting_id = any(%s) and id = any(%s)", (rows, gone))
        self._connection.execute("update sightings set kinds = 0 where id = any(%s)", (rows,))
        for column in ("owner_name", "owner_email", "owner_phone"):
            self._connection.execute(
                f"update leads set {column} = null, {column}_contact = null, updated_at = now()"  # noqa: S608
                f" where id = any(%s) and {column}_contact = any(%s)",
                (touched, gone),
            )

    def replace_chunk(self, run: int, chunk: int, data: bytes) -> None:
        """Write a chunk of raw rows again."""
        self._connection.execute("update run_rows set data = %s where run_id = %s and chunk = %s", (data, run, chunk))

    def erase_conversations(self, conversations: Iterable[int]) -> None:
        """Take the words out of conversations; what our rules made of them stays."""
        self._connection.execute(
            "update conversations set messages = '[]', updated_at = now() where id = any(%s)", (list(conversations),)
        )

    def erase_notes(self, notes: Iterable[int]) -> None:
        """Take notes away."""
        self._connection.execute("delete from lead_notes where id = any(%s)", (list(notes),))

    def note_erased(self, leads: Iterable[int]) -> None:
        """Write into the history of leads that their owner was erased; nobody is written to there from then on."""
        self._connection.execute(
            "insert into lead_history (user_id, lead_id, what) select %s, id, 'erased' from unnest(%s::int[]) as id",
            (self._user, list(leads)),
        )

    def erase_buyers(self, buyers: Iterable[int]) -> None:
        """Take buyers away, with every spelling that was found to be the same buyer; the rest cascades."""
        self._connection.execute(
            "with recursive same as (select id from cash_buyers where id = any(%s)"
            " union select b.id from cash_buyers b join same on b.merged_into = same.id)"
            " delete from cash_buyers using same where cash_buyers.id = same.id",
            (list(buyers),),
        )

    def suppress(self, kind: str, blinds: Iterable[bytes]) -> None:
        """Keep somebody who was erased out of later imports."""
        self._keep("suppressed", kind, blinds, "erasure")

    def silence(self, kind: str, blinds: Iterable[bytes], reason: str) -> None:
        """Note that somebody is not to be contacted."""
        self._keep("do_not_contact", kind, blinds, reason)

    def suppressed(self) -> dict[str, set[bytes]]:
        """The hashes of everybody who was erased, by kind."""
        found: dict[str, set[bytes]] = {}
        for kind, blind in self._connection.execute("select kind, blind from suppressed"):
            found.setdefault(kind, set()).add(bytes(blind))
        return found

    def silenced(self, kind: str, blinds: Sequence[bytes]) -> set[bytes]:
        """Which of these are not to be contacted, by their own wish or by a list's."""
        found = restrictions_on(self._connection, blinds)
        return {blind for (own, blind), said in found.items() if own == kind and closed_by(kind, said)}

    def _contacts(self, where: str, *values: object) -> list[ContactFind]:
        rows = self._connection.execute(f"{_CONTACTS} {where} order by contacts.id", values)
        return [ContactFind(*row) for row in rows]

    def _keep(self, table: str, kind: str, blinds: Iterable[bytes], reason: str) -> None:
        self._connection.execute(
            f"insert into {table} (user_id, kind, blind, reason)"  # noqa: S608 - one of two tables, named above
            " select %s, %s, blind, %s from unnest(%s::bytea[]) as blind on conflict do nothing",
            (self._user, kind, reason, list(blinds)),
        )
