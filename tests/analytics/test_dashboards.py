"""The dashboards, as they are asked through their address."""

import csv
from datetime import UTC, datetime
from decimal import Decimal

import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.http import QueryDict
from django.urls import reverse

from analytics import breakdowns, dashboards, rollups
from analytics.scope import ScopeForm
from campaigns.models import InboundMessage, Spending
from config import roles
from tests.campaigns.factories import CampaignFactory, MessageFactory, RunFactory

NOW = datetime(2026, 11, 24, 3, 20, tzinfo=UTC)  # still the 23rd in New York
RANGE = {"from": "2026-11-23", "to": "2026-11-24"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def analyst(client):
    roles.sync()
    user = User.objects.create_user("analyst", is_staff=True)
    user.groups.add(Group.objects.get(name="Analyst"))
    client.force_login(user)
    return client


@pytest.fixture
def run():
    """Three delivered, one failed, one blocked; one said STOP."""
    run = RunFactory(campaign=CampaignFactory(name="Sale"))
    sent = {"run": run, "sent_at": NOW, "changed_at": NOW, "aws_id": "a", "country": "US"}
    told = {"parts": 1, "price": Decimal("0.006"), "final_at": NOW}
    delivered = [
        MessageFactory(state="delivered", carrier=carrier, **sent, **told)
        for carrier in ("T-Mobile", "T-Mobile", "=Evil()")
    ]
    MessageFactory(state="failed", carrier="T-Mobile", reason="UNREACHABLE", **sent, **told)
    MessageFactory(state="blocked", reason="no_consent", run=run, final_at=NOW, changed_at=NOW)
    InboundMessage.objects.create(
        inbound_id="in-1", answers=delivered[0], intent="stop", received_at=NOW
    )
    rollups.roll_up(NOW)
    return run


def ask(client, slug="overview", **given):
    return client.get(reverse("dashboard", args=[slug]), RANGE | given)


def table(client, slug, name, **given):
    page = ask(client, slug, csv=name, **given)
    assert page.headers["Content-Type"] == "text/csv"
    return list(csv.reader(page.content.decode().splitlines()))


@pytest.mark.parametrize("slug", dashboards.ALL)
def test_every_dashboard_shows_each_of_its_tables_and_hands_it_out(analyst, run, slug):
    page = ask(analyst, slug)
    assert page.status_code == 200
    for one in page.context["panels"]:
        panel = one.panel
        rows = table(analyst, slug, panel.name)
        assert len(rows) == 1 + len(panel.rows)
        assert {len(row) for row in rows} == {len(panel.columns)}


@pytest.mark.parametrize("slug", dashboards.ALL)
def test_a_dashboard_of_nothing_says_so(analyst, slug):
    page = ask(analyst, slug)
    assert page.status_code == 200


def test_days_are_those_of_the_zone_in_the_address(analyst, run):
    def delivered(zone):
        return [row[2] for row in table(analyst, "overview", "days", zone=zone)[1:]]

    assert delivered("America/New_York") == ["3", "0"]
    assert delivered("UTC") == ["0", "3"]


def test_figures_are_of_what_is_filtered(analyst, run):
    def sent(**given):
        return sum(int(row[1]) for row in table(analyst, "overview", "days", **given)[1:])

    assert sent() == 4
    assert sent(carrier="T-Mobile") == 3
    assert sent(country="CA") == 0
    assert sent(campaign=run.campaign_id, originator=run.campaign.originator_id) == 4
    assert sent(campaign=CampaignFactory().pk) == 0


def test_carriers_have_their_rate_and_how_sure_it_is(analyst, run):
    most = table(analyst, "deliverability", "carriers")[1]
    assert most[:4] == ["T-Mobile", "3", "2", "1"]
    low, rate, high = float(most[7]), float(most[6]), float(most[8])
    assert low < rate < high


def test_words_of_others_are_no_formulas_in_a_table(analyst, run):
    assert "'=Evil()" in [row[0] for row in table(analyst, "deliverability", "carriers")]


def test_the_month_is_carried_on_at_the_pace_of_the_last_week(run):
    now = datetime(2026, 11, 27, 12, tzinfo=UTC)
    Spending.objects.create(month=NOW.date().replace(day=1), usd=Decimal(10))
    form = ScopeForm(QueryDict(""))
    assert form.is_valid()
    with time_machine.travel(now, tick=False):
        rows = dict(breakdowns.forecast(form.scope()).rows)
    assert rows["Spent so far"] == 10
    # Four texts at 0.006 in seven days, and three days and a half are left.
    expected = pytest.approx(10.012)
    assert float(rows["At its end, at the pace of the last 7 days"]) == expected


def test_why_texts_were_held_back_is_counted(analyst, run):
    assert table(analyst, "compliance", "blocked")[1][:2] == ["no_consent", "1"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"from": "2026-11-25"}, "The range ends before it begins."),
        ({"from": "2024-11-25"}, "Ask for 366 days at most."),
        ({"from": "yesterday"}, "Enter a valid date."),
        ({"from": "0001-01-01", "to": "0001-01-02"}, "Nothing was ever sent then."),
        ({"to": "9999-12-31", "from": "9999-12-31"}, "Nothing was ever sent then."),
        ({"zone": "Mars/Olympus"}, "There is no such time zone."),
        ({"zone": "../../etc/passwd"}, "There is no such time zone."),
        ({"campaign": "7777"}, "There is no such campaign."),
        ({"originator": "x"}, "There is no such sender."),
        ({"country": "Germany"}, "Write a country such as US."),
        ({"message_class": "spam"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_answered_is_refused_in_words(analyst, given, words):
    page = ask(analyst, **given)
    assert page.status_code == 400
    assert words in page.content.decode()


def test_charts_have_a_name_and_say_in_words_what_they_show(analyst, run):
    words = ask(analyst, zone="UTC").content.decode()
    assert 'role="img" aria-labelledby="days-title days-words"' in words
    assert "Delivered: 3 (2026-11-24)" in words


def test_names_cannot_smuggle_markup_into_a_chart(analyst, run):
    campaign = run.campaign
    campaign.name = "</text><script>1</script>"
    campaign.save()
    assert "<script>1" not in ask(analyst).content.decode()


@pytest.mark.parametrize("name", ["nothing", "../days"])
def test_there_is_no_table_of_any_other_name(analyst, name):
    assert ask(analyst, csv=name).status_code == 404


def test_there_is_no_other_dashboard(analyst):
    assert ask(analyst, "nothing").status_code == 404
