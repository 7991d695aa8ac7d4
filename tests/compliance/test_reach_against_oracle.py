"""The rules of the reference against a plain reading of compliance.md 3.2, quarter by quarter."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from zoneinfo import ZoneInfo

import holidays
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.addresses import Address
from compliance.locations import locate
from compliance.policies.rulebook import Rulebook
from compliance.reach import reach

REFERENCE = json.loads(
    resources.files("compliance.policies").joinpath("reference.json").read_text("utf-8")
)
CONTENT = {
    "policies": [
        {"covers": "promotional", "last_day": None} | row for row in REFERENCE["policies"]
    ],
    "holidays": REFERENCE["holidays"],
    "emergencies": [],
}
BOOK = Rulebook("1-oracle", CONTENT)
ADDED = {(row["calendar"], row["day"]) for row in REFERENCE["holidays"]}
QUARTER = timedelta(minutes=15)  # every offset and every rule is a multiple of it
DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

PEOPLE = st.tuples(
    st.sampled_from(
        [
            *("+12125550123", "+18505550123", "+12055550123", "+15045550123", "+16015550123"),
            *("+12145550123", "+14015550123", "+16055550123", "+18015550123", "+19075550123"),
            *("+17875550123", "+14165550123", "+17095550123", "+33612345678", "+61412345678"),
            *("+5511987654321", "+919876543210", "+81901234567", "+6421123456", "+34612345678"),
        ]
    ),
    st.sampled_from(
        [
            Address(),
            Address(region="LA"),
            Address(postal_code="40201"),
            Address(postal_code="02901"),
            Address(country="FR"),
            Address(country="US", region="HI"),
        ]
    ),
)
MOMENTS = st.one_of(
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31)),
    st.sampled_from(
        [datetime(2026, 3, 7), datetime(2026, 10, 31), datetime(2026, 11, 25), datetime(2027, 7, 3)]
    ).flatmap(lambda d: st.integers(0, 72 * 60).map(lambda m: d + timedelta(minutes=m))),
).map(lambda d: d.replace(second=0, microsecond=0, tzinfo=UTC))


def open_hours(hours, day):
    """Read “Mon-Sat 09:00-21:00; Sun 12:00-21:00” anew, without the code under test."""
    for part in hours.split("; "):
        first, last, start, end = re.fullmatch(r"(...)(?:-(...))? (.{5})-(.{5})", part).groups()
        if DAYS.index(first) <= day <= DAYS.index(last or first):
            return start, end
    return None


def is_holiday(calendars, day):
    return any(
        day in holidays.country_holidays(*calendar.split("-"), years=day.year)
        or (calendar, day.isoformat()) in ADDED
        for calendar in calendars.split()
    )


def allows(rule, wall):
    window = open_hours(rule["hours"], wall.weekday())
    clock = f"{wall:%H:%M}"
    return (
        window is not None
        and window[0] <= clock < window[1]
        and not is_holiday(rule["calendars"], wall.date())
    )


def rules_of(places, day):
    in_force = [
        rule
        for rule in CONTENT["policies"]
        if not rule["first_day"] or date.fromisoformat(rule["first_day"]) <= day
    ]
    named = {rule["jurisdiction"] for rule in in_force}
    wanted = set(places) | {"*"}
    if any("-" not in place and place not in named for place in places):
        wanted.add("other")
    return [rule for rule in in_force if rule["jurisdiction"] in wanted]


def allowed(moment, location):
    for zone in location.zone_names:
        wall = moment.astimezone(ZoneInfo(zone))
        for rule in rules_of(location.jurisdictions, wall.date()):
            if not allows(rule, wall):
                return False
    return True


def oracle(now, location):
    if allowed(now, location):
        return now
    moment = now.replace(minute=now.minute // 15 * 15)
    while (moment := moment + QUARTER) <= now + timedelta(days=7):
        if allowed(moment, location):
            return moment
    return None


@settings(max_examples=50)
@given(MOMENTS, PEOPLE)
def test_it_agrees_with_a_plain_reading_of_the_rules(now, person):
    phone, address = person
    location = locate(phone, "", address)
    found = reach(BOOK, location, now)
    expected = oracle(now, location)
    assert (now if found.reason is None else found.until) == expected
