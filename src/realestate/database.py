"""Joins the database's parts: where it is, whether it runs, whether its tables are ours, how it is saved."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from realestate.adapters.embedded_postgres import EmbeddedPostgres, ServerStatus
from realestate.adapters.migrations import Migrations, Schema, seen_revision
from realestate.errors import NoDatabaseError, UnusableInputError, UsageError
from realestate.repositories.connection import Connection, NoSchemaError, connect, connect_as_owner
from realestate.repositories.connection_errors import in_our_words
from realestate.repositories.connection_url import connection_parameters

if TYPE_CHECKING:
    from realestate.access import OpenSession
    from realestate.adapters.postgres_dumps import PostgresDumps
    from realestate.settings import Settings


# Asked for only where it is missing: the right to make roles is checked before the name is.
MAKE_ROLE = """
do $$
begin
    if not exists (select from pg_roles where rolname = 're_app') then
        create role re_app nologin;
    end if;
end $$
"""

# Sequences that belong to no column, and so do not go with a table; ours are those that re_app may use.
DROP_SEQUENCES = """
do $$
declare found regclass;
begin
    for found in
        select oid from pg_class, aclexplode(relacl) granted
        where relkind = 'S' and relnamespace = 'public'::regnamespace and grantee = 're_app'::regrole
        group by oid
    loop
        execute format('drop sequence %s', found);
    end loop;
