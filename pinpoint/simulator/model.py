"""Is this request what the service's own model allows?

The rules are not written down here: they are read from the model that botocore ships, including
what boto3 leaves to the server (maximum lengths, patterns, enums).
"""

import functools
import re
from collections.abc import Iterator
from typing import Any

import botocore.session
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StructureShape

from .errors import AwsError, front_door, validation

SERVICE_NAME = "pinpoint-sms-voice-v2"
TARGET_PREFIX = "PinpointSMSVoiceV2"
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
# The worst kind of problem names the reason of the whole answer.
SEVERITY = ("MISSING_PARAMETER", "INVALID_PARAMETER", "FIELD_VALIDATION_FAILED")

Problem = tuple[str, str, str]  # reason, member, what is wrong


@functools.cache
def service_model() -> ServiceModel:
    """Load the model of the service that botocore ships (once per process)."""
    return botocore.session.get_session().get_service_model(SERVICE_NAME)


@functools.cache
def _known_operations() -> frozenset[str]:
    return frozenset(service_model().operation_names)


@functools.cache
def _input_shape(operation: str) -> Shape | None:
    return service_model().operation_model(operation).input_shape


def operation_of(target: str) -> str:
    """Return the operation that an X-Amz-Target header names."""
    prefix, _, operation = target.partition(".")
    if prefix != TARGET_PREFIX or operation not in _known_operations():
        raise front_door("UnknownOperationException", f"There is no operation {target!r}.")
    return operation


def check(operation: str, request: dict[str, Any]) -> None:
    """Raise ValidationException unless the model allows this request."""
    shape = _input_shape(operation)
    if shape is None:
        return
    problems = list(_problems(shape, request, ""))
    if problems:
        raise _refusal(problems)


def check_answer(operation: str, answer: dict[str, Any]) -> None:
    """Raise ValueError unless the model allows this answer: a mistake of the simulator's own."""
    shape = service_model().operation_model(operation).output_shape
    problems = [] if shape is None else list(_problems(shape, answer, ""))
    if problems:
        said = "; ".join(f"{member}: {problem}" for _, member, problem in problems)
        raise ValueError(f"{operation} would answer what the model forbids: {said}")


def _refusal(problems: list[Problem]) -> AwsError:
    reason = min((reason for reason, _, _ in problems), key=SEVERITY.index)
    message = "; ".join(f"{member}: {problem}" for _, member, problem in problems)
    return validation(reason, message, [(member, problem) for _, member, problem in problems])


def _problems(shape: Shape, value: Any, path: str) -> Iterator[Problem]:
    if not _is_type(shape, value):
        yield "INVALID_PARAMETER", path or "request", f"must be a {shape.type_name}"
        return
    yield from _size_problems(shape, value, path)
    if isinstance(shape, StructureShape):
        yield from _structure_problems(shape, value, path)
    elif isinstance(shape, ListShape):
        for position, item in enumerate(value):
            yield from _problems(shape.member, item, f"{path}[{position}]")
    elif isinstance(shape, MapShape):
        for key, item in value.items():
            yield from _problems(shape.key, key, f"{path} (key)")
            yield from _problems(shape.value, item, f"{path}.{key}")


def _is_type(shape: Shape, value: Any) -> bool:
    if isinstance(value, bool):  # Python's bool is an int, JSON's is not
        return shape.type_name == "boolean"
    return isinstance(value, PYTHON_TYPES[shape.type_name])


def _structure_problems(
    shape: StructureShape, value: dict[str, Any], path: str
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
            yield from _problems(member, item, prefix + name)


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
