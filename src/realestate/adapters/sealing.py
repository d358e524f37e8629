"""Encrypts values with AES-256-GCM, bound to column, row and owner, and hashes them to be searched by.

A value is ``0x01 | key id, uint32 big-endian | nonce, 12 | ciphertext | tag, 16``. The text is padded to
whole 16-byte blocks first, for its length tells who it is. The additional data is
``re/1|<table>|<column>|<row key>|<user id>``.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Sequence
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING

from realestate.domain.keys import KeyRing
from realestate.errors import NotAllowedError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FORMAT = 1
HEADER = struct.Struct(">BI")
NONCE = 12
TAG = 16
PADS = [b"\x80" + bytes(15 - length) for length in range(16)]
"""What is appended to a text, by its length modulo 16: one marker byte, then zeros."""

SHORT_KINDS = {"name": 2}
"""Blind indexes cut below 16 bytes: 65,536 buckets of names say little to whoever reads a dump."""


class WrongKeyError(Exception):
    """A value does not open under its key: moved, changed, or sealed for somebody else."""


def derive(key: bytes, purpose: str) -> bytes:
    """Derive a 32-byte key for one purpose by HKDF-SHA256."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), length=32, salt=None, info=purpose.encode()).derive(key)


def aead(key: bytes, table: str, column: str) -> AESGCM:
    """Return the cipher of one column under one data key."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(derive(key, f"re/1|{table}|{column}"))


def key_id(value: bytes) -> int:
    """Read which data key a value was encrypted under.

    Raises:
        WrongKeyError: If the bytes are not a value of a format we know.
    """
    if len(value) < HEADER.size + NONCE + 16 + TAG or value[0] != FORMAT:
        raise WrongKeyError
    return int(HEADER.unpack_from(value)[1])


class Sealer:
    """The cipher of one user over keys that are already unwrapped; satisfies ``domain.ports.Cipher``."""

    def __init__(self, ring: KeyRing, user_id: int) -> None:
        self._ring = ring
        self._owner = b"|%d" % user_id
        self._blind_key = cache(lambda kind: derive(ring.index(), f"re/1/bidx|{kind}|{user_id}"))
        self._aead = cache(lambda key, table, column: aead(ring.open(key), table, column))

    def seal(self, column: str, keys: Sequence[int], values: Sequence[str | None]) -> list[bytes | None]:
        """Encrypt texts; ``None`` stays ``None`` and an empty text is encrypted."""
        encrypt = self._aead(self._ring.active, *column.split(".")).encrypt
        header, prefix, owner, pads = HEADER.pack(FORMAT, self._ring.active), _prefix(column), self._owner, PADS
        # One system call for the whole batch; it reads the kernel's generator, so a fork cannot repeat it.
        nonces = os.urandom(NONCE * len(values))
        sealed: list[bytes | None] = []
        add = sealed.append
        at = 0
        for key, value in zip(keys, values, strict=True):
            if value is None:
                add(None)
                continue
            nonce = nonces[at : at + NONCE]
            at += NONCE
            text = value.encode("utf-8", "surrogatepass")
            add(header + nonce + encrypt(nonce, text + pads[len(text) & 15], prefix + b"%d" % key + owner))
        return sealed

    def unseal(self, column: str, keys: Sequence[int], values: Sequence[bytes | None]) -> list[str | None]:
        """Decrypt what :meth:`seal` made.

        Raises:
            NotAllowedError: If a value was moved or changed, or its key is not on the ring.
        """
        return [
            None if value is None else self.unseal_bytes(column, key, value).decode("utf-8", "surrogatepass")
            for key, value in zip(keys, values, strict=True)
        ]

    def seal_bytes(self, column: str, key: int, value: bytes) -> bytes:
        """Encrypt one block of bytes, such as a compressed chunk of raw rows."""
        nonce = os.urandom(NONCE)
        encrypt = self._aead(self._ring.active, *column.split(".")).encrypt
        additional = _prefix(column) + b"%d" % key + self._owner
        sealed = encrypt(nonce, value + PADS[len(value) & 15], additional)
        return HEADER.pack(FORMAT, self._ring.active) + nonce + sealed

    def unseal_bytes(self, column: str, key: int, value: bytes) -> bytes:
        """Decrypt what :meth:`seal_bytes` made.

        Raises:
            NotAllowedError: If the value was moved or changed, or its key is not on the ring.
        """
        try:
            return self._open(column, key, value)
        except WrongKeyError:
            raise NotAllowedError(
                f"A value of {column} (row {key}) does not open: it was changed, moved, or its key is gone.",
                "Check the keys with: realestate keys check",
            ) from None

    def blind(self, kind: str, values: Sequence[str | None]) -> list[bytes | None]:
        """Keyed hashes to search by; equal texts of one kind give equal hashes, for this user only."""
        keyed = blake2b(key=self._blind_key(kind), digest_size=16)
        cut = SHORT_KINDS.get(kind, 16)
        return [None if value is None else _digest(keyed, value)[:cut] for value in values]

    def row_hash(self, rows: Sequence[str]) -> list[bytes]:
        """Keyed 128-bit hash of each raw row's normalised text."""
        keyed = blake2b(key=self._blind_key("row"), digest_size=16)
        return [_digest(keyed, row) for row in rows]

    def _open(self, column: str, key: int, value: bytes) -> bytes:
        from cryptography.exceptions import InvalidTag

        start = HEADER.size + NONCE
        additional = _prefix(column) + b"%d" % key + self._owner
        try:
            decrypt = self._aead(key_id(value), *column.split(".")).decrypt
            padded = decrypt(value[HEADER.size : start], value[start:], additional)
        except (InvalidTag, LookupError):
            raise WrongKeyError from None
        return padded.rstrip(b"\x00")[:-1]


