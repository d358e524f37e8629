"""Opens connections to Postgres: reads DATABASE_URL, says what is wrong, becomes the role ``re_app``."""

from __future__ import annotations

import time
from collections.abc import Callable

import psycopg
from psycopg import errors as pg
from psycopg.conninfo import make_conninfo
from psycopg.rows import TupleRow

from realestate.errors import NoDatabaseError, NotAllowedError, RealestateError
from realestate.repositories.connection_errors import (
    RecoveringError,
    ServerGoneError,
    connect_error,
    too_old,
    working_error,
)
from realestate.repositories.connection_url import connection_parameters

OLDEST_SERVER = 140000
RECOVERY_S = 30.0
RECOVERY_POLL_S = 0.1
DEFAULTS = {"connect_timeout": "5", "application_name": "realestate"}

# One round trip, in this order: the token, our limits, and last the role without privileges.
SESSION = """
select set_config('app.token', %(token)s, false),
       set_config('timezone', 'UTC', false),
       set_config('lock_timeout', '5s', false),
       set_config('role', %(role)s, false)
"""

APP_ROLE = "re_app"


class NoSchemaError(NoDatabaseError):
    """The server is there, but our tables are not."""


Connection = psycopg.Connection[TupleRow]


def connect(url: str, token: str | None = None, revive: Callable[[], None] | None = None) -> Connection:
    """Open a connection as ``re_app``, under row-level security, outside any transaction.

    Args:
        url: ``postgresql://``, ``postgres://`` or libpq's ``key=value`` form; the login role may be
            ``re_app`` itself, a member of it, or a superuser.
        token: The access or personal token of the session; without one the policies show no rows.
        revive: Starts the embedded server again; called once when nobody listens any more.

    Raises:
        NoDatabaseError: If there is no Postgres 14 or newer there, or it does not let us in.
        NotAllowedError: If the login role may not become ``re_app``.
    """
    connection = _open(connection_parameters(url), revive)
    return _begin_session(connection, APP_ROLE, token)


def connect_as_owner(url: str, revive: Callable[[], None] | None = None) -> Connection:
    """Open a connection as the login role itself, for migrations, backup and restore.

    Raises:
        NoDatabaseError: As :func:`connect`.
    """
    return _begin_session(_open(connection_parameters(url), revive), "none", None)


def _open(parameters: dict[str, str], revive: Callable[[], None] | None) -> Connection:
    try:
        connection = _wait_out_recovery(parameters)
    except ServerGoneError:
        if revive is None:
            raise
        revive()
        connection = _wait_out_recovery(parameters)
    if connection.info.server_version < OLDEST_SERVER:
        connection.close()
        raise too_old(connection.info.server_version, parameters)
    return connection


def _wait_out_recovery(parameters: dict[str, str]) -> Connection:
    """Connect, again and again for half a minute while the server says that it is coming back."""
    deadline = time.monotonic() + RECOVERY_S
    while True:
        try:
            return psycopg.connect(make_conninfo(**(DEFAULTS | parameters)), autocommit=True)
        except psycopg.OperationalError as error:
            problem = connect_error(error, parameters)
            if not isinstance(problem, RecoveringError) or time.monotonic() > deadline:
                raise problem from None
        time.sleep(RECOVERY_POLL_S)


def _begin_session(connection: Connection, role: str, token: str | None) -> Connection:
    """Set the session up; the connection is closed when the server refuses."""
    try:
        connection.execute(SESSION, {"token": token or "", "role": role})
    except psycopg.Error as error:
        user = connection.info.user
        connection.close()
        raise _no_app_role(error, user) from None
    connection.autocommit = False
    return connection


def _no_app_role(error: psycopg.Error, user: str) -> RealestateError:
    if isinstance(error, pg.InvalidParameterValue):
        return NoSchemaError(f"The database has no role {APP_ROLE!r} and no tables yet.", "Run: realestate db init")
    if isinstance(error, pg.InsufficientPrivilege):
        return NotAllowedError(
            f"The role {user!r} may not act as {APP_ROLE!r}.",
            f'As a superuser, in psql: grant {APP_ROLE} to "{user}"',
        )
    return working_error(error) or NoDatabaseError(
        "The database refuses to begin a session.", "Run: realestate db status"
    )
