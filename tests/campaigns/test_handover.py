"""Money and the carriers' day, asked in the transaction that marks texts as being sent."""

import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from campaigns import carrier_caps, pacing, spend
from campaigns.dispatch import Dispatcher
from campaigns.models import BrandDay, Campaign, Message
from compliance.models import Brand
from tests.campaigns.factories import NOON, run_of
from tests.campaigns.gateways import Accepting

pytestmark = pytest.mark.django_db
PART = Decimal("0.00885")  # to the US, by the price list that is there from the start


def work(run, now=NOON, gateway=None):
    pacing.connection().flushdb()  # the clock of Valkey is its own: let the last second be over
    gateway = gateway or Accepting()
    Dispatcher(gateway, now=lambda: now, at_once=2).work(run.pk, until=time.monotonic() + 30)
    return len(gateway.texts)


def test_what_is_handed_over_is_taken_from_the_budget():
    run, _ = run_of(3)
    assert work(run) == 3
    assert spend.of_campaign(run.campaign_id) == 3 * PART
    assert set(Message.objects.values_list("expected_usd", flat=True)) == {PART}


def test_a_campaign_over_its_budget_pauses_and_nothing_is_lost():
    run, _ = run_of(5, budget_usd=Decimal("0.02"))
    assert work(run) == 2
    campaign = Campaign.objects.get()
    assert campaign.status == "paused"
    assert "budget of $0.02" in campaign.paused_because
    assert Message.objects.filter(state="queued", claim=None).count() == 3
    assert spend.of_campaign(campaign.pk) == 2 * PART


def test_a_brand_at_its_daily_cap_goes_on_at_midnight_pacific():
    run, _ = run_of(4)
    brand = Brand.objects.create(name="Acme", daily_parts=2)
    run.campaign.originator.brand = brand
    run.campaign.originator.save()
    assert work(run) == 2
    work(run)  # what was given back meanwhile asks too
    waiting = Message.objects.filter(state="queued")
    assert {message.due_at for message in waiting} == {datetime(2026, 11, 25, 8, tzinfo=UTC)}
    assert {message.reason for message in waiting} == {"carrier_daily_cap"}
    assert BrandDay.objects.get().parts == 2
    assert work(run, NOON + timedelta(days=1)) == 2


def test_the_carriers_day_begins_at_midnight_pacific_in_summer_too():
    assert carrier_caps.next_day(datetime(2026, 7, 1, 6, 59, tzinfo=UTC)) == datetime(
        2026, 7, 1, 7, tzinfo=UTC
    )
