"""gate → render: what of a claimed batch may go, and in which words."""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from liquid.exceptions import LiquidError

from campaigns import india, queue, templating
from campaigns.history import Had, had_before
from campaigns.lanes import Lane
from campaigns.models import Message, Run
from campaigns.pacing import Turn
from compliance import gate
from compliance.models import MessageClass, Program
from contacts import attributes, endpoints
from pinpoint.gateway import ClearedText
from pinpoint.parts import count_parts

# What SendTextMessage takes as TimeToLive, in seconds (aws-sms.md 2).
SHORTEST_TTL, LONGEST_TTL = 5, 259_200
ID = re.compile(r"(?<![\w.])Id\b")  # and not User.UserId


@dataclass(frozen=True, slots=True)
class Ready:
    """A message with its words and its clearance."""

    message: Message
    decision: gate.Decision

    @property
    def parts(self) -> int:
        """How many parts AWS will make of it."""
        return self.message.parts or 1

    def is_older_than(self, age: float, now: datetime) -> bool:
        """Whether the gate was asked more than so many seconds ago."""
        asked = self.decision.decided_at
        return asked is None or (now - asked).total_seconds() > age

    def text(self, lane: Lane, turn: Turn | None) -> ClearedText:
        """Return what is handed to the gateway, to leave in its turn (none: for a dry run)."""
        clearance = self.decision.clearance
        if clearance is None:
            raise AssertionError("the gate gave no clearance for a text that is being sent")
        promotional = lane.originator.message_class == MessageClass.PROMOTIONAL
        return ClearedText(
            clearance=clearance,
            body=self.message.body,
            originator=lane.originator.identity,
            # AWS refuses a text of another type than the number's; the gate knows what it is.
            message_type="PROMOTIONAL" if promotional else "TRANSACTIONAL",
            configuration_set=settings.AWS_CONFIGURATION_SET,
            context={"site": settings.SITE_ID_IN_CONTEXT, "message": str(self.message.pk)},
            ttl_seconds=_time_to_live(self.decision),
            country_parameters=self._country_parameters(lane),
            door=turn.at_the_door if turn else None,
        )

    def _country_parameters(self, lane: Lane) -> india.Ids | None:
        message = self.message
        if not india.asks(message.phone):
            return None
        if lane.run:
            return lane.run.country_parameters_of(message.arm) or None
        ids: india.Ids | None = message.country_parameters
        return ids


def clear(lane: Lane, token: uuid.UUID, messages: Sequence[Message], now: datetime) -> list[Ready]:
    """Ask the gate and render; end or defer what may not go, return the rest, in order."""
    decisions = gate.decide(_questions(lane, messages, now), now)
    names = _names(lane, messages)
    ready, held, broken = [], [], []
    for message, decision in zip(messages, decisions, strict=True):
        if decision.verdict is not gate.Verdict.SEND:
            held.append(_held(lane, message, decision))
        elif problem := _render(lane, message, names):
            broken.append((message.pk, problem))
        else:
            message.rules = decision.rules
            message.decisions = [decision.record()]
            ready.append(Ready(message, decision))
    if held:
        queue.hold(token, held, now)
    for message_id, problem in broken:
        queue.end(token, [message_id], Message.State.FAILED, "template", problem, now)
    return ready


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What would become of a message that is not in the queue."""

    message: Message
    decision: gate.Decision
    problem: str  # with its words

    @property
    def reason(self) -> str:
        """Why it would not go."""
        return "template" if self.problem else str(self.decision.reason)

    def leaves_at(self, run: Run) -> datetime | None:
        """Return when it may go; None: it would not go at all."""
        if self.problem or self.decision.verdict is gate.Verdict.BLOCK:
            return None
        at = self.decision.until or self.decision.decided_at
        return at if at and at < run.expires_at else None

    def text(self, lane: Lane) -> ClearedText:
        """Return what AWS can be asked about."""
        return Ready(self.message, self.decision).text(lane, None)


def rehearse(lane: Lane, messages: Sequence[Message], now: datetime) -> list[Rehearsed]:
    """Ask the gate about messages that stand in no queue, and render them. Writes nothing."""
    decisions = gate.decide(_questions(lane, messages, now), now)
    names = _names(lane, messages)
    return [
        Rehearsed(message, decision, _render(lane, message, names))
        for message, decision in zip(messages, decisions, strict=True)
    ]


def _names(lane: Lane, messages: Sequence[Message]) -> dict[int, str]:
    """Return what the campaign's program calls people, by contact, where a text says so: {{Id}}."""
    if not lane.run or not any(ID.search(lane.run.text_of(one.arm)) for one in messages):
        return {}
    application = lane.run.campaign.program.application_id
    people = [one.contact_id for one in messages if one.contact_id]
    found = endpoints.names(people, [application])
    return {contact: name for (whose, contact), name in found.items() if whose == application}


def _render(lane: Lane, message: Message, names: Mapping[int, str]) -> str:
    """Give the message its words and parts; return what is wrong with them, or nothing."""
    if lane.run:  # else its words were written for this person
        person = message.contact
        fields = attributes.merge_fields(person, names.get(person.pk, "")) if person else {}
        try:
            message.body = templating.render(lane.run.text_of(message.arm), fields)
        except LiquidError as error:
            return str(error)
    parts = count_parts(message.body)
    message.parts = parts.parts
    return templating.length_problem(parts) if message.body.strip() else "the text is empty"


def _questions(lane: Lane, messages: Sequence[Message], now: datetime) -> list[gate.Question]:
    """Say what each person had before, where it is counted: one query, or one for each program."""
    questions = [lane.question(message) for message in messages]
    before: dict[int, dict[str, Had]] = {}
    if lane.run:
        campaign = lane.run.campaign
        phones = [question.phone for question in questions]
        before[campaign.program_id] = had_before(campaign.program, phones, now, campaign.pk)
    elif programs := {one.program_id for one in questions if _promotes(one)}:
        for program in Program.objects.filter(pk__in=programs):
            phones = [one.phone for one in questions if one.program_id == program.pk]
            before[program.pk] = had_before(program, phones, now)
    return [_with_past(one, before.get(one.program_id, {}).get(one.phone)) for one in questions]


def _promotes(question: gate.Question) -> bool:
    campaign = question.purpose is gate.Purpose.CAMPAIGN
    return campaign and question.message_class == MessageClass.PROMOTIONAL


def _with_past(question: gate.Question, had: Had | None) -> gate.Question:
    if had is None:
        return question
    return replace(
        question,
        sent_in_day=had.in_day,
        oldest_in_day=had.oldest_in_day,
        sent_in_total=had.in_total,
        had=had.of_brand,
        had_in_program=had.of_program,
    )


def _held(lane: Lane, message: Message, decision: gate.Decision) -> queue.Held:
    """Say what becomes of a message that may not go now."""
    state, due_at = Message.State.EXPIRED, None
    if decision.verdict is gate.Verdict.BLOCK:
        state = Message.State.BLOCKED
    elif decision.until and (lane.run is None or decision.until < lane.run.expires_at):
        state, due_at = Message.State.QUEUED, decision.until
    return queue.Held(
        message.pk, state, due_at, str(decision.reason), decision.rules, decision.record()
    )


def _time_to_live(decision: gate.Decision) -> int:
    """Return how long AWS may try, in seconds: no longer than the recipient's hours last."""
    if decision.valid_until is None or decision.decided_at is None:
        return LONGEST_TTL
    left = int((decision.valid_until - decision.decided_at).total_seconds())
    return max(SHORTEST_TTL, min(left, LONGEST_TTL))
