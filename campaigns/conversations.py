"""Texts that people send us: opt-outs first, then everything else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from campaigns.models import InboundMessage, Message
from compliance import opt_outs
from compliance.models import LedgerEntry
from compliance.recognition import Intent, recognise
from contacts.models import Contact
from pinpoint.events import InboundText


@dataclass(frozen=True, slots=True)
class Received:
    """An inbound text and when it was sent to us."""

    text: InboundText
    at: datetime


def receive(received: Sequence[Received]) -> list[InboundMessage]:
    """Record inbound texts, act on each that was not there yet, and return those.

    Call it in a transaction.
    """
    new = []
    for item in received:
        message, created = InboundMessage.objects.get_or_create(
            inbound_id=item.text.inbound_id[:100], defaults=_fields(item)
        )
        if created:
            _act(message)
            new.append(message)
    return new


def _fields(item: Received) -> dict[str, object]:
    text = item.text
    return {
        "sender": text.sender[:20],
        "recipient": text.recipient[:20],
        "contact": Contact.objects.filter(phone=text.sender).first(),
        "answers": _answered(text),
        "body": text.body,
        "intent": recognise(text.body).intent.value,
        "received_at": item.at,
    }


def _answered(text: InboundText) -> Message | None:
    if not text.answers_message_id:
        return None
    return Message.objects.filter(aws_id=text.answers_message_id, phone=text.sender).first()


def _act(message: InboundMessage) -> None:
    evidence: dict[str, str | int | bool] = {
        "inbound_id": message.inbound_id,
        "text": message.body,
        "to": message.recipient,
    }
    if message.intent in {Intent.STOP.value, Intent.UNSURE.value}:
        opt_outs.opt_out(
            message.sender,
            source=LedgerEntry.Source.KEYWORD,
            happened_at=message.received_at,
            evidence=evidence,
        )
    elif message.intent == Intent.START.value:
        opt_outs.opt_in_again(message.sender, happened_at=message.received_at, evidence=evidence)
