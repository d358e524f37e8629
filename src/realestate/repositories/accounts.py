"""Accounts and sessions, through the functions of schema ``auth``: its tables cannot be reached."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from realestate.domain.accounts import Account, Granted, Identity, TokenInfo
from realestate.errors import NotAllowedError, UsageError

if TYPE_CHECKING:
    from psycopg import Connection

LAST_ADMIN = "RE001"


class SqlAccounts:
    """Every call commits: a guess must be counted before it is judged, a session made before it serves."""

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection

    def begin_login(self, email: str) -> str:
        """The salt of an account, or a lasting false one."""
        return str(self._one("select auth.begin_login(%s)", _text(email))[0])

    def offer_login(self, email: str, commitment: bytes) -> int:
        """Announce a proof; returns 0, or the seconds that the account is still locked."""
        return int(self._one("select auth.offer_login(%s, %s)", _text(email), commitment)[0])

    def finish_login(self, email: str, proof: str, nonce: bytes, next_refresh: bytes) -> Granted:
        """Have an announced proof judged."""
        query = "select status, access from auth.finish_login(%s, %s, %s, %s)"
        return Granted(*self._one(query, _text(email), proof, nonce, next_refresh))

    def refresh(self, token: str, next_refresh: bytes) -> Granted:
        """Trade a refresh token."""
        return Granted(*self._one("select status, access from auth.refresh_session(%s, %s)", token, next_refresh))

    def carry(self, token: str | None) -> None:
        """Speak for the owner of a token from now on."""
        self._one("select set_config('app.token', %s, false)", token or "")

    def whoami(self) -> Identity | None:
        """Who the connection speaks for."""
        user_id, email, full_name, is_admin, session, kind, name, scopes, expires_at = self._one(
            "select user_id, email, full_name, is_admin, session_id, kind, name, scopes,"
            " nullif(expires_at, 'infinity') from auth.whoami()"
        )
        if user_id is None:
            return None
        return Identity(user_id, email, full_name, is_admin, session, kind, name, tuple(scopes), expires_at)

    def logout(self) -> bool:
        """End the session; returns whether there was one."""
        return bool(self._one("select auth.logout()")[0])

    def all(self) -> list[Account]:
        """The accounts that may be seen: all for an administrator, else one's own."""
        query = "select id, email, full_name, is_active, is_admin, created_at from users order by id"
        return [Account(*row) for row in self._rows(query)]

    def add(self, email: str, full_name: str | None, hashed: str, *, admin: bool) -> int:
        """Make an account; returns its id.

        Raises:
            NotAllowedError: If an administrator is not asking.
            UsageError: If the address has an account.
        """
        return int(self._one("select auth.add_user(%s, %s, %s, %s)", email, full_name, hashed, admin)[0])

    def bootstrap(self, code: str, email: str, full_name: str | None, hashed: str) -> bool:
        """Make the first administrator; returns whether the code was good."""
        row = self._one("select auth.bootstrap_admin(%s, %s, %s, %s)", _text(code), email, full_name, hashed)
        return bool(row[0])

    def set_active(self, email: str, *, active: bool) -> bool:
        """Let an account in or shut it out; returns whether it exists."""
        return bool(self._one("select auth.set_active(%s, %s)", _text(email), active)[0])

    def set_password(self, email: str, hashed: str) -> bool:
        """Change a password; returns whether the account exists."""
        return bool(self._one("select auth.set_password(%s, %s)", _text(email), hashed)[0])

    def create_token(self, name: str, scopes: Sequence[str], days: int) -> str:
        """Make a token for unattended runs; it is not kept anywhere."""
        return str(self._one("select auth.create_token(%s, %s, %s)", _text(name), list(scopes), days)[0])

    def tokens(self) -> list[TokenInfo]:
        """One's own tokens."""
        rows = self._rows("select name, scopes, created_at, expires_at, last_used_at from auth.list_tokens()")
        return [TokenInfo(name, tuple(scopes), *times) for name, scopes, *times in rows]

    def revoke_token(self, name: str) -> bool:
        """End a token; returns whether there was one of that name."""
        return bool(self._one("select auth.revoke_token(%s)", _text(name))[0])

    def record(self, action: str, detail: Mapping[str, Any]) -> None:
        """Write an entry of the audit log: ids, counts and keyed hashes only."""
        self._one("select auth.record(%s, %s::jsonb)", action, json.dumps(dict(detail)))

    def seal_audit(self) -> int | None:
        """Chain the entries that are not chained yet; ``None`` when another process is at it."""
        sealed = self._one("select auth.seal_audit()")[0]
        return None if sealed is None else int(sealed)

    def act_for(self, user_id: int) -> str:
        """A token of a quarter of an hour by which an administrator acts for an account; audited."""
        return str(self._one("select auth.act_for(%s)", user_id)[0])

    @contextmanager
    def speaking_for(self, user_id: int) -> Iterator[None]:
        """Speak for another account, as an administrator, until the block ends; audited.

        Raises:
            NotAllowedError: If an administrator is not asking.
        """
        own = str(self._one("select current_setting('app.token', true)")[0])
        self.carry(self.act_for(user_id))
        try:
            yield
        finally:
            self.carry(own)

    def touch_token(self) -> None:
        """Note that a token for unattended runs was used, once an hour."""
        self._one("select auth.touch_token()")

    def verify(self, token: str) -> int | None:
        """The user an access token from outside speaks for, if every claim of it holds."""
        user_id: int | None = self._one("select auth.verify(%s)", token)[0]
        return user_id

    def _one(self, query: str, *values: object) -> tuple[Any, ...]:
        return self._rows(query, *values)[0]

    def _rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with in_our_words(), self._connection.transaction():
            return self._connection.execute(query, values).fetchall()


