"""What a text will be for real people of its segment, while it is still being written."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from liquid.exceptions import LiquidError

from campaigns import forecast, prices, templating
from contacts import attributes, segments
from contacts.models import Contact
from pinpoint.parts import Parts, count_parts, outside_gsm

SHOWN = 3  # people
# {{User.UserAttributes.FirstName | default: "there"}}
DEFAULT = re.compile(r"\{\{-?\s*([\w.]+)\s*\|\s*default:\s*(?:'([^']*)'|\"([^\"]*)\")")


@dataclass(frozen=True, slots=True)
class Sample:
    """One person's text."""

    person: Contact
    text: str
    parts: Parts
    usd: Decimal
    odd: Sequence[str]  # the characters that make it Unicode
    missing: Sequence[tuple[str, str]]  # (field, what stands there instead)
    problem: str  # why it would fail


@dataclass(frozen=True, slots=True)
class Preview:
    """How a text comes out in its segment; `problem` says why there is nothing to show."""

    people: int = 0
    samples: Sequence[Sample] = ()
    lacking: Sequence[tuple[str, int]] = ()  # (field, per cent of people without it)
    usd: Decimal = Decimal(0)  # for all of them, if all may be texted
    parts: int = 0
    problem: str = ""


def preview(body: str, rules: dict[str, Any]) -> Preview:
    """Render a text for people spread over the segment; the most telling are shown.

    Some hundred people are read, and everybody is counted.
    """
    try:
        templating.check(body, attributes.merge_field_paths())
        people = segments.matching(rules)
        count = people.count()
    except (templating.TemplateProblem, segments.RuleError) as problem:
        return Preview(problem=str(problem))
    spread = forecast.spread(people, count)
    price_list, named = prices.current(), templating.fields(body)
    samples = [_sample(body, named, person, price_list) for person in spread]
    if not samples:
        return Preview()
    scale = Decimal(count) / len(samples)
    return Preview(
        people=count,
        samples=_telling(samples),
        lacking=_lacking(named, samples),
        usd=(sum((one.usd for one in samples), Decimal(0)) * scale).quantize(Decimal("0.01")),
        parts=round(sum(one.parts.parts for one in samples) * scale),
    )


def _sample(
    body: str, named: Sequence[str], person: Contact, price_list: prices.PriceList
) -> Sample:
    fields = attributes.merge_fields(person)
    try:
        text, problem = templating.render(body, fields), ""
    except LiquidError as error:
        text, problem = "", str(error)
    parts = count_parts(text)
    instead = {path: one or two for path, one, two in DEFAULT.findall(body)}
    return Sample(
        person=person,
        text=text,
        parts=parts,
        usd=price_list.of_text(person.phone, parts.parts),
        odd=outside_gsm(text),
        missing=[(path, instead.get(path, "")) for path in named if not _value(fields, path)],
        problem=problem or templating.length_problem(parts),
    )


def _value(fields: Mapping[str, Any], path: str) -> object:
    found: Any = fields
    for step in path.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _telling(samples: Sequence[Sample]) -> list[Sample]:
    """Choose the longest text, one that lacks something, one in Unicode, and others besides."""
    first = [
        max(samples, key=lambda one: (bool(one.problem), one.parts.parts, one.parts.units)),
        next((one for one in samples if one.missing), None),
        next((one for one in samples if one.odd), None),
        *samples,
    ]
    chosen = {one.person.pk: one for one in first if one is not None}
    return list(chosen.values())[:SHOWN]


def _lacking(named: Sequence[str], samples: Sequence[Sample]) -> list[tuple[str, int]]:
    without = [path for one in samples for path, _ in one.missing]
    shares = [(path, -(-100 * without.count(path) // len(samples))) for path in named]
    return [(path, percent) for path, percent in shares if percent]
