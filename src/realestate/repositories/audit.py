"""Reads the audit log and its chain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from realestate.domain.audit import Link

if TYPE_CHECKING:
    from psycopg import Connection

# The same words as auth.entry_text(), written out so that the verifier does not trust the sealer.
_LINKS = """
select s.position, coalesce(e.id, s.entry_id),
    concat_ws(E'\\x1f', e.id, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        coalesce(e.actor_id::text, ''), coalesce(e.session_id, ''), e.action, e.detail::text),
    s.digest, e.id is null
from audit_log e full join audit_seals s on s.entry_id = e.id
order by s.position nulls last, e.id
"""


class SqlAudit:
    """The audit log as the signed-in user may see it: administrators all of it, others their own entries."""

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection

    def entries(self, limit: int) -> list[dict[str, Any]]:
        """The latest entries first."""
        from psycopg.rows import dict_row

        with self._connection.transaction(), self._connection.cursor(row_factory=dict_row) as cursor:
            cursor.execute(
                "select audit_log.id, at, actor_id as actor, action, detail, position as link"
                " from audit_log left join audit_seals on entry_id = audit_log.id order by audit_log.id desc limit %s",
                (limit,),
            )
            return cursor.fetchall()

    def links(self) -> Iterator[Link]:
        """The whole chain in order, then the entries that are not chained yet."""
        with self._connection.transaction(), self._connection.cursor(name="links") as cursor:
            cursor.execute(_LINKS)
            for position, entry_id, text, digest, missing in cursor:
                yield Link(position, entry_id, None if missing else text, digest)
