"""Texts that people send us: opt-outs first, then everything else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from campaigns import answers
from campaigns.models import InboundMessage, Message
from compliance import double_opt_in, opt_outs, reviews
from compliance.canonical import Evidence
from compliance.models import LedgerEntry, Program, Suppression
from compliance.recognition import LEGAL, WRONG_NUMBER, Intent, Recognised, fold, recognise
from contacts.models import Contact
from pinpoint.events import InboundText

# How many of our last texts to a person are looked for in their answer: a reaction quotes one.
QUOTED_AT_MOST = 5
# Asked for help in other words or languages, AWS says nothing.
AWS_ANSWERS = "help"


@dataclass(frozen=True, slots=True)
class Received:
    """An inbound text and when it was sent to us."""

    text: InboundText
    at: datetime


def receive(received: Sequence[Received]) -> list[InboundMessage]:
    """Record inbound texts, act on each that was not there yet, and return those.

    Call it in a transaction.
    """
    names = _names() if received else []
    new = []
    for item in received:
        understood = _understand(item.text, names)
        message, created = InboundMessage.objects.get_or_create(
            inbound_id=item.text.inbound_id[:100], defaults=_fields(item, understood)
        )
        if created:
            answered = _act(message, understood)
            message.settled = answered and understood.alone and not understood.flags
            _note_activity(message)
            new.append(message)
    return new


def _names() -> list[str]:
    """Return what people may put beside a keyword: STOP ACME."""
    return [name for pair in Program.objects.values_list("brand", "name") for name in pair]


def _understand(text: InboundText, names: list[str]) -> Recognised:
    ours = Message.objects.filter(phone=text.sender, sent_at__isnull=False).order_by("-pk")
    bodies = ours.values_list("body", flat=True)[:QUOTED_AT_MOST]
    return recognise(text.body, ours=list(bodies), names=names)


def _fields(item: Received, understood: Recognised) -> dict[str, object]:
    text = item.text
    return {
        "sender": text.sender[:20],
        "recipient": text.recipient[:20],
        "contact": Contact.objects.filter(phone=text.sender).first(),
        "answers": _answered(text),
        "body": text.body,
        "intent": understood.intent.value,
        "rule": understood.rule,
        "rules_version": understood.version,
        "received_at": item.at,
    }


def _answered(text: InboundText) -> Message | None:
    if not text.answers_message_id:
        return None
    return (
        Message.objects.select_related(
            "campaign__program", "campaign__originator", "program", "originator"
        )
        .filter(aws_id=text.answers_message_id, phone=text.sender)
        .first()
    )


def _note_activity(message: InboundMessage) -> None:
    """Texts may come in any order; the latest says when the person was last active."""
    Contact.objects.filter(
        Q(last_active_at=None) | Q(last_active_at__lt=message.received_at), phone=message.sender
    ).update(last_active_at=message.received_at)


def _act(message: InboundMessage, understood: Recognised) -> bool:
    """Do what a text asks for; say whether it was answered too, by us or by AWS."""
    answered = False
    match understood.intent:
        case Intent.STOP:
            answered = _stop(message, understood)
        case Intent.UNSURE:
            reviews.open_review(_answer(message), understood, holds=True)
        case Intent.START:
            answered = _start(message, understood)
        case Intent.HELP:
            answered = _help(message, understood)
    double_opt_in.confirm(
        message.sender,
        to=message.recipient,
        body=message.body,
        at=message.received_at,
        evidence=_evidence(message, understood),
    )
    return answered


def _stop(message: InboundMessage, understood: Recognised) -> bool:
    evidence = _evidence(message, understood)
    opt_outs.opt_out(
        message.sender,
        source=LedgerEntry.Source.KEYWORD,
        happened_at=message.received_at,
        evidence=evidence,
        scope=understood.scope,
    )
    if WRONG_NUMBER in understood.flags:
        opt_outs.disown(message.sender, happened_at=message.received_at, evidence=evidence)
    if understood.review or LEGAL in understood.flags:
        reviews.open_review(_answer(message), understood, holds=False)
    voice = answers.voice_of(message)
    return voice is None or answers.confirm_opt_out(
        message, voice, understood.language, understood.scope
    )


def _start(message: InboundMessage, understood: Recognised) -> bool:
    opt_outs.opt_in_again(
        message.sender,
        happened_at=message.received_at,
        evidence=_evidence(message, understood),
    )
    reviews.lift(message.sender, message.received_at)
    voice = answers.voice_of(message)
    return voice is None or answers.welcome_back(message, voice, understood.language)


def _help(message: InboundMessage, understood: Recognised) -> bool:
    voice = answers.voice_of(message)
    if voice is None:
        return fold(message.body) == AWS_ANSWERS
    answered = answers.help_out(message, voice, understood.language)
    # After a STOP AWS may refuse the answer: then a person must be there for them.
    return answered and not Suppression.objects.filter(phone=message.sender).exists()


def _answer(message: InboundMessage) -> reviews.Answer:
    return reviews.Answer(
        phone=message.sender,
        inbound_id=message.inbound_id,
        recipient=message.recipient,
        text=message.body,
        received_at=message.received_at,
    )


def _evidence(message: InboundMessage, understood: Recognised) -> Evidence:
    found: dict[str, str | int | bool] = {
        "inbound_id": message.inbound_id,
        "text": message.body,
        "to": message.recipient,
    }
    if understood.rule:
        found |= {"rule": understood.rule, "rules_version": understood.version}
    if understood.flags:
        found["noticed"] = ", ".join(sorted(understood.flags))
    return found
