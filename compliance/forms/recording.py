"""Sign-ups and opt-outs from the public pages, with the evidence of the visit."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from compliance import double_opt_in, ledger, opt_outs
from compliance.double_opt_in import Outcome
from compliance.models import LedgerEntry, MessageClass, Program, SignUpPage
from contacts.models import Contact
from contacts.phones import Phone

BUTTON = "Sign up"


@dataclass(frozen=True, slots=True)
class Visit:
    """What the server saw of the person's visit."""

    url: str
    ip: str
    user_agent: str
    referrer: str
    shown_at: datetime
    submitted_at: datetime
    typed: str  # the number as the person wrote it

    def evidence(self) -> dict[str, str | int | bool]:
        """Return the visit as the ledger keeps it."""
        return {
            "form_url": self.url,
            "ip": self.ip,
            "user_agent": self.user_agent,
            "referrer": self.referrer,
            "shown_at": self.shown_at.isoformat(timespec="milliseconds"),
            "phone_as_typed": self.typed,
        }


def sign_up(page: SignUpPage, phone: Phone, visit: Visit) -> Outcome:
    """Record that a person ticked the box of a program's page and pressed its button."""
    with transaction.atomic():
        Contact.objects.get_or_create(
            phone=phone.e164, defaults={"country": phone.country, "line_type": phone.line_type}
        )
        evidence = visit.evidence() | {
            "checkbox_at_load": False,
            "checkbox_at_submit": True,
            "button": BUTTON,
        }
        return double_opt_in.join(
            ledger.Act(
                phone=phone.e164,
                act=LedgerEntry.Act.OPT_IN,
                source=LedgerEntry.Source.WEB_FORM,
                program_id=page.program_id,
                happened_at=visit.submitted_at,
                wording_sha256=ledger.keep_wording(page.words().text()),
                evidence=evidence,
            )
        )


def opt_out(phone: Phone, visit: Visit, program: Program | None) -> None:
    """Record that a person wants no more: of one program, or (None) of everything."""
    if program is None:
        opt_outs.opt_out(
            phone.e164,
            source=LedgerEntry.Source.WEB_FORM,
            happened_at=visit.submitted_at,
            evidence=visit.evidence(),
        )
        return
    ledger.append(
        [
            ledger.Act(
                phone=phone.e164,
                act=LedgerEntry.Act.OPT_OUT,
                source=LedgerEntry.Source.WEB_FORM,
                program_id=program.pk,
                message_class=message_class,
                happened_at=visit.submitted_at,
                evidence=visit.evidence(),
            )
            for message_class in MessageClass.values
        ]
    )
