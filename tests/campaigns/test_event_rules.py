from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.event_rules import NOTHING, Details, fits
from contacts import segments
from contacts.models import Contact
from tests.contacts.factories import ContactFactory

HOUR = timedelta(hours=1)
WORDS = st.sampled_from(["gold", "Gold", "gold card", "silver", "x"])
NUMBERS = st.sampled_from([-1.5, 0.0, 1.0, 2.0, 1e9])
NAMES = st.sampled_from(["Plan", "Tier"])
TIMES = st.integers(0, 200).map(lambda hours: datetime(2026, 1, 1, tzinfo=UTC) + hours * HOUR)


def rule(field, op, *values):
    return {"field": field, "op": op, "values": list(values)}


def all_of(*rules):
    return {"match": "all", "rules": list(rules)}


on_attributes = st.builds(
    lambda name, op, values: rule(f"attributes.{name}", op, *values),
    NAMES,
    st.sampled_from(["is", "is_not", "contains"]),
    st.lists(WORDS, min_size=1, max_size=3),
)
on_metrics = st.builds(
    lambda name, op, value: rule(f"metrics.{name}", op, repr(value)),
    NAMES,
    st.sampled_from(["eq", "gt", "gte", "lt", "lte"]),
    NUMBERS,
)
details = st.builds(
    Details, st.dictionaries(NAMES, WORDS, max_size=2), st.dictionaries(NAMES, NUMBERS, max_size=2)
)


@pytest.mark.django_db
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rules=st.lists(on_attributes | on_metrics, max_size=3), came=details)
def test_an_event_fits_where_a_person_with_the_same_attributes_is_found(rules, came):
    Contact.objects.all().delete()
    ContactFactory(
        attributes={name: [value] for name, value in came.attributes.items()},
        metrics=dict(came.metrics),
    )
    assert fits(all_of(*rules), came) == bool(segments.count(all_of(*rules)))


@given(at=TIMES, first=TIMES, second=TIMES, seconds=st.integers(-2, 2))
def test_dates_are_compared_as_instants(at, first, second, seconds):
    at += timedelta(seconds=seconds)
    came = Details({"At": at.isoformat()})
    for op, holds in (("before", at < first), ("after", at > first)):
        assert fits(all_of(rule("attributes.At", op, first.isoformat())), came) == holds
    between = rule("attributes.At", "between", first.isoformat(), second.isoformat())
    assert fits(all_of(between), came) == (min(first, second) <= at <= max(first, second))


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("2026-01-31", True),
        ("2026-01-31T23:59:59Z", True),
        ("2026-02-01T05:00:00+09:00", True),
        ("2026-02-01", False),
        ("soon", False),
        ("", False),
        ("9999-12-31T23:59:59Z", False),
    ],
)
def test_a_day_is_the_installations(said, found, settings):
    settings.TIME_ZONE = "UTC"
    on = all_of(rule("attributes.At", "on", "2026-01-31"))
    assert fits(on, Details({"At": said})) is found


def test_no_rules_ask_for_nothing_and_nothing_fits_no_rule_but_one_that_excludes():
    assert fits({}, NOTHING)
    assert fits(all_of(rule("attributes.Plan", "is_not", "gold")), NOTHING)
    for asked in (rule("attributes.Plan", "is", "gold"), rule("metrics.Total", "lt", "5")):
        assert not fits(all_of(asked), NOTHING)
