"""AWS KMS as the key above the keys: over real HTTP, and every failure the simulation gets wrong by its code."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.config import Config
from botocore.stub import Stubber
from people import People

from databases import TestDatabase
from realestate.access import data_keys, key_rotation, open_cipher
from realestate.adapters.aws_kms import ATTEMPTS, CONNECT_TIMEOUT_S, READ_TIMEOUT_S, KmsKey
from realestate.domain.leads.records import LeadFilter
from realestate.errors import ExitCode, NotAllowedError, TryLaterError
from realestate.repositories.keys import SqlKeyStore
from realestate.services.importing import ImportOptions
from realestate.settings import Settings
from realestate.toolkit import Toolkit

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

LONGEST_S = 10
ARN = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """A KMS that speaks HTTP on this machine."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def client_of(url: str, *, attempts: int = 1, read_timeout: float = 60) -> KMSClient:
    return boto3.client(
        "kms",
        region_name="us-east-1",
        endpoint_url=url,
        aws_access_key_id="x",
        aws_secret_access_key="x",
        config=Config(connect_timeout=2, read_timeout=read_timeout, retries={"total_max_attempts": attempts}),
    )


@pytest.fixture
def client(endpoint: str) -> Iterator[KMSClient]:
    made = client_of(endpoint)
    yield made
    made.close()


@pytest.fixture
def arn(client: KMSClient) -> str:
    return client.create_key()["KeyMetadata"]["Arn"]


@pytest.fixture
def aws(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment by which AWS's own tools find the simulation."""
    for name, value in {
        "AWS_ENDPOINT_URL_KMS": endpoint,
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)


def test_a_wrapped_key_opens_only_for_its_database_purpose_and_key(client: KMSClient, arn: str) -> None:
    wrapped = KmsKey(arn, "db1", client).wrap(b"d" * 32, "pii")
    assert b"d" * 32 not in wrapped
    assert KmsKey(arn, "db1", client).unwrap(wrapped, "pii") == b"d" * 32
    other = client.create_key()["KeyMetadata"]["Arn"]
    for key, purpose, value in (
        (KmsKey(arn, "db2", client), "pii", wrapped),
        (KmsKey(arn, "db1", client), "index", wrapped),
        (KmsKey(arn, "db1", client), "pii", wrapped[:-1] + bytes([wrapped[-1] ^ 1])),
        (KmsKey(other, "db1", client), "pii", wrapped),
        (KmsKey(ARN, "db1", client), "pii", wrapped),
    ):
        with pytest.raises(NotAllowedError):
            key.unwrap(value, purpose)


def test_an_alias_is_kept_as_the_key_it_led_to(client: KMSClient, arn: str) -> None:
    client.create_alias(AliasName="alias/realestate", TargetKeyId=arn)
    key = KmsKey("alias/realestate", "db1", client)
    wrapped = key.wrap(b"d" * 32, "pii")
    assert key.name == f"aws-kms:{arn}"
    assert KmsKey(key.name, "db1", client).unwrap(wrapped, "pii") == b"d" * 32


def test_keys_move_to_kms_and_back_and_every_value_reads(people: People, tmp_path: Path, aws: None, arn: str) -> None:
    del aws
    settings = Settings(home=tmp_path / "home")
    with people.signed_in(4) as connection:
        sealed = open_cipher(connection, settings, 4).seal("contacts.name", [1], ["Ada Example"])
        local = key_rotation(connection, settings).status()[0].kek
        rotation = key_rotation(connection, settings)
        assert rotation.rewrap(KmsKey(arn, SqlKeyStore(connection).install_id())) == 2
        assert {row.kek for row in rotation.status()} == {f"aws-kms:{arn}"}
    (settings.config_folder / "master.key").rename(tmp_path / "put away")
    with people.signed_in(4) as connection:
        assert open_cipher(connection, settings, 4).unseal("contacts.name", [1], sealed) == ["Ada Example"]
        # A rotation stays with the key service, whatever the settings say.
        rotation = key_rotation(connection, settings)
        rotation.rotate()
        assert {row.kek for row in rotation.status()} == {f"aws-kms:{arn}"}
    (tmp_path / "put away").rename(settings.config_folder / "master.key")
    with people.signed_in(4) as connection:
        from realestate.access import local_key_file

        assert key_rotation(connection, settings).rewrap(local_key_file(settings).read()) == 3
        assert {row.kek for row in key_rotation(connection, settings).status()} == {local}
        assert open_cipher(connection, settings, 4).unseal("contacts.name", [1], sealed) == ["Ada Example"]


def test_the_first_keys_go_under_kms_where_the_settings_name_one(
    people: People, tmp_path: Path, aws: None, arn: str
) -> None:
    del aws
    settings = Settings(home=tmp_path / "home", kms_key=arn)
    with people.signed_in(4) as connection:
        open_cipher(connection, settings, 4).seal("contacts.name", [1], ["Ada"])
        assert {row.kek for row in SqlKeyStore(connection).all()} == {f"aws-kms:{arn}"}
    assert not settings.config_folder.exists()


@pytest.mark.parametrize(
    "code", ["ThrottlingException", "KMSInternalException", "KeyUnavailableException", "DependencyTimeoutException"]
)
def test_what_passes_is_tried_again_later(code: str) -> None:
    assert _failure(code).exit_code == ExitCode.TRY_LATER


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("DisabledException", "disabled"),
        ("KMSInvalidStateException", "state"),
        ("AccessDeniedException", "credentials"),
        ("IncorrectKeyException", "not the one"),
        ("InvalidCiphertextException", "does not open"),
        ("NotFoundException", "does not exist"),
        ("SomethingNewException", "SomethingNewException"),
    ],
)
def test_what_lasts_is_said_in_words_of_its_own(code: str, words: str) -> None:
    failure = _failure(code)
    assert failure.exit_code == ExitCode.NOT_ALLOWED
    assert words in failure.message


