"""Pinpoint's Schedule (aws-sms.md 3.5) ↔ when a campaign's runs begin. Pure.

Zones may be IANA's names, as people write them, or AWS's offsets; those become the IANA zone that
has that offset all year (UTC+10:30, which none has: Lord Howe's, with its summer time). With
IsLocalTime the clock of StartTime is everybody's own, whatever offset stands behind it, and the
zone is for people of whom none is known: AWS texted those never. Without it StartTime is an
instant; where it names no offset, one in Timezone.
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext as _

from campaigns.models import Campaign
from campaigns.pinpoint_v1 import segments as translating
from campaigns.refusal import Refused
from contacts.segments import RuleError, validate

Timing = Campaign.Timing
TIMINGS = {
    "ONCE": Timing.ONCE,
    "HOURLY": Timing.HOURLY,
    "DAILY": Timing.DAILY,
    "WEEKLY": Timing.WEEKLY,
    "MONTHLY": Timing.MONTHLY,
    "EVENT": Timing.EVENT,
}
FREQUENCIES = {timing: name for name, timing in TIMINGS.items()}
OFFSET = re.compile(r"(?:UTC|GMT|Z)?(?:([+-])(\d{1,2})(?::?(\d\d))?)?")
# Zones that are not whole hours away, and never change.
UNEVEN = {
    timedelta(hours=3, minutes=30): "Asia/Tehran",
    timedelta(hours=4, minutes=30): "Asia/Kabul",
    timedelta(hours=5, minutes=30): "Asia/Kolkata",
    timedelta(hours=5, minutes=45): "Asia/Kathmandu",
    timedelta(hours=6, minutes=30): "Asia/Yangon",
    timedelta(hours=9, minutes=30): "Australia/Darwin",
    timedelta(hours=10, minutes=30): "Australia/Lord_Howe",
    timedelta(hours=-9, minutes=-30): "Pacific/Marquesas",
}
FIELDS = (
    *("timing", "event", "event_rules", "first_day", "clock", "zone"),
    *("everyones_own", "starts_at", "ends_at"),
)
ON_EVENTS = ("Attributes", "Metrics")  # members that ask for what comes with an event
IMMEDIATE = "IMMEDIATE"
YEARS = range(2000, 2200)  # beyond which nobody means a campaign
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def fields_of(schedule: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Return the campaign's fields of a Schedule. Raises Refused, naming the member."""
    frequency = schedule.get("Frequency", "ONCE")
    if frequency not in TIMINGS:
        raise Refused(_("Schedule.Frequency: Sendpoint sends texts; use EVENT."))
    timing = TIMINGS[frequency]
    zone, offset = _zone(schedule.get("Timezone", ""))
    fields: dict[str, Any] = dict.fromkeys(FIELDS)
    fields |= {"timing": timing, "event": "", "event_rules": {}}
    fields |= {"zone": zone, "everyones_own": False}
    if ends := schedule.get("EndTime"):
        fields["ends_at"] = _instant(_read(ends, "EndTime"), offset)
        if fields["ends_at"] <= now:
            raise Refused(_("Schedule.EndTime: is past."))
    event, rules = _event(schedule, timing)
    starts = schedule["StartTime"].strip()
    immediate = starts.upper() == IMMEDIATE
    if event:
        begin = None if immediate else _instant(_read(starts, "StartTime"), offset)
        later = begin if begin and begin > now else None
        return fields | {"event": event, "event_rules": rules, "starts_at": later}
    if immediate and timing == Timing.ONCE:
        return fields | {"timing": Timing.NOW}
    if immediate:  # it repeats from now on
        return fields | _clock((now + MINUTE).replace(second=0, microsecond=0), zone)
    begin = _read(starts, "StartTime")
    if schedule.get("IsLocalTime") and timing != Timing.HOURLY:  # every hour comes everywhere
        own = {"first_day": begin.date(), "clock": begin.time(), "everyones_own": True}
        return fields | own | ({} if schedule.get("Timezone") else {"zone": ""})
    return fields | _clock(_instant(begin, offset), zone)


