"""Our figures beside AWS's: each day in the zone that is asked for, and why they differ."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine

from analytics import beside_aws, rollups
from analytics.scope import Scope
from campaigns import aws_figures
from campaigns.models import AwsFigure
from pinpoint import metrics
from tests.campaigns.factories import MessageFactory, RunFactory

NOW = datetime(2026, 11, 24, 3, 20, tzinfo=UTC)  # still the 23rd in New York
THIS_HOUR = NOW.replace(minute=0)
LATER = datetime(2026, 12, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = date(2026, 11, 24)

pytestmark = pytest.mark.django_db


def scope(zone="UTC", since=DAY, until=DAY):
    return Scope(since, until, ZoneInfo(zone), {"country": "FR"})


def told(metric, *values, begins_at=THIS_HOUR):
    """Keep what AWS told of one hour after another; None: nothing."""
    aws_figures.keep(
        AwsFigure(
            metric=metric,
            begins_at=begins_at + n * HOUR,
            seconds=3600,
            value=value,
            read_at=NOW,
        )
        for n, value in enumerate(values)
        if value is not None
    )


def text(**members):
    given = {
        "state": "delivered", "sent_at": NOW, "changed_at": NOW, "final_at": NOW, "aws_id": "a",
        "country": "US", "parts": 2, "price": Decimal("0.012"), "carrier_fee": Decimal("0.006"),
    }  # fmt: skip
    MessageFactory(run=RunFactory(), **{**given, **members})
    rollups.roll_up(NOW)


def row(panel):
    [only] = panel.rows
    return only


def test_all_texts_stand_beside_what_aws_counts_whatever_is_filtered():
    text()
    told(metrics.SENT, 2)
    told(metrics.DELIVERED, 1, 1)
    assert row(beside_aws.parts(scope())) == ["2026-11-24", 2, 2, 0, 2, 2, 0, ""]


def test_hours_belong_to_the_day_of_the_zone_that_is_asked_for():
    text()
    told(metrics.SENT, 2)
    new_york = scope("America/New_York", date(2026, 11, 23), DAY)
    first, second = beside_aws.parts(new_york).rows
    assert first[1:4] == [2, 2, 0]
    assert second[1:4] == [0, None, None]


def test_a_day_costs_what_the_month_came_to_in_it():
    text()
    told(metrics.SPEND, "5.000", "5.010", "5.018")
    assert row(beside_aws.spent(scope()))[1:] == [
        Decimal("0.018"), Decimal("0.018"), Decimal(0), "",
    ]  # fmt: skip


def test_a_new_month_begins_at_nothing():
    first = datetime(2026, 12, 1, tzinfo=UTC)
    told(metrics.SPEND, 90, 1, 3, begins_at=first - HOUR)
    assert aws_figures.spent_by_hour(first, first + 2 * HOUR) == {first: 1, first + HOUR: 2}


def test_the_first_reading_says_nothing_of_its_hour_but_when_a_month_begins():
    told(metrics.SPEND, 5, 7)
    assert aws_figures.spent_by_hour(THIS_HOUR, THIS_HOUR + 2 * HOUR) == {THIS_HOUR + HOUR: 2}


def test_what_was_spent_in_silent_hours_is_in_the_next_that_aws_told():
    told(metrics.SPEND, 5, None, None, 8)
    assert aws_figures.spent_by_hour(THIS_HOUR, THIS_HOUR + 4 * HOUR) == {THIS_HOUR + 3 * HOUR: 3}


@pytest.mark.parametrize(
    ("ours", "sent", "delivered", "at", "words"),
    [
        ({}, 5, 2, LATER, "Something else in this account may send too."),
        ({"state": "unknown"}, 5, 0, LATER, "Texts of unclear fate may have gone out."),
        ({}, 1, 2, NOW, "AWS may not have told all of this day yet."),
        ({}, 1, 2, LATER, "AWS put some texts into another day, or never told them."),
        ({}, 2, 4, NOW, "Receipts may still come."),
        ({}, 2, 4, LATER, "AWS counts a receipt on the day it came, and a repeated one again."),
    ],
)
def test_what_may_explain_a_difference_is_said(ours, sent, delivered, at, words):
    text(**ours)
    told(metrics.SENT, sent)
    told(metrics.DELIVERED, delivered)
    with time_machine.travel(at, tick=False):
        assert row(beside_aws.parts(scope()))[-1] == words


def test_a_difference_of_money_is_explained_by_prices_that_are_not_told():
    text(price=None, carrier_fee=None, expected_usd=Decimal("0.05"), state="accepted")
    told(metrics.SPEND, 5, 6)
    told(metrics.SPEND, 5, begins_at=THIS_HOUR - HOUR)
    assert "the expected one" in row(beside_aws.spent(scope()))[-1]


def test_less_money_at_aws_is_shown_with_its_sign():
    text(price=Decimal("3.000"))
    told(metrics.SPEND, 5, begins_at=THIS_HOUR - HOUR)
    told(metrics.SPEND, 6)
    [[_day, ours, theirs, less, _words]] = beside_aws.spent(scope()).shown()
    assert (ours, theirs, less) == ("$3.01", "$1.00", "−$2.01")
