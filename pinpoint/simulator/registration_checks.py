"""What a form of a registration demands, field by field."""

import re
from typing import Any

from .errors import validation
from .pages import Item

Request = dict[str, Any]


def required(field: Item, values: dict[str, str]) -> bool:
    """Tell whether a field must be given, by what the others say."""
    return behavior(field, values) == "REQUIRED"


def behavior(field: Item, values: dict[str, str]) -> str:
    """Return REQUIRED, OPTIONAL or DISALLOWED."""
    rules = field.get("ConditionalBehavior")
    if rules is None:
        return str(field["FieldRequirement"])
    for rule in rules["Rules"]:
        if all(
            values.get(one["DependsOnFieldPath"], "") in one["Values"] for one in rule["Conditions"]
        ):
            return str(rule["RuleBehavior"])
    return str(rules["DefaultBehavior"])


def check_value(field: Item, request: Request) -> None:
    """Refuse a value that the field's own rules forbid."""
    given = {
        "TEXT": request.get("TextValue"),
        "SELECT": request.get("SelectChoices"),
        "ATTACHMENT": request.get("RegistrationAttachmentId"),
    }
    value = given[field["FieldType"]]
    if value is None or sum(one is not None for one in given.values()) != 1:
        _invalid(field, f"give the {field['FieldType'].lower()} and nothing else")
    if field["FieldType"] == "TEXT":
        rule = field["TextValidation"]
        if not rule["MinLength"] <= len(str(value)) <= rule["MaxLength"]:
            _invalid(field, f"takes {rule['MinLength']} to {rule['MaxLength']} characters")
        if not re.fullmatch(rule["Pattern"], str(value)):
            _invalid(field, f"must match {rule['Pattern']}")
    elif field["FieldType"] == "SELECT":
        rule = field["SelectValidation"]
        if not rule["MinChoices"] <= len(value or ()) <= rule["MaxChoices"]:
            _invalid(field, f"takes {rule['MinChoices']} to {rule['MaxChoices']} choices")
        if not set(value or ()) <= set(rule["Options"]):
            _invalid(field, f"must be of {', '.join(rule['Options'])}")


def _invalid(field: Item, says: str) -> None:
    path = field["FieldPath"]
    raise validation("FIELD_VALIDATION_FAILED", f"{path}: {says}", [(path, says)])


def said(version: dict[str, Any]) -> dict[str, str]:
    """Return every value as text; several choices joined by a comma."""
    return {
        path: value.get("TextValue")
        or ",".join(value.get("SelectChoices") or [])
        or value.get("RegistrationAttachmentId", "")
        for path, value in version["values"].items()
    }
