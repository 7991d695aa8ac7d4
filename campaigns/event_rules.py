"""Which events of a kind a campaign answers, by what came with them. Pure.

The rules are those of segments (`{"match": "all", "rules": [...]}`) on `attributes.` and
`metrics.` of the event, which are asked as it comes and kept nowhere. An attribute of an event is
one text, a metric one number.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from contacts.segments import moments

COMPARED: dict[str, Callable[[float, float], bool]] = {
    "eq": operator.eq,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}
ANY_TIME = datetime.min.replace(tzinfo=UTC)  # none of these rules asks how long ago


@dataclass(frozen=True, slots=True)
class Details:
    """What came with an event."""

    attributes: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)


NOTHING = Details()


def fits(rules: Mapping[str, Any], details: Details) -> bool:
    """Whether an event is one that all rules ask for; no rules ask for any."""
    return all(_holds(rule, details) for rule in rules.get("rules", ()))


def _holds(rule: Mapping[str, Any], details: Details) -> bool:
    column, _dot, name = rule["field"].partition(".")
    if column == "metrics":
        number = details.metrics.get(name)
        wanted = float(rule["values"][0])
        return number is not None and COMPARED[rule["op"]](number, wanted)
    return _is(rule["op"], rule["values"], details.attributes.get(name))


def _is(op: str, values: Sequence[str], said: str | None) -> bool:
    if said is None:  # as for people: whoever lacks it is found by `is not` alone
        return op == "is_not"
    match op:
        case "is" | "is_not":
            return (said in values) == (op == "is")
        case "contains":
            return any(value.casefold() in said.casefold() for value in values)
    at = _instant(said)
    if at is None:
        return False
    start, end = moments.span(op, sorted(map(moments.check_date, values)), ANY_TIME)
    return (start is None or start <= at) and (end is None or at < end)


def _instant(said: str) -> datetime | None:
    try:
        return moments.start(moments.check_date(said))
    except ValueError:
        return None
