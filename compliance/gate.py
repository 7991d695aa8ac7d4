"""The one door: may this text go out, now, later, or not at all?"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import connection
from django.utils.translation import gettext_lazy as _

from compliance import ledger
from compliance.models import MessageClass, Suppression
from compliance.quiet_hours import next_allowed
from compliance.zones import candidate_zones
from pinpoint.gateway import Clearance

RULES = "2026-11-24"  # the version of the rules below, kept with every decision
DAY = timedelta(hours=24)


class Verdict(enum.Enum):
    """What the gate answers."""

    SEND = "send"
    DEFER = "defer"
    BLOCK = "block"


class Reason(enum.StrEnum):
    """Why a text does not go now."""

    NO_CONSENT = "no_consent"
    CONSENT_REVOKED = "consent_revoked"
    CONSENT_EXPIRED = "consent_expired"
    CONSENT_PENDING = "consent_pending"
    SUPPRESSED = "suppressed"
    LISTED = "listed"
    ZONE_UNKNOWN = "zone_unknown"
    NO_COMMON_WINDOW = "no_common_window"
    QUIET_HOURS = "quiet_hours"
    DAILY_LIMIT = "daily_limit"
    TOTAL_LIMIT = "total_limit"


SENTENCES = {
    Reason.NO_CONSENT: _("There is no record that this number opted in to this program."),
    Reason.CONSENT_REVOKED: _("This number opted out of this program."),
    Reason.CONSENT_EXPIRED: _("The opt-in of this number has ended by itself."),
    Reason.CONSENT_PENDING: _("This number was asked to confirm and has not answered YES."),
    Reason.SUPPRESSED: _("This number opted out of everything, or everything promotional."),
    Reason.LISTED: _("This number is on the suppression list."),
    Reason.ZONE_UNKNOWN: _("The number tells no time zone and the contact has none."),
    Reason.NO_COMMON_WINDOW: _("No hour of the day is allowed in all zones this number may be in."),
    Reason.QUIET_HOURS: _(
        "It is outside the hours for promotional texts where this person may be."
    ),
    Reason.DAILY_LIMIT: _("This person has had the campaign's most texts for 24 hours."),
    Reason.TOTAL_LIMIT: _("This person has had the campaign's most texts."),
}

# What is said of a number that has no yes that counts: the first that applies.
NO_YES = (
    ("revoked", Reason.CONSENT_REVOKED),
    ("expired", Reason.CONSENT_EXPIRED),
    ("pending", Reason.CONSENT_PENDING),
)


@dataclass(frozen=True, slots=True)
class Question:
    """One text that wants to go out, and what its sender knows of earlier ones."""

    phone: str
    program_id: int
    message_class: str
    stated_zone: str = ""
    daily_limit: int | None = None
    sent_in_day: int = 0
    oldest_in_day: datetime | None = None
    total_limit: int | None = None
    sent_in_total: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """The gate's answer to one question. `clearance` is there for SEND, `until` for DEFER."""

    verdict: Verdict
    reason: Reason | None = None
    until: datetime | None = None
    clearance: Clearance | None = None
    rules: str = RULES


@dataclass(frozen=True, slots=True)
class _Facts:
    listed: bool  # on the global suppression list
    suppressed: str  # how far the person's own no reaches: "", "marketing" or "all"
    states: frozenset[tuple[str, str]]  # (message class, state)
    window: tuple[time, time]


def decide(questions: Sequence[Question], now: datetime) -> list[Decision]:
    """Answer each question, in order. One query whatever the size of the batch."""
    facts = _facts(questions, now)
    return [_decide(question, fact, now) for question, fact in zip(questions, facts, strict=True)]


def _facts(questions: Sequence[Question], now: datetime) -> list[_Facts]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT EXISTS (SELECT FROM compliance_suppressednumber n WHERE n.key = q.key),
                   coalesce(s.scope, ''),
                   (SELECT array_agg(c.message_class || ':' || CASE
                        WHEN c.state = 'active' AND c.expires_at <= %s THEN 'expired'
                        ELSE c.state END)
                    FROM compliance_consent c
                    WHERE c.phone = q.phone AND c.program_id = q.program_id),
                   p.window_start, p.window_end
            FROM unnest(%s::text[], %s::text[], %s::bigint[])
                 WITH ORDINALITY AS q(phone, key, program_id, n)
            JOIN compliance_program p ON p.id = q.program_id
            LEFT JOIN compliance_suppression s ON s.phone = q.phone
            ORDER BY q.n
            """,
            [
                now,
                [q.phone for q in questions],
                [ledger.subject_key(q.phone) for q in questions],
                [q.program_id for q in questions],
            ],
        )
        return [
            _Facts(listed, suppressed, frozenset(_state(s) for s in states or ()), (start, end))
            for listed, suppressed, states, start, end in cursor.fetchall()
        ]


def _state(text: str) -> tuple[str, str]:
    message_class, state = text.split(":")
    return message_class, state


def _decide(question: Question, facts: _Facts, now: datetime) -> Decision:
    if facts.listed:
        return Decision(Verdict.BLOCK, Reason.LISTED)
    promotional = question.message_class == MessageClass.PROMOTIONAL
    if facts.suppressed == Suppression.Scope.ALL or (facts.suppressed and promotional):
        return Decision(Verdict.BLOCK, Reason.SUPPRESSED)
    if reason := _consent_problem(question, facts):
        return Decision(Verdict.BLOCK, reason)
    if question.total_limit is not None and question.sent_in_total >= question.total_limit:
        return Decision(Verdict.BLOCK, Reason.TOTAL_LIMIT)
    if question.daily_limit is not None and question.sent_in_day >= question.daily_limit:
        return Decision(Verdict.DEFER, Reason.DAILY_LIMIT, (question.oldest_in_day or now) + DAY)
    return _by_the_clock(question, facts, now)


def _consent_problem(question: Question, facts: _Facts) -> Reason | None:
    """A promotional text needs a promotional yes; a transactional one is covered by either."""
    classes = {question.message_class, MessageClass.PROMOTIONAL.value}
    states = {state for message_class, state in facts.states if message_class in classes}
    if "active" in states and (question.message_class, "revoked") not in facts.states:
        return None
    return next((reason for state, reason in NO_YES if state in states), Reason.NO_CONSENT)


def _by_the_clock(question: Question, facts: _Facts, now: datetime) -> Decision:
    if question.message_class == MessageClass.PROMOTIONAL:
        zones = candidate_zones(question.phone, question.stated_zone)
        if not zones:
            return Decision(Verdict.BLOCK, Reason.ZONE_UNKNOWN)
        allowed = next_allowed(now, zones, *facts.window)
        if allowed is None:
            return Decision(Verdict.BLOCK, Reason.NO_COMMON_WINDOW)
        if allowed > now:
            return Decision(Verdict.DEFER, Reason.QUIET_HOURS, allowed)
    clearance = Clearance(question.phone, question.message_class, now, RULES)
    return Decision(Verdict.SEND, clearance=clearance)
