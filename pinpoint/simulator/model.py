"""Is this request what the service's own model allows?

The rules are not written down here: they are read from the model that botocore ships.
"""

import functools
from typing import Any

import botocore.session
from botocore.model import ServiceModel, Shape

from pinpoint.model_checks import Problem, problems

from .errors import AwsError, front_door, validation

SERVICE_NAME = "pinpoint-sms-voice-v2"
TARGET_PREFIX = "PinpointSMSVoiceV2"
# The worst kind of problem names the reason of the whole answer.
SEVERITY = ("MISSING_PARAMETER", "INVALID_PARAMETER", "FIELD_VALIDATION_FAILED")


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
    found = list(problems(shape, request))
    if found:
        raise _refusal(found)


def check_answer(operation: str, answer: dict[str, Any]) -> None:
    """Raise ValueError unless the model allows this answer: a mistake of the simulator's own."""
    shape = service_model().operation_model(operation).output_shape
    found = [] if shape is None else list(problems(shape, answer))
    if found:
        said = "; ".join(f"{member}: {problem}" for _, member, problem in found)
        raise ValueError(f"{operation} would answer what the model forbids: {said}")


def _refusal(found: list[Problem]) -> AwsError:
    reason = min((reason for reason, _, _ in found), key=SEVERITY.index)
    message = "; ".join(f"{member}: {problem}" for _, member, problem in found)
    return validation(reason, message, [(member, problem) for _, member, problem in found])
