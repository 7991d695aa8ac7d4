"""A person's texts, out and in, as the timeline shows them."""

import hashlib
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from campaigns import decisions, reasons
from campaigns.models import InboundMessage, Message
from contacts.timeline import Entry, Person, Place, newest

OUT, IN = "text", "answer"


def sent(person: Person, before: Place | None, size: int) -> list[Entry]:
    """Return the texts to a person with where each stands, by when they went or ended."""
    at = Coalesce("sent_at", "final_at", "created_at")
    found = newest(_of(person).select_related("campaign"), at, OUT, before, size)
    return [
        Entry(
            Place(message.timeline_at, OUT, message.pk),
            _("Text {state}: {what}").format(
                state=message.get_state_display(),
                what=message.campaign or message.get_purpose_display(),
            ),
            detail="\n".join(filter(None, [message.body, _stations(message), *_why(message)])),
            link=reverse("admin:campaigns_message_change", args=[message.pk]),
            opens_for="campaigns.view_message",
        )
        for message in found
    ]


def received(person: Person, before: Place | None, size: int) -> list[Entry]:
    """Return the texts from a person."""
    texts = InboundMessage.objects.filter(sender=person.phone)
    return [
        Entry(
            Place(text.received_at, IN, text.pk),
            _("Texted us"),
            detail=text.body,
            link=reverse("admin:campaigns_inboundmessage_change", args=[text.pk]),
            opens_for="campaigns.view_inboundmessage",
        )
        for text in newest(texts, F("received_at"), IN, before, size)
    ]


def _of(person: Person) -> QuerySet[Message]:
    """Return a person's texts: by number, and those to the contact when its number was another."""
    return Message.objects.filter(Q(phone=person.phone) | Q(contact_id=person.contact_id))


def held(person: Person) -> dict[str, Any]:
    """Return every text to and from a person, with the decision that let it pass."""
    out = _of(person).select_related("campaign", "run").order_by("created_at", "pk")
    came = InboundMessage.objects.filter(sender=person.phone).order_by("received_at", "pk")
    return {
        "sent": [_as_sent(message) for message in out],
        "received": list(came.values("inbound_id", "recipient", "body", "intent", "received_at")),
    }


def _stations(message: Message) -> str:
    """Say when the text was queued, handed over, and ended, in the operator's time."""
    reached = (
        (_("queued"), message.created_at),
        (_("handed to AWS"), message.sent_at),
        (message.get_state_display(), message.final_at),
    )
    said = [f"{what} {_clock(at)}" for what, at in reached if at]
    text = "; ".join(said)
    return f"{text[:1].upper()}{text[1:]}."


def _clock(moment: datetime) -> str:
    return date_format(localtime(moment), "j M Y, H:i:s")


def _why(message: Message) -> list[str]:
    """Say what the gate answered last, and what became of the text if that is another matter."""
    decided = message.decisions[-1] if message.decisions else None
    said = [decisions.in_words(decided)] if decided else []
    if message.reason and not (decided and decided.get("reason") == message.reason):
        said.append(reasons.in_words(message.reason))
    return said


def _as_sent(message: Message) -> dict[str, Any]:
    return {
        "number": message.pk,
        "campaign": message.campaign.name if message.campaign else None,
        "run": message.run.number if message.run else None,
        "purpose": message.purpose,
        "body": message.body,
        "body_sha256": hashlib.sha256(message.body.encode()).hexdigest() if message.body else "",
        "state": message.state,
        "reason": message.reason,
        "in_words": reasons.in_words(message.reason) if message.reason else "",
        "rules": message.rules,
        "decisions": message.decisions or [],
        "decision_in_words": " ".join(_why(message)),
        "created_at": message.created_at,
        "handed_to_aws_at": message.sent_at,
        "ended_at": message.final_at,
        "aws_id": message.aws_id,
        "parts": message.parts,
        "price": message.price,
        "carrier_fee": message.carrier_fee,
    }
