from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from compliance.policies.hours import parse
from compliance.quiet_hours import Opening, local_instant, next_allowed

NEW_YORK = ZoneInfo("America/New_York")
MINUTE = timedelta(minutes=1)
FEDERAL = parse("Mon-Sun 08:00-21:00")


def local(*parts):
    return datetime(*parts, tzinfo=NEW_YORK)


def allowed(now, *zones, week=FEDERAL, margin=0):
    opening = next_allowed(
        now, zones or ["America/New_York"], lambda d: week[d.weekday()], timedelta(minutes=margin)
    )
    return opening and opening.at


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


def test_nothing_is_handed_over_in_the_margin_before_the_end():
    assert allowed(local(2026, 11, 24, 20, 55), margin=5) == local(2026, 11, 25, 8)


def test_it_may_go_up_to_the_margin():
    now = local(2026, 11, 24, 20, 54, 59)
    assert allowed(now, margin=5) == now


def test_it_tells_until_when_the_text_may_be_delivered():
    opening = next_allowed(
        local(2026, 11, 24, 15), ["America/New_York", "America/Chicago"], lambda d: FEDERAL[0]
    )
    assert opening == Opening(local(2026, 11, 24, 15), local(2026, 11, 24, 21))


def test_it_waits_until_every_candidate_zone_is_open():
    morning = local(2026, 11, 24, 8, 30)
    assert allowed(morning, "America/New_York", "America/Chicago") == local(2026, 11, 24, 9)


def test_it_waits_over_a_day_without_hours():
    week = parse("Mon-Sat 08:00-20:00")
    assert allowed(local(2026, 11, 28, 20), week=week) == local(2026, 11, 30, 8)


def test_a_closed_day_is_a_local_date_of_each_zone():
    """It is still Sunday in Honolulu when Monday has begun in New York."""
    week = parse("Mon-Sat 00:00-24:00")
    monday = local(2026, 11, 23, 1)
    assert allowed(monday, "America/New_York", "Pacific/Honolulu", week=week) == datetime(
        2026, 11, 23, 10, tzinfo=UTC
    )


def test_it_defers_over_the_night_the_clocks_go_back():
    assert allowed(local(2026, 10, 31, 22)) == local(2026, 11, 1, 8)


def test_it_defers_over_the_night_the_clocks_go_forward():
    assert allowed(local(2026, 3, 7, 22)) == local(2026, 3, 8, 8)


def test_a_window_that_opens_in_the_skipped_hour_opens_after_it():
    week = parse("Mon-Sun 02:30-04:00")
    assert allowed(local(2026, 3, 8, 1), week=week) == datetime(2026, 3, 8, 7, tzinfo=UTC)


def test_an_hour_that_comes_twice_is_open_twice():
    week = parse("Mon-Sun 01:00-02:00")
    second = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)  # 1:30 again
    assert allowed(second, week=week) == second


def test_zones_without_a_common_window_have_none():
    week = parse("Mon-Sun 09:00-20:00")
    zones = ["America/New_York", "Australia/Perth"]
    assert allowed(local(2026, 11, 24, 12), *zones, week=week) is None


def test_it_gives_up_after_a_week_without_an_open_day():
    assert next_allowed(local(2026, 11, 24), ["America/New_York"], lambda d: None) is None


def test_it_needs_a_zone():
    with pytest.raises(ValueError, match="at least one zone"):
        next_allowed(datetime.now(UTC), [], lambda d: FEDERAL[0])


# Half and quarter hours, clocks that change at midnight or by half an hour, a skipped date, and
# both sides of the date line.
ZONES = [
    "America/New_York",
    "America/Phoenix",
    "America/St_Johns",
    "America/Havana",
    "America/Nuuk",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Beirut",
    "Australia/Eucla",
    "Australia/Lord_Howe",
    "Europe/London",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Pacific/Honolulu",
]
# Instants around which clocks change in some of them; the last is Samoa's skipped Friday.
CHANGES = [
    datetime(2026, 3, 8, 7, tzinfo=UTC),
    datetime(2026, 3, 8, 5, tzinfo=UTC),
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 4, 4, 15, tzinfo=UTC),
    datetime(2026, 4, 23, 22, tzinfo=UTC),
    datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
    datetime(2026, 10, 29, 21, tzinfo=UTC),
    datetime(2026, 11, 1, 5, tzinfo=UTC),
    datetime(2011, 11, 6, 2, 31, tzinfo=UTC),
    datetime(2011, 12, 30, 10, tzinfo=UTC),
]
MINUTES = st.integers(0, 24 * 60)
WINDOWS = st.one_of(
    st.none(), st.tuples(MINUTES, MINUTES).filter(lambda w: w[0] < w[1]), st.just((540, 1200))
)
MOMENTS = st.one_of(
    st.sampled_from(CHANGES).flatmap(
        lambda c: st.integers(-40 * 60, 40 * 60).map(lambda m: c + m * MINUTE)
    ),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(
        lambda d: d.replace(second=0, microsecond=0, tzinfo=UTC)
    ),
)


