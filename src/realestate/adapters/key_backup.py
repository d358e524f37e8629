"""A copy of the local key in a file of its own, under a passphrase or plain."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from pathlib import Path
from typing import Any

from realestate.adapters.local_keys import NONCE, LocalKey, parse
from realestate.errors import NotAllowedError, UnusableInputError, UsageError

SCRYPT = {"n": 2**17, "r": 8, "p": 1}
"""128 MB and about a third of a second for every guess."""

MAX_MEMORY = 256 * 2**20


def save(key: LocalKey, path: Path, passphrase: str | None) -> None:
    """Write the key to a new file of mode 0600.

    Args:
        key: The key.
        path: Must not exist: it may be the only copy of another key.
        passphrase: To encrypt it under; ``None`` writes it plain.

    Raises:
        UsageError: If the file exists or cannot be written.
    """
    text = key.to_json() if passphrase is None else _locked(key, passphrase)
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise UsageError(f"{path} exists and was not replaced: it may hold the only copy of a key.") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from None


def needs_passphrase(path: Path) -> bool:
    """Whether a backup is under a passphrase.

    Raises:
        UnusableInputError: If the file is no backup of a key.
    """
    return "scrypt" in _record(path)


def load(path: Path, passphrase: str | None) -> LocalKey:
    """Read a key that :func:`save` wrote.

    Raises:
        UnusableInputError: If the file is no backup of a key.
        NotAllowedError: If the passphrase is wrong.
    """
    record = _record(path)
    if "scrypt" not in record:
        return parse(json.dumps(record), str(path))
    return parse(_unlocked(record, passphrase or "", path), str(path))


def _record(path: Path) -> dict[str, Any]:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UnusableInputError(f"{path} cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict) or not {"id"} < set(record):
        raise UnusableInputError(f"{path} is no backup of a key.", "One is made by: realestate keys backup FILE")
    return record


def _locked(key: LocalKey, passphrase: str) -> str:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt, nonce = os.urandom(16), os.urandom(NONCE)
    sealed = AESGCM(_stretched(passphrase, salt, SCRYPT)).encrypt(nonce, key.to_json().encode(), b"re/1|backup")
    return json.dumps(
        {
            "v": 1,
            "id": key.fingerprint,
            "scrypt": {**SCRYPT, "salt": base64.b64encode(salt).decode()},
            "sealed": base64.b64encode(nonce + sealed).decode(),
        }
    )


def _unlocked(record: dict[str, Any], passphrase: str, path: Path) -> str:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        cost = {name: int(record["scrypt"][name]) for name in SCRYPT}
        sealed = base64.b64decode(record["sealed"], validate=True)
        stretched = _stretched(passphrase, base64.b64decode(record["scrypt"]["salt"], validate=True), cost)
        return AESGCM(stretched).decrypt(sealed[:NONCE], sealed[NONCE:], b"re/1|backup").decode()
    except InvalidTag:
        raise NotAllowedError("The passphrase is wrong.", f"Try again: realestate keys restore {path}") from None
    except (ValueError, KeyError, TypeError):
        raise UnusableInputError(f"{path} is damaged.") from None


def _stretched(passphrase: str, salt: bytes, cost: dict[str, int]) -> bytes:
    secret = passphrase.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(secret, salt=salt, dklen=32, maxmem=MAX_MEMORY, **cost)