def _failure(code: str) -> NotAllowedError | TryLaterError:
    client = client_of("http://127.0.0.1:9")
    with Stubber(client) as stub:
        stub.add_client_error("decrypt", code)
        with pytest.raises((NotAllowedError, TryLaterError)) as failure:
            KmsKey(ARN, "db1", client).unwrap(b"x", "pii")
    client.close()
    return failure.value


def test_a_service_that_refuses_connections_is_tried_later() -> None:
    client = client_of("http://127.0.0.1:9")
    with pytest.raises(TryLaterError, match="nothing was written"):
        KmsKey(ARN, "db1", client).wrap(b"d" * 32, "pii")
    client.close()


@contextmanager
def silent_server() -> Iterator[str]:
    """Takes connections and never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_commands_without_personal_data_never_ask_the_service(
    people: People, tmp_path: Path, aws: None, arn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    del aws
    settings = Settings(home=tmp_path / "home", kms_key=arn)
    with people.signed_in(4) as connection:
        data_keys(connection, settings)
        open_cipher(connection, settings, 4)
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", "http://127.0.0.1:9")
    with people.signed_in(4) as connection:
        cipher = open_cipher(connection, settings, 4)
        assert cipher.unseal("contacts.name", [1], [None]) == [None]
        with pytest.raises(TryLaterError):
            cipher.seal("contacts.name", [1], ["Ada"])


def test_a_service_that_is_silent_is_given_up_within_ten_seconds() -> None:
    assert (CONNECT_TIMEOUT_S + READ_TIMEOUT_S) * ATTEMPTS <= LONGEST_S


@pytest.mark.parametrize("away", ["refuses", "is silent"])
def test_an_import_without_the_service_writes_nothing_and_is_done_when_it_is_back(
    fresh_database: TestDatabase, tmp_path: Path, aws: None, arn: str, monkeypatch: pytest.MonkeyPatch, away: str
) -> None:
    del aws
    path = tmp_path / "list.csv"
    path.write_text("Property Address,City,State,Zip,Owner Name\n101 Oak St,Springfield,GA,30301,Ann Example\n")
    options = ImportOptions(signal="vacant")
    settings = Settings(
        home=tmp_path / "home", kms_key=arn, database_url=fresh_database.url, token=fresh_database.token()
    )
    with Toolkit(settings) as kit:
        assert kit.office.init_keys()
    with monkeypatch.context() as shut, silent_server() as silent, Toolkit(settings) as kit:
        shut.setenv("AWS_ENDPOINT_URL_KMS", silent if away == "is silent" else "http://127.0.0.1:9")
        began = time.monotonic()
        with pytest.raises(TryLaterError, match=r"unreachable .* nothing was written") as refusal:
            kit.importer.run(str(path), options)
        assert refusal.value.exit_code == ExitCode.TRY_LATER
        assert time.monotonic() - began < LONGEST_S
        assert kit.leads.runs() == []
        assert list(kit.leads.search(LeadFilter())) == []
        assert {row.kek for row in kit.office.keys.status()} == {f"aws-kms:{arn}"}
    with Toolkit(settings) as kit:
        assert kit.importer.run(str(path), options).created == 1
        assert kit.leads.show(1).owner == "Ann Example"


def test_missing_credentials_and_regions_name_what_to_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    for key in (ARN, "alias/realestate"):
        with pytest.raises(NotAllowedError, match="not set up") as failure:
            KmsKey(key, "db1").wrap(b"d" * 32, "pii")
        assert "AWS_REGION" in failure.value.hint
