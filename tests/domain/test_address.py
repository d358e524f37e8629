"""One canonical form for every spelling of a US address."""

from __future__ import annotations

import tomllib
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import realestate
from realestate.domain.address import (
    AddressReader,
    read_city,
    read_parcel,
    read_state,
    read_unit,
    read_zip,
    same_place,
)

READER = AddressReader({"MLK": "MARTIN LUTHER KING", "DR MARTIN LUTHER KING JR": "MARTIN LUTHER KING"})

LINES = [
    ("0220 Furrow St.", "220 FURROW ST"),
    (" 02044    HAINES STREET ", "2044 HAINES ST"),
    ("7 N. Homan Avenue", "7 N HOMAN AVE"),
    ("431 Marietta Street Northwest", "431 MARIETTA ST NW"),
    ("431 N.W. Marietta St", "431 NW MARIETTA ST"),
    ("2326 S.Dearborn", "2326 S DEARBORN"),
    ("123 E St", "123 E ST"),
    ("123 North Avenue", "123 NORTH AVE"),
    ("5 Court St", "5 COURT ST"),
    ("2114-2118 N Broadway", "2114-2118 N BROADWAY"),
    ("2114 - 18 N Broadway", "2114-2118 N BROADWAY"),
    ("2114/2118 N Broadway", "2114-2118 N BROADWAY"),
    ("358 370 E 71st", "358-370 E 71ST"),
    ("3916 1/2 Oak Ave", "3916 1/2 OAK AVE"),
    ("3916\u00bd Oak Ave", "3916 1/2 OAK AVE"),
    ("3916> OAK AVE", "3916 1/2 OAK AVE"),
    ("94-1234 Kahua St", "94-1234 KAHUA ST"),
    ("N165 W2123 Tartan Ct", "N165W2123 TARTAN CT"),
    ("W156N8327 Pilgrim Road", "W156N8327 PILGRIM RD"),
    ("123 S 400 E", "123 S 400 E"),
    ("1234 West U.S. Hwy 50", "1234 W US HWY 50"),
    ("100 US-61", "100 US HWY 61"),
    ("One Oak St", "1 OAK ST"),
    ("2500 S & W Farm Rd", "2500 S AND W FARM RD"),
    ("100 A & B St", "100 A AND B ST"),
    ("1O5 Oak St", "105 OAK ST"),
    ("L05 Oak St", "105 OAK ST"),
    ("123 Main St 1/2", "123 1/2 MAIN ST"),
    ("123 Main Street (vacant lot)", "123 MAIN ST"),
    ("8128 S Rev. Dr. M.L.K. Jr. Drive", "8128 S MARTIN LUTHER KING DR"),
    ("8128 S Rev Martin Luther King Memorial Drive", "8128 S MARTIN LUTHER KING DR"),
    ("100 State Rd 39", "100 STATE ROUTE 39"),
    ("100 SR 39", "100 STATE ROUTE 39"),
    ("100 KY Hwy 39", "100 STATE ROUTE 39"),
    ("100 CR 12", "100 COUNTY ROAD 12"),
    ("100 Co Rd 012", "100 COUNTY ROAD 12"),
    ("100 FM 544", "100 FM 544"),
    ("123 First Street", "123 1ST ST"),
    ("123 Twenty-First St", "123 21ST ST"),
    ("112 East 51 Street", "112 E 51ST ST"),
    ("100 Saint Paul Street", "100 ST PAUL ST"),
    ("100 Mount Vernon Place", "100 MT VERNON PL"),
    ("100 FT HAMILTON PKWY", "100 FT HAMILTON PKWY"),
    ("100 Fort Hamilton Pky", "100 FT HAMILTON PKWY"),
    ("100 Park Hts Ave", "100 PARK HEIGHTS AVE"),
    ("8128 S Dr. Martin Luther King Jr. Drive", "8128 S MARTIN LUTHER KING DR"),
    ("8128 S MLK Dr", "8128 S MARTIN LUTHER KING DR"),
    ("10810 S. Ave. H", "10810 S AVENUE H"),
    ("150 I St SE", "150 I ST SE"),
    ("123 O\u2019Neal Rd", "123 ONEAL RD"),
    ("123\u00a0Main\u200b St", "123 MAIN ST"),
    ("1718A Oak Ave", "1718 OAK AVE # A"),
    ("1718 A Oak Ave", "1718 OAK AVE # A"),
    ("123 Main St, Apt. 3-B", "123 MAIN ST APT 3B"),
    ("123 Main St #3B", "123 MAIN ST # 3B"),
    ("123 Main St 3B", "123 MAIN ST # 3B"),
    ("123 Main St 2nd Floor", "123 MAIN ST FL 2"),
    ("123 Main St Rear", "123 MAIN ST REAR"),
    ("123 Main St Basement", "123 MAIN ST BSMT"),
    ("100 Key Hwy Unit 5", "100 KEY HWY UNIT 5"),
    ("UNIT 5 100 MAIN ST", "100 MAIN ST UNIT 5"),
    ("Building A 100 Main St", "100 MAIN ST BLDG A"),
    ("P.O. Box 00123", "PO BOX 123"),
    ("Rural Route 2, Box 152", "RR 2 BOX 152"),
    ("HC 72 Box 9", "HC 72 BOX 9"),
]


