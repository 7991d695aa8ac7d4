"""Single texts handed over while the caller waits, who hears what became of each."""

import functools
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, InterfaceError, OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import direct, direct_rows, queue, tasks, to_aws
from campaigns.direct_rows import Order
from campaigns.direct_rows import Sender as Sender
from campaigns.direct_rows import Text as Text
from campaigns.dispatch import Dispatcher
from campaigns.lanes import Lane
from campaigns.lines import Line
from campaigns.models import Message
from pinpoint.gateway import BatchGateway, ClearedText, Gateway, Settle

# Seconds that the caller waits for the turn of the texts; what has not gone by then goes soon
# after, by a worker. AWS's own answer is waited for besides.
PATIENCE = 2.0
State = Message.State
UNSETTLED = frozenset({State.QUEUED, State.SENDING})
# What is told of each message.
TOLD = ("phone", "body", "state", "reason", "detail", "aws_id", "due_at", "claim", "leased_until")
Place = tuple[int, int]  # of a text: which call, and which of its texts
Written = tuple[dict[Place, Message], dict[str, Message]]


@dataclass(slots=True)
class Case:
    """The texts of one call."""

    texts: Sequence[Text]
    sender: Sender
    by: int | None = None  # the user on whose record it is put
    messages: list[Message] = field(default_factory=list)  # what became of them, in order
    error: Exception | None = None  # or what went wrong

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
    texts: Sequence[Text], sender: Sender, *, by: int | None = None, way: Way | None = None
) -> list[Message]:
    """Hand texts over, ahead of campaigns, and return their messages in order, as they are then.

    The gate decides. One that waits, for hours or for its turn, is still queued, and goes by
    itself. Where a key was used before, the message of that time is returned and nothing is sent.
    That the user `by` sent the new ones is put on record with them. Must not be called in a
    transaction: a text is committed before AWS hears of it. Raises direct.NotPossible, and then
    sends nothing, where one of the texts cannot be sent.
    """
    if not sender.originator.active:
        raise direct.NotPossible(_("The sender is not active."))
    for text in texts:
        direct.check_words(text.body)
    case = Case(texts, sender, by)
    if way is not None:
        hand_over([case], way)
    else:
        names = (sender.program_id, sender.originator.pk, sender.purpose)
        _line_of(*names).serve(case, _hand_over_in_line)
    if case.error is not None:
        raise case.error
    return case.messages


def _hand_over_in_line(cases: Sequence[Case], hand_on: Callable[[], None]) -> None:
    gateway = to_aws.gateway()
    if isinstance(gateway, BatchGateway):
        gateway = _HandingOn(gateway, hand_on)
    hand_over(cases, Way(gateway))


class _HandingOn:
    """A gateway that lets the next in line begin as soon as texts are on their way."""

    def __init__(self, gateway: BatchGateway, hand_on: Callable[[], None]) -> None:
        self._gateway, self._hand_on = gateway, hand_on

    def begin(self, texts: Sequence[tuple[ClearedText, Settle]]) -> None:
        """Hand texts over; see BatchGateway."""
        self._gateway.begin(texts)
        self._hand_on()


@functools.cache
def _line_of(*_: object) -> Line[Case]:
    """Return where the calls of one sender stand in line in this process."""
    return Line()


def hand_over(cases: Sequence[Case], way: Way) -> None:
    """Hand over the texts of some calls of one sender, together; fill in what became of each.

    What is wrong with one call is that one's error alone.
    """
    token = uuid.uuid4()
    try:
        written = _write(cases, token, way.now())
    except (OperationalError, InterfaceError):
        raise  # the database is away, for all of them
    except Exception as error:  # noqa: BLE001 - whatever it was, whose it is hears of it
        if len(cases) == 1:
            cases[0].error = error
        else:  # nothing was written, and the others need not suffer for one
            for case in cases:
                hand_over([case], way)
        return
    _send(cases, written, token, way)


def _send(cases: Sequence[Case], written: Written, token: uuid.UUID, way: Way) -> None:
    new, known = written
    broken: Exception | None = None
    if new:
        claimed = queue.Claimed(token, Lane(cases[0].sender.originator), list(new.values()))
        dispatcher = Dispatcher(way.gateway, now=way.now, at_once=len(new))
        try:
            dispatcher.work_claimed(claimed, until=time.monotonic() + way.patience)
        except Exception as error:  # noqa: BLE001 - told to whom it concerns
            broken = error
    of = [
        [new.get((place, n)) or known[case.key_of(n)] for n in range(len(case.texts))]
        for place, case in enumerate(cases)
    ]
    found = _as_they_are([message for some in of for message in some])
    now = way.now()
    if any(one.state == State.QUEUED and one.due_at <= now for one in found.values()):
        tasks.send_direct.delay(cases[0].sender.originator.pk)
    for case, some in zip(cases, of, strict=True):
        case.messages = [found[message.pk] for message in some]
        if broken and any(one.state in UNSETTLED for one in case.messages):
            case.error = broken


def _as_they_are(messages: Sequence[Message]) -> dict[int, Message]:
    """Return messages by id; those that AWS took a moment ago are not read again."""
    found = {one.pk: one for one in messages if one.state == State.ACCEPTED and one.aws_id}
    if left := {one.pk for one in messages} - found.keys():
        found |= Message.objects.only(*TOLD).in_bulk(left)
    return found


def _write(cases: Sequence[Case], token: uuid.UUID, now: datetime) -> Written:
    """Commit the texts, claimed; return the new ones by place, and those of before by key."""
    orders = [Order(case.texts, case.by) for case in cases]
    try:
        rows = direct_rows.write(orders, cases[0].sender, token, now)
    except IntegrityError:  # a contact was deleted at this very moment
        rows = direct_rows.write(orders, cases[0].sender, token, now)
    new: dict[Place, Message] = {}
    used = []
    for place, case in enumerate(cases):
        for n, row in enumerate(rows[place]):
            if row is not None:
                new[place, n] = row
            else:
                used.append(case.key_of(n))
    # Those of before, and where a call that is tried again stands in line with the first, its own.
    known = {str(one.key): one for one in Message.objects.filter(key__in=used)} if used else {}
    return new, known
