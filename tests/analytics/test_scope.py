"""Days of a zone, found in the database."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from analytics import breakdowns
from analytics.models import ConsentHour, HourlyFact
from analytics.models.facts import DELAYS
from analytics.scope import Scope

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
# A day in whose midst clocks change, midnights that do not exist or come twice, a day that was
# left out, offsets of three quarters of an hour, and a change by half an hour.
CHANGES = {
    "America/New_York": date(2026, 11, 1),
    "Europe/Paris": date(2026, 3, 29),
    "Africa/Cairo": date(2026, 4, 24),
    "America/Havana": date(2026, 11, 1),
    "America/Asuncion": date(2024, 3, 24),
    "Pacific/Apia": date(2011, 12, 30),
    "Asia/Kathmandu": date(2026, 6, 1),
    "Australia/Lord_Howe": date(2026, 4, 5),
    "UTC": date(2026, 2, 28),
}


@pytest.mark.parametrize("name", CHANGES)
def test_an_hour_belongs_to_the_day_of_the_zone_in_which_it_begins(name):
    zone, middle = ZoneInfo(name), CHANGES[name]
    scope = Scope(middle - timedelta(days=2), middle + timedelta(days=2), zone, {})
    first = scope.start.astimezone(UTC).replace(minute=0) + HOUR
    hours = [first + n * HOUR for n in range(24 * 6)]
    asked = [hour for hour in hours if hour < scope.end]
    ConsentHour.objects.bulk_create(
        ConsentHour(hour=hour, act="opt_in", source="web", entries=1) for hour in asked
    )
    found = dict(ConsentHour.objects.annotate(n=scope.day_number).values_list("hour", "n"))
    assert {hour: scope.days[n - 1] for hour, n in found.items()} == {
        hour: hour.astimezone(zone).date() for hour in asked
    }
    assert len(asked) > 80


def test_what_two_panels_show_is_asked_once(django_assert_num_queries):
    hour = datetime(2026, 11, 24, 3, tzinfo=UTC)
    HourlyFact.objects.create(hour=hour, sent=2, delivered=1, delays=[0] * (len(DELAYS) + 1))
    scope = Scope(date(2026, 11, 23), date(2026, 11, 24), ZoneInfo("UTC"), {})
    with django_assert_num_queries(1):
        days, answers = breakdowns.days(scope), breakdowns.answers(scope)
    assert [row[1] for row in days.rows] == [0, 2]
    assert len(answers.rows) == 2


def test_what_differs_in_a_word_is_asked_apart():
    scope = Scope(date(2026, 11, 23), date(2026, 11, 24), ZoneInfo("UTC"), {})
    countries, carriers = (scope.once(_heard, word) for word in ("country", "carrier"))
    assert (countries, carriers) == (["country"], ["carrier"])
    assert scope.once(_heard, "country") is countries


def _heard(_scope, word):
    return [word]
