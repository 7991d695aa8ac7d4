"""Single texts handed over while the caller waits, who hears what became of each."""

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import direct, queue, tasks, to_aws
from campaigns.dispatch import Dispatcher
from campaigns.lanes import Lane
from campaigns.models import Message
from compliance.models import Originator
from contacts.models import Contact
from pinpoint.gateway import BatchGateway, Gateway

# Seconds that the caller waits for the turn of the texts; what has not gone by then goes soon
# after, by a worker. AWS's own answer is waited for besides.
PATIENCE = 2.0
# What is told of each message.
TOLD = ("phone", "body", "state", "reason", "detail", "aws_id", "due_at", "claim", "leased_until")
Note = Callable[[Sequence[Message]], None]


@dataclass(frozen=True, slots=True)
class Text:
    """One text: its number (E.164), its words, and a name by which asking twice sends one."""

    phone: str
    body: str
    key: str | None = None
    context: Mapping[str, str] | None = None  # what events about it are to tell


@dataclass(frozen=True, slots=True)
class Sender:
    """In whose name, from where and as what texts go."""

    program_id: int
    originator: Originator  # with its brand and 10DLC campaign
    purpose: Message.Purpose


def send(
    texts: Sequence[Text],
    sender: Sender,
    *,
    gateway: Gateway | BatchGateway | None = None,
    now: Callable[[], datetime] = timezone.now,
    patience: float = PATIENCE,
    note: Note = lambda _: None,
) -> list[Message]:
    """Hand texts over, ahead of campaigns, and return their messages in order, as they are then.

    The gate decides. One that waits, for hours or for its turn, is still queued, and goes by
    itself. Where a key was used before, the message of that time is returned and nothing is sent.
    `note` is told of the new ones in the transaction that writes them. Must not be called in a
    transaction: a text is committed before AWS hears of it. Raises direct.NotPossible, and then
    sends nothing, where one of the texts cannot be sent.
    """
    if not sender.originator.active:
        raise direct.NotPossible(_("The originator is not active."))
    for text in texts:
        direct.check_words(text.body)
    token = uuid.uuid4()
    new, known = _write(texts, sender, token, now(), note)
    if new:
        claimed = queue.Claimed(token, Lane(sender.originator), list(new.values()))
        dispatcher = Dispatcher(gateway or to_aws.gateway(), now=now, at_once=len(new))
        dispatcher.work_claimed(claimed, until=time.monotonic() + patience)
    ids = [(new.get(place) or known[text.key or ""]).pk for place, text in enumerate(texts)]
    found = Message.objects.only(*TOLD).in_bulk(ids)
    if any(one.state == Message.State.QUEUED and one.due_at <= now() for one in found.values()):
        tasks.send_direct.delay(sender.originator.pk)
    return [found[pk] for pk in ids]


def _write(
    texts: Sequence[Text], sender: Sender, token: uuid.UUID, now: datetime, note: Note
) -> tuple[dict[int, Message], dict[str, Message]]:
    """Commit the texts, claimed; return the new ones by place, and those of before by key."""
    try:
        return _insert(texts, sender, token, now, note)
    except IntegrityError:  # the same call, tried again while the first was under way
        return _insert(texts, sender, token, now, note)


@transaction.atomic(durable=True)
def _insert(
    texts: Sequence[Text], sender: Sender, token: uuid.UUID, now: datetime, note: Note
) -> tuple[dict[int, Message], dict[str, Message]]:
    keys = [text.key for text in texts if text.key]
    known = {str(one.key): one for one in Message.objects.filter(key__in=keys)} if keys else {}
    people = Contact.objects.filter(phone__in=[text.phone for text in texts])
    contacts = {contact.phone: contact for contact in people}
    new = {
        place: Message(
            phone=text.phone,
            body=text.body,
            key=text.key,
            contact=contacts.get(text.phone),
            program_id=sender.program_id,
            originator=sender.originator,
            purpose=sender.purpose,
            context=dict(text.context) if text.context else None,
            claim=token,
            leased_until=now + queue.lease(),
            due_at=now,
            created_at=now,
            changed_at=now,
        )
        for place, text in enumerate(texts)
        if text.key not in known
    }
    if new:
        Message.objects.bulk_create(new.values())
        note(list(new.values()))
    return new, known