end $$
"""


@dataclass(frozen=True, slots=True)
class DatabaseStatus:
    """What is known about the database without changing anything.

    Attributes:
        server: The embedded server, or ``None`` for a server of the user's.
        place: Where it is, without any password.
        version: Of PostgreSQL, such as ``18.4``; ``None`` when the embedded server is stopped.
        schema: How the tables stand to the package.
        revision: The tables' version.
        head: The version that the package works with.
        size: Bytes of the database.
    """

    server: ServerStatus | None
    place: str
    version: str | None
    schema: Schema | None
    revision: str | None
    head: str
    size: int | None


class Database:
    """The one database of these settings: the embedded one, or the server that DATABASE_URL names.

    Attributes:
        embedded: Our own server, or ``None`` when the user brings one.
        migrations: Of the tables.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._url = settings.database_url
        self._owner_url = settings.owner_url or settings.database_url
        self.embedded = None if self._url else EmbeddedPostgres(settings.data_folder / "postgres")
        self.migrations = Migrations(self.connect_as_owner, embedded=self.embedded is not None)

    @property
    def url(self) -> str:
        """Where the application connects to, password included."""
        return self.embedded.url("re_app") if self.embedded else str(self._url)

    @property
    def owner_url(self) -> str:
        """Where migrations connect to, as the role that owns the tables."""
        return self.embedded.url("postgres") if self.embedded else str(self._owner_url)

    def start(self) -> None:
        """Have the embedded server running; a server of the user's is left alone."""
        if self.embedded:
            self.embedded.start()

    def open(self) -> OpenSession:
        """Start, bring the tables up to date where that may be done unasked, and connect as who is signed in.

        Raises:
            NoDatabaseError: If there is none, or its tables are not the package's.
            NotAllowedError: If nobody is signed in.
        """
        from realestate.access import open_session

        self.connect().close()
        return open_session(self._settings, self.url, self.owner_url if self.embedded else None, self.start)

    def renew(self, session: OpenSession) -> None:
        """Keep the session of a long-lived process going; nothing to do while its token is fresh.

        Raises:
            NotAllowedError: If the session has ended.
        """
        from realestate.access import renew

        renew(self._settings, session.connection, self.url, self.owner_url if self.embedded else None)

    def connect(self, token: str | None = None) -> Connection:
        """A connection under row-level security to a database with our tables.

        Args:
            token: Of the session; without one no row is seen.

        Raises:
            NoDatabaseError: If there is none, or its tables are not the package's.
        """
        self.start()
        try:
            connection = connect(self.url, token, self.start)
        except NoSchemaError:
            self.make_current()
            return connect(self.url, token, self.start)
        try:
            self.make_current(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def connect_as_owner(self) -> Connection:
        """A connection by the role that owns the tables, for migrations and for what only an owner may do."""
        self.start()
        return connect_as_owner(self.owner_url, self.start)

    def make_current(self, connection: Connection | None = None) -> bool:
        """Have the tables of this package; one tiny query when they are there.

        Args:
            connection: To look with; one of the owner's when omitted.

        Returns:
            Whether the tables were made or changed.
        """
        with in_our_words():
            return self.migrations.ensure_current(connection)

    def prepare(self) -> bool:
        """Start, and have the tables; gives whether they were made or changed."""
        self.start()
        return self.make_current()

    def upgrade(self) -> tuple[str | None, str]:
        """Bring the tables to the package's version; gives the version before and after."""
        before = self.migrations.revision()
        with in_our_words():
            self.migrations.upgrade()
        return before, self.migrations.head

    def stop(self) -> bool:
        """Stop the embedded server; False when it was not running.

        Raises:
            UsageError: If the server is not ours to stop.
        """
        if self.embedded is None:
            raise UsageError("The server of DATABASE_URL is not ours to stop.", "Stop it where it was started.")
        return self.embedded.stop()

    def status(self) -> DatabaseStatus:
        """Look at everything, starting nothing."""
        server = self.embedded.status() if self.embedded else None
        if server and not server.running:
            return DatabaseStatus(server, str(server.folder), None, None, None, self.migrations.head, None)
        with self.connect_as_owner() as connection:
            info = connection.info
            row = connection.execute("select pg_database_size(current_database())").fetchone()
            connection.rollback()
            revision = seen_revision(connection)
            return DatabaseStatus(
                server=server,
                place=f"{info.user}@{info.host}:{info.port}/{info.dbname}",
                version=_written(info.server_version),
                schema=self.migrations.schema(revision),
                revision=revision,
                head=self.migrations.head,
                size=row[0] if row else None,
            )

    def backup(self, path: Path) -> None:
        """Save everything to one file, replacing it; personal data in it stays encrypted.

        Raises:
            NoDatabaseError: If there are no tables to save.
        """
        with self.connect_as_owner() as connection:
            major = connection.info.server_version // 10000
            if seen_revision(connection) is None:
                raise NoDatabaseError(
                    "There is nothing to save: the database has no tables.", "Run: realestate db init"
                )
        self._dumps().save(path, major)

    def is_empty(self) -> bool:
        """Whether the database holds no tables of ours."""
        return self.migrations.revision() is None

    def restore(self, path: Path) -> None:
        """Bring a saved database back in place of this one, all or nothing.

        Raises:
            UnusableInputError: If the file is no backup, or of a newer version of the package.
        """
        dumps = self._dumps()
        saved = dumps.revision(path)
        if self.migrations.schema(saved) is Schema.NEWER:
            raise UnusableInputError(
                f"{path} was saved at {saved}, by a newer realestate than this one.",
                "Run: pip install --upgrade realestate",
            )
        dumps.load(path, _room_for_tables())
        with in_our_words(), self.connect_as_owner() as connection:
            connection.autocommit = True
            connection.execute("analyze")

    def _dumps(self) -> PostgresDumps:
        from realestate.adapters.postgres_dumps import PostgresDumps

        self.start()
        return PostgresDumps(connection_parameters(self.owner_url))


def _room_for_tables() -> list[str]:
    """Statements that drop what is ours, and have the role that a backup's grants name."""
    from realestate.repositories.tables import metadata

    tables = ", ".join([*(f"public.{table.name}" for table in metadata.tables.values()), "public.alembic_version"])
    drop_tables = f"drop table if exists {tables} cascade; drop schema if exists auth cascade"
    return [MAKE_ROLE, drop_tables, DROP_SEQUENCES]


def _written(version: int) -> str:
    return f"{version // 10000}.{version % 10000}"
