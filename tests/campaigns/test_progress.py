from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns import lanes, pacing, progress
from campaigns.models import Message
from compliance.models import Originator, TenDlcCampaign
from tests.campaigns.factories import run_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def half_sent():
    """A campaign of 20 texts: 10 went in the last seconds, 6 are due, 4 wait for their hour."""
    pacing.connection().flushdb()
    run, messages = run_of(20)
    now = timezone.now()
    ids = [message.pk for message in messages]
    Message.objects.filter(pk__in=ids[:10]).update(state="accepted", sent_at=now, parts=2)
    Message.objects.filter(pk__in=ids[10:16]).update(due_at=now - timedelta(minutes=3))
    Message.objects.filter(pk__in=ids[16:]).update(due_at=now + timedelta(hours=3))
    return run.campaign


def test_it_says_rate_limit_backlog_and_the_expected_end(half_sent):
    now = timezone.now()
    (one,) = progress.standing(now)
    assert (one.texts_per_second, one.parts_per_second) == (1.0, 2.0)
    assert (one.limit, one.backlog, one.due) == (1000, 10, 6)
    assert now - one.oldest_due_at > timedelta(minutes=3)
    assert one.ends_at(now) == now + timedelta(seconds=6)


def test_the_limit_is_lower_while_aws_throttles(half_sent):
    bucket = pacing.Bucket(f"originator:{half_sent.originator_id}", 1000)
    pacing.slow_down(bucket)
    assert progress.standing(timezone.now())[0].limit < 800


def test_the_limit_is_no_higher_than_that_of_the_10dlc_campaign(half_sent):
    shared = TenDlcCampaign.objects.create(name="C1ACME", parts_per_second=40)
    Originator.objects.update(ten_dlc_campaign=shared)
    assert progress.standing(timezone.now())[0].limit == 40
    pacing.slow_down(lanes.shared_bucket(Originator.objects.get()))
    assert progress.standing(timezone.now())[0].limit < 35


@pytest.mark.parametrize("given", ["", "Bearer wrong", "Bearer "])
def test_metrics_need_the_token(client, settings, given):
    settings.METRICS_TOKEN = "right"
    assert client.get("/metrics", headers={"Authorization": given}).status_code == 401


def test_there_are_no_metrics_without_a_token_of_our_own(client, settings):
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_metrics_are_in_prometheus_own_format(client, settings, half_sent):
    settings.METRICS_TOKEN = "right"
    answer = client.get("/metrics", headers={"Authorization": "Bearer right"})
    labels = f'{{campaign="{half_sent.pk}",originator="{half_sent.originator.identity}"}}'
    assert f"sendpoint_backlog_messages{labels} 10.0" in answer.content.decode()
    assert f"sendpoint_parts_per_second{labels} 2.0" in answer.content.decode()
