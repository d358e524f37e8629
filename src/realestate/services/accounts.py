"""Signing in and out, sessions that go on, and looking after accounts."""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from realestate.domain.accounts import (
    Account,
    AccountStore,
    CredentialStore,
    Granted,
    Identity,
    Kept,
    Passwords,
    TokenInfo,
)
from realestate.errors import NotAllowedError, TryLaterError, UsageError

FRESH_S = 14 * 60
"""An access token lives 15 minutes; it is refreshed a minute before, by the clock it arrived by."""

REREAD_TRIES = 20
REREAD_PAUSE_S = 0.1


class Sessions:
    """The session of the person at the keyboard, from sign-in to sign-out.

    Args:
        store: The database.
        credentials: Where the session is kept between commands.
        passwords: Hashing.
        clock: Seconds since 1970.
        pause: Waits that many seconds.
        stale: An access token that was refused, however fresh it seems by the clock.
    """

    def __init__(
        self,
        store: AccountStore,
        credentials: CredentialStore,
        passwords: Passwords,
        clock: Callable[[], float] = time.time,
        pause: Callable[[float], None] = time.sleep,
        stale: str | None = None,
    ) -> None:
        self._store = store
        self._credentials = credentials
        self._passwords = passwords
        self._clock = clock
        self._pause = pause
        self._stale = stale

    def login(self, email: str, password: str) -> Identity:
        """Sign in by password and keep the session.

        An unknown account costs the same time and gets the same answer as a wrong password.

        Raises:
            NotAllowedError: If they are wrong, or the account is locked after too many wrong ones.
        """
        proof, nonce = self._passwords.prove(password, self._store.begin_login(email)), os.urandom(16)
        wait_s = self._store.offer_login(email, hashlib.sha256(proof.encode() + nonce).digest())
        if wait_s:
            raise NotAllowedError(
                f"Too many wrong passwords: this account is locked for {wait_s} more seconds.",
                "Wait, then: realestate accounts login",
            )
        refresh = _new_refresh()
        granted = self._store.finish_login(email, proof, nonce, _hash(refresh))
        if granted.access is None:
            self._store.seal_audit()
            raise NotAllowedError("The e-mail address or the password is wrong.", "Try: realestate accounts login")
        with self._credentials.lock():
            self._credentials.save(self._kept(granted, refresh))
        self._store.carry(granted.access)
        self._store.seal_audit()
        return self.whoami()

    def keep_going(self) -> str:
        """Trade the refresh token for a new access token, keep both, and speak for its owner.

        The token that follows is kept before it is offered, so that a process killed in between
        leaves one of the two that works.

        Raises:
            NotAllowedError: If the session has ended.
        """
        with self._credentials.lock():
            for _ in range(REREAD_TRIES):
                kept = self._credentials.load()
                if kept is None or not kept.refresh:
                    raise _ended()
                if kept.access is not None and self._is_fresh(kept):
                    # Another process was faster.
                    return self._speak(kept.access)
                granted = self._trade(kept)
                if granted.status == "reread":
                    self._pause(REREAD_PAUSE_S)
                    continue
                if granted.access is None:
                    self._credentials.save(Kept())
                    self._store.seal_audit()
                    raise _ended(reused=granted.status == "reuse")
                return self._speak(granted.access)
        raise TryLaterError("Another process is renewing this session and does not finish.", "Run the command again.")

    def _trade(self, kept: Kept) -> Granted:
        """Offer the newest token that the server knows: later ones were made by trades that were cut off."""
        following = _new_refresh()
        self._credentials.save(replace(kept, refresh=(*kept.refresh, following)))
        granted = Granted("unknown", None)
        for token in reversed(kept.refresh):
            granted = self._store.refresh(token, _hash(following))
            if granted.status != "unknown":
                break
        if granted.access is not None:
            self._credentials.save(self._kept(granted, following))
        return granted

    def _is_fresh(self, kept: Kept) -> bool:
        fresh = kept.fresh_until is not None and self._clock() < kept.fresh_until
        return fresh and kept.access != self._stale

    def _kept(self, granted: Granted, refresh: str) -> Kept:
        return Kept(granted.access, self._clock() + FRESH_S, (refresh,))

    def _speak(self, token: str) -> str:
        self._store.carry(token)
        return token

    def logout(self) -> bool:
        """End the session here and in the database; returns whether there was one."""
        with self._credentials.lock():
            ended = self._store.logout()
            self._credentials.save(Kept(signed_out=True))
        self._store.seal_audit()
        return ended

    def whoami(self) -> Identity:
        """Who is signed in.

        Raises:
            NotAllowedError: If nobody is.
        """
        identity = self._store.whoami()
        if identity is None:
            raise NotAllowedError("Nobody is signed in.", "Run: realestate accounts login")
        return identity


