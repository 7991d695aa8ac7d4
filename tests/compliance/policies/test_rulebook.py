from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from compliance.locations import locate
from compliance.models import Emergency, HolidayChange, Policy, RulesVersion
from compliance.policies import rulebook, versions
from compliance.policies.seeding import seed
from compliance.reach import reach
from compliance.reasons import Reason

pytestmark = pytest.mark.django_db
TUESDAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 17, tzinfo=UTC)  # noon in New York


def plan(*jurisdictions, promotional=True):
    versions.make("")
    return rulebook.latest().plan(frozenset(jurisdictions), promotional=promotional)


def make(jurisdiction, hours, **more):
    return Policy.objects.create(
        jurisdiction=jurisdiction, hours=hours, source="a test", review_on=TUESDAY, **more
    )


def hours(start, end):
    return start * 60, end * 60


# Rows of compliance.md 2.1 and 6.1: (place, weekday of November 2026, hours).
@pytest.mark.parametrize(
    ("place", "day", "expected"),
    [
        ("US-NY", 24, hours(8, 21)),
        ("US-AL", 29, None),
        ("US-CT", 24, hours(9, 20)),
        ("US-FL", 24, hours(8, 20)),
        ("US-KY", 24, hours(10, 21)),
        ("US-LA", 29, None),
        ("US-RI", 24, hours(9, 18)),
        ("US-RI", 28, hours(10, 17)),
        ("US-TX", 24, hours(9, 21)),
        ("US-TX", 29, hours(12, 21)),
        ("US-WA", 29, hours(8, 20)),
        ("US-PA", 28, hours(8, 12)),
        ("CA-ON", 28, hours(10, 18)),
        ("FR", 29, None),
        ("IN", 29, hours(10, 21)),
        ("BR", 28, hours(8, 14)),
        ("JP", 24, hours(9, 20)),
        ("JP", 29, None),
    ],
)
def test_the_reference_is_what_holds_at_first(place, day, expected):
    found = plan(place, place.partition("-")[0])
    assert found.day(date(2026, 11, day)) == expected


def test_every_state_has_a_rule_with_a_source_and_a_review_date():
    states = set(
        Policy.objects.filter(jurisdiction__startswith="US-").values_list("jurisdiction", flat=True)
    )
    assert len(states) == 51 + 5
    assert not Policy.objects.filter(source="").exists()


@pytest.mark.parametrize("place", ["US-FL", "US-OK", "US-MD", "US-OR", "US-NY", "DE"])
def test_three_texts_in_24_hours_is_the_limit_everywhere(place):
    assert plan(place, place.partition("-")[0]).most_in_day(TUESDAY) == 3


def test_the_strictest_of_several_states_counts():
    found = plan("US", "US-TX", "US-RI")
    assert found.day(date(2026, 11, 29)) == hours(12, 17)


def test_hours_that_do_not_overlap_leave_none():
    make("XA", "Mon-Sun 08:00-10:00")
    make("XB", "Mon-Sun 10:00-12:00")
    assert plan("XA", "XB").day(TUESDAY) is None


def test_a_rule_holds_from_its_first_to_its_last_local_date():
    make("XA", "Mon-Sun 09:00-12:00", first_day=TUESDAY, last_day=TUESDAY)
    found = plan("XA")
    assert found.day(TUESDAY) == hours(9, 12)
    assert found.day(TUESDAY - timedelta(days=1)) == hours(9, 20)  # as elsewhere
    assert found.day(TUESDAY + timedelta(days=1)) == hours(9, 20)


def test_before_its_law_was_in_force_oregon_had_federal_hours():
    assert plan("US", "US-OR").day(date(2025, 12, 31)) == hours(8, 21)


def test_a_country_without_any_rule_is_closed():
    Policy.objects.filter(jurisdiction="other").update(last_day=date(2020, 1, 1))
    assert plan("XA").day(TUESDAY) is None


def test_transactional_texts_are_exempt_where_no_rule_covers_them():
    assert plan("US", "US-LA", promotional=False).rules == ()


def test_a_rule_may_cover_all_texts():
    make("XA", "Mon-Fri 09:00-17:00", covers="all")
    assert (
        reach(book_after_change(), locate("+12125550111"), NOON, promotional=False).reason is None
    )
    assert plan("XA", promotional=False).day(date(2026, 11, 28)) is None


def book_after_change():
    versions.make("")
    return rulebook.latest()


