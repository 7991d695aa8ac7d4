"""Rule trees that find contacts, compiled to one SQL query with bound parameters.

A tree is `{"match": "all"|"any"|"none", "rules": [...]}`; each rule is a tree again or
`{"field": "attributes.Plan", "op": "is", "values": ["premium"]}`.
"""

from collections.abc import Callable
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.models import AttributeName, Contact

COLUMNS = frozenset(
    {
        "city",
        "region",
        "country",
        "postal_code",
        "timezone",
        "locale",
        "line_type",
        "phone",
        "user_id",
    }
)
JSON_COLUMNS = frozenset({"attributes", "user_attributes"})
COMPARISONS = {"gt": "gt", "gte": "gte", "lt": "lt", "lte": "lte", "eq": "exact"}
TEXT_OPS = ("is", "is_not", "contains", "starts_with", "exists", "missing")
MAX_DEPTH = 10
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


class RuleError(ValueError):
    """What is wrong with a rule, in words, and where it stands in the tree."""

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message)
        self.path = path


def matching(rules: dict[str, Any]) -> QuerySet[Contact]:
    """Return the contacts that a rule tree finds, as one lazy query. Raises RuleError."""
    return Contact.objects.filter(_tree(rules, "rules", 0))


def validate(rules: dict[str, Any]) -> None:
    """Raise RuleError if the tree is not one."""
    _tree(rules, "rules", 0)


def field_choices() -> list[tuple[str, str]]:
    """Return the fields that rules may use, with the words the page shows for them."""
    known = AttributeName.objects.order_by("path").values_list("path", flat=True)
    columns = [(name, name.replace("_", " ").capitalize()) for name in sorted(COLUMNS)]
    return [*((path, path.partition(".")[2] + f" ({path})") for path in known), *columns]


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
            return reduce(and_, parts, Q())
        case "any":
            return reduce(or_, parts) if parts else Q()
        case "none":
            return ~reduce(or_, parts) if parts else Q()
    raise RuleError(_("A group matches all, any or none of its rules."), path)


def _rule(rule: Any, path: str) -> Q:
    if not isinstance(rule, dict):
        raise RuleError(_("A rule is an object with a field, an operator and values."), path)
    field, op = str(rule.get("field", "")), str(rule.get("op", ""))
    values = _values(rule, op, path)
    column, _dot, name = field.partition(".")
    if column == "metrics" and name:
        return _metric(name, op, values, path)
    if op not in TEXT_OPS:
        raise RuleError(_("“{}” is not an operator for {}.").format(op, field), path)
    if column in JSON_COLUMNS and name:
        return _attribute(column, name, op, values)
    if field in COLUMNS:
        return _column(field, op, values)
    raise RuleError(_("“{}” is not a field that contacts have.").format(field), path)


def _values(rule: dict[str, Any], op: str, path: str) -> list[str]:
    values = rule.get("values") or []
    if not isinstance(values, list):
        raise RuleError(_("The values of a rule are a list."), path)
    cleaned = [str(value).replace("\x00", "").strip() for value in values]
    cleaned = [value for value in cleaned if value]
    if op not in {"exists", "missing"} and not cleaned:
        raise RuleError(_("The rule on {} needs a value.").format(rule.get("field")), path)
    return cleaned


def _any_of(values: list[str], make: Callable[[str], Q]) -> Q:
    return reduce(or_, (make(value) for value in values))


def _attribute(column: str, name: str, op: str, values: list[str]) -> Q:
    has = Q(**{f"{column}__has_key": name})
    holds = {
        "is": lambda: _any_of(values, lambda v: Q(**{f"{column}__contains": {name: [v]}})),
        "contains": lambda: _any_of(values, lambda v: Q(**{f"{column}__{name}__icontains": v})),
        "starts_with": lambda: _any_of(
            values, lambda v: Q(**{f"{column}__{name}__0__istartswith": v})
        ),
        "exists": lambda: has,
    }
    if op in holds:
        return holds[op]()
    return ~has if op == "missing" else ~holds["is"]()


def _column(field: str, op: str, values: list[str]) -> Q:
    holds = {
        "is": lambda: Q(**{f"{field}__in": values}),
        "contains": lambda: _any_of(values, lambda v: Q(**{f"{field}__icontains": v})),
        "starts_with": lambda: _any_of(values, lambda v: Q(**{f"{field}__istartswith": v})),
        "exists": lambda: ~Q(**{field: ""}),
    }
    if op in holds:
        return holds[op]()
    return Q(**{field: ""}) if op == "missing" else ~holds["is"]()


def _metric(name: str, op: str, values: list[str], path: str) -> Q:
    has = Q(metrics__has_key=name)
    if op in {"exists", "missing"}:
        return has if op == "exists" else ~has
    if op not in COMPARISONS:
        raise RuleError(_("“{}” is not an operator for numbers.").format(op), path)
    try:
        number = float(values[0])
    except ValueError as error:
        raise RuleError(_("“{}” is not a number.").format(values[0]), path) from error
    return has & Q(**{f"metrics__{name}__{COMPARISONS[op]}": number})
