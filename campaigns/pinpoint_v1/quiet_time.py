"""A campaign's QuietTime of Pinpoint: held to the program's own hours. Pure."""

from datetime import time
from typing import Any

from django.utils.translation import gettext as _

from campaigns.refusal import Refused
from compliance.models import MessageClass, Program


def check_quiet_time(
    quiet: dict[str, Any] | None, program: Program, message_class: MessageClass
) -> None:
    """Raise Refused unless the program's own hours keep a QuietTime already."""
    if not quiet:
        return
    start, end = _clock(quiet, "Start"), _clock(quiet, "End")
    if message_class != MessageClass.PROMOTIONAL:
        message = _("Schedule.QuietTime: transactional texts go at any hour; leave it out.")
        raise Refused(message)
    opens, closes = _minutes(program.window_start), _minutes(program.window_end)
    if any(_is_quiet(minute, start, end) for minute in range(opens, closes)):
        message = _(
            "Schedule.QuietTime: promotional texts of {program} go from {opens} to {closes}, their "
            "people's time. Set these hours narrower on the program's page, or leave it out."
        )
        window = {"opens": f"{program.window_start:%H:%M}", "closes": f"{program.window_end:%H:%M}"}
        raise Refused(message.format(program=program, **window))


def _clock(quiet: dict[str, Any], member: str) -> int:
    try:
        return _minutes(time.fromisoformat(quiet[member]))
    except (KeyError, ValueError) as error:
        raise Refused(_("Schedule.QuietTime.{}: write HH:MM.").format(member)) from error


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _is_quiet(minute: int, start: int, end: int) -> bool:
    return start <= minute < end if start <= end else minute >= start or minute < end
