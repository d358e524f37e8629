"""Signing in: the right password, every wrong one, and what a guesser may learn."""

from __future__ import annotations

import hashlib
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from people import PASSWORD, QUICK, People

from realestate.adapters.passwords import Bcrypt
from realestate.errors import NotAllowedError, UsageError
from realestate.repositories.accounts import SqlAccounts
from realestate.services.accounts import Accounts


def test_the_right_password_opens_a_session_that_is_kept(people: People) -> None:
    with people.nobody() as connection:
        identity = people.sessions(connection).login("Ann@Example.com", PASSWORD)
        assert (identity.user_id, identity.email, identity.kind) == (1, "ann@example.com", "login")
    kept = people.credentials().load()
    assert kept is not None
    with people.nobody() as connection:
        accounts = SqlAccounts(connection)
        accounts.carry(kept.access)
        assert accounts.whoami() is not None


@pytest.mark.parametrize("email", ["ann@example.com", "nobody@example.com", "eve@example.com", "\x00", "é" * 3000])
@pytest.mark.parametrize(
    "password", ["", "x", "x" * 11, "x" * 1024, "x" * 100_000, "🏠" * 19, "nul\x00inside it", "\udcff"]
)
def test_every_wrong_password_gets_the_same_answer(people: People, email: str, password: str) -> None:
    with people.nobody() as connection, pytest.raises(NotAllowedError) as refusal:
        people.sessions(connection).login(email, password)
    assert refusal.value.message == "The e-mail address or the password is wrong."


def test_an_unknown_account_costs_what_a_known_one_does(people: People) -> None:
    """The one test with bcrypt's real 12 rounds."""
    with people.owner() as owner:
        owner.execute("update auth.secrets set value = '12' where name = 'rounds'")
        owner.execute("update users set hashed_password = %s where id = 1", (Bcrypt().hash(PASSWORD),))
    took = {}
    with people.nobody() as connection:
        store = SqlAccounts(connection)
        for email in ("ann@example.com", "nobody@example.com"):
            salt = store.begin_login(email)
            assert salt.startswith("$2b$12$")
            assert store.begin_login(email) == salt
            began = time.process_time()
            QUICK.prove("wrong", salt)
            took[email] = time.process_time() - began
        assert people.sessions(connection).login("ann@example.com", PASSWORD).user_id == 1
    assert 0.5 < took["ann@example.com"] / took["nobody@example.com"] < 2


@pytest.mark.parametrize(
    "garbage",
    ["", "x", "$2b$", "$2b$12$short", "plain text password", "$argon2id$v=19$m=1", "$2b$99$" + "a" * 53, "🏠"],
)
def test_garbage_in_the_hash_column_lets_nobody_in(people: People, garbage: str) -> None:
    with people.owner() as owner:
        owner.execute("update users set hashed_password = %s where id = 2", (garbage,))
    with people.nobody() as connection:
        store = SqlAccounts(connection)
        for attempt in (PASSWORD, garbage):
            with pytest.raises(NotAllowedError):
                people.sessions(connection).login("bob@example.com", attempt)
        # Whoever knows the garbage may send it as a proof, without hashing anything.
        assert store.offer_login("bob@example.com", hashlib.sha256(garbage.encode()).digest()) == 0
        assert store.finish_login("bob@example.com", garbage, b"", bytes(32)).status == "wrong"


@pytest.mark.parametrize(
    "password", ["x" * 13 + "abcd", "🏠🚗🐶🎉 my house and dog" * 3, "n\x00ul inside a phrase", "a" * 900 + "bcdefg"]
)
def test_passwords_of_any_length_and_letters_work_whole(people: People, password: str) -> None:
    hashed = QUICK.hash(password)
    with people.owner() as owner:
        owner.execute("update users set hashed_password = %s where id = 1", (hashed,))
    with people.nobody() as connection:
        with pytest.raises(NotAllowedError):
            people.sessions(connection).login("ann@example.com", password[:-1])
        assert people.sessions(connection).login("ann@example.com", password).user_id == 1
    assert hashed.startswith("sha384:") is (len(password.encode()) > 72)


