"""A list of contacts as a marketer might bring it: `python -m benchmarks.contact_list --help`.

The same seed gives the same file. Most lines are good; some repeat a number, some are broken.
"""

import argparse
import csv
import io
import random
import sys
from collections.abc import Iterator

HEADER = ["Phone", "FirstName", "LastName", "Plan", "City", "State", "SMSOptIn", "Note"]
PLACES = {
    ("New York", "NY"): (["212", "646", "917", "347"], 22),
    ("San Francisco", "CA"): (["415", "628"], 14),
    ("Los Angeles", "CA"): (["213", "323", "310"], 14),
    ("Chicago", "IL"): (["312", "773", "872"], 12),
    ("Denver", "CO"): (["303", "720"], 9),
    ("Phoenix", "AZ"): (["602", "480"], 8),
    ("Miami", "FL"): (["305", "786"], 8),
    ("Pensacola", "FL"): (["850"], 3),
    ("Honolulu", "HI"): (["808"], 4),
    ("Anchorage", "AK"): (["907"], 3),
    ("Boise", "ID"): (["208"], 3),
}
PLANS = {"premium": 30, "free": 45, "basic": 20, "Premium plus": 5}
FIRST = [
    "Ana",
    "Ben",
    "Chen",
    "Dana",
    "Eli",
    "Fatima",
    "Günther",
    "Hiro",
    "Inès",
    "José",
    "Kofi",
    "Léa",
    "Mia",
    "Noah",
    "Oluwaseun",
    "Zoë",
]
LAST = ["Lee, Jr.", "O'Brien", "García", "Smith", "Nguyễn", "de la Cruz", "Müller", "Park"]
DUPLICATES, BAD, SAID_NO = 0.03, 0.03, 0.02


def lines(count: int, seed: int, timezone: str = "") -> Iterator[list[str]]:
    """Yield the header and `count` lines of cells; a broken line may have too few of them.

    With `timezone` everybody is said to live there, whatever the number tells.
    """
    zone = [timezone] if timezone else []
    yield [*HEADER, "Timezone"] if timezone else HEADER
    for cells in _cells(count, random.Random(seed)):
        yield [*cells, *zone]


def _cells(count: int, chance: random.Random) -> Iterator[list[str]]:
    used: list[tuple[str, str]] = []
    taken: set[str] = set()
    for _ in range(count):
        dice = chance.random()
        if used and dice < DUPLICATES:
            digits, city = chance.choice(used)
            yield _line(chance, digits, _place(city))
            continue
        place = chance.choices(list(PLACES), [weight for _, weight in PLACES.values()])[0]
        digits = _fresh(chance, place, taken)
        if dice < DUPLICATES + BAD:
            yield _broken(chance, digits, place)
        else:
            used.append((digits, place[0]))
            yield _line(chance, digits, place)


def _place(city: str) -> tuple[str, str]:
    return next(place for place in PLACES if place[0] == city)


def _fresh(chance: random.Random, place: tuple[str, str], taken: set[str]) -> str:
    while True:
        area = chance.choice(PLACES[place][0])
        digits = f"{area}{chance.randint(200, 999)}{chance.randint(0, 9999):04d}"
        if digits[4:6] != "11" and digits not in taken:
            taken.add(digits)
            return digits


def _written(chance: random.Random, digits: str) -> str:
    area, exchange, line = digits[:3], digits[3:6], digits[6:]
    return chance.choice(
        [
            f"+1{digits}",
            f"({area}) {exchange}-{line}",
            f"{area}-{exchange}-{line}",
            f"{area}.{exchange}.{line}",
            f"1 {area} {exchange} {line}",
            digits,
        ]
    )


def _line(chance: random.Random, digits: str, place: tuple[str, str]) -> list[str]:
    return [
        _written(chance, digits),
        chance.choice(FIRST),
        chance.choice(LAST),
        chance.choices(list(PLANS), list(PLANS.values()))[0],
        place[0],
        place[1],
        "false" if chance.random() < SAID_NO else "true",
        chance.choice(["", "", "", "VIP", 'said "call me"', "met at the fair, Oct"]),
    ]


def _broken(chance: random.Random, digits: str, place: tuple[str, str]) -> list[str]:
    line = _line(chance, digits, place)
    match chance.randrange(6):
        case 0:
            line[0] = ""
        case 1:
            line[0] = "unknown"
        case 2:
            line[0] = digits[:6]
        case 3:
            line[0] = digits + "99"
        case 4:
            line[0] = f"{float('1' + digits):.5E}"
        case _:
            line.pop()
    return line


def text(count: int, seed: int, timezone: str = "") -> str:
    """Return the whole file as CSV text."""
    out = io.StringIO()
    csv.writer(out).writerows(lines(count, seed, timezone))
    return out.getvalue()


def main() -> None:
    """Write a list to standard output."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--timezone", default="", help="a zone for everybody: Europe/London")
    options = parser.parse_args()
    csv.writer(sys.stdout).writerows(lines(options.lines, options.seed, options.timezone))


if __name__ == "__main__":
    main()
