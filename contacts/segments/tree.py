"""A tree of rules → one condition."""

from collections.abc import Callable
from functools import reduce
from operator import and_, itemgetter, or_
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from contacts.segments import fields, values
from contacts.segments.fields import MAX_DEPTH, Asked, Cost, Field, Operator
from contacts.segments.problems import RuleError

MATCHES = ("all", "any", "none")
MAX_RULES = 500
# Real conditions, where Django would raise or drop an empty one inside OR and NOT.
EVERYBODY = Q(pk__isnull=False)
NOBODY = Q(pk__lt=0)


def is_group(node: Any) -> bool:
    """Tell a group from a rule."""
    return isinstance(node, dict) and "rules" in node


def check_size(rules: Any) -> None:
    """Raise RuleError if there are more rules than anybody means."""
    if _size(rules) > MAX_RULES:
        raise RuleError(_("A segment has at most {} rules.").format(MAX_RULES), "rules")


def condition(rules: Any, asked: Asked, path: str = "rules", depth: int = 0) -> Q:
    """Return what a group of rules asks for. Raises RuleError."""
    check_group(rules, path)
    if depth > asked.deepest:
        raise RuleError(_("The rules are nested more than {} deep.").format(MAX_DEPTH), path)
    costed = [_part(rule, asked, f"{path}.{n}", depth + 1) for n, rule in enumerate(rules["rules"])]
    # PostgreSQL asks alternatives in the order given: cheap ones first spare the others.
    parts = [part for _, part in sorted(costed, key=itemgetter(0))]
    if not parts:
        return NOBODY if rules["match"] == "any" else EVERYBODY
    if rules["match"] == "all":
        return reduce(and_, parts)
    found = reduce(or_, parts)
    return found if rules["match"] == "any" else ~found


def check_group(group: Any, path: str) -> None:
    """Raise RuleError if this is no group."""
    if not isinstance(group, dict) or not isinstance(group.get("rules"), list):
        raise RuleError(_("A group needs a list of rules."), path)
    if group.get("match") not in MATCHES:
        raise RuleError(_("A group matches all, any or none of its rules."), path)


def read(rule: Any, path: str) -> tuple[Field, Operator, list[str]]:
    """Return what a rule names: field, operator and values, checked. Raises RuleError."""
    if not isinstance(rule, dict):
        raise RuleError(_("A rule is an object with a field, an operator and values."), path)
    name = values.text(rule.get("field", ""), path)
    field = fields.find(name)
    if field is None:
        raise RuleError(_("“{}” is not a field that contacts have.").format(name), path)
    operator = field.operator(str(rule.get("op", "")))
    if operator is None:
        raise RuleError(
            _("“{op}” is not an operator for {field}, which takes: {usable}.").format(
                op=rule.get("op", ""),
                field=field.label,
                usable=", ".join(str(one.label) for one in field.operators),
            ),
            path,
        )
    return field, operator, values.clean(rule.get("values"), field, operator, path)


def _part(node: Any, asked: Asked, path: str, depth: int) -> tuple[Cost, Q]:
    if is_group(node):
        return Cost.GROUP, condition(node, asked, path, depth)
    return _rule(node, asked, path)


def _rule(rule: Any, asked: Asked, path: str) -> tuple[Cost, Q]:
    field, operator, cleaned = read(rule, path)
    asked.budget.left -= 1
    if asked.budget.left < 0:
        raise RuleError(_("With the rules of the segments in it, this has too many rules."), path)
    try:
        return field.cost, field.condition(operator.code, cleaned, asked)
    except RuleError as problem:
        raise RuleError(str(problem), path) from problem


def each(rules: dict[str, Any], change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    """Return a copy of a tree with every rule in it changed."""
    inner = [each(rule, change) if is_group(rule) else change(rule) for rule in rules["rules"]]
    return {**rules, "rules": inner}


def leaves(rules: Any) -> list[dict[str, Any]]:
    """Return the rules of a tree, without its groups."""
    if not is_group(rules):
        return [rules] if isinstance(rules, dict) else []
    inner = rules["rules"] if isinstance(rules["rules"], list) else []
    return [leaf for rule in inner for leaf in leaves(rule)]


def _size(tree: Any, depth: int = 0) -> int:
    inner = tree.get("rules") if isinstance(tree, dict) and depth <= MAX_DEPTH else None
    return sum(_size(rule, depth + 1) for rule in inner) if isinstance(inner, list) else 1
