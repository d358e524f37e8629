"""One person's data: shown, handed out, erased everywhere, kept out of what comes later, and left in peace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from people import People

from realestate.access import open_cipher
from realestate.adapters import reference_data
from realestate.adapters.list_files import open_list
from realestate.domain.ports import Cipher
from realestate.errors import UsageError
from realestate.repositories.accounts import SqlAccounts
from realestate.repositories.connection import Connection
from realestate.repositories.privacy import SqlPrivacy
from realestate.repositories.unit_of_work import UnitOfWork
from realestate.services.importing import Importer, ImportOptions
from realestate.services.privacy import Privacy
from realestate.settings import Settings

HEADER = "Property Address,City,State,Zip,Owner Name,Owner 2 Name,Phone 1,Email 1,Mailing Address,Amount Due\n"
BROKEN = "107 Oak St,Springfield,GA,30301,Di New,,404-555-0137,di@example.com,,4000,and,more,cells,than,the,header\n"
ROWS = [
    "101 Oak St,Springfield,GA,30301,Ann Example,Al Example,404-555-0134,ann@example.com,9 Far Rd,1000\n",
    "103 Oak St,Springfield,GA,30301,Bob Sample,,404-555-0135,bob@example.com,,2000\n",
    "105 Oak St,Springfield,GA,30301,Ann Example,,,,,3000\n",
    "101 Oak St,Springfield,GA,30301,EXAMPLE ANN,,404-555-0999,,,900\n",
    ",,,,Ann Example,,4045550134,,,1\n",
]


@dataclass
class Desk:
    """A user with keys, who imports lists and answers people's requests."""

    connection: Connection
    cipher: Cipher
    user: int
    folder: Path
    forgotten: list[int] = field(default_factory=list)

    @property
    def privacy(self) -> Privacy:
        return Privacy(
            SqlPrivacy(self.connection, self.user),
            self.connection.transaction,
            self.cipher,
            SqlAccounts(self.connection),
            self.forgotten.extend,
        )

    def import_list(self, rows: list[str], name: str = "list.csv") -> None:
        path = self.folder / name
        path.write_text(HEADER + "".join(rows))
        importer = Importer(
            open_list, lambda: UnitOfWork(self.connection, self.user), self.cipher, reference_data, _today
        )
        importer.run(str(path), ImportOptions(signal="tax_delinquent", list_name="county"))

    def count(self, query: str) -> int:
        with self.connection.transaction():
            row = self.connection.execute(query).fetchone()  # type: ignore[arg-type]
        return int(row[0]) if row else -1

    def in_clear(self) -> str:
        """Everything that is sealed, opened."""
        from realestate.domain.personal_data import SEALED
        from realestate.repositories.sealed_values import SealedValues
        from realestate.services.raw_rows import unpack_rows

        found = []
        with self.connection.transaction():
            for column in SEALED:
                for value in SealedValues(self.connection).all_of(column, "(0,0)", 10_000):
                    opened = self.cipher.unseal_bytes(value.bound_as, value.key, value.value)
                    found.append(str(unpack_rows(opened)) if column.table == "run_rows" else opened.decode())
        return "\n".join(found)


def _today() -> date:
    return date(2026, 11, 1)


@pytest.fixture
def desk(people: People, tmp_path: Path) -> Iterator[Desk]:
    with working_desk(people, 4, tmp_path) as made:
        yield made


@contextmanager
def working_desk(people: People, user: int, folder: Path) -> Iterator[Desk]:
    with people.signed_in(user) as connection:
        yield Desk(connection, open_cipher(connection, Settings(home=folder / "home"), user), user, folder)


def test_a_person_is_shown_wherever_a_row_names_them(desk: Desk) -> None:
    desk.import_list(ROWS)
    shown = desk.privacy.show(["404-555-0134"])
    places = {entry["where"].split(",")[0] for entry in shown}
    values = {entry["value"] for entry in shown}
    assert {"Ann Example", "ann@example.com"} <= values
    assert "Bob Sample" not in str(values)
    assert len([entry for entry in shown if entry["what"] == "row"]) == 2, "the good row, and the rejected one"
    assert any(place.startswith("lead") for place in places)


