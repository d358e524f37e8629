"""The keys of personal data as plain values, and what must be able to wrap and keep them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

PURPOSES = ("pii", "index")
"""``pii`` encrypts; ``index`` makes the keyed hashes that are searched by."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """One wrapped key as the database keeps it.

    Attributes:
        id: Stands in every value that was encrypted under it.
        purpose: One of :data:`PURPOSES`.
        state: ``active`` encrypts, ``decrypt`` only decrypts, ``retired`` has no values left.
        kek: What wraps it, ``local:<fingerprint>`` or ``aws-kms:<ARN>``.
        wrapped: The key, encrypted by the kek.
        canary: A known text under the key, to tell a wrong key from a damaged value.
    """

    id: int
    purpose: str
    state: str
    kek: str
    wrapped: bytes
    canary: bytes


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The data keys in use, unwrapped as they are asked for.

    Attributes:
        open: Data key id to its 32 bytes, remembered; raises ``LookupError`` for an unknown id.
        active: Id of the key that encrypts.
        index: The 32 bytes that blind indexes are made with.
    """

    open: Callable[[int], bytes] = field(repr=False)
    active: int
    index: Callable[[], bytes] = field(repr=False)


class WrappingKey(Protocol):
    """The key above the data keys: a file of this machine, or a key service."""

    @property
    def name(self) -> str:
        """``local:<fingerprint>`` or ``aws-kms:<ARN>``."""
        ...

    def wrap(self, key: bytes, purpose: str) -> bytes:
        """Encrypt a data key.

        Raises:
            TryLaterError: If the key service does not answer.
        """
        ...

    def unwrap(self, wrapped: bytes, purpose: str) -> bytes:
        """Decrypt a data key.

        Raises:
            NotAllowedError: If this is not the key that wrapped it.
            TryLaterError: If the key service does not answer.
        """
        ...


class Canary(Protocol):
    """Tells whether 32 bytes are the data key they should be."""

    def make(self, key_id: int, key: bytes) -> bytes:
        """Encrypt the known text."""
        ...

    def sings(self, key_id: int, key: bytes, canary: bytes) -> bool:
        """Whether the known text comes back."""
        ...


class KeyStore(Protocol):
    """Where the wrapped data keys are kept."""

    def all(self) -> Sequence[DataKey]:
        """Every data key, oldest first."""
        ...

    def next_id(self) -> int:
        """Reserve the id of a key to be made."""
        ...

    def add(self, key: DataKey) -> None:
        """Keep a new key."""
        ...

    def lock(self) -> None:
        """Hold back every other change of keys until the transaction ends."""
        ...
