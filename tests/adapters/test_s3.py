"""Photos in S3, on a server of moto's on this machine."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from pictures import encoded, room
from realestate.adapters import s3
from realestate.adapters.photo_files import find_photos
from realestate.adapters.photo_headers import MOST_BYTES, BadPhotoError
from realestate.adapters.s3 import S3Photo
from realestate.domain.repairs.readings import SkippedPhoto
from realestate.errors import NotAllowedError, RealestateError, TryLaterError, UnusableInputError, UsageError

PHOTO = encoded(room(64, 48))
CLIENTS: dict[str, Any] = {}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    running = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Somebody's credentials, and a client that is made anew."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "somebody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "something")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    forget = s3._client.cache_clear
    forget()
    yield monkeypatch
    forget()


@pytest.fixture
def store(server: str, aws: pytest.MonkeyPatch) -> Iterator[Any]:
    """A bucket ``visits``, empty; the client is made once, which takes longer than most tests."""
    aws.setenv("AWS_ENDPOINT_URL_S3", server)
    client = CLIENTS.get(server) or CLIENTS.setdefault(server, s3._client())
    aws.setattr(s3, "_client", lambda: client)
    client.create_bucket(Bucket="visits")
    yield client
    while items := client.list_objects_v2(Bucket="visits").get("Contents"):
        for item in items:
            client.delete_object(Bucket="visits", Key=item["Key"])
    client.delete_bucket(Bucket="visits")


def put(store: Any, *keys: str, data: bytes = PHOTO, **how: str) -> None:  # noqa: ANN401  boto3's client
    for key in keys:
        store.put_object(Bucket="visits", Key=key, Body=data, **how)


def found(*urls: str) -> list[str]:
    items = find_photos(urls)
    return [f"{item.file}: {item.reason}" if isinstance(item, SkippedPhoto) else item.name for item in items]


def failure(url: str) -> RealestateError:
    with pytest.raises(RealestateError) as caught:
        found(url)
    return caught.value


def test_photos_below_a_prefix_come_once_in_the_order_of_their_keys(store: Any) -> None:  # noqa: ANN401
    put(store, "a/2.jpg", "a/1.JPG", "a/deep/3.png", "a/notes.txt", "a/.hidden.jpg", "b/4.jpg", "a/")

    assert found("s3://visits/a/", "s3://visits/a/1.JPG") == [
        "s3://visits/a/1.JPG",
        "s3://visits/a/2.jpg",
        "s3://visits/a/deep/3.png",
    ]


def test_a_listing_of_many_pages_is_read_to_its_end(store: Any, aws: pytest.MonkeyPatch) -> None:  # noqa: ANN401
    aws.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "2")
    put(store, *(f"{number}.jpg" for number in range(5)))

    assert len(store.list_objects_v2(Bucket="visits")["Contents"]) == 2
    assert len(found("s3://visits")) == 5


def test_a_photo_is_fetched_when_it_is_read_and_not_before(store: Any) -> None:  # noqa: ANN401
    put(store, "a.jpg")
    (photo,) = find_photos(["s3://visits/a.jpg"])
    assert isinstance(photo, S3Photo)

    assert photo.read() == PHOTO

    store.delete_object(Bucket="visits", Key="a.jpg")
    with pytest.raises(BadPhotoError, match="no such object any more"):
        photo.read()


def test_a_photo_that_changed_since_it_was_listed_is_not_taken_for_it(store: Any) -> None:  # noqa: ANN401
    put(store, "a.jpg")
    (photo,) = find_photos(["s3://visits"])
    assert isinstance(photo, S3Photo)
    stamp = photo.stamp()
    put(store, "a.jpg", data=PHOTO + b"\0")

    with pytest.raises(BadPhotoError, match="cannot be fetched: PreconditionFailed"):
        photo.read()
    (again,) = find_photos(["s3://visits"])
    assert isinstance(again, S3Photo)
    assert again.stamp() != stamp


def test_what_the_listing_shows_to_be_too_large_or_empty_is_never_fetched() -> None:
    for size, reason in ((MOST_BYTES + 1, "too large"), (0, "empty file")):
        photo = S3Photo("visits", "a.jpg", "tag", size)
        for step in (photo.stamp, photo.read):
            with pytest.raises(BadPhotoError, match=reason):
                step()


def test_archived_and_raw_photos_say_what_to_do(store: Any) -> None:  # noqa: ANN401
    put(store, "a.jpg", StorageClass="GLACIER")
    put(store, "b.nef")

    assert found("s3://visits") == [
        "s3://visits/a.jpg: archived in the store: restore it first",
        "s3://visits/b.nef: a raw camera file: export it as JPEG",
    ]


def test_a_prefix_without_photos_says_so(store: Any) -> None:  # noqa: ANN401
    put(store, "notes.txt")

    assert found("s3://visits/") == ["s3://visits/: no photo in it"]


@pytest.mark.usefixtures("store")
def test_a_bucket_that_does_not_exist_is_named() -> None:
    error = failure("s3://nobodys/a/")

    assert isinstance(error, UnusableInputError)
    assert "s3://nobodys" in error.message


def test_an_address_without_a_bucket_is_wrong_usage() -> None:
    assert isinstance(failure("s3:///photos"), UsageError)


def test_without_credentials_it_is_said_what_to_set(server: str, aws: pytest.MonkeyPatch) -> None:
    aws.setenv("AWS_ENDPOINT_URL_S3", server)
    aws.delenv("AWS_ACCESS_KEY_ID")
    aws.delenv("AWS_SECRET_ACCESS_KEY")

    error = failure("s3://visits")

    assert isinstance(error, NotAllowedError)
    assert "AWS_PROFILE" in error.hint


def listening() -> socket.socket:
    made = socket.socket()
    made.bind(("127.0.0.1", 0))
    made.listen(8)
    return made


@pytest.mark.parametrize("answer", [b"HTTP/1.1 403 F\r\n", b"HTTP/1.1 503 S\r\n"])
def test_refusal_and_overload_are_told_apart(answer: bytes, aws: pytest.MonkeyPatch) -> None:
    aws.setattr(s3, "ATTEMPTS", 1)
    with listening() as server:
        aws.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{server.getsockname()[1]}")
        code = b"AccessDenied" if b"403" in answer else b"SlowDown"
        body = b"<Error><Code>" + code + b"</Code></Error>"

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(answer + b"Content-Length: %d\r\n\r\n" % len(body) + body)

        thread = threading.Thread(target=serve)
        thread.start()
        error = failure("s3://visits")
        thread.join()

    assert type(error) is (NotAllowedError if code == b"AccessDenied" else TryLaterError)
    assert code.decode() in error.message


def test_a_store_that_never_answers_is_given_up_soon(aws: pytest.MonkeyPatch) -> None:
    aws.setattr(s3, "READ_TIMEOUT_S", 0.2)
    aws.setattr(s3, "ATTEMPTS", 1)
    with listening() as server:
        aws.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{server.getsockname()[1]}")

        assert isinstance(failure("s3://visits"), TryLaterError)
        with pytest.raises(TryLaterError):
            S3Photo("visits", "a.jpg", "tag", 5).read()


def test_a_store_that_is_not_there_is_given_up_at_once(aws: pytest.MonkeyPatch) -> None:
    aws.setattr(s3, "ATTEMPTS", 1)
    with listening() as server:
        port = server.getsockname()[1]
    aws.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{port}")

    assert isinstance(failure("s3://visits"), TryLaterError)