class SqlProfile:
    """The row of one user, as far as they may see and change it themselves."""

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection

    def read(self, user_id: int) -> tuple[str | None, bytes | None, bytes | None]:
        """Name, and the ciphertexts of phone and address."""
        with self._connection.transaction():
            row = self._connection.execute(
                "select full_name, encrypted_phone, encrypted_address from users where id = %s", (user_id,)
            ).fetchone()
        return (row[0], row[1], row[2]) if row else (None, None, None)

    def write(self, user_id: int, name: str | None, phone: bytes | None, address: bytes | None) -> None:
        """Change what is not ``None``."""
        with in_our_words(), self._connection.transaction():
            self._connection.execute(
                "update users set full_name = coalesce(%s, full_name), encrypted_phone = coalesce(%s, encrypted_phone),"
                " encrypted_address = coalesce(%s, encrypted_address), updated_at = now() where id = %s",
                (name, phone, address, user_id),
            )


def new_bootstrap_code(owner: Connection[Any]) -> str | None:
    """A one-time code of 15 minutes that makes the first administrator; ``None`` once there are accounts.

    Args:
        owner: A connection of the role that owns the schema.
    """
    with owner.transaction():
        row = owner.execute("select auth.new_bootstrap_code()").fetchone()
    return row[0] if row else None


def local_owner_session(owner: Connection[Any]) -> str | None:
    """A token of the local owner of an embedded database, who is made on first use.

    Args:
        owner: A connection of the role that owns the schema.

    Returns:
        ``None`` when the owner has a password to sign in with.
    """
    with owner.transaction():
        row = owner.execute("select auth.local_owner_session()").fetchone()
    return row[0] if row else None


def owner_has_password(owner: Connection[Any]) -> str | None:
    """The address of the local owner, if they have a password; else ``None``.

    Args:
        owner: A connection of the role that owns the schema.
    """
    with owner.transaction():
        row = owner.execute(
            "select case when hashed_password is not null then email end from users where is_admin order by id limit 1"
        ).fetchone()
    return row[0] if row else None


def reset_admin(owner: Connection[Any], email: str, hashed: str) -> bool:
    """Make an account an administrator with a new password; returns whether it exists.

    Args:
        owner: A connection of the role that owns the schema.
        email: The account.
        hashed: Of the new password.
    """
    with in_our_words(), owner.transaction():
        row = owner.execute("select auth.reset_admin(%s, %s)", (_text(email), hashed)).fetchone()
    return bool(row and row[0])


@contextmanager
def in_our_words() -> Iterator[None]:
    """Say what a function of ``auth`` refused, without the values it was given."""
    import psycopg

    try:
        yield
    except psycopg.errors.InsufficientPrivilege as error:
        raise _refused(error.diag.message_primary or "") from None
    except psycopg.errors.UniqueViolation:
        raise UsageError("That name is taken.", "See: realestate accounts list") from None
    except (psycopg.errors.InvalidParameterValue, psycopg.errors.ForeignKeyViolation) as error:
        raise UsageError(f"Not accepted: {error.diag.message_primary}.") from None
    except psycopg.Error as error:
        if error.sqlstate != LAST_ADMIN:
            raise
        raise NotAllowedError(
            "The last administrator stays.", "Make another one first: realestate accounts add EMAIL --admin"
        ) from None


def _refused(reason: str) -> NotAllowedError:
    hints = {
        "sign in again first": "Run: realestate accounts login",
        "only an administrator may do this": "See who is: realestate accounts list",
        "nobody is signed in": "Run: realestate accounts login",
    }
    return NotAllowedError(f"Not allowed: {reason}.", hints.get(reason, "Run: realestate accounts login"))


def _text(value: str) -> str:
    """What Postgres cannot keep in a text (NUL, halves of surrogate pairs) names nobody."""
    return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
