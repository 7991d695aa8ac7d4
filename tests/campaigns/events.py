"""Delivery events and inbound texts as AWS sends them (aws-sms.md 5.2, 6.1)."""

from datetime import timedelta

from tests.campaigns.factories import NOON


def delivery(message, status="DELIVERED", *, final=True, after=5, **changes):
    """Build one TEXT_* payload about a message, `after` seconds after noon."""
    return {
        "eventType": f"TEXT_{status}",
        "eventVersion": "1.0",
        "eventTimestamp": int((NOON + timedelta(seconds=after)).timestamp() * 1000),
        "isFinal": final,
        "originationPhoneNumber": "+12065550100",
        "destinationPhoneNumber": message.phone,
        "isoCountryCode": "US",
        "messageId": f"aws-of-{message.pk}",
        "messageStatus": status,
        "messageStatusDescription": f"It is {status}",
        "context": {"site": "sendpoint", "message": str(message.pk)},
        "totalMessageParts": 1,
        "totalMessagePrice": 0.00581,
        "totalCarrierFee": 0.00304,
    } | changes


def inbound(sender, body, *, inbound_id="in-1", answers=""):
    """Build one two-way payload."""
    return {
        "originationNumber": sender,
        "destinationNumber": "+12065550100",
        "messageKeyword": "KEYWORD_111122223333",
        "messageBody": body,
        "inboundMessageId": inbound_id,
        "previousPublishedMessageId": answers,
    }
