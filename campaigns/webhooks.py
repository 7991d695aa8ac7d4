"""Where Amazon SNS posts delivery events and inbound texts."""

import logging
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from campaigns import event_log, tasks
from pinpoint import sns as sns_wire

logger = logging.getLogger(__name__)


@csrf_exempt
@require_POST
def sns(request: HttpRequest) -> HttpResponse:
    """Take one SNS message: 200 once it is stored, 4xx if it is not from one of our topics."""
    try:
        message = sns_wire.verify(
            request.body, topics=settings.SNS_TOPIC_ARNS, extra_origin=settings.SNS_EXTRA_ORIGIN
        )
    except RequestDataTooBig:
        return _refuse("it is too large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    except sns_wire.Malformed as problem:
        return _refuse(str(problem), HTTPStatus.BAD_REQUEST)
    except sns_wire.Forged as problem:
        return _refuse(str(problem), HTTPStatus.FORBIDDEN)
    except OSError as problem:  # SNS tries again
        logger.warning("the SNS signing certificate could not be fetched: %s", problem)
        return HttpResponse("try again", status=HTTPStatus.SERVICE_UNAVAILABLE)
    if message.kind == "Notification":
        _keep(message)
        return HttpResponse("stored")
    return _confirm(message)


def _refuse(why: str, status: HTTPStatus) -> HttpResponse:
    logger.warning("an SNS message was refused: %s", why)
    return HttpResponse(why, status=status, content_type="text/plain")


def _keep(message: sns_wire.SnsMessage) -> None:
    event_log.store(
        [
            event_log.Raw(
                key=f"sns:{message.message_id}",
                source="sns",
                payload=message.message,
                sent_at=message.sent_at,
            )
        ]
    )
    # A STOP should not wait for beat's next nudge.
    if '"inboundMessageId"' in message.message:
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
