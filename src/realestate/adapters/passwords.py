"""bcrypt, for passwords of any length: the server keeps the hash and never sees the password."""

from __future__ import annotations

import base64
import hmac
from importlib import resources

from realestate.domain.passwords import normalised, weakness

ROUNDS = 12
"""A quarter of a second for every guess."""

BCRYPT_BYTES = 72
"""bcrypt 5 refuses longer input; earlier ones cut it off."""

LONG_PASSWORD = "sha384:"  # noqa: S105 - the mark before a hash, not a secret
PEPPER = b"realestate-pw-1"


class Bcrypt:
    """Satisfies ``domain.accounts.Passwords``.

    Args:
        rounds: Two to this power times of work; :data:`ROUNDS` when omitted.
    """

    def __init__(self, rounds: int | None = None) -> None:
        self._rounds = rounds or ROUNDS

    def hash(self, password: str) -> str:
        """Hash a new password for the account's row."""
        import bcrypt

        return self.prove(password, bcrypt.gensalt(self._rounds).decode())

    def prove(self, password: str, salt: str) -> str:
        """Make the hash that an account with this salt keeps, if the password is the right one.

        Args:
            password: As typed; of any length and content.
            salt: ``$2b$``, rounds and 22 characters, as the server gives it.
        """
        import bcrypt

        secret = normalised(password).encode("utf-8", "surrogatepass")
        if len(secret) <= BCRYPT_BYTES:
            return bcrypt.hashpw(secret, salt.encode()).decode()
        # 48 bytes are 64 in base64: below bcrypt's limit and free of NUL.
        digest = base64.b64encode(hmac.digest(PEPPER, secret, "sha384"))
        return LONG_PASSWORD + bcrypt.hashpw(digest, salt.encode()).decode()

    def weakness(self, password: str, account: str) -> str | None:
        """Why a new password will not do, or ``None``."""
        return weakness(password, common_words(), account)


def common_words() -> frozenset[str]:
    """Words that everybody who guesses passwords tries first."""
    text = resources.files("realestate").joinpath("data", "common_password_words.txt").read_text(encoding="utf-8")
    return frozenset(text.split())
