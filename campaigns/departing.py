"""Whom a campaign would reach and when its texts would leave, while it is still being written."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import F, QuerySet

from campaigns import composing, dry_runs, openings, schedules
from campaigns.models import Campaign
from compliance.departures import Departures, departures
from compliance.quiet_hours import local_instant
from contacts import segments
from contacts.models import Contact

LOOKED_AT = 100_000  # people: a page that is asked for at every change takes about a second so


@dataclass(frozen=True, slots=True)
class Place:
    """The first texts of one time zone."""

    zone: str
    first: datetime  # on the clock there
    people: int


@dataclass(frozen=True, slots=True)
class Departing:
    """How a run would go; without `opens_at` none is to come."""

    found: Departures = field(default_factory=Departures)
    opens_at: datetime | None = None
    hours: list[tuple[datetime, int]] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    per_second: float = 0
    one_in: int = 1  # of so many people one was looked at, and counted as so many

    @property
    def most(self) -> int:
        """The texts of the fullest hour."""
        return max((texts for _, texts in self.hours), default=0)


def departing(campaign: Campaign, now: datetime) -> Departing:
    """Return how the next run would go, for a campaign that need not be saved.

    Raises segments.RuleError. Limits per person are not looked at, nor who is held out. Of a big
    segment every n-th person is looked at; a dry run counts everybody.
    """
    opens_at = now
    if campaign.timing not in {Campaign.Timing.NOW, Campaign.Timing.EVENT}:
        first = openings.first_opening(campaign, now)
        if first is None:
            return Departing()
        opens_at = first
    due, begun_at = _due(campaign, opens_at)
    people = segments.matching(campaign.segment.rules)
    one_in = -(-people.count() // LOOKED_AT) or 1
    found = departures(
        _some(people, one_in),
        campaign.program,
        campaign.message_class,
        due,
        opens_at,
        openings.expiry(campaign, begun_at),
        campaign.window,
    ).times(one_in)
    pace = min(campaign.messages_per_second, campaign.originator.pace)
    per_second = pace / _parts(campaign)
    return Departing(
        found=found,
        opens_at=opens_at,
        hours=dry_runs.by_the_hour(_by_hour(found), per_second),
        places=_places(found),
        per_second=per_second,
        one_in=one_in,
    )


def _some(people: QuerySet[Contact], one_in: int) -> QuerySet[Contact]:
    """Return every n-th of some people, the same at each time."""
    return people.alias(turn=F("pk") % one_in).filter(turn=0) if one_in > 1 else people


def _due(
    campaign: Campaign, opens_at: datetime
) -> tuple[Callable[[frozenset[str]], datetime], datetime]:
    """Return when each zone's texts are due, and when the last of them are."""
    if not campaign.everyones_own or campaign.timing in {"now", "event"}:
        return lambda _zones: opens_at, opens_at
    plan, zones = openings.plan_of(campaign), openings.zones_of(campaign)
    occurrence = schedules.latest(plan, opens_at, zones)
    day = occurrence.day if occurrence else plan.first_day
    when = datetime.combine(day, plan.clock)
    otherwise = frozenset({campaign.zone or settings.TIME_ZONE})

    def due(known: frozenset[str]) -> datetime:
        return max(opens_at, local_instant(when, known or otherwise))

    return due, max(opens_at, schedules.closing(day, plan.clock, zones))


def _parts(campaign: Campaign) -> float:
    """Return how many parts a text has on average; 1 while there is none."""
    if not campaign.body.strip():
        return 1
    preview = composing.preview(campaign.body, campaign.segment.rules)
    return max(1, preview.parts / preview.people) if preview.people else 1


def _by_hour(found: Departures) -> dict[str, int]:
    hours: Counter[str] = Counter()
    for (instant, _zone), people in found.leaving.items():
        hour = instant.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        hours[hour.isoformat()] += people
    return dict(hours)


def _places(found: Departures) -> list[Place]:
    """Return the zones, those with the most people first."""
    first: dict[str, datetime] = {}
    people: Counter[str] = Counter()
    for (instant, zone), count in found.leaving.items():
        first[zone] = min(instant, first.get(zone, instant))
        people[zone] += count
    return [
        Place(zone, first[zone].astimezone(ZoneInfo(zone or settings.TIME_ZONE)), count)
        for zone, count in people.most_common()
    ]
