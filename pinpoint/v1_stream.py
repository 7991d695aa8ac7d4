"""Events in the format of Pinpoint's own event stream (aws-sms.md 5.1), for its consumers. Pure."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

MILLICENTS_IN_A_DOLLAR = 100_000
# End User Messaging's statuses (aws-sms.md 5.3) by what Pinpoint called them.
BUFFERED = frozenset({"QUEUED", "PENDING", "ACCEPTED", "SENT"})
SUCCESS = frozenset({"SUCCESSFUL", "DELIVERED"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What one event tells. Numbers are E.164; `person` is the one who is texted."""

    occurred_at: datetime
    arrived_at: datetime
    application_id: str
    account_id: str
    endpoint_id: str
    originator: str
    person: str
    message_id: str
    message_type: str  # Promotional or Transactional
    campaign_id: str = ""
    run_id: str = ""
    country: str = ""
    parts: int | None = None
    price: Decimal | None = None  # US dollars
    context: Mapping[str, str] = field(default_factory=dict)


def receipt(facts: Facts, status: str) -> dict[str, Any]:
    """Return `_SMS.BUFFERED`, `_SMS.SUCCESS` or `_SMS.FAILURE` about a text, by AWS's status."""
    if status in BUFFERED:
        return _event("_SMS.BUFFERED", facts, status)
    return _event("_SMS.SUCCESS" if status in SUCCESS else "_SMS.FAILURE", facts, status)


def opt_out(facts: Facts) -> dict[str, Any]:
    """Return `_SMS.OPTOUT`; the person is the destination, as consumers take it."""
    return _event("_SMS.OPTOUT", facts, "")


def application_id(name: str) -> str:
    """Return the 32 hexadecimal digits that stand for a program as a Pinpoint application."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"sendpoint:{name}").hex


def _event(kind: str, facts: Facts, status: str) -> dict[str, Any]:
    metrics = {}
    if facts.price is not None and kind != "_SMS.BUFFERED":
        metrics["price_in_millicents_usd"] = float(facts.price * MILLICENTS_IN_A_DOLLAR)
    return {
        "event_type": kind,
        "event_timestamp": _milliseconds(facts.occurred_at),
        "arrival_timestamp": _milliseconds(facts.arrived_at),
        "event_version": "3.1",
        "application": {"app_id": facts.application_id, "sdk": {}},
        "client": {"client_id": facts.endpoint_id},
        "device": {"platform": {}},
        "session": {},
        "attributes": _attributes(facts, status),
        "metrics": metrics,
        "awsAccountId": facts.account_id,
    }


def _attributes(facts: Facts, status: str) -> dict[str, str]:
    """Every value is a text, numbers too; what is not known is left out."""
    said = {
        "sender_request_id": facts.message_id,
        "campaign_id": facts.campaign_id,
        "campaign_activity_id": facts.run_id,
        "treatment_id": "0",
        "origination_phone_number": facts.originator,
        "destination_phone_number": facts.person,
        "record_status": status,
        "iso_country_code": facts.country,
        "number_of_message_parts": "" if facts.parts is None else str(facts.parts),
        "message_id": facts.message_id,
        "message_type": facts.message_type,
        "customer_context": json.dumps(dict(facts.context)) if facts.context else "",
    }
    return {key: value for key, value in said.items() if value}


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
