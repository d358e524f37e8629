"""Only the right person reads a row: every table, every verb, two users, and hand-written SQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from people import People
from psycopg import sql

from realestate.domain.personal_data import ERASED_FROM, HASHES, SEALED, WITHOUT_PERSONS
from realestate.repositories.connection import Connection

TABLES_WITH_AN_OWNER = """
select c.relname, c.relrowsecurity and c.relforcerowsecurity,
    (select array_agg(p.polcmd::text order by p.polcmd) from pg_policy p where p.polrelid = c.oid),
    (select string_agg(concat(pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)), ' ')
     from pg_policy p where p.polrelid = c.oid)
from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
where c.relkind in ('r', 'p') and n.nspname = 'public' and a.attname = 'user_id' and not a.attisdropped
order by 1
"""
REACHED_WITHOUT_A_WALL = """
select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm') and n.nspname = 'public' and not c.relrowsecurity
  and has_any_column_privilege('re_app', c.oid, 'select, insert, update, references')
"""
COLUMNS = """
select attname, format_type(atttypid, null), atttypid::regtype::text
from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped
  and (attnotnull and not atthasdef and attidentity = '' or attname = 'user_id')
"""
WRITTEN = """
select attname from pg_attribute
where attrelid = %s::regclass and attnum > 0 and not attisdropped and attgenerated = ''
"""
SAMPLES = {
    "integer": "1",
    "bigint": "1",
    "smallint": "1",
    "text": "'x'",
    "character varying": "'x'",
    "bytea": "'x'",
    "uuid": "gen_random_uuid()",
    "date": "now()",
    "timestamp with time zone": "now()",
    "double precision": "0",
    "boolean": "false",
    "jsonb": "'{}'",
    "integer[]": "'{}'",
    "bigint[]": "'{}'",
    "character varying[]": "'{}'",
}


def breaches(connection: Connection) -> list[str]:
    """What is wrong with the walls of this database."""
    found = []
    for table, forced, commands, expressions in connection.execute(TABLES_WITH_AN_OWNER):
        if not forced:
            found.append(f"{table}: row-level security is not forced")
        if commands not in (["a", "d", "r", "w"], ["*"]):
            found.append(f"{table}: policies for {commands} only")
        if "auth.uid()" not in (expressions or "") or "auth.writer()" not in (expressions or ""):
            found.append(f"{table}: the policy does not ask whose token it is")
    found += [f"{table}: reached without a wall" for (table,) in connection.execute(REACHED_WITHOUT_A_WALL)]
    return [breach for breach in found if not breach.startswith("alembic_version")]


def unregistered(connection: Connection) -> list[str]:
    """Tables and columns of which nobody has said whether they hold personal data."""
    known = {(column.table, column.column) for column in SEALED}
    known |= {(table, column) for table, columns in HASHES.items() for column in columns}
    tables = {row[0] for row in connection.execute(TABLES_WITH_AN_OWNER)}
    columns = connection.execute(
        "select table_name, column_name from information_schema.columns"
        " where table_schema = 'public' and data_type = 'bytea'"
    ).fetchall()
    return [f"table {table}" for table in tables - ERASED_FROM - WITHOUT_PERSONS] + [
        f"column {table}.{column}" for table, column in columns if (table, column) not in known
    ]


def test_every_table_with_an_owner_is_behind_the_wall(people: People) -> None:
    with people.owner() as owner:
        assert len(owner.execute(TABLES_WITH_AN_OWNER).fetchall()) >= 15
        assert breaches(owner) == []


@pytest.mark.parametrize(
    "careless",
    [
        "create table careless (user_id int); grant select on careless to re_app",
        "create table careless (user_id int)",
        "create table careless (user_id int); alter table careless enable row level security",
        "create table careless (user_id int); alter table careless enable row level security;"
        " alter table careless force row level security; create policy p on careless using (true)",
        "create table careless (x int); grant select on careless to re_app",
        "create view careless as select * from leads; grant select on careless to re_app",
    ],
)
def test_a_table_without_its_wall_is_noticed(people: People, careless: str) -> None:
    with people.owner() as owner:
        owner.execute(careless)  # type: ignore[call-overload]
        assert any(breach.startswith("careless") for breach in breaches(owner))
        owner.rollback()


def test_every_table_says_whether_it_holds_personal_data(people: People) -> None:
    with people.owner() as owner:
        assert unregistered(owner) == []
        owner.execute("create table careless (user_id int, phone bytea)")
        assert unregistered(owner) == ["table careless", "column careless.phone"]
        owner.rollback()
        tables = {row[0] for row in owner.execute(TABLES_WITH_AN_OWNER)}
    assert tables == {*ERASED_FROM, *WITHOUT_PERSONS}, "a table that is gone is still registered"
    assert {column.table for column in SEALED} - {"users"} <= ERASED_FROM


@contextmanager
def furnished(people: People) -> Iterator[list[str]]:
    """A row of users 1 and 2 in every table with an owner; the tables' own rules are lifted for it."""
    with people.owner() as owner:
        tables = [row[0] for row in owner.execute(TABLES_WITH_AN_OWNER)]
        for table in tables:
            rules = owner.execute(
                "select conname from pg_constraint where conrelid = %s::regclass and contype in ('c', 'f')", (table,)
            ).fetchall()
            for (rule,) in rules:
                owner.execute(_names("alter table {} drop constraint {}", table, rule))
            columns = owner.execute(COLUMNS, (table,)).fetchall()
            for user in (1, 2):
                values = [str(user) if name == "user_id" else _sample(kind, user) for name, kind, _ in columns]
                names = sql.SQL(", ").join(sql.Identifier(name) for name, _, _ in columns)
                owner.execute(
                    sql.SQL("insert into {} ({}) values ({})").format(
                        sql.Identifier(table), names, sql.SQL(", ").join(map(sql.SQL, values))
                    )
                )
    yield tables


