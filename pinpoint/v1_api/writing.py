"""What an operation answers, by boto3's names → status and body, held to the service's model."""

from datetime import UTC, datetime
from typing import Any

import orjson

from pinpoint.model_checks import problems
from pinpoint.v1_api.errors import ApiError
from pinpoint.v1_api.model import TYPES, operation_model


def write(operation: str, answer: dict[str, Any]) -> tuple[int, bytes]:
    """Return HTTP status and body. Raises ValueError for what the model forbids: our mistake."""
    model = operation_model(operation)
    status = int(model.http.get("responseCode", 200))
    shape = model.output_shape
    if shape is None:
        return status, b""
    found = [f"{where}: {problem}" for _, where, problem in problems(shape, answer, "", TYPES)]
    if found:
        raise ValueError(f"{operation} would answer what the model forbids: {'; '.join(found)}")
    payload = shape.serialization.get("payload")
    body = answer[payload] if payload else answer
    try:
        return status, orjson.dumps(body, option=orjson.OPT_UTC_Z)
    except TypeError:
        return status, orjson.dumps(_within_64_bits(body), option=orjson.OPT_UTC_Z)


def _within_64_bits(value: Any) -> Any:
    """Return a value with floats for huge whole numbers, which a database makes of 1e20."""
    if isinstance(value, dict):
        return {name: _within_64_bits(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_within_64_bits(item) for item in value]
    return float(value) if isinstance(value, int) and abs(value) >= 2**63 else value


def refusal(error: ApiError, request_id: str) -> bytes:
    """Return the body of a refusal."""
    said = {"Message": str(error), "RequestID": request_id, "__type": error.code}
    return orjson.dumps(said)


def iso(moment: datetime) -> str:
    """Write an aware datetime as Pinpoint's texts have it: 2026-02-01T00:00:00.000Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
