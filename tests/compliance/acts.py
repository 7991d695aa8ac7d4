"""Shorthand for acts of consent."""

from datetime import UTC, datetime

from compliance import ledger
from compliance.models import LedgerEntry

NOON = datetime(2026, 11, 24, 17, tzinfo=UTC)  # noon in New York


def yes(phone, program, *, source=LedgerEntry.Source.WEB_FORM, message_class="promotional", **more):
    return ledger.append(
        [
            ledger.Act(
                phone=phone,
                source=source,
                program_id=program.pk,
                message_class=message_class,
                **{
                    "act": LedgerEntry.Act.OPT_IN,
                    "happened_at": NOON,
                    "evidence": {
                        "form_url": "https://example.com/join",
                        "checkbox_at_submit": True,
                    },
                }
                | more,
            )
        ]
    )[0]


def no(phone, program=None, *, source=LedgerEntry.Source.KEYWORD, scope="all", at=NOON):
    return ledger.append(
        [
            ledger.Act(
                phone=phone,
                act=LedgerEntry.Act.OPT_OUT,
                source=source,
                scope="program" if program else scope,
                program_id=program.pk if program else None,
                happened_at=at,
            )
        ]
    )[0]


def act(phone, kind, *, source=LedgerEntry.Source.KEYWORD, scope="all", at=NOON, **more):
    """Any act, for what `yes` and `no` do not say."""
    return ledger.append(
        [ledger.Act(phone=phone, act=kind, source=source, scope=scope, happened_at=at, **more)]
    )[0]