@pytest.mark.parametrize(("written", "line"), LINES)
def test_a_line_is_written_as_publication_28_has_it(written: str, line: str) -> None:
    assert READER.parse(written).line == line


@pytest.mark.parametrize("written", [written for written, _ in LINES])
def test_the_canonical_line_reads_as_itself(written: str) -> None:
    address = READER.parse(written)
    assert READER.parse(address.line).key == address.key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("123 Main St Apt 3B", "123 Main St Unit 3-B"),
        ("123 Main St Ste 100", "123 Main St # 0100"),
        ("4301 S Cottage Grove", "4301 S Cottage Grv"),
        ("100 Sni-A-Bar Ter", "100 Sni A Bar Terrace"),
        ("123 Jos\u00e9 St", unicodedata.normalize("NFD", "123 Jos\u00e9 St")),
    ],
)
def test_spellings_of_one_address_have_one_key(one: str, other: str) -> None:
    assert READER.parse(one).key == READER.parse(other).key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("123 N Main St", "123 S Main St"),
        ("123 Main St", "123 Main St Apt 1"),
        ("123 Main St Apt 2", "123 Main St Fl 2"),
        ("123 Main St", "125 Main St"),
        ("123 22nd St", "123 22nd Pl"),
    ],
)
def test_different_addresses_have_different_keys(one: str, other: str) -> None:
    assert READER.parse(one).key != READER.parse(other).key


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "no address"),
        ("(Primary)", "no address"),
        ("NO ADDRESS ASSIGNED", "no address"),
        ("0 Rose St", "no house number"),
        ("Main St", "no house number"),
        ("CORNER OF MAIN AND OAK", "a corner, not an address"),
        ("12 FT ALLEY", "a description that names no one place"),
        ("4209 (Descriptive Address)", "no address"),
        ("One Mile Rd", "no house number"),
        ("I95 Service Rd", "no house number"),
    ],
)
def test_what_names_no_one_place_says_why(written: str, reason: str) -> None:
    address = READER.parse(written)
    assert (address.key, address.reason) == ("", reason)


def test_every_alias_of_the_data_file_is_read_as_the_street_it_names() -> None:
    tables = tomllib.loads((Path(realestate.__file__).parent / "data/addresses.toml").read_text())
    names = {other: name for name, others in tables["aliases"].items() for other in others}
    reader = AddressReader(names)
    assert {other: reader.parse(f"12 {other} Blvd").street.name for other in names} == names


def test_a_description_stands_for_itself_and_not_for_its_street() -> None:
    described = READER.parse("**ES 12 FT ALLEY 50 FT N OF OAK ST")
    assert described.key == "=ES 12 FT ALLEY 50 FT N OF OAK ST"
    assert READER.parse("ES 12 FT ALLEY 50 FT N OF OAK ST 0000").key == described.key


@pytest.mark.parametrize(
    "written",
    [
        "123 Main St Apt 3B, Memphis, TN 38103-1234",
        "123 Main St #3B Memphis TN 38103",
        "123 Main St Apt 3B Memphis, Tennessee 38103 United States",
    ],
)
def test_city_state_and_zip_at_the_end_are_split_off(written: str) -> None:
    address = READER.parse(written)
    assert address.key == "123||MAIN|ST||3B"
    assert tuple(address.place) == ("MEMPHIS", "TN", "38103")


@pytest.mark.parametrize(
    ("written", "street", "city"),
    [
        ("100 Oak Road Springfield", "OAK RD", "SPRINGFIELD"),
        ("100 Brush Creek Blvd Pub Ser", "BRUSH CREEK BLVD", "PUB SER"),
        ("100 Oak Avenue Extension", "OAK AVENUE EXT", ""),
        ("100 Oak Avenue North", "OAK AVE N", ""),
        ("100 Old St Marys", "OLD ST MARYS", ""),
    ],
)
def test_words_behind_a_suffix_that_is_no_saint_are_no_part_of_the_street(written: str, street: str, city: str) -> None:
    address = READER.parse(written)
    assert (address.street.line, address.place.city) == (street, city)


def test_a_known_city_without_comma_is_split_off() -> None:
    assert READER.parse("100 Broadway Memphis", city="Memphis").key == "100||BROADWAY|||"