def _sample(kind: str, user: int) -> str:
    return str(user) if SAMPLES[kind] == "1" else SAMPLES[kind]


def _names(statement: str, *names: str) -> sql.Composed:
    return sql.SQL(statement).format(*map(sql.Identifier, names))


def _count(connection: Connection, query: sql.Composed) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else -1


def _copy_for_another(connection: Connection, table: str) -> sql.Composed:
    """Write the own row once more, as one of user 1; columns that follow from others cannot be written."""
    columns = [sql.Identifier(name) for (name,) in connection.execute(WRITTEN, (table,))]
    return sql.SQL(
        "insert into {table} ({columns}) select {values} from (select jsonb_populate_record(null::{table},"
        " jsonb_set(to_jsonb(t), '{{user_id}}', '1')) as r from {table} t) as turned"
    ).format(
        table=sql.Identifier(table),
        columns=sql.SQL(", ").join(columns),
        values=sql.SQL(", ").join(sql.SQL("(r).{}").format(column) for column in columns),
    )


def _refused(connection: Connection, statement: sql.Composed) -> bool:
    """Whether the database says no, or no row was touched."""
    try:
        with connection.transaction():
            return connection.execute(statement).rowcount == 0
    except psycopg.errors.InsufficientPrivilege:
        return True


def test_two_users_see_and_change_nothing_of_each_other(fresh_people: People) -> None:
    with furnished(fresh_people) as tables, fresh_people.signed_in(2) as connection:
        for table in tables:
            assert _count(connection, _names("select count(*) from {}", table)) == 1, table
            assert _count(connection, _names("select count(*) from {} where user_id = 1 or 1 = 1", table)) == 1, table
            for statement in (
                "update {} set user_id = user_id where user_id = 1",
                "update {} set user_id = 1",
                "delete from {} where user_id = 1",
                "select 1 from {} where user_id = 1 for update",
            ):
                count = statement.count("{}")
                assert _refused(connection, _names(statement, *[table] * count)), (table, statement)
            assert _refused(connection, _copy_for_another(connection, table)), table
            with connection.cursor() as cursor, cursor.copy(_names("copy {} to stdout", table)) as copied:
                assert sum(1 for _ in copied.rows()) == 1, table
            connection.rollback()
            with pytest.raises(psycopg.errors.FeatureNotSupported):
                connection.execute(_names("copy {} from stdin", table))
            connection.rollback()
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(_names("truncate {}", table))
            connection.rollback()


def test_the_connection_string_alone_reads_nothing(fresh_people: People) -> None:
    with furnished(fresh_people) as tables, fresh_people.nobody() as connection:
        tricks = (
            "select 1",
            "set app.user_id = '1'",
            "set app.token = '1'",
            "set app.token = ''",
            "set session app.token = 're_local_'",
        )
        for trick in tricks:
            connection.execute(trick)  # type: ignore[call-overload]
            for table in (*tables, "users", "data_keys", "audit_log", "audit_seals"):
                assert _count(connection, _names("select count(*) from {}", table)) == 0, (trick, table)
        connection.execute("set row_security = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select * from leads")


