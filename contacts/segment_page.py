"""What the segment builder's page shows of a tree: each group and rule with its choices."""

from itertools import groupby
from typing import Any

from contacts.segment_form import BY_COMMAS, Tree, empty_rule, number_of, text_of
from contacts.segments import fields
from contacts.segments.fields import Field, Takes
from contacts.segments.tree import MATCHES, is_group

# What each kind of value is typed into, and how often.
INPUTS = {
    Takes.DATE: ("date", 1),
    Takes.TWO_DATES: ("date", 2),
    Takes.DAYS: ("number", 1),
    Takes.TWO_NUMBERS: ("text", 2),
    Takes.PLACE: ("text", 3),
}


def shown(rules: Tree, focus: str = "", problem: Any = None) -> dict[str, Any]:
    """Return what the template needs; a tree without rules gets an empty one to begin with."""
    offered = fields.offered()
    if not rules["rules"]:
        rules = {**rules, "rules": [empty_rule()]}
    return {
        "root": _group(rules, "0", {field.name: field for field in offered}),
        "field_groups": [
            (group, [(field.name, field.label) for field in some])
            for group, some in groupby(offered, lambda field: field.group)
        ],
        "matches": MATCHES,
        "focus": focus,
        "problem": problem,
    }


def _group(rules: Tree, place: str, offered: dict[str, Field]) -> dict[str, Any]:
    return {
        "place": place,
        "number": number_of(place),
        "match": rules["match"],
        "nodes": [
            _group(node, f"{place}.{n}", offered)
            if is_group(node)
            else _rule(node, f"{place}.{n}", offered)
            for n, node in enumerate(rules["rules"])
        ],
        "is_group": True,
    }


def _rule(rule: Tree, place: str, offered: dict[str, Field]) -> dict[str, Any]:
    name = rule["field"]
    field = offered.get(name) or fields.find(name)
    values = [str(value) for value in rule.get("values") or []]
    row = {"place": place, "number": number_of(place), "field": name, "op": rule.get("op")}
    # What stored rules ask for and nobody has any more is offered too; else saving would drop it.
    row["unoffered"] = name if name and name not in offered else ""
    if field is None:
        return {**row, "text": text_of(values), "by_commas": bool(name)}
    operator = field.operator(rule.get("op", "")) or field.operators[0]
    kind, times = INPUTS.get(operator.takes, ("text", 0))
    return {
        **row,
        "operators": field.operators,
        "by_commas": operator.takes in BY_COMMAS,
        "text": text_of(values) if values else "",
        "suggestions": [(value, text_of([value])) for value in field.suggestions[:12]],
        "options": _options(field, values) if operator.takes is Takes.OPTIONS else (),
        "inputs": [(*values, "", "", "")[n] for n in range(times)],
        "kind": kind,
        "takes": operator.takes.value,
    }


def _options(field: Field, values: list[str]) -> list[tuple[str, Any, bool]]:
    """Return the boxes to tick; one that is ticked and is no more stays, for a person to see."""
    known = [(value, label, value in values) for value, label in field.options()]
    gone = set(values) - {value for value, _label, _chosen in known}
    return [*known, *((value, value, True) for value in sorted(gone))]
