from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns import schedules
from campaigns.schedules import Plan

NEW_YORK = frozenset({"America/New_York"})
USA = frozenset(
    {"America/New_York", "America/Chicago", "America/Denver", "America/Phoenix",
     "America/Los_Angeles", "America/Anchorage", "Pacific/Honolulu"}
)  # fmt: skip
plans = st.builds(
    Plan,
    repeats=st.sampled_from(["once", "hourly", "daily", "weekly", "monthly"]),
    first_day=st.dates(date(2024, 1, 1), date(2027, 12, 31)),
    clock=st.times().map(lambda clock: clock.replace(second=0, microsecond=0)),
)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2029, 12, 31), timezones=st.just(UTC))
zones = st.frozensets(st.sampled_from([*USA, "Asia/Kathmandu", "Pacific/Kiritimati"]), min_size=1)


def openings(plan, count, after=datetime(2020, 1, 1, tzinfo=UTC), places=NEW_YORK):
    found = []
    while len(found) < count and (one := schedules.following(plan, after, places)):
        found.append(one.opens_at)
        after = one.opens_at
    return found


def local(moments, zone="America/New_York"):
    return [moment.astimezone(ZoneInfo(zone)).strftime("%d %b %H:%M") for moment in moments]


def test_a_single_time_comes_once():
    plan = Plan("once", date(2026, 11, 27), time(9))
    assert local(openings(plan, 3)) == ["27 Nov 09:00"]


def test_every_day_is_at_the_same_hour_of_the_clock_when_clocks_change():
    plan = Plan("daily", date(2026, 10, 31), time(9))
    found = openings(plan, 3)
    assert local(found) == ["31 Oct 09:00", "01 Nov 09:00", "02 Nov 09:00"]
    assert found[1] - found[0] == timedelta(hours=25)


def test_an_hour_that_does_not_exist_is_the_same_moment_an_hour_later_on_the_clock():
    plan = Plan("daily", date(2027, 3, 13), time(2, 30))
    assert local(openings(plan, 3)) == ["13 Mar 02:30", "14 Mar 03:30", "15 Mar 02:30"]


def test_every_hour_is_sixty_minutes_apart_also_when_clocks_change():
    plan = Plan("hourly", date(2026, 11, 1), time(0))
    assert local(openings(plan, 4)) == [
        "01 Nov 00:00", "01 Nov 01:00", "01 Nov 01:00", "01 Nov 02:00"
    ]  # fmt: skip


def test_every_week_is_on_the_same_day_of_the_week():
    plan = Plan("weekly", date(2026, 11, 25), time(9))
    assert local(openings(plan, 3)) == ["25 Nov 09:00", "02 Dec 09:00", "09 Dec 09:00"]


def test_every_month_is_on_the_last_day_where_the_month_is_shorter():
    plan = Plan("monthly", date(2027, 12, 31), time(9))
    assert local(openings(plan, 4)) == [
        "31 Dec 09:00", "31 Jan 09:00", "29 Feb 09:00", "31 Mar 09:00"
    ]  # fmt: skip


def test_nothing_begins_at_or_after_the_end():
    end = datetime(2026, 11, 27, 14, tzinfo=UTC)  # 9:00 in New York
    plan = Plan("daily", date(2026, 11, 25), time(9), ends_at=end)
    assert local(openings(plan, 5)) == ["25 Nov 09:00", "26 Nov 09:00"]
    last = schedules.latest(plan, end + timedelta(days=9), NEW_YORK)
    assert local([last.opens_at]) == ["26 Nov 09:00"]


def test_everybodys_own_time_opens_in_the_first_zone_and_closes_in_the_last():
    day, clock = date(2026, 11, 27), time(9)
    assert schedules.opening(day, clock, USA) == datetime(2026, 11, 27, 14, tzinfo=UTC)
    assert schedules.closing(day, clock, USA) == datetime(2026, 11, 27, 19, tzinfo=UTC)


@given(plan=plans, moment=moments, places=zones)
def test_the_following_one_is_later_and_the_latest_one_is_not(plan, moment, places):
    after = schedules.following(plan, moment, places)
    before = schedules.latest(plan, moment, places)
    assert after is None or after.opens_at > moment
    assert before is None or before.opens_at <= moment
    if plan.repeats != "once":
        assert after is not None


@given(plan=plans, moment=moments, places=zones)
def test_between_the_latest_and_the_following_one_there_is_none(plan, moment, places):
    before = schedules.latest(plan, moment, places)
    after = schedules.following(plan, moment, places)
    if before and after:
        assert schedules.following(plan, before.opens_at, places) == after
        assert schedules.latest(plan, after.opens_at, places) == after


@given(plan=plans.filter(lambda plan: plan.repeats != "hourly"), moment=moments, places=zones)
def test_at_the_opening_it_is_that_time_in_some_zone(plan, moment, places):
    found = schedules.following(plan, moment, places)
    if found:
        assert found.opens_at in {
            schedules.instant(found.day, plan.clock, place) for place in places
        }


@pytest.mark.parametrize("repeats", ["once", "hourly", "daily", "weekly", "monthly"])
def test_before_the_first_day_nothing_has_opened(repeats):
    plan = Plan(repeats, date(2026, 11, 27), time(9))
    assert schedules.latest(plan, datetime(2026, 11, 27, 13, 59, tzinfo=UTC), NEW_YORK) is None