class SealedCanary:
    """A known text in the value format, under column ``data_keys.canary`` of owner 0."""

    TEXT = b"realestate"

    def make(self, key_id: int, key: bytes) -> bytes:
        """Encrypt the known text."""
        return self._sealer(key_id, key).seal_bytes("data_keys.canary", key_id, self.TEXT)

    def sings(self, key_id: int, key: bytes, canary: bytes) -> bool:
        """Whether the known text comes back."""
        try:
            return self._sealer(key_id, key).unseal_bytes("data_keys.canary", key_id, canary) == self.TEXT
        except NotAllowedError:
            return False

    @staticmethod
    def _sealer(key_id: int, key: bytes) -> Sealer:
        return Sealer(KeyRing({key_id: key}.__getitem__, key_id, bytes), user_id=0)


class LazySealer:
    """A :class:`Sealer` whose keys are unwrapped when the first value is met, once.

    Commands that touch no personal data therefore need no key and call no key service.
    """

    def __init__(self, unwrap: Callable[[], KeyRing], user_id: int) -> None:
        self._unwrap = unwrap
        self._user_id = user_id
        self._made: Sealer | None = None

    @property
    def _sealer(self) -> Sealer:
        if self._made is None:
            self._made = Sealer(self._unwrap(), self._user_id)
        return self._made

    def seal(self, column: str, keys: Sequence[int], values: Sequence[str | None]) -> list[bytes | None]:
        """Encrypt texts, see :meth:`Sealer.seal`."""
        return self._sealer.seal(column, keys, values)

    def unseal(self, column: str, keys: Sequence[int], values: Sequence[bytes | None]) -> list[str | None]:
        """Decrypt texts, see :meth:`Sealer.unseal`."""
        if not any(values):
            return [None] * len(values)
        return self._sealer.unseal(column, keys, values)

    def seal_bytes(self, column: str, key: int, value: bytes) -> bytes:
        """Encrypt one block of bytes, see :meth:`Sealer.seal_bytes`."""
        return self._sealer.seal_bytes(column, key, value)

    def unseal_bytes(self, column: str, key: int, value: bytes) -> bytes:
        """Decrypt one block of bytes, see :meth:`Sealer.unseal_bytes`."""
        return self._sealer.unseal_bytes(column, key, value)

    def blind(self, kind: str, values: Sequence[str | None]) -> list[bytes | None]:
        """Keyed hashes to search by, see :meth:`Sealer.blind`."""
        return self._sealer.blind(kind, values)

    def row_hash(self, rows: Sequence[str]) -> list[bytes]:
        """Keyed hash of each raw row, see :meth:`Sealer.row_hash`."""
        return self._sealer.row_hash(rows)


def _prefix(column: str) -> bytes:
    table, name = column.split(".")
    return f"re/1|{table}|{name}|".encode()


def _digest(keyed: blake2b, value: str) -> bytes:
    # A copy of the keyed state costs a third of setting the key up again.
    state = keyed.copy()
    state.update(value.encode("utf-8", "surrogatepass"))
    return state.digest()
