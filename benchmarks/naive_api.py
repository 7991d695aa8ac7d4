"""The view that one writes at first in the place of Pinpoint's: it calls AWS and saves a row.

It checks the same signature with the same code. No consent, no hours, no caps, no pace, and a text
that is tried again goes twice.
"""

import functools
import json
import uuid
from typing import Any

import boto3
from botocore.config import Config
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from campaigns.models import Message
from compliance.models import Originator, Program
from config.pinpoint_api import believing
from pinpoint.signed_requests import Arrived
from pinpoint.v1_api import routes


@functools.cache
def _client() -> Any:
    # A connection for each thread of the server; with fewer it would open some anew all the time.
    return boto3.client("pinpoint-sms-voice-v2", config=Config(max_pool_connections=16))


@csrf_exempt
def send_messages(request: HttpRequest, rest: str) -> HttpResponse:
    """Send one text to each address."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    signed_path = routes.find("POST", request.path).signed_path
    arrived = Arrived("POST", signed_path, "", headers, request.body)
    believing.key_of(arrived, str(request.META["REMOTE_ADDR"]), timezone.now())
    asked = json.loads(request.body)
    sms = asked["MessageConfiguration"]["SMSMessage"]
    program = Program.objects.get(application_id=rest.split("/")[1])
    originator = Originator.objects.get(identity=sms["OriginationNumber"])
    now = timezone.now()
    results = {}
    for phone in asked["Addresses"]:
        sent = _client().send_text_message(
            DestinationPhoneNumber=phone,
            OriginationIdentity=originator.identity,
            MessageBody=sms["Body"],
            MessageType=sms["MessageType"],
        )
        Message.objects.create(
            phone=phone, body=sms["Body"], program=program, originator=originator,
            purpose="notice", state="accepted", aws_id=sent["MessageId"], parts=1,
            claim=uuid.uuid4(), due_at=now, created_at=now, changed_at=now, sent_at=now,
        )  # fmt: skip
        results[phone] = {"DeliveryStatus": "SUCCESSFUL", "StatusCode": 200}
    return JsonResponse({"ApplicationId": program.application_id, "Result": results})


urlpatterns = [path("v1/<path:rest>", send_messages)]
