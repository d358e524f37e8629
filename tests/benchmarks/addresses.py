"""Prints how right and how fast addresses are read: ``python tests/benchmarks/addresses.py``."""

from __future__ import annotations

import gzip
import os
import random
import re
import sys
import time
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable
from pathlib import Path

import usaddress

from realestate.domain.address import Address, AddressReader, same_place

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("REALESTATE_SHARED", ROOT.parent / "shared"))
FILES = ("measure_performance_test_data_labeled", "measure_performance_test_data_us50_test_tagged")
Labelled = list[tuple[str, str]]


def reader() -> AddressReader:
    tables = tomllib.loads((ROOT / "src/realestate/data/addresses.toml").read_text())
    return AddressReader({other: name for name, others in tables["aliases"].items() for other in others})


def labelled_lines(path: Path) -> Iterable[Labelled]:
    """Words and labels of every line of a labelled file."""
    with gzip.open(path) as lines:
        for line in ET.parse(lines).getroot():  # noqa: S314 (the file is ours)
            yield [((word.text or "").strip(), word.tag) for word in line]


def text_of(labels: Labelled) -> str:
    return " ".join(word for word, _ in labels)


def arranged(labels: Labelled) -> str:
    """Write labelled words in the usual order, so that right labels make a text that cannot be misread."""

    def words(*starts: str) -> str:
        return " ".join(re.sub(r"[,;]+$", "", word) for word, label in labels if label.startswith(starts))

    street = words("StreetName", "CornerOf", "IntersectionSeparator", "SecondStreetName")
    place = ", ".join(filter(None, (words("PlaceName"), words("StateName", "ZipCode"))))
    parts = (words("AddressNumber"), street, words("USPSBox"), words("Occupancy", "Subaddress"))
    return ", ".join(filter(None, (" ".join(filter(None, parts)), place)))


def parts(address: Address) -> tuple[str, ...]:
    """What we use of an address."""
    return (address.key, *address.place)


def missed(lines: list[Labelled], read: Callable[[str], Address], spell: Callable[[Labelled], str]) -> list[str]:
    """Lines whose parts differ from those of the labelled line."""
    return [text_of(line) for line in lines if parts(read(spell(line))) != parts(read(arranged(line)))]


def print_labelled() -> None:
    read = reader().parse
    for name in FILES:
        lines = list(labelled_lines(SHARED / f"data/addresses/usaddress_{name}.xml.gz"))
        ours = missed(lines, read, text_of)
        model = missed(lines, read, lambda line: arranged(usaddress.parse(text_of(line))))
        rates = (f"{who} {1 - len(lost) / len(lines):.4f}" for who, lost in (("ours", ours), ("usaddress", model)))
        print(f"{name}: {len(lines)} lines right: {', '.join(rates)}")
        print(*(f"    missed: {line}" for line in ours), sep="\n")


NUMBERS = ("12", "1450", "0220", "2114-2118", "3916 1/2", "77")
NAMES = ("Oak", "Saint James", "Martin Luther King", "1st", "Mount Vernon", "Park Heights", "O'Neal", "21st", "Maple")
SUFFIXES = (
    ("St", "Street", "St.", "STREET"),
    ("Ave", "Avenue", "Av."),
    ("Blvd", "Boulevard"),
    ("Rd", "Road"),
    ("Ter", "Terrace"),
)
WAYS = ((), ("N", "North", "N."), ("SW", "Southwest", "S.W."), ("E", "East"))
UNITS = ((), ("Apt 3B", "#3B", "Unit 3B", "APT. 3-B", "# 3b"), ("2nd Floor", "Fl 2"), ("Ste 100", "Suite 100", "#100"))
OTHER_NAMES = {
    "Saint James": ("St James", "St. James", "SAINT-JAMES"),
    "Martin Luther King": ("MLK", "Dr Martin Luther King Jr", "M L King", "Martin Luther King, Jr."),
    "1st": ("First", "1ST"), "21st": ("Twenty-First", "Twenty First", "21 st"),
    "Mount Vernon": ("Mt Vernon", "Mt. Vernon"),
    "Park Heights": ("Park Hts", "PARK HEIGHTS"), "O'Neal": ("ONeal", "O\u2019Neal"),
}  # fmt: skip
OTHER_NUMBERS = {"0220": "220", "2114-2118": "2114-18", "3916 1/2": "3916\u00bd", "12": "0012"}
CITIES = (
    (("Saint Louis", "St. Louis", "ST LOUIS"), ("MO", "Missouri"), "63104"),
    (("Memphis", "MEMPHIS "), ("TN", "tn", "Tennessee"), "38103"),
)


