"""What forbids contacting somebody: the word of any list, and wishes that were noted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

# Every list's restriction on a phone, an e-mail address or a mailbox holds, and so does a wish that was noted.
_RESTRICTIONS = """
SELECT contacts.kind, contacts.blind, restriction::text FROM contacts, unnest(contacts.restrictions) AS restriction
WHERE contacts.blind = ANY(%(blinds)s) AND contacts.restrictions IS NOT NULL
UNION SELECT kind, blind, 'do_not_contact' FROM do_not_contact WHERE blind = ANY(%(blinds)s)
ORDER BY 1, 2, 3
"""


def restrictions_on(connection: psycopg.Connection[Any], blinds: Sequence[bytes]) -> dict[tuple[str, bytes], list[str]]:
    """Restrictions by kind and keyed hash of the contact; one that nothing forbids is not among them."""
    found: dict[tuple[str, bytes], list[str]] = {}
    for kind, blind, restriction in connection.execute(_RESTRICTIONS, {"blinds": list(blinds)}):
        found.setdefault((kind, bytes(blind)), []).append(restriction)
    return found
