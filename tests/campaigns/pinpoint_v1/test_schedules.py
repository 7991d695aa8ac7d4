from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.models import Campaign
from campaigns.pinpoint_v1.schedules import FIELDS, fields_of, schedule_of
from campaigns.pinpoint_v1.segments import METRIC_OPS, rules_of_dimensions
from campaigns.refusal import Refused

NOW = datetime(2026, 11, 27, 12, 30, 15, tzinfo=UTC)
AWS = [
    *("UTC", "UTC+01", "UTC+02", "UTC+03", "UTC+03:30", "UTC+04", "UTC+04:30", "UTC+05"),
    *("UTC+05:30", "UTC+05:45", "UTC+06", "UTC+06:30", "UTC+07", "UTC+08", "UTC+09", "UTC+09:30"),
    *("UTC+10", "UTC+10:30", "UTC+11", "UTC+12", "UTC+13"),
    *("UTC-02", "UTC-03", "UTC-04", "UTC-05", "UTC-06", "UTC-07", "UTC-08", "UTC-09"),
    *("UTC-10", "UTC-11"),
]


@pytest.mark.parametrize("zone", AWS)
def test_each_offset_of_aws_means_that_instant(zone):
    """The winter that has no summer time, but for Lord Howe, which then is at +11."""
    start = {"StartTime": "2027-06-15T10:00:00", "Timezone": zone, "Frequency": "DAILY"}
    fields = fields_of(start, NOW)
    campaign = Campaign(**fields)
    offset = zone.removeprefix("UTC") or "+00"
    meant = datetime.fromisoformat(f"2027-06-15T10:00:00{offset}")
    assert datetime.fromisoformat(schedule_of(campaign, "UTC")["StartTime"]) == meant


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ({"StartTime": "IMMEDIATE"}, {"timing": "now"}),
        ({"StartTime": "immediate", "Frequency": "ONCE"}, {"timing": "now"}),
        (
            {"StartTime": "IMMEDIATE", "Frequency": "DAILY"},
            {"timing": "daily", "first_day": date(2026, 11, 27), "clock": time(12, 31)},
        ),
        (
            {"StartTime": "2026-12-01T10:00:00.123Z", "Timezone": "America/New_York"},
            {"timing": "once", "first_day": date(2026, 12, 1), "clock": time(5)},
        ),
        (
            {"StartTime": "2026-12-01T10:00:00", "Timezone": "America/New_York"},
            {"first_day": date(2026, 12, 1), "clock": time(10), "everyones_own": False},
        ),
        (
            {"StartTime": "2026-12-01T10:00:00Z", "Timezone": "UTC-05", "IsLocalTime": True},
            {"clock": time(10), "everyones_own": True, "zone": "Etc/GMT+5"},
        ),
        ({"StartTime": "2026-12-01T10:00:00Z", "IsLocalTime": True}, {"zone": ""}),
        (
            {"StartTime": "2026-12-01T10:00:00Z", "IsLocalTime": True, "Frequency": "HOURLY"},
            {"everyones_own": False, "zone": "UTC"},
        ),
        (
            {"StartTime": "IMMEDIATE", "EndTime": "2026-12-01T10:00:00-05:00"},
            {"ends_at": datetime(2026, 12, 1, 15, tzinfo=UTC)},
        ),
    ],
)
def test_a_schedule_says_when_runs_begin(schedule, expected):
    fields = fields_of(schedule, NOW)
    assert {name: fields[name] for name in expected} == expected


def test_all_fields_are_told():
    assert set(fields_of({"StartTime": "IMMEDIATE"}, NOW)) == set(FIELDS)


