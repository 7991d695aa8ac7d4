"""A campaign's QuietTime of Pinpoint ↔ its own hours. Pure."""

from datetime import time
from typing import Any

from django.utils.translation import gettext as _

from campaigns.models import Campaign
from campaigns.refusal import Refused
from compliance.models import MessageClass, Program


def fields_of(
    quiet: dict[str, Any] | None, program: Program, message_class: MessageClass
) -> dict[str, time | None]:
    """Return the hours that a QuietTime leaves. Raises Refused where they are no one stretch."""
    if not quiet:
        return {"window_start": None, "window_end": None}
    start, end = _clock(quiet, "Start"), _clock(quiet, "End")
    if message_class != MessageClass.PROMOTIONAL:
        message = _("Schedule.QuietTime: transactional texts go at any hour; leave it out.")
        raise Refused(message)
    opens, closes = _left(start, end, program.window_start, program.window_end)
    if max(opens, program.window_start) >= min(closes, program.window_end):
        message = _(
            "Schedule.QuietTime: nothing is left of the hours of {program}, {opens} to {closes}."
        )
        raise Refused(message.format(program=program, **_in_words(program)))
    return {"window_start": opens, "window_end": closes}


def quiet_time_of(campaign: Campaign) -> dict[str, Any]:
    """Return the member QuietTime of a campaign with hours of its own; nothing without."""
    if campaign.window is None:
        return {}
    opens, closes = campaign.window
    return {"QuietTime": {"Start": f"{closes:%H:%M}", "End": f"{opens:%H:%M}"}}


def _left(start: time, end: time, opens: time, closes: time) -> tuple[time, time]:
    """Return what a quiet time leaves of a day, or of a program's hours."""
    if start > end:  # over midnight, as most are
        return end, start
    if start == end:
        return opens, closes
    if start <= opens:
        return end, max(closes, end)
    if end >= closes:
        return opens, start
    message = _("Schedule.QuietTime: it may lie at the beginning or the end of the hours only.")
    raise Refused(message)


def _clock(quiet: dict[str, Any], member: str) -> time:
    try:
        return time.fromisoformat(quiet[member])
    except (KeyError, ValueError) as error:
        raise Refused(_("Schedule.QuietTime.{}: write HH:MM.").format(member)) from error


def _in_words(program: Program) -> dict[str, str]:
    return {"opens": f"{program.window_start:%H:%M}", "closes": f"{program.window_end:%H:%M}"}
