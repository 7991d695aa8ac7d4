"""Whether a text may go to the people of one location now, and if not, why and when next. Pure."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from compliance.locations import Location
from compliance.policies.hours import Window
from compliance.policies.rulebook import Plan, Rulebook
from compliance.quiet_hours import next_allowed
from compliance.reasons import Reason

# What an operator is told when several places each have a reason of their own.
WEIGHTIEST = (Reason.HOLIDAY, Reason.SUNDAY, Reason.QUIET_HOURS)


@dataclass(frozen=True, slots=True)
class Reach:
    """The rules' answer for one location.

    Without a `reason` it may go now, to be delivered before `valid_until` (None = at any time).
    With one it may go again at `until`; None = not before somebody changes something.
    """

    reason: Reason | None = None
    until: datetime | None = None
    valid_until: datetime | None = None
    most_in_day: int | None = None


@dataclass(slots=True)
class Reaches:
    """The answers of one version of the rules at one moment, each worked out once.

    People of the same places and zones share an answer, so a million of them need some hundreds.
    """

    book: Rulebook
    now: datetime
    margin: timedelta = timedelta(0)
    _known: dict[tuple[object, ...], Reach] = field(default_factory=dict)

    def of(
        self, location: Location, *, own: Window | None = None, promotional: bool = True
    ) -> Reach:
        """Return the answer for a location; see `reach`."""
        key = (location.jurisdictions, location.zone_names, own, promotional)
        if key not in self._known:
            self._known[key] = reach(
                self.book, location, self.now, own=own, promotional=promotional, margin=self.margin
            )
        return self._known[key]


def reach(
    book: Rulebook,
    location: Location,
    now: datetime,
    *,
    own: Window | None = None,
    promotional: bool = True,
    margin: timedelta = timedelta(0),
) -> Reach:
    """Return whether the rules let a text go to people of this location now.

    `own` are the program's own hours; nothing goes in the last `margin` of a window. What is not
    known counts as forbidden (D9).
    """
    plan = book.plan(location.jurisdictions, own, promotional=promotional)
    if not promotional and not plan.rules:
        return Reach()
    if not location.zone_names:
        return Reach(Reason.ZONE_UNKNOWN)
    if location.state_unknown:
        return Reach(Reason.STATE_UNKNOWN)
    return _by_the_clock(plan, location, now, margin)


def _by_the_clock(plan: Plan, location: Location, now: datetime, margin: timedelta) -> Reach:
    stopped_until = plan.stopped_until(now)
    opening = next_allowed(stopped_until or now, location.zone_names, plan.day, margin)
    if stopped_until:
        # After a stop of more than a week the time is only a time to ask again.
        return Reach(Reason.EMERGENCY_STATE, opening.at if opening else stopped_until)
    if opening is None:
        return Reach(Reason.NO_COMMON_WINDOW)
    if opening.at > now:
        return Reach(_why_closed(plan, location, now), opening.at)
    most = plan.most_in_day(now.astimezone(UTC).date())
    return Reach(valid_until=opening.until, most_in_day=most)


def _why_closed(plan: Plan, location: Location, now: datetime) -> Reason:
    dates = {now.astimezone(ZoneInfo(zone)).date() for zone in location.zone_names}
    return min((plan.why_closed(date) for date in dates), key=WEIGHTIEST.index)
