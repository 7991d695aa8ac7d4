"""What we have to tell → one row for each destination that wants it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone

from campaigns.models import Campaign, Destination, InboundMessage, Message, OutgoingEvent
from compliance.models import MessageClass, Originator, Program
from contacts import endpoints
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
    applications = _Applications.of(receipts, inbound)
    senders = _Senders.of([message for message, _ in receipts])
    told = [_receipt(message, event, senders, applications) for message, event in receipts]
    for text in inbound:
        told += _answer(text, applications)
    OutgoingEvent.objects.bulk_create(
        OutgoingEvent(destination=place, event_type=event.event_type, payload=event.payload)
        for place in destinations
        for event in told
        if _wants(place, event)
    )


def announce(event: Told) -> None:
    """Write down for webhooks what is no event of a text; streams hold what Pinpoint's held.

    Call it in the transaction that it tells of.
    """
    places = Destination.objects.filter(active=True, kind=Destination.Kind.WEBHOOK)
    OutgoingEvent.objects.bulk_create(
        OutgoingEvent(destination=place, event_type=event.event_type, payload=event.payload)
        for place in places
        if place.program_id in (None, event.program_id)
    )


def _wants(place: Destination, event: Told) -> bool:
    """A stream takes what Pinpoint's streams held, which is no text of a person."""
    if place.program_id not in (None, event.program_id):
        return False
    return place.kind == Destination.Kind.WEBHOOK or event.event_type != INBOUND


@dataclass(frozen=True, slots=True)
class _Applications:
    """What Pinpoint's consumers know programs and people by."""

    ids: dict[int, str]
    endpoints: dict[tuple[str, int], str]

    @classmethod
    def of(
        cls, receipts: Sequence[tuple[Message, DeliveryEvent]], inbound: Sequence[InboundMessage]
    ) -> "_Applications":
        """Look them up; there are few programs. Three queries."""
        ids = dict(Program.objects.values_list("pk", "application_id"))
        people = [message.contact_id for message, _ in receipts]
        people += [text.contact_id for text in inbound]
        named = endpoints.names([pk for pk in people if pk], ids.values())
        return cls(ids, named)

    def name(self, program_id: int | None) -> str:
        """Return the id of a program, or the one that stands for what is of none."""
        nobody = v1_stream.application_id(f"{settings.SITE_ID_IN_CONTEXT}:all")
        return self.ids.get(program_id or 0, nobody)

    def endpoint(self, program_id: int | None, contact_id: int | None) -> str:
        """Return the endpoint id of a person, which GetEndpoint answers for; "" of nobody."""
        if contact_id is None:
            return ""
        named = self.endpoints.get((self.name(program_id), contact_id))
        brought = self.endpoints.get(("", contact_id))
        return named or brought or endpoints.name_of_ours(contact_id)


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
        """Return Promotional or Transactional, as which AWS was given the text."""
        campaign = self.campaigns.get(message.campaign_id or 0)
        if campaign:
            promotional = campaign.message_class == MessageClass.PROMOTIONAL
        elif message.purpose == Message.Purpose.TEST:  # goes as what it tests
            originator = self.originators.get(message.originator_id or 0)
            promotional = (
                originator is not None and originator.message_class == MessageClass.PROMOTIONAL
            )
        else:
            promotional = message.purpose == Message.Purpose.OFFER
        return "Promotional" if promotional else "Transactional"

    def campaign_id(self, message: Message) -> str:
        """Return what Pinpoint's consumers know the campaign by; "" for other texts."""
        campaign = self.campaigns.get(message.campaign_id or 0)
        return campaign.pinpoint_id if campaign else ""


def _receipt(
    message: Message, event: DeliveryEvent, senders: _Senders, applications: _Applications
) -> Told:
    program_id = senders.program(message)
    facts = v1_stream.Facts(
        occurred_at=event.occurred_at,
        arrived_at=timezone.now(),
        application_id=applications.name(program_id),
        account_id=settings.AWS_ACCOUNT_ID,
        endpoint_id=applications.endpoint(program_id, message.contact_id),
        originator=senders.identity(message),
        person=message.phone,
        message_id=event.message_id,
        message_type=senders.kind(message),
        campaign_id=senders.campaign_id(message),
        run_id=str(message.run_id or ""),
        country=event.country,
        parts=event.parts,
        price=event.price,
        context={**event.context, **(message.context or {})},
    )
    payload = v1_stream.receipt(facts, event.status)
    return Told(program_id, payload["event_type"], payload)


def _answer(text: InboundMessage, applications: _Applications) -> list[Told]:
    """A text as AWS's two-way topic has it; and, where it was a STOP, that too."""
    program_id = _program_of(text.answers) if text.answers else None
    told = [Told(program_id, INBOUND, _as_two_way(text))]
    if text.intent == "stop":
        payload = v1_stream.opt_out(_of_person(text, program_id, applications))
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
    text: InboundMessage, program_id: int | None, applications: _Applications
) -> v1_stream.Facts:
    return v1_stream.Facts(
        occurred_at=text.received_at,
        arrived_at=timezone.now(),
        application_id=applications.name(program_id),
        account_id=settings.AWS_ACCOUNT_ID,
        endpoint_id=applications.endpoint(program_id, text.contact_id),
        originator=text.recipient,
        person=text.sender,
        message_id=text.inbound_id,
        message_type="Promotional",
    )