def schedule_of(campaign: Campaign, zone: str) -> dict[str, Any]:
    """Return a campaign's Schedule. `zone` is the installation's, for campaigns without one."""
    ends = {"EndTime": _written(campaign.ends_at)} if campaign.ends_at else {}
    if campaign.timing == Timing.NOW:
        return {"StartTime": IMMEDIATE, "Frequency": "ONCE"} | ends
    found: dict[str, Any] = {"Frequency": FREQUENCIES[Timing(campaign.timing)]} | ends
    if campaign.timing == Timing.EVENT:
        starts = _written(campaign.starts_at) if campaign.starts_at else IMMEDIATE
        kind: dict[str, Any] = {
            "EventType": {"DimensionType": "INCLUSIVE", "Values": [campaign.event]}
        }
        if campaign.event_rules:
            kind |= translating.dimensions_of(campaign.event_rules) or {}
        event = {"FilterType": "ENDPOINT", "Dimensions": kind}
        return found | {"StartTime": starts, "EventFilter": event}
    if campaign.first_day is None or campaign.clock is None:
        raise ValueError(f"campaign {campaign.pk} has no schedule")
    zone = campaign.zone or zone
    begin = datetime.combine(campaign.first_day, campaign.clock)
    found |= {"Timezone": zone, "IsLocalTime": campaign.everyones_own}
    if campaign.everyones_own:
        return found | {"StartTime": begin.isoformat()}
    return found | {"StartTime": _written(begin.replace(tzinfo=ZoneInfo(zone)))}


def _zone(said: str) -> tuple[str, ZoneInfo | timezone]:
    """Return the IANA zone of a Timezone, and what an instant without an offset is read in."""
    name = said.strip()
    if name in available_timezones() and not name.startswith(("UTC", "GMT")):
        return name, ZoneInfo(name)
    match = OFFSET.fullmatch(name)
    if match is None:
        message = _("Schedule.Timezone: “{}” is no zone. Write America/New_York, or UTC-05.")
        raise Refused(message.format(said))
    sign = -1 if match[1] == "-" else 1
    offset = sign * timedelta(hours=int(match[2] or 0), minutes=int(match[3] or 0))
    if not offset:
        return "UTC", ZoneInfo("UTC")
    if offset in UNEVEN:
        return UNEVEN[offset], timezone(offset)
    hours = int(offset / HOUR)
    whole = f"Etc/GMT{-hours:+d}"  # POSIX: the sign is the other way round
    if offset % HOUR or whole not in available_timezones():
        raise Refused(_("Schedule.Timezone: no zone is at “{}”.").format(said))
    return whole, timezone(offset)


def _event(schedule: dict[str, Any], timing: str) -> tuple[str, dict[str, Any]]:
    """Return the name of an event, and what must come with it."""
    said = schedule.get("EventFilter")
    if timing != Timing.EVENT:
        if said:
            raise Refused(_("Schedule.EventFilter: needs Frequency EVENT."))
        return "", {}
    where = "Schedule.EventFilter"
    if not said:
        raise Refused(_("{}: is needed with Frequency EVENT.").format(where))
    dimensions = said["Dimensions"]
    kind = dimensions.get("EventType", {})
    values = kind.get("Values", [])
    if kind.get("DimensionType", "INCLUSIVE") != "INCLUSIVE" or len(values) != 1:
        raise Refused(_("{}.Dimensions.EventType: name one event, INCLUSIVE.").format(where))
    event = str(values[0])
    if not event.strip() or len(event) > 100:
        raise Refused(_("{}.Dimensions.EventType: 1 to 100 characters.").format(where))
    return event, _rules(dimensions, f"{where}.Dimensions")


def _rules(dimensions: dict[str, Any], where: str) -> dict[str, Any]:
    asked = {member: dimensions[member] for member in ON_EVENTS if dimensions.get(member)}
    if not asked:
        return {}
    rules = translating.rules_of_dimensions(asked, where)
    try:
        validate(rules)
    except RuleError as problem:
        raise Refused(f"{where}: {problem}") from problem
    return rules


def _read(said: str, member: str) -> datetime:
    message = _("Schedule.{member}: “{said}” is no time. Write 2026-02-01T10:00:00Z.")
    try:
        found = datetime.fromisoformat(said.strip()).replace(microsecond=0)
    except ValueError as error:
        raise Refused(message.format(member=member, said=said)) from error
    if found.year not in YEARS:
        raise Refused(message.format(member=member, said=said))
    return found


def _instant(moment: datetime, zone: ZoneInfo | timezone) -> datetime:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return aware.astimezone(UTC)


def _clock(moment: datetime, zone: str) -> dict[str, Any]:
    local = moment.astimezone(ZoneInfo(zone))
    return {"first_day": local.date(), "clock": local.time()}


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
