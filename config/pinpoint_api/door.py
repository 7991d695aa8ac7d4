"""`/v1/...`: Amazon Pinpoint's interface. Believe, route, read, ask permission, act, answer."""

import logging
import uuid
from dataclasses import dataclass
from http import HTTPStatus

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from campaigns.direct import NotPossible
from campaigns.refusal import Refused
from compliance.forms import visitors
from compliance.models import Program
from config.models import AccessKey
from config.pinpoint_api import believing
from config.pinpoint_api.apps import within
from config.pinpoint_api.calls import Call, Operation
from config.pinpoint_api.elsewhere import elsewhere
from config.pinpoint_api.recent import Recent
from config.pinpoint_api.table import OPERATIONS
from pinpoint.signed_requests import Arrived
from pinpoint.v1_api import reading, routes, writing
from pinpoint.v1_api.errors import (
    ApiError,
    BadRequest,
    Conflict,
    Forbidden,
    MethodNotAllowed,
    NotFound,
    PayloadTooLarge,
)

logger = logging.getLogger(__name__)
APPLICATIONS: Recent[Program | None] = Recent()
MOST_BYTES = 7 * 1024**2  # of UpdateEndpointsBatch, the largest that Pinpoint took
# What actions say no with, in words.
SAID_NO = (Refused, NotPossible)


@dataclass(slots=True)
class _Said:
    """What the log names of a request: never a number, a text or a secret."""

    request_id: str
    operation: str = "?"
    key: str = "?"


@csrf_exempt
def door(request: HttpRequest, rest: str) -> HttpResponse:
    """Answer one request as Amazon Pinpoint did."""
    said = _Said(str(uuid.uuid4()))
    try:
        status, body = _answer(request, said)
    except ApiError as error:
        return _refusal(error, said)
    except Exception:
        logger.exception("the interface failed: %s, request %s", said.operation, said.request_id)
        words = "Something went wrong here; it is in the log under this request id."
        return _refusal(ApiError(words), said)
    _log(said, status)
    return _response(status, body, said)


def _answer(request: HttpRequest, said: _Said) -> tuple[int, bytes]:
    route = routes.find(request.method or "", request.path)
    said.operation = route.operation
    arrived = _arrived(request, route.signed_path)
    now = timezone.now()
    key = believing.key_of(arrived, visitors.address(request), now)
    said.key = str(key.pk)
    believing.check_limits(key, arrived)
    operation = OPERATIONS.get(route.operation)
    if operation is None:
        words = f"{route.operation} is not answered here. {elsewhere(route.operation)}"
        raise MethodNotAllowed(words)
    for need in operation.needs:
        if not key.user.has_perm(need):
            raise Forbidden(f"The access key lacks the permission {need}.")
    params = reading.read(route.operation, route.values, arrived.query, arrived.body)
    return _run(
        operation,
        Call(
            operation=route.operation,
            params=params,
            key=key,
            user=key.user,
            now=now,
            request_id=said.request_id,
            invocation_id=arrived.headers.get("amz-sdk-invocation-id", "")[:64],
            application=_application(operation, key, params.get("ApplicationId")),
        ),
    )


def _run(operation: Operation, call: Call) -> tuple[int, bytes]:
    try:
        return writing.write(call.operation, operation.run(call))
    except SAID_NO as no:
        raise BadRequest(str(no)) from no
    except ValidationError as no:
        raise BadRequest(" ".join(no.messages)) from no
    except PermissionDenied as no:
        raise Forbidden(str(no) or "The access key lacks a permission for this.") from no
    except ObjectDoesNotExist as nothing:
        raise NotFound("There is no such thing.") from nothing
    except IntegrityError as problem:
        logger.warning("calls met: %s, request %s", call.operation, call.request_id, exc_info=True)
        raise Conflict("Another call changed the same at this moment; try again.") from problem


def _application(operation: Operation, key: AccessKey, identifier: str | None) -> Program | None:
    if identifier is None:
        return None

    def look() -> Program | None:
        return within(key).filter(application_id=identifier).first()

    found = APPLICATIONS.get((key.pk, identifier), look) if operation.in_bursts else look()
    if found is None:
        raise NotFound(
            f"There is no application {identifier}, or the key may not name it. The page of each "
            "program in the admin shows its application ID."
        )
    return found


def _arrived(request: HttpRequest, signed_path: str) -> Arrived:
    # Read here, since Django's own limit is for forms.
    body: bytes = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise PayloadTooLarge("The body has more than 7 MB.")
    return Arrived(
        method=request.method or "",
        path=signed_path,
        query=request.META.get("QUERY_STRING", ""),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
    )


def _refusal(error: ApiError, said: _Said) -> HttpResponse:
    _log(said, error.status, error.code)
    response = _response(error.status, writing.refusal(error, said.request_id), said)
    response["x-amzn-ErrorType"] = error.code
    if error.retry_after:
        response["Retry-After"] = str(error.retry_after)
    return response


def _response(status: int, body: bytes, said: _Said) -> HttpResponse:
    response = HttpResponse(body, status=status, content_type="application/json")
    response["x-amzn-RequestId"] = said.request_id
    response["Content-Length"] = str(len(body))
    response["Cache-Control"] = "no-store"
    return response


def _log(said: _Said, status: int, code: str = "") -> None:
    level = logging.WARNING if status >= HTTPStatus.INTERNAL_SERVER_ERROR else logging.INFO
    logger.log(
        level, "interface: %s %s %s, key %s, request %s",
        said.operation, status, code, said.key, said.request_id,
    )  # fmt: skip
