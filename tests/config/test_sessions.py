"""A login ends after an idle time and after its hours."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from tests.config import world

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def is_in(clock, client):
    client.force_login(world.person("Marketer"))

    def is_in(after, **headers):
        clock.move_to(NOW + after)
        page = client.get(reverse("admin:campaigns_campaign_changelist"), headers=headers)
        return page.status_code == 200

    return is_in


def test_whoever_clicks_now_and_then_stays(is_in):
    assert all(is_in(timedelta(minutes=50 * n)) for n in range(10))


def test_whoever_is_away_for_an_hour_logs_in_again(is_in):
    assert is_in(timedelta())
    assert not is_in(timedelta(minutes=61))


def test_a_page_that_renews_itself_keeps_nobody_logged_in(is_in):
    assert is_in(timedelta())
    polled = [is_in(timedelta(minutes=10 * n), **{"HX-Request": "true"}) for n in range(1, 8)]
    assert polled == [True] * 6 + [False]


def test_after_twelve_hours_everybody_logs_in_again(is_in):
    came_in = [is_in(timedelta(minutes=45 * n)) for n in range(18)]
    assert came_in == [n * 45 <= 12 * 60 for n in range(18)]