def test_a_token_that_may_only_read_changes_nothing(fresh_people: People) -> None:
    from realestate.repositories.connection import connect

    with furnished(fresh_people) as tables:
        token = fresh_people.token(1, scopes="{read}")
        with connect(fresh_people.database.url, token) as connection:
            for table in tables:
                assert _count(connection, _names("select count(*) from {}", table)) == 1
                assert _refused(connection, _names("update {} set user_id = user_id", table)), table
                assert _refused(connection, _names("delete from {}", table)), table


def test_a_function_of_ones_own_sees_no_row_before_the_policy_does(fresh_people: People) -> None:
    """A cheap function that tells what it is given would leak rows, were it asked first."""
    with furnished(fresh_people), fresh_people.signed_in(2) as connection:
        seen: list[str] = []
        connection.add_notice_handler(lambda notice: seen.append(notice.message_primary or ""))
        connection.execute(
            "create function pg_temp.tell(int) returns boolean language plpgsql cost 0.0000001 as"
            " $$ begin raise notice 'saw %', $1; return true; end $$"
        )
        connection.execute("select * from leads where pg_temp.tell(user_id)")
        assert seen == ["saw 2"]


def test_a_connection_that_changes_hands_changes_what_it_sees(fresh_people: People) -> None:
    with furnished(fresh_people), fresh_people.nobody() as connection:
        tokens = {user: fresh_people.token(user) for user in (1, 2)}
        for user in (1, 2, 1, 2, 1, 2, 1, 2):
            connection.execute("select set_config('app.token', %s, false)", (tokens[user],))
            assert connection.execute("select user_id from leads", prepare=True).fetchall() == [(user,)]


def test_an_administrator_sees_no_lead_of_others_without_acting_for_them(fresh_people: People) -> None:
    with furnished(fresh_people), fresh_people.signed_in(4) as connection:
        assert connection.execute("select count(*) from leads").fetchone() == (0,)
        row = connection.execute("select auth.act_for(1)").fetchone()
        assert row is not None
        connection.execute("select set_config('app.token', %s, false)", (row[0],))
        assert connection.execute("select count(*) from leads").fetchone() == (0,), "not before it is on record"
        connection.commit()
        connection.execute("select set_config('app.token', %s, false)", (row[0],))
        assert connection.execute("select count(*) from leads").fetchone() == (1,)
    with fresh_people.owner() as owner:
        assert owner.execute("select actor_id, detail from audit_log").fetchall() == [(4, {"user": 1})]


def test_the_application_role_owns_nothing_and_passes_no_wall(people: People) -> None:
    with people.owner() as owner:
        assert owner.execute(
            "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname = 're_app'"
        ).fetchone() == (False, False, False, False)
        assert owner.execute(
            "select count(*) from pg_class where relowner = 're_app'::regrole and relpersistence <> 't'"
        ).fetchone() == (0,)
        definers = owner.execute(
            "select proname from pg_proc where pronamespace = 'auth'::regnamespace and prosecdef"
            " and not coalesce(proconfig::text like '%search_path=pg_catalog, pg_temp%', false)"
        ).fetchall()
        assert definers == [], "a definer function looks names up only where nobody else can put one"
        granted = owner.execute(
            "select proname from pg_proc where pronamespace = 'auth'::regnamespace"
            " and has_function_privilege('public', oid, 'execute')"
        ).fetchall()
        assert granted == []


def test_look_ups_under_the_wall_stay_on_their_indexes(fresh_people: People) -> None:
    with fresh_people.owner() as owner:
        owner.execute(
            "insert into contacts (id, user_id, sighting_id, kind, value, blind)"
            " select n, 1 + n % 2, n, 'phone', 'v', sha256(n::text::bytea) from generate_series(1, 20000) n"
        )
        owner.execute("analyze contacts")
    with fresh_people.signed_in(1) as connection:
        for query in (
            "select * from contacts where blind = sha256('5') and kind = 'phone'",
            "select * from contacts where blind = any(array[sha256('5'), sha256('7')]) and kind = 'phone'",
            "select * from contacts where sighting_id = any('{5,7}'::bigint[])",
        ):
            plan = "\n".join(row[0] for row in connection.execute(f"explain {query}"))  # type: ignore[call-overload]
            assert "Index" in plan, plan
            assert "Seq Scan" not in plan, plan
