"""The one door: may this text go out, now, later, or not at all?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from compliance import permission
from compliance.locations import Location, locate
from compliance.permission import Facts
from compliance.policies import rulebook
from compliance.policies.rulebook import Rulebook, is_promotional
from compliance.questions import Decision, Purpose, Question, Verdict
from compliance.reach import Reach, Reaches
from compliance.reasons import SENTENCES, Reason
from pinpoint.gateway import Clearance

__all__ = ("SENTENCES", "Decision", "Purpose", "Question", "Reason", "Verdict", "decide")

DAY = timedelta(hours=24)
# After that it is asked again whether somebody has read what the person wrote.
HELD_FOR = timedelta(minutes=15)
# How long after what the person did an answer to it may go. 47 CFR 64.1200(a)(12): a confirmation
# of an opt-out within five minutes is presumed to be consented to.
ANSWER_WITHIN = {
    Purpose.OPT_OUT_CONFIRMATION: timedelta(minutes=5),
    Purpose.HELP_REPLY: timedelta(hours=1),
    Purpose.CONVERSATION: timedelta(hours=1),
    Purpose.OPT_IN_CONFIRMATION: timedelta(hours=1),
    Purpose.ONE_TIME_CODE: timedelta(minutes=15),
}
# Who texts us asks for an answer, and for nothing later (prior express consent by giving the
# number for that purpose, compliance.md 1.3).
ASKED_WITHIN = timedelta(hours=24)
# Who asked for these is answered even after a STOP.
ANSWERED_ALWAYS = frozenset({Purpose.OPT_OUT_CONFIRMATION, Purpose.HELP_REPLY})


def decide(questions: Sequence[Question], now: datetime) -> list[Decision]:
    """Answer each question, in order.

    One query whatever the size of the batch; another one when the rules have changed since this
    process last asked.
    """
    version, facts = permission.look_up(questions, now)
    try:
        book = rulebook.of_version(version)
    except rulebook.NoRules:
        return [Decision(Verdict.BLOCK, Reason.RULES_MISSING, decided_at=now) for _ in questions]
    margin = timedelta(seconds=settings.HAND_OFF_MARGIN_SECONDS)
    batch = _Batch(book, now, Reaches(book, now, margin))
    return [batch.decide(question, fact) for question, fact in zip(questions, facts, strict=True)]


@dataclass(slots=True)
class _Batch:
    """The questions of one moment under one version of the rules."""

    book: Rulebook
    now: datetime
    reaches: Reaches

    def decide(self, question: Question, facts: Facts) -> Decision:
        """Answer one question."""
        location = locate(question.phone, question.stated_zone, question.address)
        if question.purpose is not Purpose.CAMPAIGN:
            return self._answer(question, facts, location)
        if reason := permission.problem(question, facts):
            if reason is Reason.ANSWER_TO_READ:
                until = self.now + HELD_FOR
                return self._no(Verdict.DEFER, reason, location, until)
            return self._no(Verdict.BLOCK, reason, location)
        if question.total_limit is not None and question.sent_in_total >= question.total_limit:
            return self._no(Verdict.BLOCK, Reason.TOTAL_LIMIT, location)
        if question.daily_limit is not None and question.sent_in_day >= question.daily_limit:
            until = (question.oldest_in_day or self.now) + DAY
            return self._no(Verdict.DEFER, Reason.DAILY_LIMIT, location, until)
        return self._by_the_rules(question, facts, location)

    def _answer(self, question: Question, facts: Facts, location: Location) -> Decision:
        """Let an answer to the person's own act pass at any hour, if it is one."""
        if question.prompted_at is None:
            raise ValueError(f"{question.purpose.value}: an answer needs to say what it answers")
        if facts.listed:
            return self._no(Verdict.BLOCK, Reason.LISTED, location)
        if facts.suppressed and question.purpose not in ANSWERED_ALWAYS:
            return self._no(Verdict.BLOCK, Reason.SUPPRESSED, location)
        asks = question.purpose is Purpose.OPT_IN_CONFIRMATION
        if asks and (reason := permission.problem_of_question(facts)):
            return self._no(Verdict.BLOCK, reason, location)
        if self.now - question.prompted_at > ANSWER_WITHIN[question.purpose]:
            return self._no(Verdict.BLOCK, Reason.REPLY_TOO_LATE, location)
        return self._yes(question, location, Reach())

    def _by_the_rules(self, question: Question, facts: Facts, location: Location) -> Decision:
        promotional = is_promotional(question.message_class)
        own = permission.narrowed(facts.hours, question.hours)
        reached = self.reaches.of(location, own=own, promotional=promotional)
        if reached.reason:
            verdict, until = Verdict.DEFER if reached.until else Verdict.BLOCK, reached.until
            if until and reached.reason is Reason.EMERGENCY_STATE:
                until = min(until, self.now + DAY)  # it may be lifted before its time
            return self._no(verdict, reached.reason, location, until)
        if promotional and (full := self._full(question, facts, reached)):
            return self._no(Verdict.DEFER, full[0], location, full[1])
        return self._yes(question, location, reached)

    def _full(
        self, question: Question, facts: Facts, reached: Reach
    ) -> tuple[Reason, datetime] | None:
        """Name a limit that the person's texts fill, and when there will be room in all of them."""
        program = (Reason.FREQ_CAP_PROGRAM, question.had_in_program)
        limits = [
            (Reason.FREQ_CAP_24H, question.had, reached.most_in_day, DAY),
            (*program, facts.most_in_day, DAY),
            *((*program, most, days * DAY) for most, days in facts.limits),
        ]
        full = []
        for reason, had, most, span in limits:
            recent = [at for at in had if at > self.now - span]
            if most is not None and len(recent) >= most:
                # Room comes when the one that fills the limit is as old as that.
                full.append((reason, recent[most - 1] + span))
        return max(full, key=lambda found: found[1], default=None)

    def _yes(self, question: Question, location: Location, reached: Reach) -> Decision:
        rules = self.book.version
        counted = question.purpose is Purpose.CAMPAIGN and is_promotional(question.message_class)
        return Decision(
            Verdict.SEND,
            clearance=Clearance(question.phone, question.message_class, self.now, rules),
            valid_until=reached.valid_until,
            rules=rules,
            location=location,
            decided_at=self.now,
            seen=len(question.had) if counted else None,
        )

    def _no(
        self, verdict: Verdict, reason: Reason, location: Location, until: datetime | None = None
    ) -> Decision:
        return Decision(
            verdict,
            reason,
            until,
            rules=self.book.version,
            location=location,
            decided_at=self.now,
        )
