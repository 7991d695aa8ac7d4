"""What the ledger says of a text: the derived tables, asked for a whole batch in one query."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from django.db import connection

from compliance import ledger
from compliance.models import MessageClass, Program, Suppression
from compliance.policies.hours import Window
from compliance.policies.rulebook import is_promotional
from compliance.questions import Question
from compliance.reasons import Reason

# What is said of a number that has no yes that counts: the first that applies.
NO_YES = (
    ("revoked", Reason.CONSENT_REVOKED),
    ("expired", Reason.CONSENT_EXPIRED),
    ("pending", Reason.CONSENT_PENDING),
)


HELD = "held"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is on record for one question."""

    listed: bool  # on the global suppression list
    # How far the person's own no reaches: "", "marketing" or "all"; "held" while somebody must
    # read whether they said no.
    suppressed: str
    states: frozenset[tuple[str, str]]  # (message class, state)
    hours: Window  # the program's own
    most_in_day: int | None  # the program's own
    limits: Sequence[Sequence[int]] = ()  # the program's: the most texts, in so many days


def look_up(questions: Sequence[Question], now: datetime) -> tuple[int | None, list[Facts]]:
    """Return the latest version of the rules, and the facts of each question in order. One query.

    Both are of one instant: a change of the rules is not half seen.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT EXISTS (SELECT FROM compliance_suppressednumber n WHERE n.key = q.key),
                   coalesce(s.scope, (SELECT 'held' FROM compliance_answerreview r
                                      WHERE r.phone = q.phone AND r.status = 'open' AND r.holds
                                      LIMIT 1), ''),
                   (SELECT array_agg(c.message_class || ':' || CASE
                        WHEN c.state = 'active' AND c.expires_at <= %s THEN 'expired'
                        ELSE c.state END)
                    FROM compliance_consent c
                    WHERE c.phone = q.phone AND c.program_id = q.program_id),
                   p.window_start, p.window_end, p.most_in_day,
                   (SELECT array_agg(ARRAY[l.most, l.days]) FROM compliance_programlimit l
                    WHERE l.program_id = p.id),
                   (SELECT max(id) FROM compliance_rulesversion)
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
        rows = cursor.fetchall()
    facts = [
        Facts(
            listed,
            suppressed,
            frozenset(_state(state) for state in states or ()),
            _window(start, end),
            most_in_day,
            limits or (),
        )
        for listed, suppressed, states, start, end, most_in_day, limits, _ in rows
    ]
    return (rows[0][-1] if rows else None), facts


def _state(text: str) -> tuple[str, str]:
    message_class, state = text.split(":")
    return message_class, state


def window_of(program: Program) -> Window:
    """Return a program's own hours."""
    return _window(program.window_start, program.window_end)


def narrowed(own: Window, hours: tuple[time, time] | None) -> Window:
    """Return what is left of a program's own hours within some others; perhaps none."""
    if hours is None:
        return own
    opens, closes = _window(*hours)
    return max(own[0], opens), min(own[1], closes)


def _window(start: time, end: time) -> Window:
    return _minutes(start), _minutes(end)


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def problem(question: Question, facts: Facts) -> Reason | None:
    """Say why the person may not be sent such a text at all, or None.

    A promotional text needs a promotional yes; a transactional one is covered by either.
    """
    if facts.listed:
        return Reason.LISTED
    promotional = is_promotional(question.message_class)
    if facts.suppressed == HELD:
        return Reason.ANSWER_TO_READ if promotional else _no_yes(question, facts)
    if facts.suppressed == Suppression.Scope.ALL or (facts.suppressed and promotional):
        return Reason.SUPPRESSED
    return _no_yes(question, facts)


def _no_yes(question: Question, facts: Facts) -> Reason | None:
    promotional = is_promotional(question.message_class)
    asked = MessageClass.PROMOTIONAL.value if promotional else question.message_class
    classes = {asked, MessageClass.PROMOTIONAL.value}
    states = {state for message_class, state in facts.states if message_class in classes}
    if "active" in states and (asked, "revoked") not in facts.states:
        return None
    return next((reason for state, reason in NO_YES if state in states), Reason.NO_CONSENT)


def problem_of_question(facts: Facts) -> Reason | None:
    """Say why somebody may not be asked to confirm a sign-up, or None.

    They must have signed up, and not have left since.
    """
    states = {state for _message_class, state in facts.states}
    if states & {"pending", "active"}:
        return None
    return next((reason for state, reason in NO_YES if state in states), Reason.NO_CONSENT)