def invented(chance: random.Random) -> list[tuple[str, ...]]:
    """One address twice, each in a spelling drawn by chance: address, unit, city, state, ZIP."""
    number, name = chance.choice(NUMBERS), chance.choice(NAMES)
    suffix, way, unit = chance.choice(SUFFIXES), chance.choice(WAYS), chance.choice(UNITS)
    cities, states, zip5 = chance.choice(CITIES)
    spellings = []
    for _ in range(2):
        written = [
            chance.choice((number, OTHER_NUMBERS.get(number, number))),
            chance.choice(way) if way else "",
            chance.choice((name, *OTHER_NAMES.get(name, (name.upper(),)))),
            chance.choice(suffix),
        ]
        named = chance.choice(unit) if unit else ""
        inline = chance.random() < 0.7
        line = " ".join(filter(None, (*written, named if inline else "")))
        place = (chance.choice(cities), chance.choice(states), chance.choice((zip5, f"{zip5}-1234", f"{zip5}.0", "")))
        if chance.random() < 0.2:
            line, place = f"{line}, {place[0]}, {place[1]} {zip5}", ("", "", "")
        line = chance.choice(
            (line, line.upper(), line.lower(), f" {line.replace(' ', '  ', 1)} ", line.replace(" ", "\u00a0", 1))
        )
        spellings.append((line, "" if inline else named, *place))
    return spellings


def other_place(spelling: tuple[str, ...], chance: random.Random) -> tuple[str, ...]:
    """The same address with another house number or another street."""
    line, *rest = spelling
    if chance.random() < 0.5:
        return (f"9{line.strip()}", *rest)
    return (re.sub(r"^(\s*\S+).*", rf"\1 Sycamore {chance.choice(('Ln', 'Ct', 'Cir'))}", line), *rest)


def print_same_place(count: int = 1000) -> None:
    chance, read = random.Random(11), reader().parse
    split, merged = [], []
    for _ in range(count):
        one, other = invented(chance)
        if not same_place(read(*one), read(*other)):
            split.append((one, other))
        if same_place(read(*one), read(*other_place(other, chance))):
            merged.append((one, other))
    print(f"same place: {count} pairs, {len(split)} taken for two; {count} others, {len(merged)} taken for one")
    print(*(f"    {pair}" for pair in (split + merged)[:10]), sep="\n")


def print_speed(count: int = 200_000) -> None:
    """Read lines as county lists write them: 3,000 streets, one in twelve with a unit, four spellings of each."""
    chance = random.Random(5)
    ways, heads = ("", "N ", "W ", "E. "), ("Br", "Cl", "D", "F", "G", "H", "L", "M", "P", "R", "S", "T", "W")
    middles, tails = ("ak", "ill", "arn", "ester"), ("wood", "ton", "field", "dale", "man")
    names = ["".join(map(chance.choice, (ways, heads, middles, tails))) for _ in range(3000)]
    streets = [f"{name} {chance.choice(chance.choice(SUFFIXES))}" for name in names]
    lines = [
        f"{chance.randint(1, 9999)} {chance.choice((str.upper, str.title))(chance.choice(streets))}"
        + (f" Apt {chance.randint(1, 40)}" if chance.random() < 1 / 12 else "")
        for _ in range(count)
    ]
    place = [[word] * count for word in ("Memphis", "TN", "38103")]
    began = time.process_time()
    reader().canonicalise(lines, None, *place)
    print(f"speed: {count / (time.process_time() - began):,.0f} rows a second on one core")


def main() -> None:
    if (SHARED / "data/addresses").is_dir():
        print_labelled()
    else:
        print("no labelled lines here; point REALESTATE_SHARED at them", file=sys.stderr)
    print_same_place()
    print_speed()


if __name__ == "__main__":
    main()
