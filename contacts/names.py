"""What a person is called, from the attributes that lists bring. Pure."""

from collections.abc import Mapping, Sequence

Attributes = Mapping[str, Sequence[object]]
WHOLE, FIRST, LAST = "Name", "FirstName", "LastName"


def name_of(user_attributes: Attributes, attributes: Attributes) -> str:
    """Return a person's name as an import stores it; "" where nobody told of it."""
    for found in (user_attributes, attributes):
        parts = [_first(found, FIRST), _first(found, LAST)]
        if name := " ".join(filter(None, parts)) or _first(found, WHOLE):
            return name
    return ""


def _first(attributes: Attributes, name: str) -> str:
    values = attributes.get(name) or [""]
    return str(values[0]).strip()
