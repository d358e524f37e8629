"""Connections: how they begin, and what a user reads when they do not."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import quote

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.conninfo import make_conninfo

from databases import TestDatabase
from realestate.errors import ExitCode, NoDatabaseError, NotAllowedError, RealestateError, TryLaterError, UsageError
from realestate.repositories.connection import NoSchemaError, _begin_session, connect, connect_as_owner
from realestate.repositories.connection_errors import connect_error, in_our_words, too_old, working_error
from realestate.repositories.connection_url import connection_parameters

PARTS = {"user": "anna", "password": "s3", "host": "db.example.com", "port": "5433", "dbname": "houses"}


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("postgresql://anna:s3@db.example.com:5433/houses", PARTS),
        ("postgres://anna:s3@db.example.com:5433/houses", PARTS),
        ("postgresql+psycopg://anna:s3@db.example.com:5433/houses", PARTS),
        (" postgres://anna:s3@db.example.com:5433/houses \n", PARTS),
        ("postgres://anna:p%40s%25s@db.example.com:5433/houses", PARTS | {"password": "p@s%s"}),
        ("postgres://anna:p@ss@db.example.com:5433/houses", PARTS | {"password": "p@ss"}),
        ("postgres://anna:100%@db.example.com:5433/houses", PARTS | {"password": "100%"}),
        ("postgres://anna:a/b?c#d@db.example.com:5433/houses", PARTS | {"password": "a/b?c#d"}),
        ("postgres://anna:a:b@db.example.com:5433/houses", PARTS | {"password": "a:b"}),
        ("postgres://anna:é漢@db.example.com:5433/houses", PARTS | {"password": "é漢"}),
        ("postgres://db.example.com/houses", {"host": "db.example.com", "dbname": "houses"}),
        ("postgres:///houses", {"dbname": "houses"}),
        ("postgres://[::1]:5433/houses", {"host": "::1", "port": "5433", "dbname": "houses"}),
        ("postgres://a:1,b:2/houses", {"host": "a,b", "port": "1,2", "dbname": "houses"}),
        ("postgres://a,b/houses", {"host": "a,b", "dbname": "houses"}),
        ("postgres:///houses?host=/var/run/a%20b", {"dbname": "houses", "host": "/var/run/a b"}),
        ("postgres://h/d?sslmode=verify-full", {"host": "h", "dbname": "d", "sslmode": "verify-full"}),
        ("postgres://h/d?ssl=true", {"host": "h", "dbname": "d", "sslmode": "require"}),
        ("host=h dbname=d password='a b'", {"host": "h", "dbname": "d", "password": "a b"}),
    ],
)
def test_a_url_is_read_as_it_was_meant(url: str, parts: dict[str, str]) -> None:
    assert connection_parameters(url) == parts


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
def test_any_password_comes_through_when_it_is_percent_encoded(password: str) -> None:
    url = f"postgres://anna:{quote(password, safe='')}@db.example.com:5433/houses"
    assert connection_parameters(url) == PARTS | {"password": password}


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="%? "), min_size=1))
def test_any_password_without_percent_and_question_mark_comes_through_as_it_is(password: str) -> None:
    url = f"postgres://anna:{password}@db.example.com:5433/houses"
    assert connection_parameters(url) == PARTS | {"password": password}


@given(st.text())
def test_any_text_is_an_address_or_refused(text: str) -> None:
    with suppress(UsageError):
        connection_parameters(text)


@pytest.mark.parametrize(
    "url", ["", "mysql://h/d", "sqlite:///x.db", "just words", "postgres://u:sesame@h/d?colour=blue", "http://h"]
)
def test_what_is_no_postgres_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(UsageError) as refusal:
        connection_parameters(url)
    assert "sesame" not in refusal.value.message + refusal.value.hint


def test_a_session_is_under_row_level_security_and_carries_its_token(database: TestDatabase) -> None:
    settings = ("role", "app.token", "timezone", "lock_timeout")
    with connect(database.url, "a 'token'") as connection:
        found = connection.execute("select current_setting(name) from unnest(%s::text[]) name", (list(settings),))
        assert [row[0] for row in found] == ["re_app", "a 'token'", "UTC", "5s"]


def test_a_superuser_gives_up_its_privileges(database: TestDatabase) -> None:
    with connect(database.owner_url) as connection:
        assert connection.execute("select current_user::text").fetchone() == ("re_app",)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select * from auth.sessions")


def test_the_session_survives_a_rollback(database: TestDatabase) -> None:
    with connect(database.url, "token") as connection:
        connection.execute("select 1")
        connection.rollback()
        assert connection.execute("select current_setting('app.token')").fetchone() == ("token",)


def changed(url: str, **parts: str) -> str:
    return make_conninfo(**(connection_parameters(url) | parts))


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"user": "nobody_here", "password": "x"}, "refuses the password of 'nobody_here'"),
        ({"password": "wrong"}, "refuses the password of 're_app'"),
        ({"dbname": "not_there"}, "has no database 'not_there'"),
        ({"port": "1"}, "PostgreSQL listens"),
        ({"host": "/nowhere"}, "PostgreSQL listens"),
        ({"host": "127.0.0.1", "port": "1"}, "PostgreSQL listens at 127.0.0.1:1"),
        ({"host": "no-such-host.invalid"}, "is unknown here"),
        ({"sslmode": "verify-full", "sslrootcert": "/nowhere", "host": "127.0.0.1", "port": "1"}, "127.0.0.1:1"),
    ],
)
def test_a_failed_connection_names_the_cause_and_the_mend(
    database: TestDatabase, parts: dict[str, str], words: str
) -> None:
    with pytest.raises(NoDatabaseError) as refusal:
        connect(changed(database.url, **parts))
    assert words in refusal.value.message
    assert refusal.value.hint
    assert refusal.value.exit_code == ExitCode.NO_DATABASE


@pytest.mark.parametrize(
    ("said", "kind", "words"),
    [
        ('FATAL:  role "anna" does not exist', NoDatabaseError, "has no role 'anna'"),
        ("fe_sendauth: no password supplied", NoDatabaseError, "wants a password"),
        ('FATAL:  no pg_hba.conf entry for host "1.2.3.4"', NoDatabaseError, "does not let 'anna' in"),
        ("connection timeout expired", NoDatabaseError, "does not answer"),
        ("server does not support SSL, but SSL was required", NoDatabaseError, "trusted TLS"),
        ("FATAL:  sorry, too many clients already", TryLaterError, "no connection left"),
        ("FATAL:  the database system is starting up", TryLaterError, "recovering"),
        ("FATAL:  Passwort-Authentifizierung fehlgeschlagen s3", NoDatabaseError, "says: Passwort"),
    ],
)
def test_the_words_of_a_server_become_ours(said: str, kind: type[RealestateError], words: str) -> None:
    error = connect_error(psycopg.OperationalError(f"connection failed: {said}"), PARTS)
    assert isinstance(error, kind)
    assert words in error.message
    assert "s3" not in error.message


def test_a_server_before_14_is_too_old() -> None:
    assert "is PostgreSQL 13; 14 or newer is needed" in too_old(130012, PARTS).message


def test_a_login_role_outside_re_app_is_told_what_to_grant(database: TestDatabase) -> None:
    with connect_as_owner(database.owner_url) as owner:
        owner.execute("drop role if exists outsider")
        owner.execute("create role outsider login password 'outsider'")
    with pytest.raises(NotAllowedError) as refusal:
        connect(changed(database.url, user="outsider", password="outsider"))
    assert 'grant re_app to "outsider"' in refusal.value.hint


def test_a_server_without_the_role_has_no_tables_yet(database: TestDatabase) -> None:
    with pytest.raises(NoSchemaError):
        _begin_session(psycopg.connect(database.owner_url, autocommit=True), "no_such_role", None)


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (psycopg.errors.DiskFull("Key (phone)=(4045550134)"), "disk of the database is full"),
        (psycopg.errors.LockNotAvailable("x"), "holds the rows"),
        (psycopg.errors.QueryCanceled("x"), "in time"),
        (psycopg.errors.AdminShutdown("x"), "connection to the database broke"),
        (psycopg.OperationalError("x"), "connection to the database broke"),
    ],
)
def test_a_failure_in_the_middle_of_work_is_a_reason_to_try_later(failure: Exception, words: str) -> None:
    with pytest.raises(TryLaterError, match=words) as refusal, in_our_words():
        raise failure
    assert "4045550134" not in refusal.value.message


def test_a_defect_of_ours_is_not_dressed_up() -> None:
    assert working_error(psycopg.errors.SyntaxError("x")) is None
    with pytest.raises(ZeroDivisionError), in_our_words():
        raise ZeroDivisionError
