"""Does a request, or an answer, hold to a service's own model as botocore ships it? Pure.

What boto3 leaves to the server is checked too: maximum lengths, patterns, enums.
"""

import functools
import re
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

Types = Mapping[str, tuple[type, ...]]
# What JSON makes of each type; a service whose times are texts says so with a mapping of its own.
PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "timestamp": (int, float),
    "list": (list,),
    "map": (dict,),
    "structure": (dict,),
    "blob": (str,),
}

Problem = tuple[str, str, str]  # reason, member, what is wrong


def problems(
    shape: Shape, value: Any, path: str = "", types: Types = PYTHON_TYPES
) -> Iterator[Problem]:
    """Yield each way in which a value is not what the shape allows."""
    if not _is_type(shape, value, types):
        yield "INVALID_PARAMETER", path or "request", f"must be a {shape.type_name}"
        return
    yield from _size_problems(shape, value, path)
    if isinstance(shape, StructureShape):
        yield from _structure_problems(shape, value, path, types)
    elif isinstance(shape, ListShape):
        for position, item in enumerate(value):
            yield from problems(shape.member, item, f"{path}[{position}]", types)
    elif isinstance(shape, MapShape):
        for key, item in value.items():
            yield from problems(shape.key, key, f"{path} (key)", types)
            yield from problems(shape.value, item, f"{path}.{key}", types)


def _is_type(shape: Shape, value: Any, types: Types) -> bool:
    if isinstance(value, bool):  # Python's bool is an int, JSON's is not
        return shape.type_name == "boolean"
    return isinstance(value, types[shape.type_name])


def _structure_problems(
    shape: StructureShape, value: dict[str, Any], path: str, types: Types
) -> Iterator[Problem]:
    prefix = f"{path}." if path else ""
    for name in shape.required_members:
        if value.get(name) is None:
            yield "MISSING_PARAMETER", prefix + name, "is required"
    for name, item in value.items():
        member = shape.members.get(name)
        if member is None:
            yield "INVALID_PARAMETER", prefix + name, "is not known"
        elif item is not None:
            yield from problems(member, item, prefix + name, types)


def _size_problems(shape: Shape, value: Any, path: str) -> Iterator[Problem]:
    limits = shape.metadata
    if not limits:
        return
    sized = isinstance(value, str | list | dict)
    size, unit = (len(value), "length") if sized else (value, "value")
    if "min" in limits and size < limits["min"]:
        yield "FIELD_VALIDATION_FAILED", path, f"{unit} must be at least {limits['min']}"
    if "max" in limits and size > limits["max"]:
        yield "FIELD_VALIDATION_FAILED", path, f"{unit} must be at most {limits['max']}"
    if "enum" in limits and value not in limits["enum"]:
        yield "FIELD_VALIDATION_FAILED", path, f"must be one of {', '.join(limits['enum'])}"
    if "pattern" in limits and not _pattern(limits["pattern"]).fullmatch(value):
        yield "FIELD_VALIDATION_FAILED", path, f"must match {limits['pattern']}"


@functools.cache
def _pattern(source: str) -> re.Pattern[str]:
    return re.compile(source)