@pytest.mark.parametrize(
    ("place", "day"),
    [
        ("US-AL", "2026-04-27"),  # Confederate Memorial Day
        ("US-AL", "2026-12-01"),  # Rosa Parks Day, which the library does not know
        ("US-LA", "2026-02-17"),  # Mardi Gras
        ("US-LA", "2026-10-12"),  # Columbus Day, which the state's calendar leaves out
        ("US-LA", "2026-11-27"),
        ("US-MS", "2027-07-05"),  # 4 July is a Sunday
        ("US-RI", "2026-05-04"),
        ("US-RI", "2026-08-10"),
        ("US-UT", "2026-07-24"),
        ("US-PA", "2026-06-14"),
        ("FR", "2026-07-14"),
        ("FR", "2026-12-26"),  # Alsace and Moselle
    ],
)
def test_no_promotional_text_goes_on_a_holiday(place, day):
    found = plan(place, place.partition("-")[0])
    assert found.day(date.fromisoformat(day)) is None
    assert found.why_closed(date.fromisoformat(day)) is Reason.HOLIDAY


def test_a_holiday_is_like_any_day_where_no_rule_says_otherwise():
    assert plan("US", "US-NY").day(date(2026, 12, 25)) == hours(8, 21)


def test_a_day_that_is_added_counts_and_one_that_is_removed_does_not():
    make("XA", "Mon-Sun 09:00-20:00", calendars="FR")
    fields = {"calendar": "FR", "source": "a test", "review_on": TUESDAY}
    HolidayChange.objects.create(day=TUESDAY, change="add", name="A day", **fields)
    HolidayChange.objects.create(
        day=date(2026, 12, 25), change="remove", name="Christmas", **fields
    )
    assert plan("XA").day(TUESDAY) is None
    assert plan("XA").day(date(2026, 12, 25)) == hours(9, 20)


def test_a_version_is_made_only_when_something_changed():
    assert versions.make("") is None


def test_a_changed_rule_makes_another_version():
    before = rulebook.latest().version
    Policy.objects.filter(jurisdiction="FR").update(hours="Mon-Fri 10:00-18:00")
    versions.make("officer")
    assert rulebook.latest().version != before


def test_a_version_is_read_once(django_assert_num_queries):
    rulebook.latest()
    with django_assert_num_queries(1):
        rulebook.latest()


@pytest.mark.parametrize(
    "statement", ["UPDATE compliance_rulesversion SET made_by = 'x'", "DELETE FROM %s"]
)
def test_the_database_refuses_to_change_a_version(statement):
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.replace("%s", "compliance_rulesversion"))


def test_seeding_again_changes_nothing():
    seed()
    assert RulesVersion.objects.count() == 1


def stop(jurisdiction, since, until):
    Emergency.objects.create(
        jurisdiction=jurisdiction, since=since, until=until, source="Proclamation 1"
    )
    return book_after_change()


def test_an_emergency_holds_back_its_state_until_it_ends():
    book = stop("US-LA", NOON - timedelta(days=1), NOON + timedelta(days=1))
    found = reach(book, locate("+15045550111"), NOON)
    assert (found.reason, found.until) == (Reason.EMERGENCY_STATE, NOON + timedelta(days=1))


def test_an_emergency_that_ends_at_night_defers_to_the_morning():
    book = stop("US-LA", NOON, datetime(2026, 11, 25, 6, tzinfo=UTC))
    found = reach(book, locate("+15045550111"), NOON)
    assert found.until == datetime(2026, 11, 25, 14, tzinfo=UTC)


def test_an_emergency_of_weeks_defers_to_the_first_open_hour_after_it():
    book = stop("US-LA", NOON, NOON + timedelta(days=40))  # a Sunday
    found = reach(book, locate("+15045550111"), NOON)
    assert found.until == datetime(2027, 1, 4, 14, tzinfo=UTC)


def test_an_emergency_leaves_other_states_alone():
    book = stop("US-LA", NOON, NOON + timedelta(days=2))
    assert reach(book, locate("+12125550111"), NOON).reason is None


def test_an_emergency_that_is_over_or_to_come_holds_nothing_back():
    stop("US-NY", NOON - timedelta(days=2), NOON)
    book = stop("US-NY", NOON + timedelta(days=1), NOON + timedelta(days=2))
    assert reach(book, locate("+12125550111"), NOON).reason is None


def test_an_emergency_does_not_hold_back_transactional_texts():
    book = stop("US-LA", NOON, NOON + timedelta(days=2))
    assert reach(book, locate("+15045550111"), NOON, promotional=False).reason is None
