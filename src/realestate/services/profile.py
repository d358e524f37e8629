"""A user's own name, phone and address; the last two are encrypted like everybody's."""

from __future__ import annotations

from typing import Protocol

from realestate.domain.ports import Cipher


class ProfileStore(Protocol):
    """The row of one user."""

    def read(self, user_id: int) -> tuple[str | None, bytes | None, bytes | None]:
        """Name, and the ciphertexts of phone and address."""
        ...

    def write(self, user_id: int, name: str | None, phone: bytes | None, address: bytes | None) -> None:
        """Change what is not ``None``."""
        ...


class Profiles:
    """The profile of whoever is signed in."""

    def __init__(self, store: ProfileStore, cipher: Cipher, user_id: int) -> None:
        self._store = store
        self._cipher = cipher
        self._user_id = user_id

    def show(self) -> dict[str, str | None]:
        """Name, phone and address in clear.

        Raises:
            NotAllowedError: If the key is missing.
        """
        name, phone, address = self._store.read(self._user_id)
        return {
            "name": name,
            "phone": self._cipher.unseal("users.phone", [self._user_id], [phone])[0],
            "address": self._cipher.unseal("users.address", [self._user_id], [address])[0],
        }

    def change(self, name: str | None, phone: str | None, address: str | None) -> None:
        """Change what is given.

        Raises:
            NotAllowedError: If the key is missing.
        """
        self._store.write(
            self._user_id, name, self._sealed("users.phone", phone), self._sealed("users.address", address)
        )

    def _sealed(self, column: str, text: str | None) -> bytes | None:
        return None if text is None else self._cipher.seal(column, [self._user_id], [text])[0]
