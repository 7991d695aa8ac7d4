"""A segment as it is at one moment, to be kept with what was sent to it (docs/decisions/0009)."""

import hashlib
import json
from datetime import datetime
from typing import Any

from contacts.models import Segment
from contacts.segments import tree
from contacts.segments.fields import Takes


def freeze(segment: Segment, now: datetime) -> dict[str, Any]:
    """Return the segment's rules with nothing in them that could change later.

    Other segments are replaced by their own rules, spans such as "in the last 7 days" count from
    `now`, and what is named by id has its name beside it. Raises RuleError. The result compiles as
    any tree.
    """
    rules = _rules(segment)
    return {**rules, "as_of": now.isoformat()}


def fingerprint(segment: Segment) -> str:
    """Return what changes whenever its rules do, or those of a segment that they ask for."""
    found, asked = {segment.pk: segment.rules}, {segment.pk}
    while asked:
        further = Segment.objects.filter(referred_by__segment__in=asked).exclude(pk__in=found)
        nested = dict(further.values_list("pk", "rules"))
        found |= nested
        asked = set(nested)
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()


def lists_in(rules: dict[str, Any]) -> set[int]:
    """Return the ids of the lists that frozen rules ask for."""
    asked = (rule for rule in tree.leaves(rules) if rule["field"] == "list")
    return {int(value) for rule in asked for value in rule["values"]}


def _rules(segment: Segment) -> dict[str, Any]:
    origin = {"id": segment.pk, "name": segment.name, "version": segment.version}
    frozen: dict[str, Any] = tree.each(segment.rules, _rule)
    return {**frozen, "segment": origin}


def _rule(rule: dict[str, Any]) -> dict[str, Any]:
    field, operator, values = tree.read(rule, "rules")
    if field.name == "segment":
        asked = Segment.objects.filter(pk__in=[int(value) for value in values]).order_by("pk")
        match = "any" if operator.code == "is" else "none"
        return {"match": match, "rules": [_rules(segment) for segment in asked]}
    frozen: dict[str, Any] = {"field": field.name, "op": operator.code, "values": values}
    if operator.takes is Takes.OPTIONS:
        names = dict(field.options())
        frozen["names"] = {value: str(names[value]) for value in values}
    return frozen
