from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.quiet_hours import next_allowed

EIGHT, NINE_PM = time(8), time(21)
NEW_YORK = ZoneInfo("America/New_York")
ZONES = [
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Kathmandu",
    "Europe/London",
]


def local(*parts):
    return datetime(*parts, tzinfo=NEW_YORK)


def allowed(now, *zones):
    return next_allowed(now, zones or ["America/New_York"], EIGHT, NINE_PM)


@pytest.mark.parametrize("hour", [8, 12, 20])
def test_it_lets_pass_within_the_window(hour):
    now = local(2026, 11, 24, hour)
    assert allowed(now) == now


def test_it_lets_pass_one_second_before_the_end():
    now = local(2026, 11, 24, 20, 59, 59)
    assert allowed(now) == now


def test_it_defers_at_the_end_to_the_next_morning():
    assert allowed(local(2026, 11, 24, 21)) == local(2026, 11, 25, 8)


def test_it_defers_before_the_start_to_the_same_morning():
    assert allowed(local(2026, 11, 24, 7, 59)) == local(2026, 11, 24, 8)


def test_it_waits_until_every_candidate_zone_is_open():
    morning = local(2026, 11, 24, 8, 30)
    zones = ("America/New_York", "America/Chicago")
    assert allowed(morning, *zones) == local(2026, 11, 24, 9)


def test_it_defers_over_the_night_the_clocks_go_back():
    assert allowed(local(2026, 10, 31, 22)) == local(2026, 11, 1, 8)


def test_it_defers_over_the_night_the_clocks_go_forward():
    assert allowed(local(2026, 3, 7, 22)) == local(2026, 3, 8, 8)


def test_zones_without_a_common_window_have_none():
    zones = ["America/New_York", "Australia/Perth"]
    assert next_allowed(local(2026, 11, 24, 12), zones, time(9), time(20)) is None


def test_it_needs_a_zone():
    with pytest.raises(ValueError, match="at least one zone"):
        next_allowed(datetime.now(UTC), [], EIGHT, NINE_PM)


def _oracle(now: datetime, zones: list[str]) -> datetime | None:
    """Try every quarter of an hour; all zones' offsets are multiples of it."""
    moment = now
    while moment - now <= timedelta(days=7):
        if all(EIGHT <= moment.astimezone(ZoneInfo(z)).time() < NINE_PM for z in zones):
            return moment
        moment = moment.replace(minute=moment.minute // 15 * 15, second=0) + timedelta(minutes=15)
    return None


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(
        lambda d: d.replace(microsecond=0, tzinfo=UTC)
    ),
    st.lists(st.sampled_from(ZONES), min_size=1, max_size=4, unique=True),
)
def test_it_agrees_with_trying_every_quarter_of_an_hour(now, zones):
    assert next_allowed(now, zones, EIGHT, NINE_PM) == _oracle(now, zones)
