"""What a rule tree means, in plain Python: the judge of contacts.segments.

Attributes are compared exactly, the contact's own columns (but for phone, user ID and line type)
in any case; a rule with several values asks for any of them. A date is the day as it is written;
a moment's day is the operator's.
"""

import math
import re
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

EXACT = {"phone", "user_id", "line_type"}
MOMENTS = {"created_at", "last_active_at"}
COMPARE = {
    "gt": float.__gt__,
    "gte": float.__ge__,
    "lt": float.__lt__,
    "lte": float.__le__,
    "eq": float.__eq__,
}


class Oracle:
    """Judges at one moment, knowing what stands outside of the contact's own row.

    `segments` and `lists` are trees and sets of numbers by id; `facts` answers, per field that a
    higher room registered, whether a rule holds for a contact.
    """

    def __init__(self, now, segments=None, lists=None, facts=None):
        self.now = now
        self.segments = segments or {}
        self.lists = lists or {}
        self.facts = facts or {}

    def matches(self, tree, contact):
        results = [
            self.matches(rule, contact) if "rules" in rule else self.holds(rule, contact)
            for rule in tree["rules"]
        ]
        return {"all": all(results), "any": any(results), "none": not any(results)}[tree["match"]]

    def holds(self, rule, contact):
        column, _, name = rule["field"].partition(".")
        op = rule["op"]
        values = [value.strip() for value in rule.get("values", []) if value.strip()]
        if column in self.facts:
            return self.facts[column](rule, contact)
        if column == "segment":
            inside = any(self.matches(self.segments[int(v)], contact) for v in values)
            return inside == (op == "is")
        if column == "list":
            return any(contact.phone in self.lists[int(v)] for v in values) == (op == "is")
        if column in MOMENTS:
            return self.moment(op, getattr(contact, column), values)
        if column == "location":
            return near(op, contact, values)
        if column == "metrics":
            return metric(op, contact.metrics.get(name), values)
        if name:
            return text(op, getattr(contact, column).get(name), values, exact=True)
        held = getattr(contact, column)
        return text(op, [held] if held else None, values, exact=column in EXACT)

    def moment(self, op, held, values):
        if op in {"exists", "missing"}:
            return (held is not None) == (op == "exists")
        if held is None:
            return False
        if op in {"in_last", "not_in_last"}:
            return (held >= self.now - timedelta(days=int(values[0]))) == (op == "in_last")
        day = held.astimezone(ZoneInfo(settings.TIME_ZONE)).date().isoformat()
        return on_day(op, day, values)


def on_day(op, day, values):
    first, last = min(values), max(values)
    return {
        "before": day < first,
        "after": day > first,
        "on": day == first,
        "between": first <= day <= last,
    }[op]


def near(op, contact, values):
    known = contact.latitude is not None
    if op in {"exists", "missing"}:
        return known == (op == "exists")
    latitude, longitude, km = map(float, values)
    if not known:
        return False
    # The haversine formula, which is another one than the query's.
    north, east = (
        math.radians(contact.latitude - latitude),
        math.radians(contact.longitude - longitude),
    )
    chord = (
        math.sin(north / 2) ** 2
        + math.cos(math.radians(latitude))
        * math.cos(math.radians(contact.latitude))
        * math.sin(east / 2) ** 2
    )
    return 2 * 6371.0088 * math.asin(min(1, math.sqrt(chord))) <= km


def metric(op: str, held: float | None, values: list[str]) -> bool:
    if op in {"exists", "missing"}:
        return (held is not None) == (op == "exists")
    if held is None:
        return False
    numbers = [float(value) for value in values]
    if op == "between":
        return min(numbers) <= held <= max(numbers)
    return any(COMPARE[op](float(held), number) for number in numbers)


def text(op: str, held: list[str] | None, values: list[str], *, exact: bool) -> bool:
    if op in {"exists", "missing"}:
        return (held is not None) == (op == "exists")
    if op in {"before", "after", "on", "between"}:
        dates = [one[:10] for one in held or [] if re.match(r"\d{4}-\d\d-\d\d([T ]|$)", one)]
        return any(on_day(op, day, values) for day in dates)
    return any(one(op, text, value, exact) for text in held or [] for value in values) != (
        op == "is_not"
    )


def one(op: str, held: str, value: str, exact: bool) -> bool:
    if op in {"is", "is_not"}:
        return held == value if exact else held.upper() == value.upper()
    return (
        value.upper() in held.upper()
        if op == "contains"
        else held.upper().startswith(value.upper())
    )