class Accounts:
    """Looking after accounts and their tokens."""

    def __init__(self, store: AccountStore, passwords: Passwords) -> None:
        self._store = store
        self._passwords = passwords

    def all(self) -> Sequence[Account]:
        """The accounts that may be seen: all for an administrator, else one's own."""
        return self._store.all()

    def add(self, email: str, password: str, full_name: str | None = None, *, admin: bool = False) -> int:
        """Make an account; returns its id.

        Raises:
            UsageError: If the password is weak, or the address has an account or is none.
            NotAllowedError: If an administrator is not asking.
        """
        made = self._store.add(_address(email), full_name, self._hashed(password, email), admin=admin)
        self._store.seal_audit()
        return made

    def bootstrap(self, code: str, email: str, password: str, full_name: str | None = None) -> None:
        """Make the first administrator of a server, by the code that ``db upgrade`` printed.

        Raises:
            NotAllowedError: If the code is wrong, spent or older than 15 minutes, or there are accounts.
        """
        if not self._store.bootstrap(code.strip(), _address(email), full_name, self._hashed(password, email)):
            raise NotAllowedError(
                "The code does not make an administrator here: it is wrong, was used, or is over 15 minutes old.",
                "Whoever owns the tables prints a new one: realestate db upgrade",
            )

    def set_active(self, email: str, *, active: bool) -> None:
        """Shut an account out at once, or let it in again."""
        if not self._store.set_active(email, active=active):
            raise _unknown_account()
        self._store.seal_audit()

    def set_password(self, email: str, password: str) -> None:
        """Change a password: one's own after signing in again, or as an administrator another's."""
        if not self._store.set_password(email, self._hashed(password, email)):
            raise _unknown_account()
        self._store.seal_audit()

    def create_token(self, name: str, scopes: Sequence[str], days: int) -> str:
        """Make a token for unattended runs; it can be shown this once."""
        token = self._store.create_token(name, scopes, days)
        self._store.seal_audit()
        return token

    def tokens(self) -> Sequence[TokenInfo]:
        """One's own tokens."""
        return self._store.tokens()

    def revoke_token(self, name: str) -> None:
        """End a token at once."""
        if not self._store.revoke_token(name):
            raise UsageError(f"There is no token {name!r}.", "See: realestate accounts tokens list")
        self._store.seal_audit()

    def _hashed(self, password: str, email: str) -> str:
        return checked_hash(self._passwords, password, email)


def checked_hash(passwords: Passwords, password: str, email: str) -> str:
    """Hash a new password for an account.

    Raises:
        UsageError: If it is weak.
    """
    weakness = passwords.weakness(password, email)
    if weakness:
        raise UsageError(f"This password will not do: {weakness}.", "Four unrelated words make a good one.")
    return passwords.hash(password)


def _address(email: str) -> str:
    """The address in the one form that accounts are named by."""
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(email.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise UsageError("An account is named by an e-mail address, and this is none.") from None


def _new_refresh() -> str:
    return "re_ref_" + secrets.token_urlsafe(32)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _ended(*, reused: bool = False) -> NotAllowedError:
    if reused:
        return NotAllowedError(
            "This session was ended: its token was used a second time, perhaps by somebody else.",
            "Sign in again and look at: realestate audit list",
        )
    return NotAllowedError("This session has ended.", "Run: realestate accounts login")


def _unknown_account() -> UsageError:
    return UsageError("There is no account of that address.", "See: realestate accounts list")
