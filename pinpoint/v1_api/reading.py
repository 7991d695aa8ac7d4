"""A request's query and body → what boto3's caller passed, held to the service's model."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import orjson
from botocore.model import Shape, StructureShape

from pinpoint.model_checks import problems
from pinpoint.v1_api.errors import BadRequest
from pinpoint.v1_api.model import TYPES, operation_model

SHOWN = 10  # problems named in one answer


def read(operation: str, path: Mapping[str, str], query: str, body: bytes) -> dict[str, Any]:
    """Return the parameters by boto3's names, the payload under its own.

    Raises BadRequest, in words, unless the service's model allows them.
    """
    shape = operation_model(operation).input_shape
    if not isinstance(shape, StructureShape):
        return {}
    said: dict[str, Any] = dict(path) | _of_query(shape, query)
    try:
        if payload := shape.serialization.get("payload"):
            said[payload] = _of_body(body)
        check(shape, said)
    except RecursionError as problem:
        raise BadRequest("The body is nested deeper than anything that is known.") from problem
    return said


def check(shape: Shape, value: Any) -> None:
    """Raise BadRequest with each problem, unless the shape allows a value."""
    wrong = [f"{member}: {problem}" for _, member, problem in problems(shape, value, "", TYPES)]
    wrong += [f"{where}: has a character NUL" for where in _with_nul(value, "")]
    if wrong:
        more = f" (and {len(wrong) - SHOWN} more)" if len(wrong) > SHOWN else ""
        raise BadRequest("; ".join(wrong[:SHOWN]) + more)


def _of_query(shape: StructureShape, query: str) -> dict[str, Any]:
    try:
        given = parse_qs(query, keep_blank_values=True, errors="strict", max_num_fields=1000)
    except ValueError as problem:
        raise BadRequest("The query is not UTF-8, or has too many fields.") from problem
    found: dict[str, Any] = {}
    for name, member in shape.members.items():
        if member.serialization.get("location") != "querystring":
            continue
        values = given.get(str(member.serialization["name"]))
        if values:
            found[name] = _query_value(member, name, values)
    return found


def _query_value(member: Shape, name: str, values: list[str]) -> Any:
    if member.type_name == "list":
        return values
    if member.type_name == "timestamp":
        return moment(values[-1], name)
    if member.type_name == "boolean":
        return {"true": True, "false": False}.get(values[-1].lower(), values[-1])
    return values[-1]


def moment(text: str, name: str) -> datetime:
    """Read an ISO 8601 time; without a zone it is UTC. Raises BadRequest that names the member."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as problem:
        wanted = "must be a time such as 2026-02-01T00:00:00Z"
        raise BadRequest(f"{name}: {wanted}") from problem
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _of_body(body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError as problem:
        raise BadRequest(f"The body is not JSON: {problem}") from problem
    if not isinstance(said, dict):
        raise BadRequest("The body must be a JSON object.")
    found: dict[str, Any] = without_nulls(said)
    return found


def without_nulls(value: Any) -> Any:
    """Return a value without members that are null: to Amazon those were not there."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


def _with_nul(value: Any, path: str) -> Iterator[str]:
    """Yield where a text holds the one character that no database of ours can keep."""
    if isinstance(value, str):
        if "\0" in value:
            yield path
    elif isinstance(value, dict):
        for key, item in value.items():
            if "\0" in key:
                yield f"{path} (key)"
            yield from _with_nul(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _with_nul(item, f"{path}[{position}]")