def test_letters_count_the_same_from_every_keyboard(people: People) -> None:
    with people.owner() as owner:
        owner.execute("update users set hashed_password = %s where id = 1", (QUICK.hash("cafe\u0301 au lait noir"),))
    with people.nobody() as connection:
        assert people.sessions(connection).login("ann@example.com", "caf\u00e9 au lait noir").user_id == 1


def test_the_fifth_wrong_password_locks_for_a_minute_then_twice_as_long(people: People) -> None:
    with people.nobody() as connection, people.owner() as owner:
        owner.autocommit = True
        sessions = people.sessions(connection)
        waits = []
        for _ in range(20):
            try:
                sessions.login("ann@example.com", "wrong")
            except NotAllowedError as refusal:
                if "locked" not in refusal.message:
                    continue
            with pytest.raises(NotAllowedError, match="locked"):
                # The right password does not open it meanwhile.
                sessions.login("ann@example.com", PASSWORD)
            row = owner.execute(
                "select round(extract(epoch from locked_until - last_at)) from auth.attempts"
            ).fetchone()
            waits.append(int(row[0]) if row else 0)
            owner.execute("update auth.attempts set locked_until = now()")
        assert waits == [60, 120, 240, 480, 960, 1920, 3600, 3600][: len(waits)]
        assert len(waits) >= 7
        assert sessions.login("ann@example.com", PASSWORD).user_id == 1
        assert owner.execute("select count(*) from auth.attempts").fetchone() == (0,)


def test_unknown_accounts_are_locked_like_known_ones(people: People) -> None:
    answers = {}
    with people.nobody() as connection:
        for email in ("ann@example.com", "nobody@example.com"):
            for _ in range(6):
                with pytest.raises(NotAllowedError) as refusal:
                    people.sessions(connection).login(email, "wrong")
            answers[email] = refusal.value.message.replace("59", "60")
    assert len(set(answers.values())) == 1
    assert "locked" in answers["ann@example.com"]


def test_one_account_locked_leaves_the_others_alone(people: People) -> None:
    with people.nobody() as connection:
        for _ in range(6):
            with pytest.raises(NotAllowedError):
                people.sessions(connection).login("ann@example.com", "wrong")
        assert people.sessions(connection).login("bob@example.com", PASSWORD).user_id == 2


def test_a_guess_that_is_rolled_back_is_counted_all_the_same(people: People) -> None:
    """A guesser with the connection string would undo the counting, so nothing uncommitted is judged."""
    right = QUICK.prove(PASSWORD, _salt(people))
    with people.nobody() as connection:
        for proof in ("wrong", right):
            digest = hashlib.sha256(proof.encode()).digest()
            connection.execute("select auth.offer_login('ann@example.com', %s)", (digest,))
            row = connection.execute(
                "select status from auth.finish_login('ann@example.com', %s, '', %s)", (proof, bytes(32))
            ).fetchone()
            assert row == ("wrong",)
            connection.rollback()
        digest = hashlib.sha256(b"one").digest()
        connection.execute("select auth.offer_login('ann@example.com', %s)", (digest,))
        connection.commit()
        for proof in ("two", "three", right):
            # One announced guess cannot be exchanged for another.
            row = connection.execute(
                "select status from auth.finish_login('ann@example.com', %s, '', %s)", (proof, bytes(32))
            ).fetchone()
            assert row == ("wrong",)
            connection.rollback()


def test_a_session_cannot_be_used_before_it_is_committed(people: People) -> None:
    proof = QUICK.prove(PASSWORD, _salt(people))
    with people.nobody() as connection:
        connection.execute("select auth.offer_login('ann@example.com', %s)", (hashlib.sha256(proof.encode()).digest(),))
        connection.commit()
        row = connection.execute(
            "select access from auth.finish_login('ann@example.com', %s, '', %s)", (proof, bytes(32))
        ).fetchone()
        assert row is not None
        for expected in (None, 1):
            found = connection.execute(
                "select auth.uid() from set_config('app.token', %s, false)", (row[0],)
            ).fetchone()
            assert connection.execute("select auth.uid()").fetchone() == (expected,), found
            connection.commit()


def test_two_sign_ins_at_once_both_succeed(people: People) -> None:
    def sign_in(name: str) -> int:
        with people.nobody() as connection:
            return people.sessions(connection, name).login("ann@example.com", PASSWORD).user_id

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(sign_in, "abcd")) == [1] * 4


