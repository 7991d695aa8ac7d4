"""Calls that change something at AWS: one way for all of them, on record with the request id.

    audited(Call("pinpoint-sms-voice-v2", "PutKeyword", {...}), key(user), row, keep)

Who asks has checked the permission, and has asked once more where a call costs money or is hard to
undo. AWS is asked first, outside of any transaction. What it took is written down by `keep` in one
transaction with the audit row; what it refused is on record as well and raises Refused in words,
or Unclear where it may have taken it. Nothing is repeated by itself.
"""

import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import DatabaseError, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from campaigns import aws_account, identity_sync
from campaigns.refusal import Refused
from pinpoint import troubles
from pinpoint.calls import Call, Made, make, request_id_of
from pinpoint.survey import SMS

logger = logging.getLogger(__name__)
SERVERS_FAULT = 500


class Unclear(Refused):
    """AWS may have done it: nobody knows before it is read again."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What an audit row is about, and what it says before the call and its request id."""

    row: Model
    said: str
    flag: int = CHANGE


Keep = Callable[[Made], Kept]


def client_of(service: str) -> Any:
    """Return the process's client for texts, and one of their own for other services."""
    return identity_sync.client() if service == SMS else aws_account.client_of(service)


def audited(call: Call, who: int, about: Model, keep: Keep) -> Made:
    """Make one call and write down what came of it; `about` has the row of a call that failed."""
    try:
        made = make(client_of, call)
    except (ClientError, BotoCoreError) as trouble:
        words, unclear = troubles.in_words(trouble), _may_be_taken(trouble)
        begin = "AWS may have taken" if unclear else "AWS refused"
        note(who, about, f"{begin} {call.operation}: {words} Request {request_id_of(trouble)}.")
        if unclear:
            raise Unclear(_("{} It may have done it: look again soon.").format(words)) from trouble
        raise Refused(words) from trouble
    try:
        with transaction.atomic():
            kept = keep(made)
            said = f"{kept.said} {call.operation} at AWS, request {made.request_id}."
            note(who, kept.row, said, kept.flag)
    except Exception:
        # Things have changed meanwhile, or the database is away: then the log alone tells of it.
        logger.error("AWS took %s, request %s: not written down", call.operation, made.request_id)
        with contextlib.suppress(DatabaseError):
            taken = f"{call.operation} at AWS, request {made.request_id}"
            note(who, about, f"AWS took it, but it could not be written down here: {taken}.")
        raise
    return made


def said(row: Model, words: str, flag: int = CHANGE) -> Keep:
    """Return what keeps nothing but the audit row."""
    return lambda made: Kept(row, words, flag)


def note(who: int, row: Model, said: str, flag: int = CHANGE) -> None:
    """Write one audit row."""
    LogEntry.objects.log_actions(who, [row], flag, said, single_object=True)


def _may_be_taken(trouble: ClientError | BotoCoreError) -> bool:
    """Tell whether the request was on its way when it went wrong."""
    if isinstance(trouble, ClientError):
        answered: Any = trouble.response.get("ResponseMetadata", {})
        return int(answered.get("HTTPStatusCode", 0)) >= SERVERS_FAULT
    return isinstance(trouble, HTTPClientError)  # those of connecting are none
