"""What AWS's definition of a field demands of its value. Pure; shapes are AWS's own."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

Field = Mapping[str, Any]
Values = Mapping[str, Any]  # field path -> text, list of choices, or attachment id


def requirement(field: Field, values: Values) -> str:
    """Return REQUIRED, OPTIONAL or DISALLOWED, as the other values have it."""
    return _rule(field, values)[0]


def _rule(field: Field, values: Values) -> tuple[str, Mapping[str, Any]]:
    """Return the behaviour and what the rule that decides it says of the value besides."""
    conditional = field.get("ConditionalBehavior")
    if not conditional:
        said = str(field["FieldRequirement"])
        return ("OPTIONAL" if said == "CONDITIONAL" else said), {}
    for rule in conditional["Rules"]:
        if all(_holds(one, values) for one in rule["Conditions"]):
            return str(rule["RuleBehavior"]), rule.get("ConditionalValidation") or {}
    return str(conditional["DefaultBehavior"]), {}


def _holds(condition: Field, values: Values) -> bool:
    """AWS: an operator that is not known does not hold."""
    given = values.get(condition["DependsOnFieldPath"])
    said = set(given) if isinstance(given, list) else ({given} if given else set())
    wanted = set(condition.get("Values") or ())
    match condition["Operator"]:
        case "EQUALS" | "IN":
            return bool(said & wanted)
        case "NOT_EQUALS" | "NOT_IN":
            return not said & wanted
        case "HAS_VALUE":
            return bool(said)
        case "NO_VALUE":
            return not said
    return False


def wrong(field: Field, value: Any, values: Values) -> str:
    """Say what is wrong with a value, or nothing."""
    behavior, own = _rule(field, values)
    if not value:
        return _("This is required.") if behavior == "REQUIRED" else ""
    if behavior == "DISALLOWED":
        return ""  # it is left out when the registration is handed in
    if field["FieldType"] == "TEXT":
        return _wrong_text({**(field.get("TextValidation") or {}), **own}, str(value), field)
    if field["FieldType"] == "SELECT":
        return _wrong_choices({**(field.get("SelectValidation") or {}), **own}, list(value))
    return ""


def _wrong_text(rule: Mapping[str, Any], value: str, field: Field) -> str:
    least, most = rule.get("MinLength", 0), rule.get("MaxLength")
    if len(value) < least:
        return _("At least {} characters; these are {}.").format(least, len(value))
    if most is not None and len(value) > most:
        return _("{} characters at most; these are {}.").format(most, len(value))
    if not _matches(rule.get("Pattern", ""), value):
        hints = field["DisplayHints"]
        told = hints.get("TextValidationDescription") or hints.get("ExampleTextValue")
        words = _("It has not the form that AWS wants.")
        return f"{words} {_('For example:')} {told}" if told else words
    return ""


def _matches(pattern: str, value: str) -> bool:
    """Tell whether a value fits; a pattern that Python cannot read is left to AWS."""
    try:
        return not pattern or re.fullmatch(pattern, value) is not None
    except re.error:
        return True


def _wrong_choices(rule: Mapping[str, Any], value: list[str]) -> str:
    allowed = set(rule.get("AllowedValues") or rule.get("Options") or value)
    if not set(value) <= allowed:
        return _("Choose among: {}.").format(", ".join(sorted(allowed)))
    least, most = rule.get("MinChoices", 0), rule.get("MaxChoices", len(value))
    if not least <= len(value) <= most:
        return _("Choose {} to {}.").format(least, most)
    return ""


def gaps(fields: Iterable[Field], values: Values) -> dict[str, str]:
    """Return what is wrong, by field path."""
    found = {
        field["FieldPath"]: wrong(field, values.get(field["FieldPath"]), values) for field in fields
    }
    return {path: says for path, says in found.items() if says}


def to_send(fields: Iterable[Field], values: Values) -> dict[str, Any]:
    """Return what AWS should hold: nothing of fields that it does not allow now."""
    return {
        field["FieldPath"]: values.get(field["FieldPath"])
        for field in fields
        if values.get(field["FieldPath"]) and requirement(field, values) != "DISALLOWED"
    }


def plain(values: Values) -> dict[str, str]:
    """Return every value as text; several choices joined by a comma."""
    return {
        path: ",".join(value) if isinstance(value, list) else str(value)
        for path, value in values.items()
    }
