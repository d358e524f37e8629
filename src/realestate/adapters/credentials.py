"""Where the session of the person at the keyboard is kept between commands."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from realestate.adapters.platform import locked, private_folder, write_private
from realestate.domain.accounts import Kept
from realestate.errors import NotAllowedError

if TYPE_CHECKING:
    from realestate.adapters.keychain import Keychain

LOCK_WAIT_S = 10.0
LONGEST_TOKEN = 4096
"""Bytes of a token; longer ones are refused before anything looks at them."""


class Credentials:
    """The session of one database; satisfies ``domain.accounts.CredentialStore``.

    The access token of 15 minutes stands in the file, so that an ordinary command never waits for a
    keyring; the refresh tokens stand in the keyring where one answers, else in the file too.

    Args:
        file: Where sessions are kept.
        place: Names the database: ``embedded``, or host, port and name of a server's.
        keychain: The system's keyring; ``None`` keeps everything in the file.
    """

    def __init__(self, file: SessionFile, place: str, keychain: Keychain | None = None) -> None:
        self._file = file
        self._place = place
        self._keychain = keychain

    def load(self) -> Kept | None:
        """What was kept last."""
        record = self._file.read(self._place)
        if record is None:
            return None
        refresh = record.get("refresh", [])
        if refresh == "keyring" and self._keychain:
            refresh = _list(self._keychain.get(self._place))
        until = record.get("fresh_until")
        access = record.get("access")
        return Kept(
            access if isinstance(access, str) else None,
            float(until) if isinstance(until, int | float) else None,
            tuple(token for token in refresh if isinstance(token, str)) if isinstance(refresh, list) else (),
            signed_out=bool(record.get("signed_out")),
        )

    def save(self, kept: Kept) -> None:
        """Keep this instead; the caller holds :meth:`lock`."""
        record: dict[str, Any] = {"access": kept.access, "fresh_until": kept.fresh_until}
        if kept.refresh:
            in_keyring = self._keychain and self._keychain.set(self._place, json.dumps(kept.refresh))
            record["refresh"] = "keyring" if in_keyring else list(kept.refresh)
        elif self._keychain and (self._file.read(self._place) or {}).get("refresh") == "keyring":
            self._keychain.delete(self._place)
        if kept.signed_out:
            record["signed_out"] = True
        self._file.write(self._place, {name: value for name, value in record.items() if value is not None})

    def place(self) -> str:
        """Where the session is kept, in words."""
        kept_in_keyring = (self._file.read(self._place) or {}).get("refresh") == "keyring"
        return "the keyring" if kept_in_keyring else f"{self._file.path} (mode 0600), as no keyring answers"

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold other processes back from changing what is kept."""
        with self._file.lock():
            yield


class SessionFile:
    """``session.json``, mode 0600: for each database the tokens of one session.

    Args:
        folder: The configuration folder; made when the first session is written.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "session.json"

    def read(self, place: str) -> dict[str, Any] | None:
        """What was kept for a database, or ``None``.

        Raises:
            NotAllowedError: If others may read the file.
        """
        kept = self._all().get(place)
        return kept if isinstance(kept, dict) else None

    def write(self, place: str, session: Mapping[str, Any] | None) -> None:
        """Keep a session, or forget it; the caller holds :meth:`lock`."""
        sessions = {name: kept for name, kept in self._all().items() if name != place}
        if session is not None:
            sessions[place] = dict(session)
        private_folder(self.path.parent)
        write_private(self.path, json.dumps({"v": 1, "sessions": sessions}))

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold other processes back from reading, changing and writing the file.

        Raises:
            TryLaterError: If one of them does not let go.
        """
        private_folder(self.path.parent)
        with locked(self.path.with_suffix(".lock"), LOCK_WAIT_S):
            yield

    def _all(self) -> dict[str, Any]:
        try:
            text = read_private(self.path)
        except FileNotFoundError:
            return {}
        try:
            sessions = json.loads(text)["sessions"]
        except (ValueError, KeyError, TypeError, RecursionError):
            # A damaged file signs nobody in; the next sign-in writes it anew.
            return {}
        return sessions if isinstance(sessions, dict) else {}


def _list(text: str | None) -> list[Any]:
    try:
        found = json.loads(text or "[]")
    except ValueError:
        return []
    return found if isinstance(found, list) else []


def read_private(path: Path) -> str:
    """Read a secret from a file that only its owner can read.

    Raises:
        FileNotFoundError: If there is none.
        NotAllowedError: If others can read it, or it is not text.
    """
    if path.stat().st_mode & 0o077:
        raise NotAllowedError(f"{path} can be read by other accounts of this machine.", f"Run: chmod 600 '{path}'")
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise NotAllowedError(f"{path} is not text.", "Sign in again: realestate accounts login") from None


def given_token(token: str | None, token_file: Path | None) -> str | None:
    """The token that an unattended run was given by the environment, without surrounding space.

    Raises:
        NotAllowedError: If the file is missing or others can read it, or the token is too long.
    """
    if token is None and token_file is not None:
        try:
            token = read_private(token_file)
        except OSError as error:
            raise NotAllowedError(
                f"{token_file} cannot be read: {error.strerror}.",
                "Point REALESTATE_TOKEN_FILE at a token made by: realestate accounts tokens add NAME",
            ) from None
    token = (token or "").strip()
    if len(token.encode("utf-8", "replace")) > LONGEST_TOKEN:
        raise NotAllowedError("The token is longer than 4 KB.", "Make one: realestate accounts tokens add NAME")
    return token or None
