"""Whether what a sender sends arrives more or less often than before."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from analytics import rollups, trends
from analytics.scope import Scope
from tests.campaigns.factories import CampaignFactory, MessageFactory, RunFactory

pytestmark = pytest.mark.django_db
FIRST = datetime(2026, 11, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def scope(days):
    until = FIRST.date() + (days - 1) * DAY
    return Scope(FIRST.date(), until, ZoneInfo("UTC"), {})


@pytest.fixture
def run():
    return RunFactory(campaign=CampaignFactory())


def texts(run, day, **states):
    at = FIRST + (day - 1) * DAY
    for state, count in states.items():
        given = {"sent_at": at, "changed_at": at, "aws_id": "a", "state": state}
        if state != "accepted":
            given["final_at"] = at
        MessageFactory.create_batch(count, run=run, **given)


def trend(days):
    rollups.roll_up(FIRST + 9 * DAY)
    return trends.halves(scope(days))


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [((10, 20), (29, 1), "↑ rising"), ((29, 1), (10, 20), "↓ falling"),
     ((15, 15), (16, 14), "→ steady")],
)  # fmt: skip
def test_it_says_in_a_word_where_the_rate_of_a_sender_is_going(run, before, after, says):
    for day, (delivered, failed) in ((1, before), (4, after)):
        texts(run, day, delivered=delivered, failed=failed)
    ((name, first, second, direction, difference, low, high),) = trend(4).rows
    assert name.startswith(str(run.campaign.originator))
    assert (first, second) == (before[0] / 30, after[0] / 30)
    assert direction == says
    assert low < difference < high


def test_texts_that_wait_for_their_final_word_make_no_last_day_look_bad(run):
    texts(run, 1, delivered=20)
    texts(run, 2, delivered=1, accepted=40)
    ((_name, first, second, direction, *_bounds),) = trend(2).rows
    assert (first, second, direction) == (1.0, 1.0, "→ steady")


def test_a_sender_that_is_new_is_compared_with_nothing(run):
    texts(run, 2, delivered=3)
    ((_name, first, second, direction, *bounds),) = trend(2).rows
    assert (first, second, direction) == (None, 1.0, "nothing to compare")
    assert bounds == [None] * 3


def test_one_day_has_no_trend(run):
    texts(run, 1, delivered=3)
    panel = trend(1)
    assert (panel.rows, panel.nothing) == ([], "Ask for two days at least.")


def test_the_rates_of_each_day_stand_side_by_side(run):
    other = RunFactory(campaign=CampaignFactory())
    texts(run, 1, delivered=3, failed=1)
    texts(run, 3, delivered=4)
    texts(other, 2, failed=2)
    rollups.roll_up(FIRST + 9 * DAY)
    panel = trends.day_by_day(scope(3))
    named = [f"{one.campaign.originator} (#{one.campaign.originator_id})" for one in (run, other)]
    assert [column.title for column in panel.columns[1:]] == named
    assert panel.rows == [
        [str(date(2026, 11, 1)), 0.75, None],
        [str(date(2026, 11, 2)), None, 0.0],
        [str(date(2026, 11, 3)), 1.0, None],
    ]
