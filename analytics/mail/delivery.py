"""Outgoing e-mails → the mail server, with growing pauses after trouble.

A worker that dies between handing one in and noting so leaves it to be handed in once more, after
the lease: with the same Message-ID, by which mail programs tell that it is the same.
"""

import logging
import smtplib
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.mail import BadHeaderError, EmailMultiAlternatives
from django.db import transaction
from django.db.models import Q

from analytics.models import OutgoingMail

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=5)  # longer than all that EMAIL_TIMEOUT allows one e-mail
# How long to wait before the next attempt, in seconds; after the last it is given up.
LADDER = (30, 120, 600, 1800, 3600, 7200, 14_400, 28_800, 43_200)
KEPT = timedelta(days=90)
REFUSED_FOR_GOOD = 500  # from here on SMTP's answers mean: do not try again


def deliver_next(now: datetime) -> bool:
    """Send the e-mail that has been due for longest; False: there is none."""
    mail = _claim(now)
    if mail is None:
        return False
    try:
        _send(mail)
    except (smtplib.SMTPException, OSError, BadHeaderError, UnicodeError) as trouble:
        _record(mail, trouble, now)
    else:
        _record(mail, None, now)
    return True


def _claim(now: datetime) -> OutgoingMail | None:
    """Lease an e-mail; two workers take different ones."""
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    with transaction.atomic():
        due = OutgoingMail.objects.filter(free, state=OutgoingMail.State.WAITING, due_at__lte=now)
        mail = due.select_for_update(skip_locked=True).order_by("due_at", "id").first()
        if mail is not None:
            mail.leased_until = now + LEASE
            mail.save(update_fields=["leased_until"])
    return mail


def _send(mail: OutgoingMail) -> None:
    message = EmailMultiAlternatives(
        mail.subject,
        mail.text,
        to=[mail.to],
        # So that nobody's holiday answers it.
        headers={"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"},
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    message.send()


def _record(mail: OutgoingMail, trouble: Exception | None, now: datetime) -> None:
    attempts = mail.attempts + 1
    state, due_at = OutgoingMail.State.SENT, mail.due_at
    if trouble is not None:
        logger.warning("e-mail %s was not taken: %s", mail.pk, in_words(trouble))
        if is_permanent(trouble) or attempts > len(LADDER):
            state = OutgoingMail.State.GIVEN_UP
        else:
            state = OutgoingMail.State.WAITING
            due_at = now + timedelta(seconds=LADDER[attempts - 1])
    # Compare and set: whose lease is over has lost it to somebody else.
    OutgoingMail.objects.filter(pk=mail.pk, leased_until=mail.leased_until).update(
        state=state,
        attempts=attempts,
        error="" if trouble is None else in_words(trouble),
        due_at=due_at,
        leased_until=None,
        ended_at=None if state == OutgoingMail.State.WAITING else now,
    )


def is_permanent(trouble: Exception) -> bool:
    """Tell whether the server will never take this e-mail. Pure.

    A wrong password or sender is ours to mend, so such an e-mail waits for it.
    """
    if isinstance(trouble, smtplib.SMTPRecipientsRefused):
        return all(code >= REFUSED_FOR_GOOD for code, _said in trouble.recipients.values())
    if isinstance(trouble, smtplib.SMTPDataError):
        return trouble.smtp_code >= REFUSED_FOR_GOOD
    return isinstance(trouble, BadHeaderError | UnicodeError)


def in_words(trouble: Exception) -> str:
    """Say what was wrong, without the address that servers repeat. Pure."""
    codes: Sequence[int] = ()
    if isinstance(trouble, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _said in trouble.recipients.values()]
    elif isinstance(trouble, smtplib.SMTPResponseException):
        codes = [trouble.smtp_code]
    return " ".join([type(trouble).__name__, *map(str, codes)])[:300]


def drop_old(now: datetime) -> int:
    """Forget what was sent long ago; return how many."""
    old = OutgoingMail.objects.filter(state=OutgoingMail.State.SENT, ended_at__lt=now - KEPT)
    return old.delete()[0]
