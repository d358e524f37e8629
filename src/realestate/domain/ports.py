"""What the services need from outside, named by the need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Cipher(Protocol):
    """Encrypts the personal data of one user, a column at a time.

    A value is bound to its column, its row and its owner: ``keys`` are the integer
    row ids, reserved before the rows are written, and a ciphertext that was moved
    to another row, column or owner does not open.
    """

    def seal(self, column: str, keys: Sequence[int], values: Sequence[str | None]) -> list[bytes | None]:
        """Encrypt texts; ``None`` stays ``None`` and an empty text is encrypted.

        Args:
            column: ``table.column``, e.g. ``contacts.phone``.
            keys: Row id of each value.
            values: The texts, as long as ``keys``.

        Raises:
            NotAllowedError: If the user's key is missing or is not the one in use.
            TryLaterError: If the key service does not answer; nothing was written.
        """
        ...

    def unseal(self, column: str, keys: Sequence[int], values: Sequence[bytes | None]) -> list[str | None]:
        """Decrypt what :meth:`seal` made.

        Raises:
            NotAllowedError: If the key is missing, or a value was moved or changed.
        """
        ...

    def seal_bytes(self, column: str, key: int, value: bytes) -> bytes:
        """Encrypt one block of bytes, such as a compressed chunk of raw rows."""
        ...

    def unseal_bytes(self, column: str, key: int, value: bytes) -> bytes:
        """Decrypt what :meth:`seal_bytes` made."""
        ...

    def blind(self, kind: str, values: Sequence[str | None]) -> list[bytes | None]:
        """Keyed hashes to search by; equal texts of one kind give equal hashes.

        Args:
            kind: ``phone``, ``email``, ``name`` or ``mailing``; the values are already normalised.
                Names are cut to 16 bits, the others keep 128.
            values: The normalised texts; ``None`` stays ``None``.
        """
        ...

    def row_hash(self, rows: Sequence[str]) -> list[bytes]:
        """Keyed 128-bit hash of each raw row's normalised text, so that a row is known again."""
        ...
