"""The commands accounts, keys, privacy and audit as people and scripts meet them: output and exit codes."""

from __future__ import annotations

import io
import json
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from people import PASSWORD, People

from databases import TestDatabase
from realestate.access import OpenSession, open_session, require_safe_transport, user_of
from realestate.cli.main import run
from realestate.cli.session import toolkit
from realestate.errors import ExitCode, NotAllowedError
from realestate.settings import Settings

CSV = (
    "Property Address,City,State,Zip,Owner Name,Phone,Email\n"
    "101 Oak St,Springfield,GA,30301,Ann Example,404-555-0134,ann@example.net\n"
    "103 Oak St,Springfield,GA,30301,Bob Sample,404-555-0135,bob@example.net\n"
)


class CommandLine:
    """Runs commands on a server's database, as one user of this machine."""

    def __init__(self, database: TestDatabase, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.database, self.folder, self._monkeypatch = database, folder, monkeypatch
        self.capture: pytest.CaptureFixture[str]
        self.config = folder / "home" / "config"
        for name, value in {
            "REALESTATE_HOME": str(folder / "home"),
            "DATABASE_URL": database.url,
            "REALESTATE_OWNER_URL": database.owner_url,
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        }.items():
            monkeypatch.setenv(name, value)

    def __call__(self, *words: str, stdin: str = "", expect: int = ExitCode.DONE) -> str:
        """Run one command and return what it printed; its talk stands in :attr:`said`."""
        toolkit.cache_clear()
        self._monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        code = run([*words])
        toolkit().close()
        out, self.said = self.capture.readouterr()
        assert code == expect, (code, self.said)
        assert "Traceback" not in self.said
        return out

    def json(self, *words: str, **more: Any) -> Any:  # noqa: ANN401 - whatever the command prints
        return json.loads(self(*words, "-o", "json", **more))

    def environment(self, **values: str) -> None:
        for name, value in values.items():
            self._monkeypatch.setenv(name, value)

    def bootstrapped(self) -> CommandLine:
        """With a first administrator, who is signed in."""
        self("db", "upgrade")
        code = self.said.partition("The code ")[2].split(" ")[0]
        stdin = f"{code}\n{PASSWORD}\n"
        self("accounts", "add", "Ada@Example.com", "--first-admin", "--password-stdin", stdin=stdin)
        return self


@pytest.fixture
def realestate(
    fresh_database: TestDatabase,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[CommandLine]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("realestate.adapters.passwords.ROUNDS", 4)
    (tmp_path / "list.csv").write_text(CSV)
    made = CommandLine(fresh_database, tmp_path, monkeypatch)
    made.capture = capsys
    yield made
    toolkit.cache_clear()


def test_a_servers_first_administrator_comes_in_by_a_code_that_works_once(realestate: CommandLine) -> None:
    realestate("accounts", "whoami", expect=ExitCode.NOT_ALLOWED)
    assert "accounts login" in realestate.said
    realestate("db", "upgrade")
    code = realestate.said.partition("The code ")[2].split(" ")[0]
    words = ("accounts", "add", "ada@example.com", "--first-admin", "--password-stdin")
    realestate(*words, stdin=f"wrong\n{PASSWORD}\n", expect=ExitCode.NOT_ALLOWED)
    realestate(*words, stdin=f"{code}\n{PASSWORD}\n")
    realestate(*words, stdin=f"{code}\n{PASSWORD}\n", expect=ExitCode.NOT_ALLOWED)
    assert realestate.json("accounts", "whoami")["is_admin"]
    realestate("db", "upgrade")
    assert "code" not in realestate.said


def test_a_code_is_good_for_fifteen_minutes_and_replaced_by_the_next(realestate: CommandLine) -> None:
    codes = []
    for _ in range(2):
        realestate("db", "upgrade")
        codes.append(realestate.said.partition("The code ")[2].split(" ")[0])
    words = ("accounts", "add", "ada@example.com", "--first-admin", "--password-stdin")
    realestate(*words, stdin=f"{codes[0]}\n{PASSWORD}\n", expect=ExitCode.NOT_ALLOWED)
    with toolkit().database.connect_as_owner() as owner:
        owner.execute("update auth.bootstrap set expires_at = now()")
    realestate(*words, stdin=f"{codes[1]}\n{PASSWORD}\n", expect=ExitCode.NOT_ALLOWED)


def test_signing_in_and_out(realestate: CommandLine) -> None:
    realestate.bootstrapped()
    assert stat.S_IMODE((realestate.config / "session.json").stat().st_mode) == 0o600
    realestate("accounts", "logout")
    realestate("leads", "list", expect=ExitCode.NOT_ALLOWED)
    words = ("accounts", "login", "ada@example.com", "--password-stdin")
    realestate(*words, stdin="wrong\n", expect=ExitCode.NOT_ALLOWED)
    realestate(*words, stdin=f"{PASSWORD}\n")
    assert "session.json (mode 0600), as no keyring answers" in realestate.said
    assert realestate.json("accounts", "whoami")["email"] == "ada@example.com"


def test_an_administrator_looks_after_accounts(realestate: CommandLine) -> None:
    realestate.bootstrapped()
    realestate("accounts", "add", "ann@example.com", "--name", "Ann", "--password-stdin", stdin=f"{PASSWORD}\n")
    realestate("accounts", "add", "ann@example.com", "--password-stdin", stdin=f"{PASSWORD}\n", expect=ExitCode.USAGE)
    realestate("accounts", "add", "bob@example.com", "--password-stdin", stdin="short\n", expect=ExitCode.USAGE)
    assert [account["email"] for account in realestate.json("accounts", "list")] == [
        "ada@example.com",
        "ann@example.com",
    ]
    realestate("accounts", "disable", "ann@example.com")
    login = ("accounts", "login", "ann@example.com", "--password-stdin")
    realestate(*login, stdin=f"{PASSWORD}\n", expect=ExitCode.NOT_ALLOWED)
    realestate("accounts", "enable", "ann@example.com")
    realestate("accounts", "passwd", "ann@example.com", "--password-stdin", stdin="an entirely new phrase\n")
    realestate(*login, stdin="an entirely new phrase\n")
    realestate("accounts", "disable", "ada@example.com", expect=ExitCode.NOT_ALLOWED)


def test_ones_own_phone_and_address_are_kept_encrypted(realestate: CommandLine) -> None:
    realestate.bootstrapped()
    realestate("keys", "init")
    realestate("accounts", "profile", "--phone", "404-555-0134", "--address", "1 Oak St")
    shown = realestate.json("accounts", "profile", "--name", "Ada Example")
    assert shown == {"name": "Ada Example", "phone": "404-555-0134", "address": "1 Oak St"}
    with toolkit().database.connect_as_owner() as owner:
        row = owner.execute("select encrypted_phone, encrypted_address from users").fetchone()
        assert row is not None
        assert all(b"404" not in value and b"Oak" not in value for value in row)
    realestate("keys", "rotate")
    realestate("keys", "reencrypt")
    assert realestate.json("accounts", "profile") == shown


def test_without_a_terminal_a_password_is_piped_or_refused(realestate: CommandLine) -> None:
    realestate.bootstrapped()
    realestate("accounts", "login", "ada@example.com", expect=ExitCode.USAGE)
    assert "--password-stdin" in realestate.said


def test_a_lost_administrator_is_brought_back_by_the_owner_of_the_tables(realestate: CommandLine) -> None:
    realestate.bootstrapped()
    words = ("accounts", "reset-admin", "ada@example.com", "--password-stdin")
    realestate(*words, stdin="an entirely new phrase\n")
    realestate("accounts", "whoami", expect=ExitCode.NOT_ALLOWED)
    realestate("accounts", "login", "ada@example.com", "--password-stdin", stdin="an entirely new phrase\n")
    realestate.environment(REALESTATE_OWNER_URL=realestate.database.url)
    realestate(*words, stdin="an entirely new phrase\n", expect=ExitCode.NOT_ALLOWED)


def test_cron_works_by_a_token_from_a_private_file(realestate: CommandLine) -> None:
    realestate.bootstrapped()
    token = realestate("accounts", "tokens", "add", "nightly", "--scope", "read", "--days", "30")
    path = realestate.folder / "token"
    path.write_text(token)
    path.chmod(0o600)
    realestate("accounts", "logout")
    realestate.environment(REALESTATE_TOKEN_FILE=str(path))
    assert realestate.json("accounts", "whoami")["name"] == "nightly"
    realestate("leads", "list")
    realestate("leads", "import", "list.csv", "--signal", "none", expect=ExitCode.NOT_ALLOWED)
    realestate("accounts", "tokens", "add", "more", expect=ExitCode.NOT_ALLOWED)
    (listed,) = realestate.json("accounts", "tokens", "list")
    assert listed["last_used_at"]
    assert token.strip() not in str(listed)
    path.chmod(0o644)
    realestate("leads", "list", expect=ExitCode.NOT_ALLOWED)
    assert "chmod 600" in realestate.said


@pytest.mark.parametrize("token", ["re_pat_wrong", "x" * 5000, "eyJhbGciOiJub25lIn0.e30.", "re_local_x"])
def test_a_token_that_is_no_good_is_refused_and_not_shown(realestate: CommandLine, token: str) -> None:
    realestate.bootstrapped()
    realestate.environment(REALESTATE_TOKEN=token)
    realestate("leads", "list", expect=ExitCode.NOT_ALLOWED)
    assert token not in realestate.said


def test_a_token_ends_when_it_is_revoked_or_its_days_are_over(realestate: CommandLine) -> None:
    realestate.bootstrapped()
    tokens = [realestate("accounts", "tokens", "add", name).strip() for name in ("one", "two")]
    realestate("accounts", "tokens", "add", "one", expect=ExitCode.USAGE)
    realestate("accounts", "tokens", "revoke", "one")
    realestate("accounts", "tokens", "revoke", "one", expect=ExitCode.USAGE)
    with toolkit().database.connect_as_owner() as owner:
        owner.execute("update auth.sessions set expires_at = now() where name = 'two'")
    for token in tokens:
        realestate.environment(REALESTATE_TOKEN=token)
        realestate("leads", "list", expect=ExitCode.NOT_ALLOWED)


def test_without_the_key_everything_but_personal_data_still_works(realestate: CommandLine) -> None:
    realestate.bootstrapped()
    realestate("keys", "init")
    realestate("leads", "import", "list.csv", "--signal", "tax_delinquent")
    (realestate.config / "master.key").rename(realestate.folder / "put away")
    for words in (("leads", "list"), ("leads", "why", "1"), ("leads", "score"), ("runs", "list"), ("keys", "status")):
        realestate(*words)
    shown = realestate("leads", "show", "1", expect=ExitCode.NOT_ALLOWED)
    assert "OAK ST, SPRINGFIELD" in shown.upper()
    assert "\u2039locked\u203a" in shown
    assert "keys restore" in realestate.said
    record = realestate.json("leads", "show", "1", expect=ExitCode.NOT_ALLOWED)
    assert record["locked"]
    assert record["owner"] is None
    realestate("leads", "import", "list.csv", "--signal", "none", expect=ExitCode.NOT_ALLOWED)
    realestate("keys", "check", expect=ExitCode.NOT_ALLOWED)
    (realestate.folder / "put away").rename(realestate.config / "master.key")
    assert "404" in realestate("leads", "show", "1")
    realestate("keys", "check")


@pytest.mark.parametrize("passphrase", ["", "my passphrase"])
def test_a_key_comes_back_from_its_backup(realestate: CommandLine, passphrase: str) -> None:
    realestate.bootstrapped()
    realestate("keys", "init")
    key, copy = realestate.config / "master.key", realestate.folder / "copy"
    kept = json.loads(key.read_text())["key_b64"]
    words = ("backup", str(copy)) if passphrase else ("backup", str(copy), "--yes")
    realestate("keys", *words, *(["--passphrase-stdin"] if passphrase else []), stdin=f"{passphrase}\n")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert (kept in copy.read_text()) is (not passphrase)
    realestate("keys", "backup", str(copy), "--yes", expect=ExitCode.USAGE)
    key.unlink()
    if passphrase:
        restore = ("keys", "restore", str(copy), "--passphrase-stdin")
        realestate(*restore, stdin="wrong\n", expect=ExitCode.NOT_ALLOWED)
    realestate("keys", "restore", str(copy), "--passphrase-stdin", stdin=f"{passphrase}\n")
    realestate("keys", "check")
    realestate("keys", "restore", str(copy), "--passphrase-stdin", stdin=f"{passphrase}\n")


def test_restoring_never_replaces_another_key(realestate: CommandLine) -> None:
    realestate.bootstrapped()
    realestate("keys", "init")
    key, copy = realestate.config / "master.key", realestate.folder / "copy"
    realestate("keys", "backup", str(copy), "--yes")
    key.unlink()
    from realestate.adapters.local_keys import LocalKeyFile

    LocalKeyFile(key).make()
    other = key.read_text()
    realestate("keys", "restore", str(copy), expect=ExitCode.NOT_ALLOWED)
    assert key.read_text() == other


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"id": "x"}', '{"id": "x", "scrypt": {}}', "[" * 100_000])
def test_what_is_no_backup_of_a_key_is_refused(realestate: CommandLine, text: str) -> None:
    path = realestate.folder / "copy"
    path.write_text(text)
    realestate.environment(DATABASE_URL="postgresql://nobody@127.0.0.1:9/x")
    words = ("keys", "restore", str(path), "--passphrase-stdin")
    realestate(*words, stdin="x\n", expect=ExitCode.NOTHING_USABLE)


def test_the_doctor_asks_for_a_copy_of_the_key_and_for_a_new_one_after_a_year(realestate: CommandLine) -> None:
    realestate.bootstrapped()

    def keys() -> dict[str, str]:
        return next(part for part in realestate.json("doctor") if part["part"] == "keys")

    assert "keys backup" in keys()["mend"]
    realestate("keys", "backup", str(realestate.folder / "copy"), "--yes")
    assert keys()["state"] == "OK"
    with toolkit().database.connect_as_owner() as owner:
        owner.execute("update data_keys set created_at = now() - interval '366 days'")
    assert "keys rotate" in keys()["mend"]


def test_keys_are_turned_over_from_the_command_line(realestate: CommandLine) -> None:
    realestate.bootstrapped()
    realestate("keys", "init")
    realestate("leads", "import", "list.csv", "--signal", "none")
    realestate("keys", "rotate")
    realestate("keys", "reencrypt", "--batch", "2")
    states = {row["id"]: (row["state"], row["values"] > 0) for row in realestate.json("keys", "status")}
    assert states == {1: ("retired", False), 2: ("active", False), 3: ("active", True)}
    realestate("keys", "rewrap", "--to", "nonsense", expect=ExitCode.USAGE)
    realestate("keys", "check")


def test_a_person_is_shown_handed_out_and_erased(realestate: CommandLine) -> None:
    realestate.bootstrapped()
    realestate("keys", "init")
    realestate("leads", "import", "list.csv", "--signal", "none")
    assert "Ann Example" in realestate("privacy", "show", "-", stdin="404-555-0134\n")
    file = realestate.folder / "ann.json"
    realestate("privacy", "export", str(file), "Ann Example")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "ann@example.net" in file.read_text()
    realestate("privacy", "export", str(file), "Ann Example", expect=ExitCode.USAGE)
    realestate("privacy", "erase", "Ann Example", expect=ExitCode.USAGE)
    assert realestate.json("privacy", "erase", "Ann Example", "--yes")["contacts"] == 3
    assert realestate.json("privacy", "show", "Ann Example") == []
    realestate("leads", "import", "list.csv", "--signal", "none")
    assert realestate.json("privacy", "show", "Ann Example", "404-555-0134") == []
    realestate("privacy", "block", "bob@example.net")
    realestate("privacy", "block", "Bob Sample", expect=ExitCode.USAGE)


@pytest.mark.slow
def test_a_buyer_who_is_erased_leaves_the_vector_index(realestate: CommandLine) -> None:
    realestate.bootstrapped()
    realestate("keys", "init")
    rows = [
        f"{name},{phone},30301,SFR,100000" for name, phone in (("Cy Buyer", "404-555-0101"), ("Di LLC", "404-555-0102"))
    ]
    (realestate.folder / "buyers.csv").write_text("\n".join(["Name,Phone,Zip,Property Type,Max Price", *rows]) + "\n")
    realestate("buyers", "import", "buyers.csv")
    realestate("buyers", "reindex")
    assert realestate.json("privacy", "erase", "404-555-0102", "--yes")["buyers"] == 1
    toolkit.cache_clear()
    drift = toolkit().buyer_index.drift()
    toolkit().close()
    assert (drift.foreign, drift.missing) == ([], [])
    assert [buyer["name"] for buyer in realestate.json("buyers", "list")] == ["Cy Buyer"]


def test_the_audit_log_shows_tampering_and_what_is_not_chained(realestate: CommandLine) -> None:
    realestate.bootstrapped()
    realestate("accounts", "tokens", "add", "one")
    realestate("audit", "seal")
    first = realestate.json("audit", "verify")
    assert (first["unsealed"], first["broken"]) == (0, None)
    realestate("accounts", "tokens", "revoke", "one")
    assert realestate.json("audit", "verify", "--head", first["head"])["broken"] is None
    entries = realestate.json("audit", "list")
    assert entries[0]["action"] == "token.revoke"

    def tampered(*statements: str) -> str:
        """What verifying says when somebody with all rights has done this."""
        with toolkit().database.connect_as_owner() as owner:
            owner.execute("create table kept_log as select * from audit_log")
            owner.execute("create table kept_seals as select * from audit_seals")
            for statement in statements:
                owner.execute(statement)  # type: ignore[call-overload]
        broken = realestate.json("audit", "verify", "--head", first["head"], expect=ExitCode.UNEXPECTED)["broken"]
        with toolkit().database.connect_as_owner() as owner:
            owner.execute("delete from audit_seals; delete from audit_log")
            owner.execute("insert into audit_log overriding system value select * from kept_log")
            owner.execute("insert into audit_seals select * from kept_seals; drop table kept_log, kept_seals")
        return str(broken)

    assert "was changed" in tampered("update audit_log set action = 'x' where id = 1")
    assert "was changed" in tampered("update audit_log set detail = '{}' where detail <> '{}'")
    assert "missing" in tampered("delete from audit_seals where position = 2", "delete from audit_log where id = 2")
    assert "cut short" in tampered("delete from audit_seals where position > 1", "delete from audit_log where id > 1")
    with toolkit().database.connect_as_owner() as owner:
        owner.execute("insert into audit_log (action) values ('test.open')")
    assert realestate.json("audit", "verify")["unsealed"] == 1
    assert "audit seal" in realestate.said


def test_errors_are_json_for_scripts_that_read_json(realestate: CommandLine) -> None:
    realestate("accounts", "whoami", "-o", "json", expect=ExitCode.NOT_ALLOWED)
    error = json.loads(realestate.said)["error"]
    assert (error["code"], bool(error["hint"])) == (5, True)


def test_no_command_takes_a_secret_as_an_argument() -> None:
    """Arguments are seen by every account of the machine."""
    import typer.main

    from realestate.cli import accounts, keys

    for app in (accounts.app, accounts.tokens, keys.app):
        for name, command in typer.main.get_group(app).commands.items():
            for parameter in command.params:
                secret = any(word in (parameter.name or "") for word in ("password", "passphrase", "token", "code"))
                assert not secret or getattr(parameter, "is_flag", False), (name, parameter.name)


@pytest.mark.parametrize(
    ("parameters", "allowed"),
    [
        ({"host": "/run/postgresql"}, True),
        ({"host": "localhost"}, True),
        ({}, True),
        ({"host": "db.example.com"}, False),
        ({"host": "db.example.com", "sslmode": "require"}, False),
        ({"host": "db.example.com", "sslmode": "verify-ca"}, False),
        ({"host": "db.example.com", "sslmode": "verify-full"}, True),
    ],
)
def test_a_password_is_proved_only_to_a_server_that_has_proved_itself(
    parameters: dict[str, str], allowed: bool
) -> None:
    connection: Any = SimpleNamespace(info=SimpleNamespace(get_parameters=lambda: parameters))
    require_safe_transport(connection, insecure=True)
    if allowed:
        require_safe_transport(connection)
    else:
        with pytest.raises(NotAllowedError, match="proved who it is"):
            require_safe_transport(connection)


@pytest.fixture
def at_home(fresh_database: TestDatabase, tmp_path: Path) -> Iterator[Callable[[], OpenSession]]:
    """Opens sessions of an embedded database, as every command does."""
    opened: list[OpenSession] = []

    def enter() -> OpenSession:
        settings = Settings(home=tmp_path / "home")
        opened.append(open_session(settings, fresh_database.url, fresh_database.owner_url))
        return opened[-1]

    yield enter
    for session in opened:
        session.connection.close()


def test_at_home_the_owner_is_signed_in_from_the_first_command(
    at_home: Callable[[], OpenSession], tmp_path: Path
) -> None:
    first, second = at_home(), at_home()
    assert first.user_id == second.user_id
    assert user_of(first.connection) == first.user_id
    row = first.connection.execute("select count(*), bool_and(is_admin) from users").fetchone()
    assert row == (1, True)
    assert stat.S_IMODE((tmp_path / "home" / "config" / "session.json").stat().st_mode) == 0o600


def test_at_home_an_owner_with_a_password_is_asked_for_it(tmp_path: Path, people: People) -> None:
    with pytest.raises(NotAllowedError, match="Nobody is signed in"):
        open_session(Settings(home=tmp_path / "home"), people.database.url, people.database.owner_url)


def test_at_home_a_session_of_an_earlier_database_is_replaced(
    at_home: Callable[[], OpenSession], tmp_path: Path, people: People
) -> None:
    at_home()
    with people.owner() as owner:
        owner.execute("update users set hashed_password = null where id = 4")
    session = open_session(Settings(home=tmp_path / "home"), people.database.url, people.database.owner_url)
    assert session.user_id == 4, "the database's administrator, who has no session here yet"
    session.connection.close()
