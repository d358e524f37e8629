"""Photos in S3 or a store that speaks its language: listed first, fetched one at a time when their turn comes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NoReturn

from realestate.adapters.photo_headers import MOST_BYTES, BadPhotoError
from realestate.adapters.photo_sources import is_photo_name, is_raw, require_size, shown
from realestate.domain.repairs.readings import SkippedPhoto
from realestate.errors import NotAllowedError, TryLaterError, UnusableInputError, UsageError

if TYPE_CHECKING:
    from botocore.exceptions import ClientError
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectTypeDef

CONNECT_TIMEOUT_S, READ_TIMEOUT_S, ATTEMPTS = 5, 15, 3
"""By default a store that hangs would cost a minute to connect and a minute to read, per attempt."""

SCHEME = "s3://"
ARCHIVED = frozenset({"GLACIER", "DEEP_ARCHIVE"})
MISSING = frozenset({"NoSuchBucket", "NoSuchKey", "404", "PermanentRedirect"})
REFUSED_PHOTO = frozenset({"AccessDenied", "403", "InvalidObjectState", "PreconditionFailed", "412"})
SET_UP = "Set AWS_PROFILE, or AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION"


@dataclass(frozen=True, slots=True)
class S3Photo:
    """One object, in the version that was listed."""

    bucket: str
    key: str
    etag: str
    size: int

    @property
    def name(self) -> str:
        """Its address, fit to be shown."""
        return shown(f"{SCHEME}{self.bucket}/{self.key}")

    def stamp(self) -> bytes:
        """The store gives an object another tag when it is written anew."""
        require_size(self.size)
        return repr(("s3", self.bucket, self.key, self.etag, self.size)).encode()

    def read(self) -> bytes:
        """Fetch it.

        Raises:
            BadPhotoError: If it is gone, changed, or closed to us, others may not be.
            TryLaterError: If the store does not answer.
            NotAllowedError: If it does not know us any more.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        self.stamp()
        try:
            answer = _client().get_object(Bucket=self.bucket, Key=self.key, IfMatch=self.etag)
            data = answer["Body"].read(MOST_BYTES + 1)
        except ClientError as error:
            code = _code(error)
            if code in MISSING:
                raise BadPhotoError("no such object any more") from None
            if code in REFUSED_PHOTO:
                raise BadPhotoError(f"cannot be fetched: {code}") from None
            _explain(error, self.bucket)
        except (BotoCoreError, OSError) as error:
            _explain(error, self.bucket)
        if len(data) != self.size:
            raise BadPhotoError("cannot be fetched: it comes in another size than it was listed with")
        return data


def list_photos(url: str) -> Iterator[S3Photo | SkippedPhoto]:
    """List the photos below ``s3://bucket/prefix`` in the order of their keys; nothing is fetched.

    Hidden objects and those that are not named like a photo are passed over.

    Raises:
        UsageError: If the address names no bucket.
        UnusableInputError: If there is no such bucket.
        NotAllowedError: If the store refuses us or AWS is not set up.
        TryLaterError: If it does not answer.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    bucket, _, prefix = url.removeprefix(SCHEME).partition("/")
    if not bucket:
        raise UsageError(f"{url}: no bucket is named.", f"Write: {SCHEME}bucket/folder/")
    try:
        for page in _client().get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            for item in page.get("Contents", []):
                if is_photo_name(item["Key"]) and not _is_hidden(item["Key"]):
                    yield _listed(bucket, item)
    except (BotoCoreError, ClientError, OSError) as error:
        _explain(error, bucket)


def _listed(bucket: str, item: ObjectTypeDef) -> S3Photo | SkippedPhoto:
    photo = S3Photo(bucket, item["Key"], item.get("ETag", ""), item.get("Size", 0))
    if is_raw(photo.key):
        return SkippedPhoto(photo.name, "a raw camera file: export it as JPEG")
    if item.get("StorageClass") in ARCHIVED:
        return SkippedPhoto(photo.name, "archived in the store: restore it first")
    return photo


def _is_hidden(key: str) -> bool:
    return any(part.startswith(".") for part in key.split("/"))


@lru_cache(maxsize=1)
def _client() -> S3Client:
    """One for a process: to make it takes longer than to fetch a photo."""
    from boto3.session import Session
    from botocore.config import Config

    limits = Config(
        connect_timeout=CONNECT_TIMEOUT_S,
        read_timeout=READ_TIMEOUT_S,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
    )
    client: S3Client = Session().client("s3", config=limits)
    return client


def _code(error: ClientError) -> str:
    code: str = error.response.get("Error", {}).get("Code", "")
    return code


def _explain(error: Exception, bucket: str) -> NoReturn:
    """Raise what a failure means in our words."""
    from botocore.exceptions import ClientError, NoCredentialsError, NoRegionError

    if isinstance(error, ClientError):
        code = _code(error)
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if status >= 500 or status == 429 or code in {"SlowDown", "RequestTimeout", "Throttling"}:
            raise _unanswered(bucket, code) from None
        if code in MISSING:
            raise UnusableInputError(
                f"{SCHEME}{bucket}: there is no such bucket in this region.", "See which are yours: aws s3 ls"
            ) from None
        raise NotAllowedError(f"{SCHEME}{bucket}: the store refuses us ({code}).", SET_UP) from None
    if isinstance(error, (NoCredentialsError, NoRegionError)):
        raise NotAllowedError(f"AWS is not set up here: {type(error).__name__}.", SET_UP) from None
    raise _unanswered(bucket, type(error).__name__) from None


def _unanswered(bucket: str, why: str) -> TryLaterError:
    return TryLaterError(
        f"{SCHEME}{bucket}: the store does not answer ({why}).",
        "Run the command again later; what was read already is not read again.",
    )
