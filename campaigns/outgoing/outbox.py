"""What we have to tell → one row for each destination that wants it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from campaigns.models import Campaign, Destination, InboundMessage, Message, OutgoingEvent
from compliance.models import MessageClass, Originator
from pinpoint import v1_stream
from pinpoint.events import DeliveryEvent

INBOUND = "inbound"


@dataclass(frozen=True, slots=True)
class Told:
    """One event, whose program's destinations get it."""

    program_id: int | None
    event_type: str
    payload: dict[str, Any]


def tell(
    receipts: Sequence[tuple[Message, DeliveryEvent]], inbound: Sequence[InboundMessage]
) -> None:
    """Write down for others what AWS said of our texts, and what people answered.

    Call it in the transaction that acts on the same events. One query where nobody listens.
    """
    destinations = list(Destination.objects.filter(active=True))
    if not destinations or not (receipts or inbound):
        return
    senders = _Senders.of([message for message, _ in receipts])
    told = [_receipt(message, event, senders) for message, event in receipts]
    for text in inbound:
        told += _answer(text)
    OutgoingEvent.objects.bulk_create(
        OutgoingEvent(destination=place, event_type=event.event_type, payload=event.payload)
        for place in destinations
        for event in told
        if _wants(place, event)
    )


def _wants(place: Destination, event: Told) -> bool:
    """A stream takes what Pinpoint's streams held, which is no text of a person."""
    if place.program_id not in (None, event.program_id):
        return False
    return place.kind == Destination.Kind.WEBHOOK or event.event_type != INBOUND


@dataclass(frozen=True, slots=True)
class _Senders:
    """From which number, and of which program and kind, the texts of a batch were."""

    campaigns: dict[int, Campaign]
    originators: dict[int, Originator]

    @classmethod
    def of(cls, messages: Sequence[Message]) -> "_Senders":
        """Look them up. Two queries."""
        campaigns = Campaign.objects.select_related("originator").in_bulk(
            {message.campaign_id for message in messages if message.campaign_id}
        )
        originators = Originator.objects.in_bulk(
            {message.originator_id for message in messages if message.originator_id}
        )
        return cls(campaigns, originators)

    def program(self, message: Message) -> int | None:
        """Return the program of a text."""
        campaign = self.campaigns.get(message.campaign_id or 0)
        return campaign.program_id if campaign else message.program_id

    def identity(self, message: Message) -> str:
        """Return the originator of a text."""
        campaign = self.campaigns.get(message.campaign_id or 0)
        if campaign:
            return campaign.originator.identity
        originator = self.originators.get(message.originator_id or 0)
        return originator.identity if originator else ""

    def kind(self, message: Message) -> str:
        """Return Promotional or Transactional; texts outside campaigns are never promotional."""
        campaign = self.campaigns.get(message.campaign_id or 0)
        promotional = campaign and campaign.message_class == MessageClass.PROMOTIONAL
        return "Promotional" if promotional else "Transactional"


def _receipt(message: Message, event: DeliveryEvent, senders: _Senders) -> Told:
    program_id = senders.program(message)
    facts = v1_stream.Facts(
        occurred_at=event.occurred_at,
        arrived_at=timezone.now(),
        application_id=_application(program_id),
        account_id=settings.AWS_ACCOUNT_ID,
        endpoint_id=str(message.contact_id or ""),
        originator=senders.identity(message),
        person=message.phone,
        message_id=event.message_id,
        message_type=senders.kind(message),
        campaign_id=str(message.campaign_id or ""),
        run_id=str(message.run_id or ""),
        country=event.country,
        parts=event.parts,
        price=event.price,
        context=event.context,
    )
    payload = v1_stream.receipt(facts, event.status)
    return Told(program_id, payload["event_type"], payload)


def _answer(text: InboundMessage) -> list[Told]:
    """A text as AWS's two-way topic has it; and, where it was a STOP, that too."""
    program_id = _program_of(text.answers) if text.answers else None
    told = [Told(program_id, INBOUND, _as_two_way(text))]
    if text.intent == "stop":
        payload = v1_stream.opt_out(_of_person(text, program_id, text.received_at))
        told.append(Told(program_id, payload["event_type"], payload))
    return told


def _program_of(message: Message) -> int | None:
    """Return the program of a text; conversations loads its campaign with it."""
    return message.campaign.program_id if message.campaign else message.program_id


def _as_two_way(text: InboundMessage) -> dict[str, str]:
    return {
        "originationNumber": text.sender,
        "destinationNumber": text.recipient,
        "messageKeyword": "",
        "messageBody": text.body,
        "inboundMessageId": text.inbound_id,
        "previousPublishedMessageId": text.answers.aws_id if text.answers else "",
    }


def _of_person(
    text: InboundMessage, program_id: int | None, occurred_at: datetime
) -> v1_stream.Facts:
    return v1_stream.Facts(
        occurred_at=occurred_at,
        arrived_at=timezone.now(),
        application_id=_application(program_id),
        account_id=settings.AWS_ACCOUNT_ID,
        endpoint_id=str(text.contact_id or ""),
        originator=text.recipient,
        person=text.sender,
        message_id=text.inbound_id,
        message_type="Promotional",
    )


def _application(program_id: int | None) -> str:
    return v1_stream.application_id(f"{settings.SITE_ID_IN_CONTEXT}:{program_id or 'all'}")