@pytest.mark.parametrize(
    ("place", "key"),
    [
        ({"zip_code": "11419"}, "101-15||LEFFERTS|BLVD||"),
        ({"city": "Jamaica", "state": "NY"}, "101-15||LEFFERTS|BLVD||"),
        ({"zip_code": "19103"}, "101:115||LEFFERTS|BLVD||"),
    ],
)
def test_a_hyphen_is_part_of_the_number_in_queens_only(place: dict[str, str], key: str) -> None:
    assert READER.parse("101-15 Lefferts Blvd", **place).key == key


def test_a_range_that_runs_backwards_is_one_number() -> None:
    assert READER.parse("120-12 Oak St").number == "120-12"


@pytest.mark.parametrize(
    ("written", "zip5"),
    [
        ("62701.0", "62701"),
        ("2138", "02138"),
        ("38103-1234", "38103"),
        ("381031234", "38103"),
        ("n/a", ""),
        ("00000", ""),
    ],
)
def test_zip_codes_survive_spreadsheets(written: str, zip5: str) -> None:
    assert read_zip(written) == zip5


@pytest.mark.parametrize(
    ("written", "parcel"),
    [
        ("0101-015", "101015"),
        ("101015.0", "101015"),
        ("1.01015E+05", "101015"),
        ("1.23457E+11", ""),
        ("00-00", ""),
        ("999999999", ""),
        ("N/A", ""),
        ("12", ""),
        ("4013A-008", "4013A008"),
    ],
)
def test_parcel_numbers_have_one_spelling(written: str, parcel: str) -> None:
    assert read_parcel(written) == parcel


def test_cities_states_and_units_have_one_spelling() -> None:
    assert read_city("Saint  Louis") == read_city("ST. LOUIS") == "ST LOUIS"
    assert read_state("tennessee") == read_state(" TN ") == "TN"
    assert [read_unit(text) for text in ("3b", "Apt 3B", "2nd floor", "none", "")] == ["# 3B", "APT 3B", "FL 2", "", ""]


@pytest.mark.parametrize(
    ("situs", "mailing", "same"),
    [
        (("123 N Main St", "Memphis", "TN", "38103"), ("123 North Main Street", "MEMPHIS", "TN", "38103-1111"), True),
        (("123 Main St", "Memphis", "TN", ""), ("123 Main", "Memphis", "TN", "38103"), True),
        (("2114-2118 Main St", "", "", "38103"), ("2116 Main St", "", "", "38103"), True),
        (("123 N Main St", "", "", "38103"), ("123 S Main St", "", "", "38103"), False),
        (("123 Main St Apt 1", "", "", "38103"), ("123 Main St Apt 2", "", "", "38103"), False),
        (("123 Main St", "Memphis", "TN", "38103"), ("123 Main St", "Jackson", "MS", "39201"), False),
        (("123 Main St", "Memphis", "TN", "38103"), ("PO Box 9", "Memphis", "TN", "38103"), False),
        (("123 Main St", "Memphis", "TN", "38103"), ("", "", "", ""), None),
    ],
)
def test_an_owner_is_absentee_only_when_mail_goes_elsewhere(
    situs: tuple[str, str, str, str], mailing: tuple[str, str, str, str], same: bool | None
) -> None:
    def read(row: tuple[str, str, str, str]) -> object:
        line, *place = row
        return READER.parse(line, "", *place)

    assert same_place(read(situs), read(mailing)) is same  # type: ignore[arg-type]


WORDS = st.sampled_from(
    [
        "0",
        "12",
        "0220",
        "2114-18",
        "1/2",
        "N",
        "E",
        "north",
        "Main",
        "Park",
        "St.",
        "AVE",
        "Apt",
        "3B",
        "A",
        "#",
        "5",
        "fl",
        "Rear",
        "PO",
        "Box",
        ",",
        "-",
        "&",
        "FT",
        "of",
        "1st",
        "Hwy",
        "TN",
        "38103",
        "Memphis",
    ]
)


@given(st.lists(WORDS, max_size=9).map(" ".join) | st.text(max_size=40), st.sampled_from(["", "7", "rear"]))
def test_any_text_reads_alike_alone_and_in_a_column(text: str, unit: str) -> None:
    reader = AddressReader()
    for _ in ("first", "remembered"):
        columns = reader.canonicalise([text], [unit], ["Memphis"], [""], [""])
        alone = reader.parse(text, unit, "Memphis")
        assert (columns.key[0], columns.reason[0]) == (alone.key, alone.reason)
        assert (columns.city[0], columns.state[0], columns.zip5[0]) == tuple(alone.place)
        if alone.key:
            assert columns.line[0] == alone.line


@given(st.lists(WORDS, max_size=9).map(" ".join))
def test_case_and_blanks_never_matter(text: str) -> None:
    assert READER.parse(text.lower().replace(" ", "  ")).key == READER.parse(text).key