@pytest.mark.parametrize("words", [["Ann Example"], ["example, ANN"]])
def test_a_name_finds_its_bearer_in_either_order_and_nobody_else(desk: Desk, words: list[str]) -> None:
    desk.import_list(ROWS)
    values = str(desk.privacy.show(words))
    assert "105 OAK ST" in values.upper()
    assert "103 OAK ST" not in values.upper()


def test_erasing_a_person_leaves_the_property_and_nothing_of_the_person(desk: Desk) -> None:
    desk.import_list(ROWS)
    leads = desk.count("select count(*) from leads")
    erased = desk.privacy.erase(["404-555-0134", "Ann Example"])
    assert erased["leads"] == 2
    assert desk.count("select count(*) from leads") == leads
    left = desk.in_clear().casefold()
    for trace in ("ann", "0134", "9 far", "al example", "0999"):
        assert trace not in left, trace
    assert "bob sample" in left
    assert desk.privacy.show(["404-555-0134", "Ann Example", "ann@example.com"]) == []


def test_the_same_list_does_not_bring_an_erased_person_back(desk: Desk) -> None:
    desk.import_list(ROWS)
    desk.privacy.erase(["404-555-0134", "Ann Example"])
    for rows in (
        ROWS,
        [*ROWS, "107 Oak St,Springfield,GA,30301,Cy New,,,,,5\n"],
        [row.replace("1000", "1200") for row in ROWS],
    ):
        desk.import_list(rows)
        left = desk.in_clear().casefold()
        assert "0134" not in left
        assert "ann example" not in left
    assert desk.privacy.show(["404-555-0134", "Ann Example"]) == []
    assert "bob sample" in desk.in_clear().casefold()
    assert desk.count("select count(*) from leads") == 4


@pytest.mark.parametrize("words", [["Di New"], ["NEW, DI"], ["404.555.0137"], ["DI@example.com"]])
def test_a_line_that_could_not_be_read_as_a_row_is_searched_as_a_whole(desk: Desk, words: list[str]) -> None:
    desk.import_list([*ROWS, BROKEN])
    (shown,) = [entry for entry in desk.privacy.show(words) if entry["what"] == "row"]
    assert "107 Oak St" in shown["value"]
    assert desk.privacy.erase(words)["rows"] == 1
    left = desk.in_clear().casefold()
    assert "0137" not in left
    assert "bob sample" in left


def test_a_last_name_alone_is_not_looked_for_inside_lines(desk: Desk) -> None:
    desk.import_list([*ROWS, BROKEN])
    assert desk.privacy.show(["New"]) == []


def test_a_line_that_could_not_be_read_does_not_bring_an_erased_person_back(desk: Desk) -> None:
    desk.import_list([*ROWS, BROKEN])
    desk.privacy.erase(["Di New", "404-555-0137"])
    for line in (BROKEN, BROKEN.replace("4000", "4500"), BROKEN.replace("404-555-0137", "(404) 555 0137")):
        desk.import_list([*ROWS, line, "109 Oak St,Springfield,GA,30301,Cy New,,,,,5\n"])
        assert "0137" not in desk.in_clear()
        assert "Cy New" in desk.in_clear()


def test_another_bearer_of_the_name_elsewhere_is_kept(desk: Desk) -> None:
    desk.import_list(ROWS)
    desk.privacy.erase(["Ann Example"])
    desk.import_list(["5 Elm St,Macon,GA,31201,Ann Example,,478-555-0100,,,1\n"], "other.csv")
    assert "ann example" in desk.in_clear().casefold()


def test_an_erasure_that_fails_midway_changes_nothing(desk: Desk) -> None:
    desk.import_list(ROWS)
    before = desk.in_clear()

    class Dying(SqlPrivacy):
        def erase_buyers(self, buyers: object) -> None:  # noqa: ARG002
            raise KeyboardInterrupt

    privacy = desk.privacy
    privacy._store = Dying(desk.connection, desk.user)
    with pytest.raises(KeyboardInterrupt):
        privacy.erase(["Ann Example"])
    assert desk.in_clear() == before
    assert desk.count("select count(*) from suppressed") == 0


