"""Texts that AWS has accepted, and the receipts about them."""

import json
from datetime import UTC, datetime
from itertools import count

from campaigns.models import Message, Run
from tests.campaigns.factories import MessageFactory

NUMBERS = count(2_000_000)
NOW = datetime(2026, 11, 24, 17, tzinfo=UTC)


def texts(number: int, run: Run) -> list[Message]:
    """Make texts that AWS has accepted."""
    made = MessageFactory.build_batch(
        number, run=run, campaign=run.campaign, contact=None, phone="", state="accepted"
    )
    for message in made:
        message.phone, message.sent_at = f"+1212{next(NUMBERS)}", NOW
    return Message.objects.bulk_create(made)


def receipt(message: Message) -> str:
    """Return the final event about a text."""
    return json.dumps(
        {
            "eventType": "TEXT_DELIVERED",
            "eventVersion": "1.0",
            "eventTimestamp": int(NOW.timestamp() * 1000) + 5000,
            "isFinal": True,
            "originationPhoneNumber": "+12065550152",
            "destinationPhoneNumber": message.phone,
            "isoCountryCode": "US",
            "messageId": f"aws-{message.pk}",
            "messageEncoding": "GSM",
            "messageType": "PROMOTIONAL",
            "messageStatus": "DELIVERED",
            "messageStatusDescription": "Message has been accepted by phone",
            "context": {"site": "sendpoint", "message": str(message.pk)},
            "totalMessageParts": 1,
            "totalMessagePrice": 0.00581,
            "totalCarrierFee": 0.00304,
        }
    )
