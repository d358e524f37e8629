"""The keys of personal data as plain values, and what must be able to wrap and keep them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from realestate.domain.personal_data import SealedColumn

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

    def stand_down(self, purpose: str) -> None:
        """Let the active key of a purpose only decrypt from now on."""
        ...

    def rewrap(self, key_id: int, kek: str, wrapped: bytes) -> None:
        """Keep a key under another wrapping key."""
        ...

    def retire(self, key_id: int) -> None:
        """Note that no value stands under a key any more."""
        ...

    def lock(self) -> None:
        """Hold back every other change of keys until the transaction ends."""
        ...

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing."""
        ...


@dataclass(frozen=True, slots=True)
class SealedValue:
    """One ciphertext where it stands.

    Attributes:
        at: Physical place of the row; valid while it is locked.
        key: The integer it is bound to.
        bound_as: ``table.column`` it is bound to.
    """

    at: str
    key: int
    bound_as: str
    value: bytes


class ValueStore(Protocol):
    """The ciphertexts of one user, inside a transaction."""

    def stale(self, column: SealedColumn, active: int, after: str, limit: int) -> Sequence[SealedValue]:
        """Lock the next values that are not under the active key."""
        ...

    def replace(self, column: SealedColumn, values: Sequence[SealedValue], sealed: Sequence[bytes]) -> None:
        """Write new ciphertexts in their place."""
        ...

    def all_of(self, column: SealedColumn, after: str, limit: int) -> Sequence[SealedValue]:
        """The next values whatever their key."""
        ...

    def documents(self, column: SealedColumn, after: int, limit: int) -> Sequence[tuple[int, Any]]:
        """Lock the next JSON documents."""
        ...

    def replace_document(self, column: SealedColumn, key: int, document: object) -> None:
        """Write one JSON document."""
        ...

    def counts(self) -> Mapping[int, int]:
        """How many values stand under each key."""
        ...
