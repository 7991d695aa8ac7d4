"""Single texts handed over while the caller waits, who hears what became of each."""

import functools
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import direct, queue, tasks, to_aws
from campaigns.dispatch import Dispatcher
from campaigns.lanes import Lane
from campaigns.lines import Line
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


@dataclass(slots=True)
class Case:
    """The texts of one call."""

    texts: Sequence[Text]
    sender: Sender
    note: Note
    messages: list[Message] = field(default_factory=list)  # what became of them, in order

    def key_of(self, place: int) -> str:
        """Name the text at a place by its key; "" for none."""
        return self.texts[place].key or ""


@dataclass(frozen=True, slots=True)
class Way:
    """How texts leave: by which gateway, by which clock, after waiting so many seconds at most."""

    gateway: Gateway | BatchGateway
    now: Callable[[], datetime] = timezone.now
    patience: float = PATIENCE


def send(
    texts: Sequence[Text], sender: Sender, *, note: Note = lambda _: None, way: Way | None = None
) -> list[Message]:
    """Hand texts over, ahead of campaigns, and return their messages in order, as they are then.

    The gate decides. One that waits, for hours or for its turn, is still queued, and goes by
    itself. Where a key was used before, the message of that time is returned and nothing is sent.
    `note` is told of the new ones in the transaction that writes them. Must not be called in a
    transaction: a text is committed before AWS hears of it. Raises direct.NotPossible, and then
    sends nothing, where one of the texts cannot be sent.
    """
    if not sender.originator.active:
        raise direct.NotPossible(_("The sender is not active."))
    for text in texts:
        direct.check_words(text.body)
    case = Case(texts, sender, note)
    if way is not None:
        hand_over([case], way)
    else:
        names = (sender.program_id, sender.originator.pk, sender.purpose)
        _line_of(*names).serve(case, lambda cases: hand_over(cases, Way(to_aws.gateway())))
    return case.messages


@functools.cache
def _line_of(*_: object) -> Line[Case]:
    """Return where the calls of one sender stand in line in this process."""
    return Line()


def hand_over(cases: Sequence[Case], way: Way) -> None:
    """Hand over the texts of some calls of one sender, together; fill in their messages."""
    sender, token = cases[0].sender, uuid.uuid4()
    new, known = _write(cases, token, way.now())
    if new:
        claimed = queue.Claimed(token, Lane(sender.originator), list(new.values()))
        dispatcher = Dispatcher(way.gateway, now=way.now, at_once=len(new))
        dispatcher.work_claimed(claimed, until=time.monotonic() + way.patience)
    ids = [
        [(new.get((place, n)) or known[case.key_of(n)]).pk for n in range(len(case.texts))]
        for place, case in enumerate(cases)
    ]
    found = Message.objects.only(*TOLD).in_bulk([pk for some in ids for pk in some])
    now = way.now()
    if any(one.state == Message.State.QUEUED and one.due_at <= now for one in found.values()):
        tasks.send_direct.delay(sender.originator.pk)
    for case, some in zip(cases, ids, strict=True):
        case.messages = [found[pk] for pk in some]


Place = tuple[int, int]  # of a text: which call, and which of its texts
Written = tuple[dict[Place, Message], dict[str, Message]]


def _write(cases: Sequence[Case], token: uuid.UUID, now: datetime) -> Written:
    """Commit the texts, claimed; return the new ones by place, and those of before by key."""
    try:
        return _insert(cases, token, now)
    except IntegrityError:  # the same call, tried again while the first was under way
        return _insert(cases, token, now)


@transaction.atomic(durable=True)
def _insert(cases: Sequence[Case], token: uuid.UUID, now: datetime) -> Written:
    texts = [text for case in cases for text in case.texts]
    keys = [text.key for text in texts if text.key]
    known = {str(one.key): one for one in Message.objects.filter(key__in=keys)} if keys else {}
    people = Contact.objects.filter(phone__in=[text.phone for text in texts])
    contacts = {contact.phone: contact for contact in people}
    new: dict[Place, Message] = {}
    first: dict[str, Message] = {}  # of each key: a call that is tried again may stand in line
    for place, case in enumerate(cases):
        for n, text in enumerate(case.texts):
            if text.key in known or text.key in first:
                continue
            message = _message(text, case.sender, contacts.get(text.phone), token, now)
            new[place, n] = message
            if text.key:
                first[text.key] = message
    Message.objects.bulk_create(new.values())
    for place, case in enumerate(cases):
        if mine := [message for (of, _n), message in new.items() if of == place]:
            case.note(mine)
    return new, {**first, **known}


def _message(
    text: Text, sender: Sender, contact: Contact | None, token: uuid.UUID, now: datetime
) -> Message:
    return Message(
        phone=text.phone,
        body=text.body,
        key=text.key,
        contact=contact,
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
