"""The operating system's keyring, where one answers in time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "realestate"
PATIENCE_S = 3.0
"""A locked or absent desktop may never answer; a file is used then."""

T = TypeVar("T")


class Keychain:
    """Secrets by name in the keyring of the desktop; every call gives up after a while.

    Args:
        backend: Finds the keyring; the system's when omitted.
        patience_s: Seconds to wait for an answer.
    """

    def __init__(self, backend: Callable[[], KeyringBackend] | None = None, patience_s: float = PATIENCE_S) -> None:
        self._backend = backend or _system_keyring
        self._patience_s = patience_s

    def get(self, name: str) -> str | None:
        """The secret, or ``None`` where there is none or nobody answers."""
        return self._in_time(lambda: self._backend().get_password(SERVICE, name))

    def set(self, name: str, secret: str) -> bool:
        """Keep a secret; returns whether the keyring gives it back."""

        def keep() -> bool:
            backend = self._backend()
            backend.set_password(SERVICE, name, secret)
            return backend.get_password(SERVICE, name) == secret

        return bool(self._in_time(keep))

    def delete(self, name: str) -> None:
        """Forget a secret, if it is there."""
        self._in_time(lambda: self._backend().delete_password(SERVICE, name))

    def _in_time(self, ask: Callable[[], T]) -> T | None:
        """Ask on a thread of its own, which may hang without holding the command up."""
        answers: list[T] = []

        def run() -> None:
            try:
                answers.append(ask())
            except Exception:  # noqa: BLE001 - backends raise errors of their own platforms; all mean no answer
                return

        thread = threading.Thread(target=run, daemon=True, name="keyring")
        thread.start()
        thread.join(self._patience_s)
        return answers[0] if answers else None


def _system_keyring() -> KeyringBackend:
    import keyring

    return keyring.get_keyring()
