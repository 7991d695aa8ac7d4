"""What is to be told → one row per e-mail and person, each once."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings

from analytics.models import OutgoingMail
from compliance.models import Originator
from contacts.masking import mask

LONGEST_SUBJECT = 200


@dataclass(frozen=True, slots=True)
class Letter:
    """One e-mail to one person; `key` names what it tells and whom."""

    key: str
    to: str
    subject: str
    text: str
    html: str = ""


def post(letters: Sequence[Letter]) -> None:
    """Write letters down to be sent; one whose key is there already is not sent again.

    Call it in the transaction of what they tell. Numbers of people are masked: mail lies about in
    places that know no permissions. Nothing is written where no e-mail is set up.
    """
    if not letters or not settings.EMAIL_ON:
        return
    ours = Originator.objects.values_list("identity", flat=True)
    known = frozenset(number.lstrip("+") for number in ours)
    OutgoingMail.objects.bulk_create(
        [_row(letter, known) for letter in letters],
        ignore_conflicts=True,
    )


def _row(letter: Letter, known: frozenset[str]) -> OutgoingMail:
    return OutgoingMail(
        key=letter.key,
        message_id=f"<{uuid.uuid4().hex}@{_domain()}>",
        to=letter.to,
        # One line: names that people chose stand in it.
        subject=mask(" ".join(letter.subject.split()), known)[:LONGEST_SUBJECT],
        text=mask(letter.text, known),
        html=mask(letter.html, known),
    )


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


def link(path: str) -> str:
    """Return the whole address of a page of ours."""
    return f"{settings.SITE_URL}{path}"
