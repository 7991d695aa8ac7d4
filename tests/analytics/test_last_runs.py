"""The figures in the list of campaigns."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from analytics import last_runs, rollups
from campaigns.models import InboundMessage
from config import roles
from tests.campaigns.factories import CampaignFactory, MessageFactory, RunFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 3, 20, tzinfo=UTC)
LIST = "admin:campaigns_campaign_changelist"


def run_of(campaign, number, *states, audience=None, at=NOW, opt_outs=0):
    """A run with a text in each of these states; the first so many people said STOP."""
    count = len(states) if audience is None else audience
    times = {"launched_at": at - timedelta(minutes=10), "finished_at": at}
    run = RunFactory(campaign=campaign, number=number, audience=count, **times)
    texts = [
        MessageFactory(run=run, state=state, sent_at=at, changed_at=at, final_at=at, aws_id="a")
        for state in states
    ]
    for text in texts[:opt_outs]:
        InboundMessage.objects.create(
            inbound_id=f"in-{text.pk}", answers=text, intent="stop", received_at=at
        )
    return run


def figures(*campaigns):
    rollups.roll_up(NOW)
    found = last_runs.of_campaigns([campaign.pk for campaign in campaigns]).of
    return [found.get(campaign.pk) for campaign in campaigns]


def cells(page):
    """The columns of the list's rows, by their class."""
    found = re.findall(r"field-(\w+)[^>]*>(.*?)</t[dh]>", page, re.DOTALL)
    return {name: " ".join(re.sub("<[^>]*>", " ", words).split()) for name, words in found}


def test_a_run_is_told_with_its_people_and_what_came_of_its_texts():
    campaign = CampaignFactory()
    run_of(campaign, 1, "delivered", "delivered", "delivered", "failed", audience=1234, opt_outs=1)
    [of] = figures(campaign)
    assert (of.people, of.delivered, of.delivery_rate, of.opt_outs) == (
        *("1,234", "3", "75.0 %", "1"),
    )


def test_earlier_runs_and_other_campaigns_do_not_count():
    campaign, other, never = CampaignFactory.create_batch(3)
    run_of(campaign, 1, "delivered", "delivered", opt_outs=2, at=NOW - timedelta(days=1))
    run_of(campaign, 2, "delivered", "failed")  # in the same hour as the next
    run_of(campaign, 3, "delivered", "failed", "failed", "failed")
    run_of(other, 1, "failed")
    mine, others, none = figures(campaign, other, never)
    assert (mine.people, mine.delivered, mine.delivery_rate, mine.opt_outs) == (
        *("4", "1", "25.0 %", "0"),
    )
    assert (others.people, others.delivered) == ("1", "0")
    assert none is None


def test_a_run_of_which_nothing_has_gone_has_no_rate():
    campaign = CampaignFactory()
    run_of(campaign, 1, audience=5)
    [of] = figures(campaign)
    assert (of.people, of.delivered, of.delivery_rate) == ("5", "0", "–")


def test_all_of_a_page_take_one_query(django_assert_num_queries):
    campaigns = CampaignFactory.create_batch(4)
    for campaign in campaigns:
        run_of(campaign, 1, "delivered")
    rollups.roll_up(NOW)
    with django_assert_num_queries(1):
        found = last_runs.of_campaigns([campaign.pk for campaign in campaigns])
    assert len(found.of) == 4
    assert found.until is not None


@pytest.fixture
def analyst(client):
    roles.sync()
    user = User.objects.create_user("analyst", is_staff=True)
    user.groups.add(Group.objects.get(name="Analyst"))
    client.force_login(user)
    return client


def test_the_list_shows_them_and_until_when_they_are_counted(analyst):
    run_of(CampaignFactory(), 1, "delivered", "delivered", "failed", opt_outs=1)
    rollups.roll_up(NOW)
    page = analyst.get(reverse(LIST)).content.decode()
    found = cells(page)
    assert {name: found[name] for name in ("people", "delivered", "delivery_rate", "opt_outs")} == {
        "people": "3",
        "delivered": "2",
        "delivery_rate": "66.7 %",
        "opt_outs": "1",
    }
    assert "each campaign's last run, as counted until" in page.replace("&#x27;", "'")


def test_a_campaign_that_never_went_has_no_figures_in_the_list(analyst):
    CampaignFactory()
    page = analyst.get(reverse(LIST)).content.decode()
    assert cells(page)["delivered"] == "-"
    assert "counted until" not in page


def test_the_list_takes_as_many_queries_for_many_as_for_one(
    analyst, django_assert_max_num_queries, django_assert_num_queries
):
    run_of(CampaignFactory(), 1, "delivered")
    analyst.get(reverse(LIST))  # content types are asked for once
    with django_assert_max_num_queries(20) as asked:
        analyst.get(reverse(LIST))
    for campaign in CampaignFactory.create_batch(5):
        run_of(campaign, 1, "delivered")
    with django_assert_num_queries(len(asked)):
        analyst.get(reverse(LIST))
