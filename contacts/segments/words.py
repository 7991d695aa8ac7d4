"""Rules in words, for pages that show what a segment asks for or was sent with."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.segments import fields
from contacts.segments.fields import Field, Operator, Takes
from contacts.segments.tree import is_group

MATCHES = {
    "all": gettext_lazy("all of:"),
    "any": gettext_lazy("any of:"),
    "none": gettext_lazy("none of:"),
}


def lines(rules: dict[str, Any], depth: int = 0) -> Iterator[tuple[int, str]]:
    """Yield each group and rule with how deep it is nested, in the order of the tree."""
    yield depth, _group(rules)
    for rule in rules["rules"]:
        if is_group(rule):
            yield from lines(rule, depth + 1)
        else:
            yield depth + 1, _rule(rule)


def _group(rules: dict[str, Any]) -> str:
    match = str(MATCHES[rules["match"]])
    if not rules["rules"]:
        match = _("nobody") if rules["match"] == "any" else _("everyone")
    if origin := rules.get("segment"):
        segment = _("Segment “{name}”, version {version}").format(**origin)
        return f"{segment}: {match}"
    return match.capitalize()


def _rule(rule: dict[str, Any]) -> str:
    field = fields.find(rule["field"])
    operator = field.operator(rule["op"]) if field else None
    if field is None or operator is None:  # what is no more, or is wrong, is shown as it stands
        return f"{rule['field']} {rule.get('op', '')} {', '.join(map(str, rule['values']))}"
    return f"{field.label} {_compared(field, operator, rule)}"


def _compared(field: Field, operator: Operator, rule: dict[str, Any]) -> str:
    label, values = str(operator.label), [str(value) for value in rule.get("values") or []]
    match operator.takes:
        case Takes.NOTHING:
            return label
        case Takes.DAYS:
            return label.replace("…", "".join(values))
        case Takes.TWO_DATES | Takes.TWO_NUMBERS:
            return _("{label} {first} and {last}").format(
                label=label, first=values[0], last=values[-1]
            )
        case Takes.PLACE:
            return _("{label} {2} km of {0}, {1}").format(*values, label=label)
        case Takes.OPTIONS:
            names = rule.get("names") or dict(field.options())
            values = [str(names.get(value, value)) for value in values]
    return f"{label} {_(' or ').join(values)}"
