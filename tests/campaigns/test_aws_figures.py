"""What AWS counts, read from the simulator by boto3's own CloudWatch client."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns import aws_account, aws_figures, syncing
from campaigns.models import AwsFigure, AwsSource, Spending
from pinpoint import metrics
from tests import simulated
from tests.campaigns.factories import NOON

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
PAGE = "admin:campaigns_awsaccount_changelist"


@pytest.fixture
def account(tmp_path, monkeypatch):
    """An account of its own that has sent two texts."""
    process, url, _log = simulated.start(tmp_path, "http://127.0.0.1:9/", {})
    for service in ("PINPOINT_SMS_VOICE_V2", "CLOUDWATCH"):
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    send("+14255550100")
    send("+14255550101", "x" * 400)
    yield
    process.kill()
    process.wait()


def send(to, body="Hello"):
    aws_account.client_of("pinpoint-sms-voice-v2").send_text_message(
        DestinationPhoneNumber=to, OriginationIdentity="+12065550100", MessageBody=body
    )


def figure(metric, value, begins_at, read_at=NOON):
    return AwsFigure(metric=metric, begins_at=begins_at, seconds=3600, value=value, read_at=read_at)


def parts():
    rows = AwsFigure.objects.filter(metric=metrics.SENT)
    return sum(rows.values_list("value", flat=True))


def test_what_aws_counts_is_kept_by_the_hour(account):
    aws_figures.read(timezone.now())
    assert parts() == 4
    assert set(AwsFigure.objects.values_list("seconds", "of")) == {(3600, "")}


def test_a_later_reading_takes_the_place_of_an_earlier_one(account):
    aws_figures.read(timezone.now())
    send("+14255550102")
    aws_figures.read(timezone.now())
    assert parts() == 5


def test_the_month_to_date_is_what_aws_spent(account):
    aws_figures.read(now := timezone.now())
    found = aws_figures.month_to_date(timezone.now())
    price = aws_account.client_of("cloudwatch")  # another period must come to the same
    # In its first second this minute has not begun for CloudWatch, which is asked in whole seconds.
    until = timezone.now() + timedelta(minutes=1)
    answer = list(metrics.read(price, now - HOUR, until, 60))
    assert found.usd == max(one.value for one in answer if one.metric == metrics.SPEND)
    assert found.usd > 0
    assert found.read_at == now


def test_the_month_before_is_not_this_month():
    first = datetime(2026, 11, 1, tzinfo=UTC)
    aws_figures.keep([figure(metrics.SPEND, 900, first - HOUR)])
    assert aws_figures.month_to_date(first) is None
    aws_figures.keep([figure(metrics.SPEND, 2, first)])
    assert aws_figures.month_to_date(first).usd == 2


def test_a_reading_goes_on_where_the_last_one_ended_and_a_day_before(simulated_aws, monkeypatch):
    asked = []
    monkeypatch.setattr(metrics, "read", lambda client, since, *_: asked.append(since) or [])
    aws_figures.read(NOON)
    aws_figures.keep([figure(metrics.SENT, 1, NOON - 3 * HOUR)])
    aws_figures.read(NOON)
    assert asked == [NOON - timedelta(days=32), NOON - 3 * HOUR - timedelta(days=1)]


def test_what_aws_refuses_is_said_among_the_readings(monkeypatch, simulated_aws):
    monkeypatch.setenv("AWS_ENDPOINT_URL_CLOUDWATCH", "http://127.0.0.1:9")
    syncing.due(NOON)
    syncing.run(aws_figures.SOURCE, NOON)
    assert AwsSource.objects.get(name=aws_figures.SOURCE).error == "AWS is out of reach."


def test_the_page_of_the_account_shows_both_sums_and_the_difference(admin_client):
    now = timezone.now()
    page = admin_client.get(reverse(PAGE)).content.decode()
    assert "AWS has not told it" in page
    Spending.objects.create(month=now.date().replace(day=1), usd=Decimal("3.10"))
    hour = now.replace(minute=0, second=0, microsecond=0)
    aws_figures.keep([figure(metrics.SPEND, Decimal("4.35"), hour, now)])
    page = admin_client.get(reverse(PAGE)).content.decode()
    assert "$4.35" in page
    assert "AWS counts $1.25 more" in page
    Spending.objects.update(usd=Decimal("4.35"))
    assert "the same" in admin_client.get(reverse(PAGE)).content.decode()
