"""One text to one person, now: notices, answers, confirmations. The gate decides as always."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import india, tasks, templating
from campaigns.models import Message
from compliance.models import Originator
from contacts.models import Contact
from pinpoint.parts import count_parts


class NotPossible(ValueError):  # noqa: N818 - it is an answer, in words, for a person
    """Such a text cannot be sent; the message says why."""


def send(
    *,
    phone: str,
    body: str,
    program_id: int,
    originator_id: int,
    purpose: Message.Purpose = Message.Purpose.NOTICE,
    key: str | None = None,
    country_parameters: india.Ids | None = None,
    now: datetime | None = None,
) -> Message:
    """Queue one text to one person, ahead of every campaign; return its message.

    `phone` is E.164; `body` goes out as it is. The gate decides when it is handed over, and its
    answer is the message's state. With a `key` (100 characters at most) that was used before,
    the message of that time is returned and nothing is sent. `country_parameters` are what India
    asks for. Call it in any transaction: the text leaves after the commit. Raises NotPossible.
    """
    check(body, originator_id)
    now = now or timezone.now()
    fields = {
        "phone": phone,
        "body": body,
        "program_id": program_id,
        "originator_id": originator_id,
        "purpose": purpose,
        "contact": Contact.objects.filter(phone=phone).first(),
        "country_parameters": dict(country_parameters) if country_parameters else None,
        "due_at": now,
        "created_at": now,
        "changed_at": now,
    }
    if key is None:
        message = Message.objects.create(**fields)
    else:
        message, created = Message.objects.get_or_create(key=key, defaults=fields)
        if not created:
            return message
    transaction.on_commit(lambda: tasks.send_direct.delay(originator_id))
    return message


def check(body: str, originator_id: int) -> None:
    """Raise NotPossible unless such a text could be sent from there."""
    check_words(body)
    if not Originator.objects.filter(pk=originator_id, active=True).exists():
        raise NotPossible(_("The sender is not active."))


def check_words(body: str) -> None:
    """Raise NotPossible unless a text has words, and no more than AWS takes."""
    if not body.strip():
        raise NotPossible(_("The text is empty."))
    if problem := templating.length_problem(count_parts(body)):
        raise NotPossible(problem)
