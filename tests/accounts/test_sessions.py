"""Sessions: renewal by many processes, theft, interruption, clocks, and where they are kept."""

from __future__ import annotations

import json
import multiprocessing
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import jwt
import pytest
from keyring.backend import KeyringBackend
from people import PASSWORD, QUICK, People

from realestate.adapters.credentials import Credentials, SessionFile, given_token
from realestate.adapters.keychain import Keychain
from realestate.domain.accounts import Granted, Kept
from realestate.errors import NotAllowedError
from realestate.repositories.accounts import SqlAccounts
from realestate.services.accounts import Sessions

AGES = Kept(access=None, fresh_until=0.0)


def sign_in(people: People) -> Kept:
    with people.nobody() as connection:
        people.sessions(connection).login("ann@example.com", PASSWORD)
    kept = people.credentials().load()
    assert kept is not None
    return kept


def let_it_age(people: People) -> None:
    """An access token that is to be renewed."""
    kept = people.credentials().load()
    assert kept is not None
    people.credentials().save(replace(kept, fresh_until=0.0))


def renew(people: People) -> str:
    with people.nobody() as connection:
        return people.sessions(connection).keep_going()


def speaks_for(people: People, token: str | None) -> int | None:
    with people.nobody() as connection:
        accounts = SqlAccounts(connection)
        accounts.carry(token)
        found = accounts.whoami()
        return found.user_id if found else None


def test_a_session_goes_on_by_its_refresh_token(people: People) -> None:
    first = sign_in(people)
    let_it_age(people)
    assert speaks_for(people, renew(people)) == 1
    second = people.credentials().load()
    assert second is not None
    assert second.access != first.access
    assert set(second.refresh).isdisjoint(first.refresh)


def test_eight_processes_renewing_at_once_raise_no_alarm(people: People) -> None:
    sign_in(people)
    let_it_age(people)
    with multiprocessing.get_context("fork").Pool(8) as pool:
        tokens = pool.map(renew, [people] * 8, chunksize=1)
    assert len(set(tokens)) == 1
    with people.owner() as owner:
        assert owner.execute("select count(*) from audit_log where action = 'session.reuse'").fetchone() == (0,)


def test_eight_machines_with_one_token_raise_no_alarm_within_ten_seconds(people: People) -> None:
    """Without the file lock of one machine the database itself tells the slower ones to read again."""
    token = sign_in(people).refresh[0]

    def trade(number: int) -> str:
        with people.nobody() as connection:
            return SqlAccounts(connection).refresh(token, number.to_bytes(32)).status

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(trade, range(1, 9))) == ["ok"] + ["reread"] * 7


def test_a_stolen_refresh_token_ends_the_session_for_both(people: People) -> None:
    stolen = sign_in(people).refresh[0]
    let_it_age(people)
    newest = renew(people)
    with people.owner() as owner:
        owner.execute("update auth.refresh set used_at = used_at - interval '11 seconds'")
    with people.nobody() as thief:
        assert SqlAccounts(thief).refresh(stolen, bytes(32)) == Granted("reuse", None)
    assert speaks_for(people, newest) is None
    let_it_age(people)
    with pytest.raises(NotAllowedError, match="ended"):
        renew(people)
    with people.owner() as owner:
        assert owner.execute("select count(*) from audit_log where action = 'session.reuse'").fetchone() == (1,)


def test_a_thief_who_rolls_back_reads_nothing(people: People) -> None:
    stolen = sign_in(people).refresh[0]
    with people.nobody() as thief:
        row = thief.execute("select access from auth.refresh_session(%s, %s)", (stolen, bytes(32))).fetchone()
        assert row is not None
        thief.execute("select set_config('app.token', %s, false)", (row[0],))
        assert thief.execute("select auth.uid()").fetchone() == (None,)
        thief.rollback()


@pytest.mark.parametrize("change", ["expires_at = now() - interval '1 s'", "revoked_at = now()"])
def test_a_session_that_has_ended_is_not_renewed(people: People, change: str) -> None:
    sign_in(people)
    let_it_age(people)
    with people.owner() as owner:
        owner.execute(f"update auth.sessions set {change}")  # type: ignore[arg-type]  # noqa: S608
    with pytest.raises(NotAllowedError):
        renew(people)
    assert people.credentials().load() == Kept()


def test_a_week_without_use_ends_a_session(people: People) -> None:
    sign_in(people)
    let_it_age(people)
    with people.owner() as owner:
        owner.execute("update auth.refresh set expires_at = expires_at - interval '7 days 1 s'")
    with pytest.raises(NotAllowedError):
        renew(people)


class CutOffError(Exception):
    """The process ends here."""


class EndsAt:
    """Credentials whose k-th write, or the moment after it, is the end of the process."""

    def __init__(self, real: Credentials, writes: int) -> None:
        self._real = real
        self._left = writes
        self.load = real.load
        self.lock = real.lock

    def save(self, kept: Kept) -> None:
        if self._left == 0:
            raise CutOffError
        self._left -= 1
        self._real.save(kept)


@pytest.mark.parametrize("writes", [0, 1])
@pytest.mark.parametrize("times", [1, 3])
def test_a_renewal_that_was_cut_off_anywhere_is_taken_up_again(people: People, writes: int, times: int) -> None:
    sign_in(people)
    let_it_age(people)
    for _ in range(times):
        with people.nobody() as connection, pytest.raises(CutOffError):
            Sessions(SqlAccounts(connection), EndsAt(people.credentials(), writes), QUICK).keep_going()
    with people.owner() as owner:
        owner.execute("update auth.refresh set used_at = used_at - interval '1 hour'")
    assert speaks_for(people, renew(people)) == 1
    kept = people.credentials().load()
    assert kept is not None
    assert len(kept.refresh) == 1


