"""Rule trees that find contacts, compiled to one SQL query with bound parameters.

A tree is `{"match": "all"|"any"|"none", "rules": [...]}`; each rule is a tree again or
`{"field": "attributes.Plan", "op": "is", "values": ["premium"]}`. `all` of no rules is everyone,
`any` of no rules nobody. A rule with several values asks for any of them.

Attributes are compared exactly, as Pinpoint does and as the index does; places, zones and
languages in any case, because lists write NEW YORK; `contains` and `starts with` in any case.
Who lacks an attribute is found by `is not` and `missing`.
"""

import math
from collections.abc import Callable
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.conditions import Compares, HasText, pattern
from contacts.models import AttributeName, Contact
from contacts.phones import BadPhone, parse_phone

CASELESS = frozenset({"city", "region", "country", "postal_code", "timezone", "locale"})
COLUMNS = CASELESS | {"line_type", "phone", "user_id"}
JSON_COLUMNS = frozenset({"attributes", "user_attributes"})
TEXT_OPS = ("is", "is_not", "contains", "starts_with", "exists", "missing")
NUMBER_OPS = (*Compares.OPERATORS, "exists", "missing")
NO_VALUE = frozenset({"exists", "missing"})
MAX_DEPTH = 10
MAX_RULES = 500
OP_LABELS = [
    ("is", gettext_lazy("is any of")),
    ("is_not", gettext_lazy("is none of")),
    ("contains", gettext_lazy("contains")),
    ("starts_with", gettext_lazy("starts with")),
    ("exists", gettext_lazy("is known")),
    ("missing", gettext_lazy("is not known")),
    ("gt", gettext_lazy("is more than")),
    ("gte", gettext_lazy("is at least")),
    ("lt", gettext_lazy("is less than")),
    ("lte", gettext_lazy("is at most")),
    ("eq", gettext_lazy("equals (number)")),
]
# Real conditions, where Django would raise or drop an empty one inside OR and NOT.
EVERYBODY = Q(pk__isnull=False)
NOBODY = Q(pk__lt=0)


class RuleError(ValueError):
    """What is wrong with a rule, in words, and where it stands in the tree ("rules.0.2")."""

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message)
        self.path = path


def matching(rules: dict[str, Any]) -> QuerySet[Contact]:
    """Return the contacts that a rule tree finds, as one lazy query. Raises RuleError."""
    return Contact.objects.filter(_tree(rules, "rules", 0))


def validate(rules: dict[str, Any]) -> None:
    """Raise RuleError if the tree is not one."""
    if _size(rules) > MAX_RULES:
        raise RuleError(_("A segment has at most {} rules.").format(MAX_RULES), "rules")
    _tree(rules, "rules", 0)


def field_choices() -> list[tuple[str, str]]:
    """Return the fields that rules may use, with the words the page shows for them."""
    known = AttributeName.objects.order_by("path").values_list("path", flat=True)
    columns = [(name, name.replace("_", " ").capitalize()) for name in sorted(COLUMNS)]
    return [*((path, path.partition(".")[2] + f" ({path})") for path in known), *columns]


def _size(tree: Any, depth: int = 0) -> int:
    inner = tree.get("rules") if isinstance(tree, dict) and depth <= MAX_DEPTH else None
    return sum(_size(rule, depth + 1) for rule in inner) if isinstance(inner, list) else 1


def _tree(tree: Any, path: str, depth: int) -> Q:
    if not isinstance(tree, dict) or not isinstance(tree.get("rules"), list):
        raise RuleError(_("A group needs a list of rules."), path)
    if depth > MAX_DEPTH:
        raise RuleError(_("The rules are nested more than {} deep.").format(MAX_DEPTH), path)
    parts = [
        _tree(rule, f"{path}.{n}", depth + 1)
        if isinstance(rule, dict) and "rules" in rule
        else _rule(rule, f"{path}.{n}")
        for n, rule in enumerate(tree["rules"])
    ]
    match tree.get("match"):
        case "all":
            return reduce(and_, parts) if parts else EVERYBODY
        case "any":
            return reduce(or_, parts) if parts else NOBODY
        case "none":
            return ~reduce(or_, parts) if parts else EVERYBODY
    raise RuleError(_("A group matches all, any or none of its rules."), path)