def test_notes_and_buyers_go_too_and_the_vector_index_is_told(desk: Desk) -> None:
    desk.import_list(ROWS)
    with desk.connection.transaction():
        row = desk.connection.execute("select id from leads where property_address ilike '101 oak%'").fetchone()
        assert row is not None
        (note,) = desk.cipher.seal("lead_notes.text", [1], ["Ann is getting divorced"])
        desk.connection.execute(
            "insert into lead_notes (id, user_id, lead_id, text) overriding system value values (1, %s, %s, %s)",
            (desk.user, row[0], note),
        )
        for buyer, name in ((1, "Ann Example"), (2, "Other LLC"), (3, "Third LLC"), (4, "Fourth LLC")):
            text = {2: "4045550134", 4: "no phone, ask"}.get(buyer, "4045550111")
            (phone,) = desk.cipher.seal("cash_buyers.phone", [buyer], [text])
            desk.connection.execute(
                "insert into cash_buyers (id, user_id, name, phone) overriding system value values (%s, %s, %s, %s)",
                (buyer, desk.user, name, phone),
            )
    assert "Ann is getting divorced" in str(desk.privacy.show(["Ann Example"]))
    erased = desk.privacy.erase(["Ann Example", "404 555 0134"])
    assert (erased["notes"], erased["buyers"]) == (1, 2)
    assert desk.count("select count(*) from lead_notes") == 0
    assert desk.forgotten == [1, 2]
    assert desk.count("select count(*) from cash_buyers") == 2
    # The erased buyer's own phone, which nobody named, is left in peace as well.
    assert not desk.privacy.may_contact("404-555-0111")


def test_who_is_erased_or_asks_is_left_in_peace_for_ever(desk: Desk) -> None:
    desk.import_list(ROWS)
    assert desk.privacy.may_contact("4045550134")
    desk.privacy.erase(["Ann Example"])
    assert not desk.privacy.may_contact("4045550134")
    assert not desk.privacy.may_contact("ann@example.com")
    assert desk.privacy.silence(["404-555-0135"]) == 1
    assert not desk.privacy.may_contact("4045550135")
    assert not desk.privacy.may_contact("+1 (404) 555-0135")
    assert not desk.privacy.may_contact("neither")
    assert not desk.privacy.may_contact("!!!")
    with pytest.raises(UsageError, match="names are shared"):
        desk.privacy.silence(["Ann Example"])


@pytest.mark.parametrize(
    ("said", "phone", "email"),
    [
        ("do_not_call", False, False),
        ("opt_out", False, False),
        ("litigator", False, False),
        ("deceased", False, False),
        ("do_not_contact", False, False),
        ("do_not_mail", True, True),
    ],
)
def test_what_a_list_forbids_is_honoured(desk: Desk, said: str, phone: bool, email: bool) -> None:
    desk.import_list(ROWS)
    with desk.connection.transaction():
        desk.connection.execute("update contacts set restrictions = %s where kind <> 'name'", ([said],))
    assert desk.privacy.may_contact("4045550135") is phone
    assert desk.privacy.may_contact("bob@example.com") is email


def test_every_look_is_audited_by_hashes_and_counts_alone(desk: Desk) -> None:
    desk.import_list(ROWS)
    desk.privacy.show(["Ann Example"])
    desk.privacy.show(["404-555-0134"], action="privacy.export")
    desk.privacy.erase(["ann@example.com"])
    with desk.connection.transaction():
        entries = desk.connection.execute("select action, detail::text from audit_log order by id").fetchall()
    looks = [entry for entry in entries if entry[0].startswith("privacy")]
    assert [action for action, _ in looks] == ["privacy.show", "privacy.export", "privacy.erase"]
    for trace in ("Ann", "0134", "example.com", "Oak"):
        assert trace not in str(looks)


def test_nobody_finds_or_erases_another_users_people(people: People, desk: Desk, tmp_path: Path) -> None:
    desk.import_list(ROWS)
    with working_desk(people, 1, tmp_path) as other:
        assert other.privacy.show(["Ann Example", "404-555-0134"]) == []
        assert other.privacy.erase(["Ann Example"])["contacts"] == 0
        assert other.privacy.may_contact("4045550134")
    assert desk.privacy.show(["Ann Example"])


@pytest.mark.parametrize("words", [[], [""], ["   "], ["!!!"]])
def test_a_request_that_names_nobody_is_refused(desk: Desk, words: list[str]) -> None:
    with pytest.raises(UsageError):
        desk.privacy.erase(words)
