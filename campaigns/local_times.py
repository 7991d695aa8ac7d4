"""At what instant it is a given time where each person is, worked out per group of people.

People who state one zone, or live at one place and have numbers that begin alike, share their
zones, so that a million of them come down to some thousands of groups, and these to some dozens
of sets of zones.
"""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from django.db.models import Case, CharField, Expression, Min, QuerySet, Value, When
from django.db.models.functions import Concat, Left

from compliance.addresses import Address
from compliance.locations import locate
from compliance.quiet_hours import local_instant
from contacts import segments
from contacts.models import Contact


def _keyed(*parts: Any) -> Expression:
    """Return a person's group: the zone that they state, else these parts of what is known."""
    between = [piece for part in parts for piece in (Value("|"), part)]
    return Case(
        When(timezone="", then=Concat(*between[1:], output_field=CharField())),
        default="timezone",
        output_field=CharField(),
    )


# All that `locate` looks at; of a number outside of +1 it looks at no more than ten characters.
WHEREABOUTS = _keyed(
    Case(When(phone__startswith="+1", then=Left("phone", 8)), default=Left("phone", 10)),
    "country",
    "region",
    "city",
    "postal_code",
)
# Enough to tell in which zones a segment's people are, if not who is in which.
ROUGHLY = _keyed(Left("phone", 5), "country", "region")


def zones_of(rules: dict[str, Any]) -> frozenset[str]:
    """Return the zones that people of a segment may be in. One query over the segment."""
    groups = _zones(segments.matching(rules), ROUGHLY)
    return frozenset(zone for _, zones in groups for zone in zones)


def due_times(
    people: QuerySet[Contact], day: date, clock: time, otherwise: str
) -> list[tuple[str, datetime]]:
    """Return (WHEREABOUTS, instant) for each group of people. One query.

    The instant is when it is that time in all zones that the group may be in, so that nobody is
    texted too early; in the zone `otherwise` where none is known.
    """
    when = datetime.combine(day, clock)
    instants: dict[frozenset[str], datetime] = {}
    found = []
    for group, known in _zones(people, WHEREABOUTS):
        zones = known or frozenset({otherwise})
        if zones not in instants:
            instants[zones] = local_instant(when, zones)
        found.append((group, instants[zones]))
    return found


def _zones(people: QuerySet[Contact], key: Expression) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield every group of people with its zones; one of the group speaks for all."""
    groups = (
        people.order_by()
        .annotate(group=key)
        .values("group")
        .annotate(
            some_phone=Min("phone"),
            stated=Min("timezone"),
            some_country=Min("country"),
            some_region=Min("region"),
            some_city=Min("city"),
            some_code=Min("postal_code"),
        )
        .values_list(
            "group", "some_phone", "stated", "some_country", "some_region", "some_city", "some_code"
        )
    )
    for group, phone, stated, country, region, city, code in groups.iterator():
        exact = key is WHEREABOUTS
        address = Address(country, region, city if exact else "", code if exact else "")
        yield group, locate(phone, stated, address).zone_names
