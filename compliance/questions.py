"""What the gate is asked and what it answers."""

import enum
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from compliance.addresses import Address
from compliance.locations import NO_ADDRESS, Location
from compliance.reasons import Reason
from pinpoint.gateway import Clearance


class Verdict(enum.Enum):
    """What the gate answers."""

    SEND = "send"
    DEFER = "defer"
    BLOCK = "block"


class Purpose(enum.Enum):
    """What a text is for. All but the first answer what the person just did (D10)."""

    CAMPAIGN = "campaign"
    OPT_OUT_CONFIRMATION = "opt_out_confirmation"
    OPT_IN_CONFIRMATION = "opt_in_confirmation"
    HELP_REPLY = "help_reply"
    CONVERSATION = "conversation"
    ONE_TIME_CODE = "one_time_code"


@dataclass(frozen=True, slots=True)
class Question:
    """One text that wants to go out, and what its sender knows of the person and earlier ones.

    `prompted_at` is when the person did what an answer answers. `had` are the hand-overs of the
    brand's promotional texts in the last 24 hours, newest first; `had_in_program` those of the
    program alone, as far back as its limits reach.
    """

    phone: str
    program_id: int
    message_class: str
    stated_zone: str = ""
    address: Address = NO_ADDRESS
    purpose: Purpose = Purpose.CAMPAIGN
    prompted_at: datetime | None = None
    daily_limit: int | None = None
    sent_in_day: int = 0
    oldest_in_day: datetime | None = None
    total_limit: int | None = None
    sent_in_total: int = 0
    had: Sequence[datetime] = ()
    had_in_program: Sequence[datetime] = ()
    # The campaign's own hours, beside those of the program.
    hours: tuple[time, time] | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The gate's answer to one question.

    `clearance` is there for SEND, `until` for DEFER. A text that was cleared must not be
    delivered from `valid_until` on; None = no rule about hours holds for it.
    """

    verdict: Verdict
    reason: Reason | None = None
    until: datetime | None = None
    clearance: Clearance | None = None
    valid_until: datetime | None = None
    rules: str = ""
    location: Location | None = None
    decided_at: datetime | None = None
    seen: int | None = None  # promotional texts of the last 24 hours that were counted

    def record(self) -> dict[str, Any]:
        """Return the decision as it is kept with the message, ready for JSON.

        `zones` give the local time there and what told us of the zone; `places` the latter.
        """
        kept: dict[str, Any] = {"verdict": self.verdict.value, "rules": self.rules}
        if self.decided_at:
            kept["at"] = self.decided_at.isoformat()
        if self.reason:
            kept["reason"] = self.reason.value
        if self.until:
            kept["until"] = self.until.isoformat()
        if self.valid_until:
            kept["valid_until"] = self.valid_until.isoformat()
        if self.seen is not None:
            kept["seen"] = self.seen
        if self.location and self.decided_at:
            kept["places"] = {place.name: place.source for place in self.location.places}
            kept["zones"] = {
                zone.name: [_clock(self.decided_at, zone.name), zone.source]
                for zone in self.location.zones
            }
        return kept


@functools.lru_cache(maxsize=1024)  # the texts of a batch share their moment
def _clock(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