def open_now(moment, zones, week, off):
    for zone in zones:
        wall = moment.astimezone(ZoneInfo(zone))
        window = None if wall.date() in off else week[wall.weekday()]
        if not window or not window[0] <= wall.hour * 60 + wall.minute < window[1]:
            return False
    return True


def oracle(now, zones, week, off, margin):
    """Step by the minute and look at every clock on the wall."""
    run = 0  # how many minutes on end everything has been open, counted backwards in time
    best = None
    for step in range(7 * 24 * 60 + margin, -1, -1):
        run = run + 1 if open_now(now + step * MINUTE, zones, week, off) else 0
        if run > margin and step <= 7 * 24 * 60:
            best = now + step * MINUTE
    return best


@settings(max_examples=60)
@given(
    now=MOMENTS,
    zones=st.lists(st.sampled_from(ZONES), min_size=1, max_size=3, unique=True),
    week=st.lists(WINDOWS, min_size=7, max_size=7),
    holidays=st.sets(st.integers(-2, 8), max_size=3),
    margin=st.sampled_from([0, 5, 45]),
)
@example(datetime(2011, 12, 29, tzinfo=UTC), ["Pacific/Apia"], [None] * 4 + [(0, 1440)] * 3, {9}, 0)
@example(datetime(2026, 11, 1, 3, tzinfo=UTC), ["America/Havana"], [(0, 60)] * 7, set(), 5)
@example(datetime(2011, 11, 6, 2, tzinfo=UTC), ["America/St_Johns"], [(1381, 1440)] * 7, set(), 0)
def test_it_agrees_with_trying_every_minute(now, zones, week, holidays, margin):
    off = {now.date() + timedelta(days=n) for n in holidays}
    opening = next_allowed(
        now,
        zones,
        lambda d: None if d in off else week[d.weekday()],
        timedelta(minutes=margin),
    )
    assert (opening and opening.at) == oracle(now, zones, week, off, margin)


@settings(max_examples=60)
@given(MOMENTS, st.sampled_from(ZONES), st.lists(WINDOWS, min_size=7, max_size=7))
def test_a_window_lasts_until_the_first_minute_that_is_closed(now, zone, week):
    opening = next_allowed(now, [zone], lambda d: week[d.weekday()])
    if opening and opening.until - opening.at < timedelta(days=3):
        assert not open_now(opening.until, [zone], week, ())
        assert open_now(opening.until - MINUTE, [zone], week, ())


def test_a_wall_clock_time_is_the_latest_of_a_persons_zones():
    ten = datetime(2026, 12, 3, 10)
    assert local_instant(ten, ["America/New_York", "America/Chicago"]) == local(2026, 12, 3, 11)


def test_a_time_that_the_clocks_skip_is_when_they_skip_it():
    half_past_two = datetime(2026, 3, 8, 2, 30)
    assert local_instant(half_past_two, ["America/New_York"]) == local(2026, 3, 8, 3)


def test_a_time_that_the_clocks_show_twice_is_the_first():
    assert local_instant(datetime(2026, 11, 1, 1, 30), ["America/New_York"]) == datetime(
        2026, 11, 1, 5, 30, tzinfo=UTC
    )


def test_a_date_that_a_zone_skips_is_the_next_day():
    skipped = datetime(2011, 12, 30, 10)
    there = local_instant(skipped, ["Pacific/Apia"]).astimezone(ZoneInfo("Pacific/Apia"))
    assert there.date() == date(2011, 12, 31)
