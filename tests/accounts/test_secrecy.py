"""A thousand seeded secrets are nowhere to be found: in no dump, log, folder, page, nor in what a failure prints."""

from __future__ import annotations

import base64
import io
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from people import QUICK
from PIL import Image

import photo_models
from databases import PostgresServer, TestDatabase
from pictures import encoded, room
from realestate.adapters.model_shelf import ModelShelf
from realestate.adapters.postgres_programs import programs_for
from realestate.cli.main import run
from realestate.cli.session import toolkit
from realestate.repositories.accounts import SqlAccounts
from realestate.repositories.connection import connect
from realestate.services.accounts import Accounts

DESCRIPTION, ARTIST = 0x010E, 0x013B
"""Fields of a photo's metadata."""

PEOPLE = 300
ACCOUNTS = 20


def shapes(secret: str) -> Iterator[bytes]:
    """A secret as text, hex, UTF-16 and base64 at each of its three alignments."""
    raw = secret.encode()
    yield raw
    yield raw.hex().encode()
    yield raw.hex().upper().encode()
    yield secret.encode("utf-16-le")
    yield secret.encode("utf-16-be")
    for shift in range(3):
        coded = base64.b64encode(bytes(shift) + raw)
        # The letters at either end also depend on what stands beside the secret.
        yield coded[-(-shift * 4 // 3) : len(coded) - 4]


def found(secrets: list[str], text: bytes) -> list[str]:
    """The secrets that a text gives away."""
    return [secret for secret in secrets if any(shape in text for shape in shapes(secret))]


def test_the_search_finds_every_shape_it_is_meant_to_find() -> None:
    secret = "Zara Quill-0042"
    for before in ("", "a", "ab", "abc", "abcd"):
        sentence = f"{before}{secret} and more"
        for text in (
            sentence.encode(),
            sentence.encode().hex().encode(),
            sentence.encode("utf-16-le"),
            sentence.encode("utf-16-be"),
            base64.b64encode(sentence.encode()),
        ):
            assert found([secret], text) == [secret], text
    assert found([secret], b"nobody of that name") == []


class Seeded:
    """A database and a home folder full of secrets."""

    def __init__(self, database: TestDatabase, home: Path) -> None:
        self.database, self.home = database, home
        self.names = [f"Zara Quill-{n:04}" for n in range(PEOPLE)]
        self.phones = [f"{area}55501{n:02}" for area in (404, 678, 770) for n in range(100)]
        self.emails = [f"zq{n:04}@mail.example.net" for n in range(PEOPLE)]
        self.passwords = [f"velvet anchor {n:04} plum" for n in range(ACCOUNTS)]
        self.tokens: list[str] = []

    @property
    def secrets(self) -> list[str]:
        return [*self.names, *self.phones, *self.emails, *self.passwords, *self.tokens]

    def write_list(self, path: Path, *, header: str = "Property Address,City,State,Zip,Owner Name,Phone,Email") -> None:
        rows = zip(self.names, self.phones, self.emails, strict=True)
        lines = [f"{100 + 2 * n} Oak St,Springfield,GA,30301,{','.join(row)}" for n, row in enumerate(rows)]
        # A row that is rejected is kept as it came, too.
        lines.append(f",,,,{self.names[0]},{self.phones[0]},{self.emails[0]}")
        path.write_text("\n".join([header, *lines]) + "\n")

    def write_photos(self, folder: Path) -> None:
        """Photos whose names and whose hidden fields say who lives there, and a model that looks at them."""
        files = photo_models.write(folder.parent, photo_models.brightness_model(), photo_models.card())
        ModelShelf(self.home / "data" / "models").add(*files)
        folder.mkdir()
        for number in range(3):
            hidden = Image.Exif()
            hidden[DESCRIPTION], hidden[ARTIST] = self.phones[number], self.names[number]
            photo = encoded(room(640, 480, number), exif=hidden, comment=self.emails[number].encode())
            (folder / f"{self.names[number]} {self.phones[number]}.jpg").write_bytes(photo)

    def write_buyers(self, path: Path) -> None:
        rows = zip(self.phones, self.emails, strict=True)
        lines = [f"Buyer {n} LLC,{phone},{email},30301,SFR,100000" for n, (phone, email) in enumerate(rows)][:50]
        path.write_text("\n".join(["Name,Phone,Email,Zip,Property Type,Max Price", *lines]) + "\n")


@pytest.fixture
def seeded(fresh_database: TestDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Seeded]:
    made = Seeded(fresh_database, tmp_path / "home")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REALESTATE_HOME", str(made.home))
    monkeypatch.setenv("DATABASE_URL", fresh_database.url)
    monkeypatch.setenv("REALESTATE_MODEL", "tiny")
    with connect_owner(fresh_database) as owner:
        row = owner.execute("select auth.local_owner_session()").fetchone()
    assert row is not None
    made.tokens.append(str(row[0]))
    monkeypatch.setenv("REALESTATE_TOKEN", made.tokens[0])
    with connect(fresh_database.url, made.tokens[0]) as connection:
        accounts = Accounts(SqlAccounts(connection), QUICK)
        for n, password in enumerate(made.passwords):
            accounts.add(f"user{n}@example.com", password)
        made.tokens += [accounts.create_token(f"token-{n}", ["read"], 30) for n in range(80)]
    toolkit.cache_clear()
    yield made
    toolkit.cache_clear()


def connect_owner(database: TestDatabase):  # noqa: ANN201
    from realestate.repositories.connection import connect_as_owner

    return connect_as_owner(database.owner_url)


def command(*words: str) -> int:
    toolkit.cache_clear()
    code = run([*words])
    toolkit().close()
    return code


@pytest.mark.slow
def test_none_of_a_thousand_secrets_is_found_anywhere(
    seeded: Seeded,
    server: PostgresServer,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seeded.write_list(tmp_path / "list.csv")
    assert command("leads", "import", "list.csv", "--signal", "tax_delinquent", "--tolerate", "5") == 0
    seeded.write_buyers(tmp_path / "buyers.csv")
    assert command("buyers", "import", "buyers.csv") == 0
    assert command("buyers", "reindex") == 0
    said_by_sellers = "\n".join(f"I am {seeded.names[n]}, call {seeded.phones[n]}" for n in range(5)) + "\n"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(said_by_sellers.encode())))
    assert command("chat", "1") == 0
    seeded.write_photos(tmp_path / "photos")
    assert command("analyze", "photos", "--lead", "1", "--report", "house.html", "--jobs", "0") == 0
    assert command("leads", "report", "leads.html") == 0
    assert command("leads", "map", "map.html") == 0
    assert len(seeded.secrets) >= 1_000
    assert {path.name for path in (seeded.home / "data").iterdir()} >= {"chroma", "models", "photos"}
    capfd.readouterr()
    _fail_in_many_ways(seeded, tmp_path)
    said = capfd.readouterr()
    dump = _dump(seeded.database)
    assert dump.count(b"\n") > 2_000
    places = {
        "the dump": dump,
        "what failures print": (said.err + said.out).encode("utf-8", "surrogateescape"),
        "the server's log": server.embedded.log.read_bytes(),
        "the page about leads": (tmp_path / "leads.html").read_bytes(),
        "the map": (tmp_path / "map.html").read_bytes(),
    }
    places |= {str(path): path.read_bytes() for path in seeded.home.rglob("*") if path.is_file()}
    assert {place: given_away for place, text in places.items() if (given_away := found(seeded.secrets, text))} == {}


def _dump(database: TestDatabase) -> bytes:
    programs = programs_for(None, Path("/nonexistent"))
    return subprocess.run(
        [programs / "pg_dump", "--dbname", database.owner_url], capture_output=True, check=True
    ).stdout


def _fail_in_many_ways(seeded: Seeded, folder: Path) -> None:
    """Commands that end badly with personal data in their hands."""
    seeded.write_list(folder / "bad.csv", header="A,B,C,D,E,F,G")
    command("leads", "import", "bad.csv")
    (folder / "broken.csv").write_bytes((folder / "list.csv").read_bytes()[:5_000] + b'"\xff\x00' * 50)
    command("leads", "import", "broken.csv", "--debug")
    with connect_owner(seeded.database) as owner:
        owner.execute("alter table contacts add constraint none_more check (id < 1) not valid")
        owner.execute("alter table sightings add constraint none_more check (id < 1) not valid")
    seeded.write_list(folder / "again.csv")
    (folder / "again.csv").write_text((folder / "again.csv").read_text().replace("Oak St", "Elm St"))
    assert command("leads", "import", "again.csv", "--signal", "none", "--debug") != 0
    (seeded.home / "config" / "master.key").rename(folder / "put away")
    assert command("leads", "show", "1", "--debug") != 0
    assert command("leads", "import", "again.csv", "--debug") != 0
    (folder / "put away").rename(seeded.home / "config" / "master.key")
    with connect_owner(seeded.database) as owner:
        owner.execute("alter table contacts drop constraint none_more")
        owner.execute("update contacts set value = '\\x01' || substring(value from 3)")
    assert command("leads", "show", "1", "--debug") != 0
    command("accounts", "login", "user1@example.com", "--password-stdin")
