"""Accounts and sessions as plain values, and what their use cases need from outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

SCOPES = ("read", "write", "admin")
"""What a token for unattended runs may do; ``admin`` is accounts and keys, where its owner may."""

DEFAULT_SCOPES = ("read", "write")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a session speaks for.

    Attributes:
        kind: ``login`` by password, ``local`` owner of an embedded database, ``token`` for unattended
            runs, ``act`` an administrator for somebody else.
        name: Of a token.
        expires_at: When the token it was asked with ends; ``None`` for never.
    """

    user_id: int
    email: str
    full_name: str | None
    is_admin: bool
    session_id: str
    kind: str
    name: str | None
    scopes: tuple[str, ...]
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Account:
    """A row of ``users`` as administrators see it."""

    id: int
    email: str
    full_name: str | None
    is_active: bool
    is_admin: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """A token for unattended runs; the token itself was shown once."""

    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Granted:
    """The answer to a sign-in or a refresh.

    Attributes:
        status: ``ok``; of a sign-in ``wrong``; of a refresh ``reread``, ``reuse``, ``ended``, ``unknown``.
        access: The access token, when ``ok``.
    """

    status: str
    access: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a session between commands.

    Attributes:
        access: The token that opens a connection.
        fresh_until: Until when it need not be refreshed, seconds since 1970 by this machine's clock;
            ``None`` for a token that does not age.
        refresh: The token that the next access token is traded for; after it those offered in trades
            whose answers are not known yet.
        signed_out: The person has signed out and is not to be signed in unasked.
    """

    access: str | None = field(default=None, repr=False)
    fresh_until: float | None = None
    refresh: tuple[str, ...] = field(default=(), repr=False)
    signed_out: bool = False


class CredentialStore(Protocol):
    """Keeps the session of the person at the keyboard for one database."""

    def load(self) -> Kept | None:
        """What was kept last."""
        ...

    def save(self, kept: Kept) -> None:
        """Keep this instead; the caller holds :meth:`lock`."""
        ...

    def lock(self) -> AbstractContextManager[None]:
        """Hold other processes back from changing what is kept."""
        ...


class Passwords(Protocol):
    """Turns passwords into what the server may see of them."""

    def hash(self, password: str) -> str:
        """Hash a new password."""
        ...

    def prove(self, password: str, salt: str) -> str:
        """Make the hash that belongs to a salt."""
        ...

    def weakness(self, password: str, account: str) -> str | None:
        """Why a new password will not do, or ``None``."""
        ...


class AccountStore(Protocol):
    """Accounts and sessions in the database; every call is a transaction of its own."""

    def begin_login(self, email: str) -> str:
        """The salt of an account, or a lasting false one."""
        ...

    def offer_login(self, email: str, commitment: bytes) -> int:
        """Announce a proof; returns 0, or the seconds that the account is still locked."""
        ...

    def finish_login(self, email: str, proof: str, nonce: bytes, next_refresh: bytes) -> Granted:
        """Have an announced proof judged."""
        ...

    def refresh(self, token: str, next_refresh: bytes) -> Granted:
        """Trade a refresh token."""
        ...

    def carry(self, token: str | None) -> None:
        """Speak for the owner of a token from now on."""
        ...

    def whoami(self) -> Identity | None:
        """Who the connection speaks for."""
        ...

    def logout(self) -> bool:
        """End the session; returns whether there was one."""
        ...

    def all(self) -> Sequence[Account]:
        """The accounts that may be seen: all for an administrator, else one's own."""
        ...

    def add(self, email: str, full_name: str | None, hashed: str, *, admin: bool) -> int:
        """Make an account; returns its id."""
        ...

    def bootstrap(self, code: str, email: str, full_name: str | None, hashed: str) -> bool:
        """Make the first administrator; returns whether the code was good."""
        ...

    def set_active(self, email: str, *, active: bool) -> bool:
        """Let an account in or shut it out; returns whether it exists."""
        ...

    def set_password(self, email: str, hashed: str) -> bool:
        """Change a password; returns whether the account exists."""
        ...

    def create_token(self, name: str, scopes: Sequence[str], days: int) -> str:
        """Make a token for unattended runs; it is not kept anywhere."""
        ...

    def tokens(self) -> Sequence[TokenInfo]:
        """One's own tokens."""
        ...

    def revoke_token(self, name: str) -> bool:
        """End a token; returns whether there was one of that name."""
        ...

    def record(self, action: str, detail: Mapping[str, Any]) -> None:
        """Write an entry of the audit log: ids, counts and keyed hashes only."""
        ...

    def seal_audit(self) -> int | None:
        """Chain the entries that are not chained yet; ``None`` when another process is at it."""
        ...