def test_a_disabled_account_is_out_at_once(people: People) -> None:
    with people.nobody() as connection:
        people.sessions(connection).login("bob@example.com", PASSWORD)
        with people.signed_in(4) as admin:
            Accounts(SqlAccounts(admin), QUICK).set_active("bob@example.com", active=False)
        assert SqlAccounts(connection).whoami() is None
        kept = people.credentials().load()
        assert kept is not None
        with pytest.raises(NotAllowedError):
            people.sessions(connection, stale=kept.access).keep_going()
        with people.signed_in(4) as admin:
            Accounts(SqlAccounts(admin), QUICK).set_active("bob@example.com", active=True)
        # Let in again, the old session stays ended.
        assert SqlAccounts(connection).whoami() is None


def test_signing_out_ends_the_session_everywhere(people: People) -> None:
    with people.nobody() as connection:
        people.sessions(connection).login("ann@example.com", PASSWORD)
        kept = people.credentials().load()
        assert people.sessions(connection).logout()
        assert not people.sessions(connection).logout()
    with people.nobody() as connection:
        SqlAccounts(connection).carry(kept.access if kept else None)
        assert SqlAccounts(connection).whoami() is None
    assert people.credentials().load() == kept.__class__(signed_out=True)


def test_only_administrators_look_after_accounts(people: People) -> None:
    with people.signed_in(1) as connection:
        accounts = Accounts(SqlAccounts(connection), QUICK)
        assert [account.email for account in accounts.all()] == ["ann@example.com"]
        with pytest.raises(NotAllowedError, match="administrator"):
            accounts.add("new@example.com", "an entirely new phrase")
        with pytest.raises(NotAllowedError, match="administrator"):
            accounts.set_active("bob@example.com", active=False)
        with pytest.raises(NotAllowedError, match="administrator"):
            accounts.set_password("bob@example.com", "an entirely new phrase")
    with people.signed_in(4) as connection:
        accounts = Accounts(SqlAccounts(connection), QUICK)
        assert len(accounts.all()) == 4
        made = accounts.add("New@Example.com", "an entirely new phrase", "New Person")
        assert (accounts.all()[-1].id, accounts.all()[-1].email) == (made, "new@example.com")
        with pytest.raises(UsageError, match="taken"):
            accounts.add("new@example.com", "an entirely new phrase")
        with pytest.raises(UsageError, match="no account"):
            accounts.set_active("nobody@example.com", active=False)
        with pytest.raises(UsageError, match="e-mail"):
            accounts.add("not an address", "an entirely new phrase")


def test_the_last_administrator_stays(people: People) -> None:
    with people.signed_in(4) as connection:
        accounts = Accounts(SqlAccounts(connection), QUICK)
        with pytest.raises(NotAllowedError, match="last administrator"):
            accounts.set_active("ada@example.com", active=False)


def test_ones_own_password_takes_a_recent_sign_in_and_ends_the_other_sessions(people: People) -> None:
    with people.nobody() as other:
        people.sessions(other, "other").login("ann@example.com", PASSWORD)
        with people.signed_in(1) as unattended, pytest.raises(NotAllowedError, match="sign in again"):
            Accounts(SqlAccounts(unattended), QUICK).set_password("ann@example.com", "an entirely new phrase")
        with people.nobody() as connection:
            people.sessions(connection).login("ann@example.com", PASSWORD)
            Accounts(SqlAccounts(connection), QUICK).set_password("ann@example.com", "an entirely new phrase")
            assert SqlAccounts(connection).whoami() is not None
        assert SqlAccounts(other).whoami() is None
        assert people.sessions(other).login("ann@example.com", "an entirely new phrase").user_id == 1


def test_a_token_for_unattended_runs_sets_no_password(people: People) -> None:
    with people.owner() as owner:
        owner.execute("update users set hashed_password = null where id = 4")
    with people.signed_in(4) as connection:
        token = SqlAccounts(connection).create_token("cron", ["read", "write"], 1)
    with people.nobody() as connection:
        SqlAccounts(connection).carry(token)
        with pytest.raises(NotAllowedError, match="administrator"):
            SqlAccounts(connection).set_password("ada@example.com", QUICK.hash(PASSWORD))


