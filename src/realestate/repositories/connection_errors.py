"""Says what is wrong with the database, and what mends it, in our family of errors."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import psycopg
from psycopg import errors as pg

from realestate.errors import NoDatabaseError, NotAllowedError, RealestateError, TryLaterError

HELP = "See: DATABASE_SETUP.md, Troubleshooting"


class ServerGoneError(NoDatabaseError):
    """Nobody listens; an embedded server may be started again."""


class RecoveringError(TryLaterError):
    """The server is starting, stopping or recovering, and will be back."""


Parameters = Mapping[str, str]
Make = Callable[[Parameters], RealestateError]


def place(parameters: Parameters) -> str:
    """Host and port as a person would write them."""
    host = parameters.get("host", "")
    port = parameters.get("port", "5432")
    if not host or host.startswith("/"):
        return f"socket {host or '(default)'}/.s.PGSQL.{port}"
    return f"{host}:{port}"


def _user(parameters: Parameters) -> str:
    return parameters.get("user", "") or "(your login name)"


def _database(parameters: Parameters) -> str:
    return parameters.get("dbname", "") or _user(parameters)


def _refused(parameters: Parameters) -> RealestateError:
    return ServerGoneError(
        f"No PostgreSQL listens at {place(parameters)}.",
        "Start it, or correct host and port in DATABASE_URL; unset it to use the embedded one",
    )


def _no_host(parameters: Parameters) -> RealestateError:
    return NoDatabaseError(f"The host {parameters.get('host')!r} is unknown here.", "Correct the host in DATABASE_URL")


def _timeout(parameters: Parameters) -> RealestateError:
    return NoDatabaseError(
        f"{place(parameters)} does not answer.", "Check host, port and firewall; the database must allow this machine"
    )


def _no_role(parameters: Parameters) -> RealestateError:
    user = _user(parameters)
    return NoDatabaseError(
        f"The server at {place(parameters)} has no role {user!r}.",
        f"Create it as a superuser: createuser --pwprompt {user}",
    )


def _no_database(parameters: Parameters) -> RealestateError:
    name = _database(parameters)
    return NoDatabaseError(
        f"The server at {place(parameters)} has no database {name!r}.",
        f"Create it as a superuser: createdb --owner={_user(parameters)} {name}",
    )


def _wrong_password(parameters: Parameters) -> RealestateError:
    return NoDatabaseError(
        f"The server at {place(parameters)} refuses the password of {_user(parameters)!r}.",
        "Correct it in DATABASE_URL; or as a superuser set it (psql: \\password ROLE) or make the role"
        f" (createuser --pwprompt {_user(parameters)})",
    )


def _no_password(parameters: Parameters) -> RealestateError:
    return NoDatabaseError(
        f"The server at {place(parameters)} wants a password for {_user(parameters)!r}.",
        "Write it in DATABASE_URL: postgresql://USER:PASSWORD@HOST/DATABASE, or keep it in ~/.pgpass",
    )


def _not_let_in(parameters: Parameters) -> RealestateError:
    return NoDatabaseError(
        f"The server at {place(parameters)} does not let {_user(parameters)!r} in from here.",
        "Add a line for this machine to its pg_hba.conf, or ?sslmode=require to DATABASE_URL, and reload it",
    )


def _tls(parameters: Parameters) -> RealestateError:
    return NoDatabaseError(
        f"No trusted TLS with {place(parameters)} (sslmode={parameters.get('sslmode', 'prefer')}).",
        "Name its authority: ?sslmode=verify-full&sslrootcert=FILE, or sslrootcert=system",
    )


def _recovering(parameters: Parameters) -> RealestateError:
    return RecoveringError(
        f"The server at {place(parameters)} is starting or recovering.", "Wait a minute, then: realestate db status"
    )


def _full_house(parameters: Parameters) -> RealestateError:
    return TryLaterError(
        f"The server at {place(parameters)} has no connection left.", "Close others, or raise its max_connections"
    )


# Connecting gives no SQLSTATE, only text, so the text decides; the first that matches.
KNOWN: tuple[tuple[re.Pattern[str], Make], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), make)
    for pattern, make in (
        (r"is (starting up|shutting down)|recovery mode|not yet accepting connections", _recovering),
        (r"server closed the connection unexpectedly|terminating connection", _recovering),
        (r"connection refused|No such file or directory|Connection reset by peer", _refused),
        (r"resolve host|translate host name|name or service not known", _no_host),
        (r"timeout expired|timed out|No route to host|Network is unreachable", _timeout),
        (r"no password supplied", _no_password),
        (r"password authentication failed|authentication failed for user", _wrong_password),
        (r'role ".*" does not exist', _no_role),
        (r'database ".*" does not exist', _no_database),
        (
            r"no pg_hba.conf entry|rejects connection|is not permitted to log in|permission denied for database",
            _not_let_in,
        ),
        (r"SSL|certificate|TLS", _tls),
        (r"too many (clients|connections)|remaining connection slots", _full_house),
    )
)


def connect_error(error: psycopg.OperationalError, parameters: Parameters) -> RealestateError:
    """Our word for a connection that failed, with the mend; never the password."""
    text = str(error)
    for pattern, make in KNOWN:
        if pattern.search(text):
            return make(parameters)
    return NoDatabaseError(f"The server at {place(parameters)} says: {_last_words(text, parameters)}.", HELP)


def _last_words(text: str, parameters: Parameters) -> str:
    line = text.strip().splitlines()[0] if text.strip() else "nothing"
    said = re.split(r"(?:FATAL|failed|error):\s+", line)[-1]
    return said.replace(parameters.get("password") or "\0", "***")


def too_old(version: int, parameters: Parameters) -> NoDatabaseError:
    """The answer to a server that lacks what our tables need.

    Args:
        version: As libpq counts it, e.g. 130012.
        parameters: Of the connection.
    """
    return NoDatabaseError(
        f"The server at {place(parameters)} is PostgreSQL {version // 10000}; 14 or newer is needed.",
        "Upgrade it with pg_upgrade, or unset DATABASE_URL to use the embedded one",
    )


@contextmanager
def in_our_words() -> Iterator[None]:
    """Turn what the database refuses in the middle of work into our family; the rest passes unchanged."""
    try:
        yield
    except Exception as error:
        translated = working_error(error)
        if translated is None:
            raise
        raise translated from None


def working_error(error: BaseException) -> RealestateError | None:
    """Our word for a failure after connecting, or ``None`` for one that is a defect of ours.

    SQLAlchemy's wrapping is looked through. Nothing of the server's text is used but the names of
    roles and tables, for it may quote a row.
    """
    error = getattr(error, "orig", None) or error
    for kinds, make in WORKING:
        if isinstance(error, kinds):
            return make(error)
    return None


def _not_permitted(error: BaseException) -> RealestateError:
    said = getattr(getattr(error, "diag", None), "message_primary", "") or "permission denied"
    return NotAllowedError(f"The database refuses: {said}.", HELP)


def _disk_full(_: BaseException) -> RealestateError:
    return TryLaterError(
        "The disk of the database is full; what was not committed is undone.", "Make room, then run this again"
    )


def _locked(_: BaseException) -> RealestateError:
    return TryLaterError("Another command holds the rows this one needs.", "Wait for it, then run this again")


def _too_long(_: BaseException) -> RealestateError:
    return TryLaterError("The database did not finish in time; nothing was changed.", "Run this again")


def _broken_off(_: BaseException) -> RealestateError:
    return TryLaterError(
        "The connection to the database broke; what was not committed is undone.",
        "Run: realestate db status, then again",
    )


WORKING: tuple[tuple[tuple[type[BaseException], ...], Callable[[BaseException], RealestateError]], ...] = (
    ((pg.DiskFull,), _disk_full),
    ((pg.LockNotAvailable, pg.DeadlockDetected), _locked),
    ((pg.QueryCanceled,), _too_long),
    ((pg.InsufficientPrivilege,), _not_permitted),
    ((psycopg.OperationalError, psycopg.InterfaceError), _broken_off),
)
