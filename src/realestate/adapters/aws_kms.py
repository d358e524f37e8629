"""AWS KMS as the key above the data keys; it is asked once per data key and process, and fails closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from realestate.errors import NotAllowedError, RealestateError, TryLaterError

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

PREFIX = "aws-kms:"
CONNECT_TIMEOUT_S, READ_TIMEOUT_S, ATTEMPTS = 2, 3, 2
"""By default a hung service would cost a minute to connect and a minute to read, per attempt."""

PASSING = {
    "ThrottlingException",
    "LimitExceededException",
    "KMSInternalException",
    "KeyUnavailableException",
    "DependencyTimeoutException",
}
LASTING = {
    "DisabledException": "is disabled: enable it in AWS",
    "KMSInvalidStateException": "cannot be used in its state, such as pending deletion: look at it in AWS",
    "AccessDeniedException": "may not be used by these credentials: allow kms:Encrypt and kms:Decrypt",
    "IncorrectKeyException": "is not the one that wrapped this database's keys",
    "InvalidCiphertextException": "does not open what the database holds: it was changed, or is another database's",
    "NotFoundException": "does not exist in this account and region",
    "InvalidKeyUsageException": "is not a symmetric key for encryption",
}


class KmsKey:
    """A symmetric KMS key; satisfies ``domain.keys.WrappingKey``.

    Args:
        key: ARN, id or alias of the key.
        database: Install id of the database, bound into every wrapped key.
        client: boto3's client; made with tight time limits when omitted.
    """

    def __init__(self, key: str, database: str, client: KMSClient | None = None) -> None:
        self._key = key.removeprefix(PREFIX)
        self._database = database
        self._made = client

    @property
    def name(self) -> str:
        """``aws-kms:<ARN>``; after the first :meth:`wrap` the key's own ARN, whatever alias led to it."""
        return PREFIX + self._key

    def wrap(self, key: bytes, purpose: str) -> bytes:
        """Encrypt a data key.

        Raises:
            NotAllowedError: If the key may not be used.
            TryLaterError: If the service does not answer.
        """
        answer = self._ask("encrypt", Plaintext=key, EncryptionContext=self._context(purpose))
        # An alias can be pointed elsewhere later; what unwraps must be the key that wrapped.
        self._key = answer["KeyId"]
        return bytes(answer["CiphertextBlob"])

    def unwrap(self, wrapped: bytes, purpose: str) -> bytes:
        """Decrypt a data key.

        Raises:
            NotAllowedError: If the key may not be used, or wrapped something else.
            TryLaterError: If the service does not answer.
        """
        answer = self._ask("decrypt", CiphertextBlob=wrapped, EncryptionContext=self._context(purpose))
        return bytes(answer["Plaintext"])

    def _context(self, purpose: str) -> dict[str, str]:
        return {"app": "realestate", "purpose": purpose, "db": self._database}

    def _ask(self, operation: str, **what: Any) -> dict[str, Any]:  # noqa: ANN401 - botocore's own
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer: dict[str, Any] = getattr(self._client(), operation)(KeyId=self._key, **what)
        except (BotoCoreError, ClientError) as error:
            raise self._in_our_words(error) from None
        return answer

    def _client(self) -> KMSClient:
        if self._made is None:
            from boto3.session import Session
            from botocore.config import Config

            limits = Config(
                connect_timeout=CONNECT_TIMEOUT_S,
                read_timeout=READ_TIMEOUT_S,
                retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
            )
            self._made = Session().client("kms", region_name=self._region(), config=limits)
        return self._made

    def _region(self) -> str | None:
        """The region in an ARN; ``None`` leaves it to AWS's own configuration."""
        parts = self._key.split(":")
        return parts[3] if len(parts) > 5 and parts[3] else None

    def _in_our_words(self, error: Exception) -> RealestateError:
        from botocore.exceptions import (
            ClientError,
            EndpointConnectionError,
            HTTPClientError,
            NoCredentialsError,
            NoRegionError,
        )

        if isinstance(error, ClientError):
            code = error.response.get("Error", {}).get("Code", "")
            if code in PASSING:
                return _unreachable(code)
            return NotAllowedError(
                f"The KMS key {self._key} {LASTING.get(code, f'refused: {code}')}.", "Then: realestate keys check"
            )
        if isinstance(error, (HTTPClientError, EndpointConnectionError)):
            return _unreachable(type(error).__name__)
        if isinstance(error, (NoCredentialsError, NoRegionError)):
            return NotAllowedError(
                f"AWS is not set up here: {type(error).__name__}.",
                "Set AWS_PROFILE, or AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION",
            )
        return NotAllowedError(f"AWS refused: {type(error).__name__}.", "Look at your AWS configuration.")


def _unreachable(why: str) -> TryLaterError:
    return TryLaterError(
        f"The key service is unreachable ({why}); nothing was written.", "Run the command again in a few minutes."
    )