def test_sessions_long_over_are_forgotten_at_the_next_sign_in(people: People) -> None:
    with people.nobody() as connection:
        people.sessions(connection).login("ann@example.com", PASSWORD)
        with people.owner() as owner:
            owner.execute("update auth.sessions set expires_at = now() - interval '91 days'")
        people.sessions(connection).login("ann@example.com", PASSWORD)
    with people.owner() as owner:
        assert owner.execute("select count(*) from auth.sessions").fetchone() == (1,)


@pytest.mark.parametrize("password", ["x", "x" * 11, "x" * 1025, "x" * 100_000, "password1234", "ann example 2026!!"])
def test_weak_passwords_are_refused_without_being_shown(people: People, password: str) -> None:
    with people.signed_in(4) as connection, pytest.raises(UsageError) as refusal:
        Accounts(SqlAccounts(connection), QUICK).add("ann2@example.com", password)
    assert password not in refusal.value.message or len(password) == 1


@pytest.mark.parametrize(
    "password",
    ["🏠🚗🐶🎉🌵" * 3, "🏠🚗🐶🎉 my house", "nul\x00inside a phrase", "an entirely new phrase" + "xyzabc" * 167],
)
def test_pictures_nul_and_a_thousand_characters_make_a_good_password(people: People, password: str) -> None:
    assert len(password) >= 12
    with people.signed_in(4) as connection:
        Accounts(SqlAccounts(connection), QUICK).add("ann2@example.com", password)
    with people.nobody() as connection:
        assert people.sessions(connection).login("ann2@example.com", password).email == "ann2@example.com"


def test_what_is_not_a_bcrypt_hash_is_never_kept(people: People) -> None:
    with people.signed_in(4) as connection, pytest.raises(UsageError, match="not a bcrypt hash"):
        SqlAccounts(connection).set_password("ann@example.com", "plain text")


def test_every_sign_in_is_audited_without_naming_anybody(people: People) -> None:
    with people.nobody() as connection:
        sessions = people.sessions(connection)
        sessions.login("ann@example.com", PASSWORD)
        for email in ("ann@example.com", "nobody@example.com"):
            with pytest.raises(NotAllowedError):
                sessions.login(email, "wrong")
    with people.owner() as owner:
        entries = owner.execute("select action, actor_id, audit_log::text from audit_log order by id").fetchall()
    assert [(action, actor) for action, actor, _ in entries] == [
        ("login.ok", 1),
        ("login.failed", 1),
        ("login.unknown", None),
    ]
    assert "example.com" not in str(entries)


def _salt(people: People) -> str:
    with people.nobody() as connection:
        return SqlAccounts(connection).begin_login("ann@example.com")


def test_hashes_and_secrets_cannot_be_read_or_reset(people: People) -> None:
    statements = (
        "select hashed_password from users",
        "select * from users",
        "update users set hashed_password = 'x'",
        "update users set is_admin = true",
        "update users set email = 'x'",
        "delete from users",
        "insert into users (email) values ('x')",
        "select * from auth.secrets",
        "select * from auth.sessions",
        "select * from auth.access",
        "select * from auth.live",
        "select * from auth.attempts",
        "select * from auth.offers",
        "select * from auth.refresh",
        "update auth.attempts set failed = 0",
        "insert into auth.access (hash, session_id, expires_at) values ('x', 'x', 'infinity')",
        "select auth.local_owner_session()",
        "select auth.issue('x', 'x', 'infinity')",
        "select auth.sign('{}')",
        "select auth.note(1, 'x', 'x')",
        "select auth.keyed_hash('x')",
        "select auth.new_bootstrap_code()",
        "select auth.reset_admin('ann@example.com', 'x')",
        "select auth.wall('users')",
        "select auth.verify_at('x', now())",
        "insert into audit_log (action) values ('x')",
        "update audit_log set action = 'x'",
        "delete from audit_log",
        "truncate audit_log",
        "insert into audit_seals values (1, 1, 'x')",
        "alter table users disable row level security",
        "set role postgres",
        "set session authorization postgres",
        "drop policy own_or_admin on users",
        "create function auth.mine() returns int language sql as 'select 1'",
        "delete from data_keys",
    )
    with people.signed_in(1) as connection:
        for statement in statements:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)  # type: ignore[call-overload]
            connection.rollback()