@pytest.mark.parametrize(("age", "user"), [(899, 1), (920, 1), (931, None)])
def test_the_databases_clock_rules_with_30_seconds_of_leeway(people: People, age: int, user: int | None) -> None:
    """20 seconds off works, 31 seconds off does not."""
    kept = sign_in(people)
    with people.owner() as owner:
        owner.execute("update auth.access set expires_at = now() + interval '900 s' - %s * interval '1 s'", (age,))
    assert speaks_for(people, kept.access) == user


def test_a_machine_with_a_wrong_clock_still_renews_its_session(people: People) -> None:
    kept = sign_in(people)
    with people.owner() as owner:
        owner.execute("update auth.access set expires_at = now() - interval '1 hour'")
    people.credentials().save(replace(kept, fresh_until=time.time() + 9_999))
    with people.nobody() as connection:
        assert speaks_for(people, people.sessions(connection, stale=kept.access).keep_going()) == 1


def test_access_tokens_are_standard_ones(people: People) -> None:
    """PyJWT, which had no part in making it, accepts the token with everything demanded."""
    with people.owner() as owner:
        row = owner.execute("select value from auth.secrets where name = 'signing'").fetchone()
    assert row is not None
    token = sign_in(people).access
    assert token is not None
    claims = jwt.decode(
        token,
        row[0],
        algorithms=["HS256"],
        audience="realestate-cli",
        issuer="realestate",
        options={"require": ["exp", "iat", "nbf", "jti", "sub", "sid", "typ", "aud", "iss"]},
    )
    assert (claims["sub"], claims["typ"], claims["exp"] - claims["iat"]) == ("1", "access", 900)


def test_the_session_file_is_private_and_holds_one_session_per_database(tmp_path: Path) -> None:
    file = SessionFile(tmp_path / "config")
    for place in ("embedded", "db.example.com:5432/leads"):
        with Credentials(file, place).lock():
            Credentials(file, place).save(Kept(f"token of {place}", 5.0, ("a", "b")))
    assert Credentials(file, "embedded").load() == Kept("token of embedded", 5.0, ("a", "b"))
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.path.parent.stat().st_mode) == 0o700


def test_a_session_file_with_open_permissions_is_refused_with_the_mend(tmp_path: Path) -> None:
    file = SessionFile(tmp_path)
    file.write("embedded", {"access": "secret"})
    file.path.chmod(0o644)
    with pytest.raises(NotAllowedError) as refusal:
        file.read("embedded")
    assert "chmod 600" in refusal.value.hint
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "[]",
        '{"sessions": 5}',
        '{"sessions": {"embedded": 5}}',
        "[" * 100_000,
        '{"sessions":{"embedded":{"access":5,"refresh":{}}}}',
    ],
)
def test_a_damaged_session_file_signs_nobody_in(tmp_path: Path, text: str) -> None:
    file = SessionFile(tmp_path)
    file.path.write_text(text)
    file.path.chmod(0o600)
    kept = Credentials(file, "embedded").load()
    assert kept is None or (kept.access is None and kept.refresh == ())


class FakeKeyring(KeyringBackend):
    """A keyring that works, refuses or hangs."""

    priority = 1  # type: ignore[assignment]

    def __init__(self, mood: str = "works") -> None:
        self.mood = mood
        self.kept: dict[str, str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        self._behave()
        return self.kept.get(service + username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self._behave()
        self.kept[service + username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service + username]

    def _behave(self) -> None:
        if self.mood == "refuses":
            raise RuntimeError("locked")
        if self.mood == "hangs":
            time.sleep(5)


def test_refresh_tokens_stand_in_the_keyring_where_one_answers(tmp_path: Path) -> None:
    keyring = FakeKeyring()
    store = Credentials(SessionFile(tmp_path), "embedded", Keychain(lambda: keyring))
    store.save(Kept("access", 1.0, ("refresh-secret",)))
    assert "refresh-secret" not in (tmp_path / "session.json").read_text()
    assert store.load() == Kept("access", 1.0, ("refresh-secret",))
    store.save(Kept(signed_out=True))
    assert keyring.kept == {}


@pytest.mark.parametrize("mood", ["refuses", "hangs"])
def test_a_keyring_that_does_not_answer_in_time_is_done_without(tmp_path: Path, mood: str) -> None:
    keychain = Keychain(lambda: FakeKeyring(mood), patience_s=0.05)
    store = Credentials(SessionFile(tmp_path), "embedded", keychain)
    store.save(Kept("access", 1.0, ("refresh-secret",)))
    assert store.load() == Kept("access", 1.0, ("refresh-secret",))
    assert json.loads((tmp_path / "session.json").read_text())["sessions"]["embedded"]["refresh"] == ["refresh-secret"]


def test_a_token_for_unattended_runs_comes_from_the_environment_or_a_private_file(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("re_pat_x\n")
    path.chmod(0o600)
    assert given_token(None, path) == "re_pat_x"
    assert given_token("re_pat_y", path) == "re_pat_y"
    assert given_token(None, None) is None
    for token, file in (("x" * 4097, None), (None, tmp_path / "missing")):
        with pytest.raises(NotAllowedError):
            given_token(token, file)
    path.chmod(0o640)
    with pytest.raises(NotAllowedError, match="other accounts"):
        given_token(None, path)
    path.chmod(0o600)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(NotAllowedError):
        given_token(None, path)
