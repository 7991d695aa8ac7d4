"""Shorthand for acts of consent."""

from datetime import UTC, datetime

from compliance import ledger
from compliance.models import LedgerEntry

NOON = datetime(2026, 11, 24, 17, tzinfo=UTC)  # noon in New York


def yes(phone, program, *, source=LedgerEntry.Source.WEB_FORM, message_class="promotional"):
    return ledger.append(
        [
            ledger.Act(
                phone=phone,
                act=LedgerEntry.Act.OPT_IN,
                source=source,
                program_id=program.pk,
                message_class=message_class,
                happened_at=NOON,
                evidence={"form": "https://example.com/join"},
            )
        ]
    )[0]


def no(phone, program=None, *, source=LedgerEntry.Source.KEYWORD):
    return ledger.append(
        [
            ledger.Act(
                phone=phone,
                act=LedgerEntry.Act.OPT_OUT,
                source=source,
                scope="program" if program else "all",
                program_id=program.pk if program else None,
                happened_at=NOON,
            )
        ]
    )[0]
