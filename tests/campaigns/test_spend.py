from datetime import date, timedelta
from decimal import Decimal

import pytest

from campaigns import spend
from campaigns.models import Message, Spending, SpendLimit
from campaigns.spend import OverBudget
from pinpoint.account import Limit
from tests.campaigns.factories import NOON, CampaignFactory, MessageFactory, RunFactory

pytestmark = pytest.mark.django_db
NOVEMBER = date(2026, 11, 1)


def usd(text):
    return Decimal(text)


def aws_limit(dollars):
    return Limit(spend.AWS_LIMIT, enforced_usd=dollars, most_usd=1000, overridden=True)


@pytest.fixture
def campaign():
    return CampaignFactory(budget_usd=usd("1.00"))


def sent(run, **fields):
    fields = {"state": "accepted", "sent_at": NOON, "expected_usd": usd("0.10")} | fields
    return MessageFactory(run=run, **fields)


def test_what_is_taken_adds_up_per_campaign_and_month(campaign):
    spend.take(campaign, usd("0.30"), NOON)
    spend.take(campaign, usd("0.20"), NOON)
    spend.take(None, usd("0.05"), NOON)  # direct texts
    assert spend.of_campaign(campaign.pk) == usd("0.50")
    assert spend.month(NOON).spent == usd("0.55")
    assert spend.month(NOON + timedelta(days=31)).spent == 0


def test_a_campaign_takes_its_budget_to_the_last_cent_and_no_more(campaign):
    spend.take(campaign, usd("1.00"), NOON)
    with pytest.raises(OverBudget, match=r"campaign's budget of \$1.00"):
        spend.take(campaign, usd("0.00001"), NOON)
    assert spend.of_campaign(campaign.pk) == usd("1.00")


def test_a_budget_holds_over_all_months_of_a_campaign(campaign):
    spend.take(campaign, usd("0.90"), NOON)
    with pytest.raises(OverBudget):
        spend.take(campaign, usd("0.20"), NOON + timedelta(days=31))


def test_the_months_budget_holds_over_all_campaigns(campaign, settings):
    settings.MONTHLY_BUDGET_USD = usd("1.00")
    spend.take(CampaignFactory(), usd("0.80"), NOON)
    with pytest.raises(OverBudget, match=r"month's budget of \$1.00"):
        spend.take(campaign, usd("0.30"), NOON)
    assert spend.of_campaign(campaign.pk) == 0


def test_awss_limit_is_kept_with_a_margin(campaign, settings):
    settings.SPEND_MARGIN_PERCENT = 10
    spend.note_aws_limits([aws_limit(1)], NOON)
    spend.take(campaign, usd("0.90"), NOON)
    with pytest.raises(OverBudget, match="AWS's monthly limit"):
        spend.take(campaign, usd("0.01"), NOON)


def test_a_limit_that_aws_changed_replaces_the_one_known(campaign):
    spend.note_aws_limits([aws_limit(1)], NOON)
    spend.note_aws_limits([aws_limit(500)], NOON)
    assert SpendLimit.objects.get().enforced_usd == 500


def test_receipts_correct_what_was_expected():
    run = RunFactory()
    sent(run, price=usd("0.07"), carrier_fee=usd("0.01"), state="delivered")
    sent(run)
    spend.take(run.campaign, usd("0.20"), NOON)
    spend.settle(NOON - timedelta(minutes=1), NOON)
    assert spend.of_campaign(run.campaign_id) == usd("0.18")


def test_what_aws_refused_costs_nothing_and_what_is_unclear_costs():
    run = RunFactory()
    sent(run, state="failed")  # refused at the call: no id of AWS's
    sent(run, state="unknown")
    spend.take(run.campaign, usd("0.20"), NOON)
    spend.settle(NOON - timedelta(minutes=1), NOON)
    assert spend.of_campaign(run.campaign_id) == usd("0.10")


def test_settling_twice_changes_nothing():
    run = RunFactory()
    sent(run, price=usd("0.07"), state="delivered")
    spend.take(run.campaign, usd("0.10"), NOON)
    for _ in range(2):
        spend.settle(NOON - timedelta(minutes=1), NOON)
    assert Spending.objects.get().usd == usd("0.07")


def test_only_campaigns_whose_texts_changed_are_settled():
    run = RunFactory()
    sent(run)
    Message.objects.update(changed_at=NOON - timedelta(days=1))
    spend.take(run.campaign, usd("0.90"), NOON)
    assert spend.settle(NOON - timedelta(minutes=1), NOON) == 0
    assert Spending.objects.get().month == NOVEMBER
