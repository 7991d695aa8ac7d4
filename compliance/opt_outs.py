"""Recognising and recording that somebody wants no more texts, or wants them again."""

import enum
import re
import unicodedata
from datetime import datetime

from compliance import ledger
from compliance.models import LedgerEntry

# Required by law in the US and Canada (aws-sms.md 6.2), and words people use as often.
STOP_WORDS = (
    "arret",
    "cancel",
    "end",
    "opt-out",
    "optout",
    "opt out",
    "quit",
    "remove",
    "revoke",
    "stop",
    "stopall",
    "stop all",
    "td",
    "unsubscribe",
)
START_WORDS = ("start", "unstop", "subscribe")
HELP_WORDS = ("help", "info", "aide")

# 47 CFR 64.1200(a)(10): any words a reasonable person would understand as a wish to stop.
FREE_TEXT_STOP = re.compile(
    r"\b(please stop|pls stop|stop (texting|messaging|sending|contacting|it|this|these|now|please)"
    r"|(do not|don'?t|dont|quit|never) (text|message|contact|send)\w*"
    r"|unsubscribe|opt(ed)?[ -]?(me )?out|remove me|take me off|off (your|the|this) list"
    r"|no more (texts?|messages?|sms)|leave me alone|wrong number)\b"
)


class Intent(enum.Enum):
    """What a person's text asks for."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    OTHER = "other"


def recognise(body: str) -> Intent:
    """Tell what a text asks for. In doubt it is a STOP: suppress first, review later. Pure."""
    text = _plain(body)
    if _begins_with(text, STOP_WORDS) or FREE_TEXT_STOP.search(text):
        return Intent.STOP
    if _begins_with(text, START_WORDS):
        return Intent.START
    if _begins_with(text, HELP_WORDS):
        return Intent.HELP
    return Intent.OTHER


def _plain(body: str) -> str:
    """Fold case, accents, quotes and the punctuation people put around a word."""
    folded = unicodedata.normalize("NFKD", body.casefold()).replace("’", "'")
    kept = "".join(c for c in folded if not unicodedata.combining(c))
    return re.sub(r"[^\w' -]+", " ", kept).strip(" '-_")


def _begins_with(text: str, words: tuple[str, ...]) -> bool:
    """AWS's rule: the message begins with the keyword ("stop please" counts)."""
    return any(re.match(rf"{re.escape(word)}\b", text) for word in words)


def opt_out(
    phone: str,
    *,
    source: str,
    happened_at: datetime,
    evidence: dict[str, str | int | bool],
    recorded_by: str = "",
) -> None:
    """Record that this number gets nothing more from us at all."""
    ledger.append(
        [
            ledger.Act(
                phone=phone,
                act=LedgerEntry.Act.OPT_OUT,
                scope=LedgerEntry.Scope.ALL,
                source=source,
                happened_at=happened_at,
                evidence=evidence,
                recorded_by=recorded_by,
            )
        ]
    )


def opt_in_again(
    phone: str, *, happened_at: datetime, evidence: dict[str, str | int | bool]
) -> None:
    """Record that a person texted START: the block is lifted, earlier consents count again."""
    ledger.append(
        [
            ledger.Act(
                phone=phone,
                act=LedgerEntry.Act.OPT_IN,
                scope=LedgerEntry.Scope.ALL,
                source=LedgerEntry.Source.KEYWORD,
                happened_at=happened_at,
                evidence=evidence,
            )
        ]
    )
