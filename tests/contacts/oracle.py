"""What a rule tree means, in plain Python: the judge of contacts.segments.

Attributes are compared exactly, the contact's own columns (but for phone, user ID and line type)
in any case; a rule with several values asks for any of them.
"""

from contacts.models import Contact

EXACT = {"phone", "user_id", "line_type"}
COMPARE = {
    "gt": float.__gt__,
    "gte": float.__ge__,
    "lt": float.__lt__,
    "lte": float.__le__,
    "eq": float.__eq__,
}


def matches(tree: dict, contact: Contact) -> bool:
    results = [
        matches(rule, contact) if "rules" in rule else holds(rule, contact)
        for rule in tree["rules"]
    ]
    return {"all": all(results), "any": any(results), "none": not any(results)}[tree["match"]]


def holds(rule: dict, contact: Contact) -> bool:
    column, _, name = rule["field"].partition(".")
    values = [value.strip() for value in rule.get("values", []) if value.strip()]
    if column == "metrics":
        return metric(rule["op"], contact.metrics.get(name), values)
    if name:
        return text(rule["op"], getattr(contact, column).get(name), values, exact=True)
    held = getattr(contact, column)
    return text(rule["op"], [held] if held else None, values, exact=column in EXACT)


def metric(op: str, held: float | None, values: list[str]) -> bool:
    if op in {"exists", "missing"}:
        return (held is not None) == (op == "exists")
    return held is not None and any(COMPARE[op](float(held), float(value)) for value in values)


def text(op: str, held: list[str] | None, values: list[str], *, exact: bool) -> bool:
    if op in {"exists", "missing"}:
        return (held is not None) == (op == "exists")
    return any(one(op, text, value, exact) for text in held or [] for value in values) != (
        op == "is_not"
    )


def one(op: str, held: str, value: str, exact: bool) -> bool:
    if op in {"is", "is_not"}:
        return held == value if exact else held.upper() == value.upper()
    return (
        value.upper() in held.upper()
        if op == "contains"
        else held.upper().startswith(value.upper())
    )
