"""Contacts by the million, straight into the table by COPY. The same seed gives the same people."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from django.db import connection

from benchmarks.contact_list import FIRST, LAST, PLACES, PLANS
from contacts.copying import copy_rows, escaped
from contacts.phones import LINE_TYPES, PhoneNumberType

COLUMNS = (
    *("phone", "user_id", "endpoint_id", "attributes", "user_attributes", "metrics"),
    *("city", "region", "postal_code", "country", "timezone", "locale", "line_type"),
    *("created_at", "updated_at"),
)
INTERESTS = ["shoes", "bikes", "garden", "books", "music", "travel", "food", "games"]
NOW = datetime(2026, 11, 24, 17, tzinfo=UTC)


def phone(number: int) -> str:
    """Return the E.164 number of the person with this place in the crowd."""
    area = 201 + number % 700
    return f"+1{area}{200 + number // 700 % 800}{number // 560_000:04d}"


def fill(count: int, seed: int = 7) -> None:
    """Store so many contacts, each with some eight attributes, and let PostgreSQL count them."""
    copy_rows("contacts_contact", COLUMNS, _people(count, random.Random(seed)))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE contacts_contact")


def _people(count: int, chance: random.Random) -> Iterator[list[str]]:
    places = list(PLACES)
    plans, weights = list(PLANS), list(PLANS.values())
    line_type = LINE_TYPES[PhoneNumberType.FIXED_LINE_OR_MOBILE]
    for n in range(count):
        city, region = places[n * 7919 % len(places)]
        first, last = chance.choice(FIRST), chance.choice(LAST)
        joined = date(2020, 1, 1) + timedelta(days=chance.randrange(2500))
        attributes = {
            "Plan": chance.choices(plans, weights),
            "Interests": chance.sample(INTERESTS, chance.randrange(1, 4)),
            "Joined": [joined.isoformat()],
            "Points": [str(chance.randrange(5000))],
        }
        if n % 50 == 0:
            attributes["Branch"] = [f"B{n % 400}"]
        user = {
            "FirstName": [first],
            "LastName": [last],
            "Email": [f"person{n}@example.com"],
        }
        metrics = {"orders": chance.randrange(40), "spent": round(chance.random() * 900, 2)}
        created = (NOW - timedelta(minutes=chance.randrange(500_000))).isoformat()
        yield [
            *(phone(n), f"u-{n}", f"e-{n}"),
            *(escaped(json.dumps(found)) for found in (attributes, user, metrics)),
            *(city, region, f"{n % 99999:05d}", "US", "", "en_US", str(line_type)),
            *(created, created),
        ]
