"""The key that wraps the data keys, kept in a file of mode 0600 or given by the environment."""

from __future__ import annotations

import base64
import binascii
import json
import os
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path

from realestate.adapters.platform import private_folder, sync_folder
from realestate.errors import NotAllowedError

KEY_BYTES = 32
NONCE = 12


class LocalKey:
    """A 32-byte key of this machine; wraps by AES-256-GCM with the purpose as additional data."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @property
    def fingerprint(self) -> str:
        """64 bits that name the key and say nothing about it."""
        return blake2b(b"re/1/fingerprint", key=self._key, digest_size=8).hexdigest()

    @property
    def name(self) -> str:
        """``local:<fingerprint>``."""
        return f"local:{self.fingerprint}"

    def wrap(self, key: bytes, purpose: str) -> bytes:
        """Encrypt a data key."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(NONCE)
        return nonce + AESGCM(self._key).encrypt(nonce, key, _additional(purpose))

    def unwrap(self, wrapped: bytes, purpose: str) -> bytes:
        """Decrypt a data key.

        Raises:
            NotAllowedError: If another key wrapped it, or for another purpose.
        """
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            return AESGCM(self._key).decrypt(wrapped[:NONCE], wrapped[NONCE:], _additional(purpose))
        except (InvalidTag, ValueError):
            raise NotAllowedError(
                f"The key {self.name} does not open the {purpose} key of this database.",
                "Bring the right key back with: realestate keys restore FILE",
            ) from None

    def to_json(self) -> str:
        """Write the key down as its file keeps it."""
        return json.dumps(
            {
                "v": 1,
                "id": self.fingerprint,
                "key_b64": base64.b64encode(self._key).decode(),
                "created": datetime.now(UTC).isoformat(timespec="seconds"),
            }
        )


class LocalKeyFile:
    """The place of the local key; made once and never written over."""

    def __init__(self, path: Path, given: str | None = None) -> None:
        self.path = path
        self._given = given

    def read(self) -> LocalKey:
        """Read the key.

        Raises:
            NotAllowedError: If it is missing, malformed, or others may read it.
        """
        if self._given is not None:
            return LocalKey(_decode(self._given, "REALESTATE_MASTER_KEY"))
        _require_private(self.path)
        try:
            return parse(self.path.read_text(encoding="utf-8"), str(self.path))
        except OSError as error:
            raise NotAllowedError(f"{self.path} cannot be read: {error.strerror}.") from error

    def make(self) -> LocalKey:
        """Make a new random key and keep it; where one is already, that one is returned."""
        if self._given is None and not self.path.exists():
            self.keep(LocalKey(os.urandom(KEY_BYTES)))
        return self.read()

    def keep(self, key: LocalKey) -> None:
        """Write the key where none is; it appears whole or not at all.

        Raises:
            NotAllowedError: If another key is there: it may be the only way to somebody's data.
        """
        if not self.path.parent.is_dir():
            private_folder(self.path.parent)
        draft = self.path.with_name(f".{self.path.name}.{os.getpid()}.{os.urandom(4).hex()}")
        try:
            with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
                file.write(key.to_json())
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):
                # A link, unlike a rename, never replaces what is there.
                os.link(draft, self.path)
        except OSError as error:
            raise NotAllowedError(f"{self.path} cannot be written: {error.strerror}.") from error
        finally:
            draft.unlink(missing_ok=True)
        sync_folder(self.path.parent)


def parse(text: str, where: str) -> LocalKey:
    """Read a key as its file or its backup writes it.

    Raises:
        NotAllowedError: If the text is not such a key, or was damaged.
    """
    try:
        record = json.loads(text)
        key = LocalKey(_decode(record["key_b64"], where))
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _damaged(where) from None
    if record.get("id") != key.fingerprint:
        raise _damaged(where)
    return key


def _additional(purpose: str) -> bytes:
    return f"re/1|data_keys|{purpose}".encode()


def _decode(encoded: str, where: str) -> bytes:
    try:
        key = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError, TypeError):
        raise _damaged(where) from None
    if len(key) != KEY_BYTES:
        raise _damaged(where)
    return key


def _damaged(where: str) -> NotAllowedError:
    return NotAllowedError(f"{where} does not hold a key of 32 bytes.", "Restore it: realestate keys restore FILE")


def _require_private(path: Path) -> None:
    """Refuse a key that others can read, as ssh does."""
    try:
        found = path.stat()
    except FileNotFoundError:
        raise NotAllowedError(
            f"The key of the personal data is not here: {path}.",
            "Bring it back with: realestate keys restore FILE (what it protects stays locked until then)",
        ) from None
    except OSError as error:
        raise NotAllowedError(f"{path} cannot be read: {error.strerror}.") from error
    if found.st_mode & 0o077:
        raise NotAllowedError(f"{path} can be read by other accounts of this machine.", f"Run: chmod 600 '{path}'")
