"""PutEvents: what people did, for the campaigns that answer it and for rules on recency."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction

from campaigns.actions import record_happening
from campaigns.event_rules import Details
from config.pinpoint_api import endpoints as endpoint_calls
from config.pinpoint_api.calls import Answer, Call
from contacts import endpoints
from contacts.models import Contact, Endpoint
from pinpoint.v1_api.errors import BadRequest
from pinpoint.v1_api.reading import moment

MOST_EVENTS = 100  # of one call
LONGEST_NAME = 50
AHEAD = timedelta(minutes=5)  # how far the clocks of callers may be
# Event types that Pinpoint made by itself begin so; nobody else may.
RESERVED = "_"


def put_events(call: Call) -> Answer:
    """Save the endpoints that events came with, and act on each event."""
    batch = call.payload["BatchItem"]
    if sum(len(item["Events"]) for item in batch.values()) > MOST_EVENTS:
        raise BadRequest(f"BatchItem: at most {MOST_EVENTS} events in one call")
    return {
        "EventsResponse": {
            "Results": {name: _item(call, name, item) for name, item in batch.items()}
        }
    }


def _item(call: Call, endpoint_id: str, item: Mapping[str, Any]) -> dict[str, Any]:
    try:
        endpoint = _endpoint(call, endpoint_id, item["Endpoint"])
    except BadRequest as problem:
        refused = _said(400, str(problem))
        return {
            "EndpointItemResponse": refused,
            "EventsItemResponse": dict.fromkeys(item["Events"], refused),
        }
    return {
        "EndpointItemResponse": _said(202, "Accepted"),
        "EventsItemResponse": {
            name: _event(call, endpoint, event) for name, event in item["Events"].items()
        },
    }


def _endpoint(call: Call, endpoint_id: str, said: Mapping[str, Any]) -> Endpoint:
    found = endpoints.find(call.program.application_id, endpoint_id)
    if not said and found is not None:
        return found
    [saved] = endpoint_calls.save(call, [(endpoint_id, said)])
    return saved


def _event(call: Call, endpoint: Endpoint, event: Mapping[str, Any]) -> dict[str, Any]:
    try:
        kind = _kind(event["EventType"])
        happened_at = min(_checked(call, event["Timestamp"]), call.now)
    except BadRequest as problem:
        return _said(400, str(problem))
    with transaction.atomic():
        later = Contact.objects.filter(pk=endpoint.contact.pk).exclude(
            last_active_at__gte=happened_at
        )
        later.update(last_active_at=happened_at)
        record_happening(
            kind,
            endpoint.contact.pk,
            call.user,
            program_id=call.program.pk,
            details=Details(event.get("Attributes") or {}, event.get("Metrics") or {}),
        )
    return _said(202, "Accepted")


def _kind(kind: str) -> str:
    if not kind or len(kind) > LONGEST_NAME or kind.startswith(RESERVED):
        raise BadRequest(f"EventType: has 1 to {LONGEST_NAME} characters and begins not with _")
    return kind


def _checked(call: Call, text: str) -> Any:
    at = moment(text, "Timestamp")
    if at > call.now + AHEAD:
        raise BadRequest("Timestamp: is in the future")
    return at


def _said(status: int, words: str) -> dict[str, Any]:
    return {"StatusCode": status, "Message": words}
