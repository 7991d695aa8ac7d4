"""Where Amazon SNS and Amazon Data Firehose post delivery events and inbound texts."""

import base64
import binascii
import logging
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from campaigns import aws_account, event_log, tasks
from pinpoint.receivers import firehose as firehose_wire
from pinpoint.receivers import sns as sns_wire
from pinpoint.receivers.raw import raw_event

logger = logging.getLogger(__name__)
# SNS's own limit is 256 KB for the message, which JSON may escape to six times that.
MAX_SNS_BYTES = 2 * 1024**2


class _TooLargeError(ValueError):
    """The body is larger than its sender ever makes it (answer 413)."""


def _body(request: HttpRequest, most: int) -> bytes:
    # Read here, since Django's own limit is for forms.
    body: bytes = request.read(most + 1)
    if len(body) > most:
        raise _TooLargeError
    return body


@csrf_exempt
@require_POST
def sns(request: HttpRequest) -> HttpResponse:
    """Take one SNS message: 200 once it is stored, 4xx if it is not from one of our topics."""
    try:
        return _take(request)
    except _TooLargeError:
        return _refuse("it is too large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    except sns_wire.Malformed as problem:
        return _refuse(str(problem), HTTPStatus.BAD_REQUEST)
    except sns_wire.Forged as problem:
        return _refuse(str(problem), HTTPStatus.FORBIDDEN)


def _take(request: HttpRequest) -> HttpResponse:
    body = _body(request, MAX_SNS_BYTES)
    if request.headers.get("x-amz-sns-rawdelivery") == "true":
        return _take_raw(request, body)
    try:
        message = sns_wire.verify(
            body, believed=aws_account.believed, extra_origin=settings.SNS_EXTRA_ORIGIN
        )
    except OSError as problem:  # SNS tries again
        logger.warning("the SNS signing certificate could not be fetched: %s", problem)
        return HttpResponse("try again", status=HTTPStatus.SERVICE_UNAVAILABLE)
    if message.kind != "Notification":
        return _confirm(message)
    event = raw_event(
        message.message, source="sns", transport_id=message.message_id, sent_at=message.sent_at
    )
    event_log.store([event])
    _nudge(message.message)
    return HttpResponse("stored")


def _refuse(why: str, status: HTTPStatus) -> HttpResponse:
    logger.warning("a notification was refused: %s", why)
    return HttpResponse(why, status=status, content_type="text/plain")


def _take_raw(request: HttpRequest, body: bytes) -> HttpResponse:
    """Take a message without an envelope. It has no signature, so a password must prove it."""
    if not _knows_the_password(request):
        raise sns_wire.Forged("raw delivery needs the password of SNS_RAW_PASSWORD")
    if not aws_account.believed(request.headers.get("x-amz-sns-topic-arn", "")):
        raise sns_wire.Forged("the topic is not one of ours")
    message_id = request.headers.get("x-amz-sns-message-id", "")
    if not message_id:
        raise sns_wire.Malformed("x-amz-sns-message-id is missing")
    text = body.decode("utf-8", "backslashreplace")
    event_log.store(
        [raw_event(text, source="sns", transport_id=message_id, sent_at=timezone.now())]
    )
    _nudge(text)
    return HttpResponse("stored")


def _knows_the_password(request: HttpRequest) -> bool:
    """Compare with what SNS sends for an endpoint such as https://sns:password@host/aws/sns/."""
    scheme, _, said = request.headers.get("authorization", "").partition(" ")
    if not settings.SNS_RAW_PASSWORD or scheme.lower() != "basic":
        return False
    try:
        _user, _, password = base64.b64decode(said, validate=True).partition(b":")
    except (binascii.Error, ValueError):
        return False
    return constant_time_compare(password, settings.SNS_RAW_PASSWORD)


def _nudge(text: str) -> None:
    # A STOP should not wait for beat's next nudge.
    if '"inboundMessageId"' in text:
        tasks.process_events.delay()


def _confirm(message: sns_wire.SnsMessage) -> HttpResponse:
    if message.kind == "UnsubscribeConfirmation":
        logger.warning("SNS says that the subscription to %s was ended", message.topic_arn)
        return HttpResponse("noted")
    try:
        sns_wire.fetch(message.subscribe_url)
    except OSError as problem:
        logger.warning("the SNS subscription could not be confirmed: %s", problem)
        return HttpResponse("try again", status=HTTPStatus.SERVICE_UNAVAILABLE)
    logger.info("subscribed to %s", message.topic_arn)
    return HttpResponse("confirmed")


@csrf_exempt
@require_POST
def firehose(request: HttpRequest) -> HttpResponse:
    """Take one delivery of Firehose's: 200 once all of it is stored, else it comes again.

    Only a 413 would make Firehose give a batch up, so it is sent for nothing else.
    """
    request_id = request.headers.get("x-amz-firehose-request-id", "")
    try:
        body = _body(request, firehose_wire.MAX_BODY_BYTES)
        delivery = firehose_wire.read(
            request.headers, body, access_key=settings.FIREHOSE_ACCESS_KEY
        )
    except _TooLargeError:
        return _answer(request_id, "it is too large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    except sns_wire.Malformed as problem:
        return _answer(request_id, str(problem), HTTPStatus.BAD_REQUEST)
    except sns_wire.Forged as problem:
        return _answer(request_id, str(problem), HTTPStatus.FORBIDDEN)
    event_log.store(delivery.events)
    return _answer(delivery.request_id)


def _answer(request_id: str, error: str = "", status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    """Answer as Firehose wants it: its request id, the time, and the error if there is one."""
    said = {"requestId": request_id, "timestamp": int(timezone.now().timestamp() * 1000)}
    if error:
        logger.warning("a Firehose delivery was refused: %s", error)
    return JsonResponse(said | ({"errorMessage": error} if error else {}), status=status)