NAMES, WORDS = st.sampled_from(["Plan", "Carrier Name"]), st.sampled_from(["gold", "x.y"])
ASKED = {
    "Attributes": st.dictionaries(
        NAMES,
        st.fixed_dictionaries(
            {
                "AttributeType": st.sampled_from(["INCLUSIVE", "EXCLUSIVE", "CONTAINS"]),
                "Values": st.lists(WORDS, min_size=1, max_size=3),
            }
        ),
        min_size=1,
    ),
    "Metrics": st.dictionaries(
        NAMES,
        st.fixed_dictionaries(
            {
                "ComparisonOperator": st.sampled_from(sorted(METRIC_OPS)),
                "Value": st.floats(-1e6, 1e6),
            }
        ),
        min_size=1,
    ),
}


def event_filter(**dimensions):
    kind = {"EventType": {"DimensionType": "INCLUSIVE", "Values": ["order"]}}
    return {
        "StartTime": "IMMEDIATE",
        "Frequency": "EVENT",
        "EventFilter": {"FilterType": "ENDPOINT", "Dimensions": kind | dimensions},
    }


@pytest.mark.parametrize(
    ("dimensions", "member"),
    [
        ({"Attributes": {"Plan": {"AttributeType": "INCLUSIVE", "Values": []}}}, "Plan.Values"),
        ({"Attributes": {"At": {"AttributeType": "BETWEEN", "Values": ["x"]}}}, "At.Values"),
        ({"Attributes": {"At": {"AttributeType": "ON", "Values": ["soon"]}}}, "soon"),
        ({"Metrics": {"Total": {"ComparisonOperator": "NEAR", "Value": 1}}}, "Operator"),
    ],
)
def test_what_no_event_can_be_asked_for_is_refused_by_name(dimensions, member):
    with pytest.raises(Refused, match=r"Schedule\.EventFilter\.Dimensions") as caught:
        fields_of(event_filter(**dimensions), NOW)
    assert member in str(caught.value)


@given(
    timing=st.sampled_from(["now", "once", "hourly", "daily", "weekly", "monthly", "event"]),
    begin=st.datetimes(datetime(2027, 1, 1), datetime(2030, 1, 1)).map(
        lambda at: at.replace(microsecond=0)
    ),
    zone=st.sampled_from(["America/Phoenix", "UTC", "Asia/Kolkata", "Etc/GMT+5"]),
    own=st.booleans(),
    dimensions=st.dictionaries(
        st.sampled_from(["Attributes", "Metrics"]), st.just(None), max_size=2
    ).flatmap(lambda members: st.fixed_dictionaries({name: ASKED[name] for name in members})),
    ends=st.none() | st.just(datetime(2031, 1, 1, tzinfo=UTC)),
)
def test_what_was_written_here_comes_back_the_same(timing, begin, zone, own, dimensions, ends):
    starts, answers = timing not in {"now", "event"}, timing == "event"
    fields = {
        "timing": timing,
        "event": "order" if timing == "event" else "",
        "event_rules": rules_of_dimensions(dimensions, "") if answers and dimensions else {},
        "first_day": begin.date() if starts else None,
        "clock": begin.time() if starts else None,
        "zone": zone if starts else "UTC",
        "everyones_own": own and starts and timing != "hourly",
        "starts_at": begin.replace(tzinfo=UTC) if timing == "event" else None,
        "ends_at": ends,
    }
    assert fields_of(schedule_of(Campaign(**fields), "UTC"), NOW) == fields


@pytest.mark.parametrize(
    "schedule",
    [
        {"StartTime": "IMMEDIATE", "EventFilter": {"FilterType": "SYSTEM", "Dimensions": {}}},
        {"StartTime": "tomorrow"},
        {"StartTime": "IMMEDIATE", "Timezone": "UTC+25"},
        {"StartTime": "IMMEDIATE", "Timezone": "UTC+05:17"},
        {"StartTime": "IMMEDIATE", "EndTime": str(NOW - timedelta(1))},
    ],
)
def test_what_is_no_schedule_is_refused(schedule):
    with pytest.raises(Refused, match="Schedule"):
        fields_of(schedule, NOW)
