"""Requests made from the service's own model: the least, the most, and wrong ones."""

import copy
from datetime import UTC, datetime
from typing import Any

LEFT_OUT = object()  # a member that is not sent, though the model has it
WRONG = {
    "string": 17,
    "boolean": "yes",
    "integer": "many",
    "long": "many",
    "float": "much",
    "double": "much",
    "list": {"no": "list"},
    "map": ["no map"],
    "structure": "no structure",
}


class Making:
    """Makes values for shapes. `values` has what the model does not tell, by the end of a path."""

    def __init__(self, operation: str, values: dict[str, Any], *, most: bool) -> None:
        self.operation, self.values, self.most = operation, values, most

    def of(self, shape, path=""):
        """Return a value that the shape allows."""
        known = self._known(path)
        if known is not None:
            return copy.deepcopy(known) if known is not LEFT_OUT else LEFT_OUT
        match shape.type_name:
            case "structure":
                return self._structure(shape, path)
            case "list":
                return [self.of(shape.member, f"{path}[]")]
            case "map":
                return {self._known(f"{path}{{key}}") or "key": self.of(shape.value, f"{path}{{}}")}
            case "string":
                return shape.enum[0] if getattr(shape, "enum", None) else "x"
            case "boolean":
                return True
            case "timestamp":
                return datetime(2026, 2, 1, tzinfo=UTC)
            case _:
                return 1

    def _structure(self, shape, path):
        found = {}
        for name, member in shape.members.items():
            where = _at(path, name)
            wanted = self.most or name in shape.required_members or self._asked(where)
            if wanted and (value := self.of(member, where)) is not LEFT_OUT:
                found[name] = value
        return found

    def _known(self, path):
        """Return what is known of a path: by operation first, the longest end of it first."""
        parts = path.split(".")
        for start in range(len(parts)):
            end = ".".join(parts[start:])
            for key in (f"{self.operation}:{end}", end):
                if key in self.values:
                    return self.values[key]
        return None

    def _asked(self, path):
        """Tell whether even the least request has it, which the model does not require."""
        return any(
            key.startswith(f"{self.operation}:+") and path.endswith(key.partition("+")[2])
            for key in self.values
        )


def wrong(shape, value, path=""):
    """Yield (member, value with one mistake in it) for each mistake that the model tells of."""
    if path and shape.type_name in WRONG:
        yield path, WRONG[shape.type_name]
    if getattr(shape, "enum", None):
        yield path, "NEVER_HEARD_OF"
    if shape.type_name == "structure":
        for name in value.keys() & set(shape.required_members):
            yield _at(path, name), {key: item for key, item in value.items() if key != name}
        for name, item in value.items():
            for member, mistaken in wrong(shape.members[name], item, _at(path, name)):
                yield member, {**value, name: mistaken}
    elif shape.type_name == "list":
        for position, item in enumerate(value):
            for member, mistaken in wrong(shape.member, item, f"{path}[{position}]"):
                yield member, [*value[:position], mistaken, *value[position + 1 :]]
    elif shape.type_name == "map":
        for key, item in value.items():
            for member, mistaken in wrong(shape.value, item, f"{path}.{key}"):
                yield member, {**value, key: mistaken}


def _at(path, name):
    return f"{path}.{name}" if path else name


def strange(shape, value, path="answer"):
    """Yield what of an answer is not as the model has it; written apart from what answers."""
    match shape.type_name:
        case "structure":
            if not isinstance(value, dict):
                yield f"{path} is no object"
                return
            yield from (
                f"{path}.{name} is missing"
                for name in shape.required_members
                if value.get(name) is None
            )
            yield from (f"{path}.{name} is unknown" for name in value.keys() - shape.members.keys())
            for name in value.keys() & shape.members.keys():
                yield from strange(shape.members[name], value[name], f"{path}.{name}")
        case "list":
            if not isinstance(value, list):
                yield f"{path} is no list"
                return
            for item in value:
                yield from strange(shape.member, item, f"{path}[]")
        case "map":
            if not isinstance(value, dict):
                yield f"{path} is no map"
                return
            for item in value.values():
                yield from strange(shape.value, item, f"{path}{{}}")
        case "string" | "timestamp":
            if not isinstance(value, str) or (
                getattr(shape, "enum", None) and value not in shape.enum
            ):
                yield f"{path} is {value!r}"
        case "boolean":
            if not isinstance(value, bool):
                yield f"{path} is {value!r}"
        case _:
            if isinstance(value, bool) or not isinstance(value, int | float):
                yield f"{path} is {value!r}"
