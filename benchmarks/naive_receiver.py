"""The receiver that one writes at first: it acts on an event inside the request that brings it.

It checks the same signature with the same code; then it finds the text, sets what the receipt says
and saves, as a handler in a tutorial does.
"""

import json
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from campaigns import conversations
from campaigns.models import Message
from pinpoint.events import InboundText, parse
from pinpoint.receivers import sns


@csrf_exempt
def receive(request: HttpRequest) -> HttpResponse:
    """Take one notification."""
    message = sns.verify(
        request.body,
        believed=settings.SNS_TOPIC_ARNS.__contains__,
        extra_origin=settings.SNS_EXTRA_ORIGIN,
    )
    event = parse(json.loads(message.message))
    with transaction.atomic():
        if isinstance(event, InboundText):
            conversations.receive([conversations.Received(event, message.sent_at)])
        else:
            text = Message.objects.select_for_update().get(pk=int(event.context["message"]))
            text.state = Message.State.DELIVERED
            text.price = Decimal(event.price)
            text.aws_id, text.receipt = event.message_id, event.status
            text.changed_at = timezone.now()
            text.save()
    return HttpResponse("done")


urlpatterns = [path("aws/sns/", receive)]
