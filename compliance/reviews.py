"""The queue of answers that somebody must read, and what that person decides."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from compliance import opt_outs
from compliance.models import AnswerReview, LedgerEntry
from compliance.recognition import LEGAL, Recognised

Status = AnswerReview.Status
PERMISSION = "compliance.decide_answerreview"


class Decided(Exception):  # noqa: N818 - it is an answer, in words, for a person
    """Somebody was faster; the message says what they decided."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A text of a person, as it came."""

    phone: str
    inbound_id: str
    recipient: str
    text: str
    received_at: datetime


def open_review(answer: Answer, understood: Recognised, *, holds: bool) -> None:
    """Put an answer into the queue; with `holds` its number gets nothing promotional meanwhile."""
    AnswerReview.objects.get_or_create(
        inbound_id=answer.inbound_id,
        defaults={
            "phone": answer.phone,
            "recipient": answer.recipient,
            "text": answer.text,
            "received_at": answer.received_at,
            "rule": understood.rule,
            "rules_version": understood.version,
            "legal": LEGAL in understood.flags,
            "holds": holds,
        },
    )


def lift(phone: str, at: datetime) -> None:
    """The person texted START: what they wrote before is settled by that."""
    AnswerReview.objects.filter(
        phone=phone, status=Status.OPEN, holds=True, received_at__lte=at
    ).update(status=Status.NOT_OPT_OUT, decided_at=timezone.now())


def decide(review_id: int, *, is_opt_out: bool, user: User | AnonymousUser) -> None:
    """Decide about an answer that holds texts back: an opt-out from when it came, or none.

    Raises Decided when somebody else has decided.
    """
    _may(user)
    with transaction.atomic():
        review = _open(review_id)
        if is_opt_out and review.holds:
            opt_outs.opt_out(
                review.phone,
                source=LedgerEntry.Source.KEYWORD,
                happened_at=review.received_at,
                evidence={
                    "inbound_id": review.inbound_id,
                    "text": review.text,
                    "to": review.recipient,
                    "rule": review.rule,
                    "rules_version": review.rules_version,
                },
                recorded_by=user.get_username(),
            )
        _settle(review, Status.OPT_OUT if is_opt_out else Status.NOT_OPT_OUT, user)


def note_read(review_id: int, user: User | AnonymousUser) -> None:
    """Take an answer that holds nothing back off the list. Raises Decided."""
    _may(user)
    with transaction.atomic():
        review = _open(review_id)
        if review.holds:
            raise Decided(_("This answer holds texts back: say whether it is an opt-out."))
        _settle(review, Status.READ, user)


def _open(review_id: int) -> AnswerReview:
    review = AnswerReview.objects.select_for_update().get(pk=review_id)
    if review.status != Status.OPEN:
        raise Decided(_("This was decided before: {}.").format(review.get_status_display()))
    return review


def _settle(review: AnswerReview, status: Status, user: User | AnonymousUser) -> None:
    review.status, review.decided_by_id, review.decided_at = status, user.pk, timezone.now()
    review.save(update_fields=["status", "decided_by", "decided_at"])
    said = f"Decided: {status.value} (rule {review.rule}, version {review.rules_version})."
    LogEntry.objects.log_actions(cast(int, user.pk), [review], CHANGE, said, single_object=True)


def _may(user: User | AnonymousUser) -> None:
    if not user.has_perm(PERMISSION):
        raise PermissionDenied(_("You need the permission to decide about answers."))