def _rule(rule: Any, path: str) -> Q:
    if not isinstance(rule, dict):
        raise RuleError(_("A rule is an object with a field, an operator and values."), path)
    field, op = _text(rule.get("field", ""), path), str(rule.get("op", ""))
    column, _dot, name = field.partition(".")
    if not (name and column in JSON_COLUMNS | {"metrics"}) and field not in COLUMNS:
        raise RuleError(_("“{}” is not a field that contacts have.").format(field), path)
    _check_operator(op, field, path)
    values = _values(rule, field, op, path)
    if column == "metrics":
        return _metric(name, op, values, path)
    return _attribute(column, name, op, values) if name else _column(field, op, values)


def _check_operator(op: str, field: str, path: str) -> None:
    numbers = field.startswith("metrics.")
    usable = NUMBER_OPS if numbers else TEXT_OPS
    if op not in usable:
        raise RuleError(
            _("“{op}” is not an operator for {what}. {field} takes: {usable}.").format(
                op=dict(OP_LABELS).get(op, op),
                what=_("numbers") if numbers else _("text"),
                field=field,
                usable=", ".join(str(label) for code, label in OP_LABELS if code in usable),
            ),
            path,
        )


def _values(rule: dict[str, Any], field: str, op: str, path: str) -> list[str]:
    values = rule.get("values") or []
    if not isinstance(values, list):
        raise RuleError(_("The values of a rule are a list."), path)
    cleaned = [text for value in values if (text := _text(value, path).strip())]
    if op not in NO_VALUE and not cleaned:
        raise RuleError(_("The rule on {} needs a value.").format(field), path)
    return cleaned


def _text(value: Any, path: str) -> str:
    """Return a text that PostgreSQL can hold."""
    text = str(value).replace("\0", "")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise RuleError(_("A value holds half a character."), path) from error
    return text


def _any_of(values: list[str], make: Callable[[str], Q]) -> Q:
    return reduce(or_, (make(value) for value in values))


def _attribute(column: str, name: str, op: str, values: list[str]) -> Q:
    match op:
        case "exists" | "missing":
            has = Q(**{f"{column}__has_key": name})
            return has if op == "exists" else ~has
        case "contains" | "starts_with":
            anywhere = op == "contains"
            return _any_of(
                values, lambda v: Q(HasText(column, name, pattern(v, anywhere=anywhere)))
            )
    # Containment, so that the GIN index answers.
    holds = _any_of(values, lambda v: Q(**{f"{column}__contains": {name: [v]}}))
    return holds if op == "is" else ~holds


def _column(field: str, op: str, values: list[str]) -> Q:
    match op:
        case "exists" | "missing":
            empty = Q(**{field: ""})
            return empty if op == "missing" else ~empty
        case "contains":
            return _any_of(values, lambda v: Q(**{f"{field}__icontains": v}))
        case "starts_with":
            return _any_of(values, lambda v: Q(**{f"{field}__istartswith": v}))
    if field in CASELESS:
        holds = _any_of(values, lambda v: Q(**{f"{field}__iexact": v}))
    else:
        holds = Q(**{f"{field}__in": [_phone(v) if field == "phone" else v for v in values]})
    return holds if op == "is" else ~holds


def _phone(value: str) -> str:
    """Return a number as it is stored; what is none is nobody's."""
    try:
        return parse_phone(value, "US").e164
    except BadPhone:
        return value


def _metric(name: str, op: str, values: list[str], path: str) -> Q:
    if op in NO_VALUE:
        has = Q(metrics__has_key=name)
        return has if op == "exists" else ~has
    return _any_of(values, lambda v: Q(Compares(name, op, _number(v, path))))


def _number(value: str, path: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise RuleError(_("“{}” is not a number.").format(value), path)
    return number
