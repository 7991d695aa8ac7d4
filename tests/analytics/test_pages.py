"""The home page and the report, as each role sees them."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from analytics import rollups
from analytics.models import OutgoingMail
from campaigns.models import (
    AwsIdentity,
    Campaign,
    Event,
    InboundMessage,
    Registration,
)
from config import roles
from tests.campaigns.factories import (
    CampaignFactory,
    ContactFactory,
    MessageFactory,
    RunFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def log_in(client):
    def log_in(role):
        roles.sync()
        user = User.objects.create_user(role, password="sendpoint", is_staff=True)
        if role != "nobody":
            user.groups.add(Group.objects.get(name=role))
        client.force_login(user)
        return client

    return log_in


@pytest.fixture
def finished():
    """A campaign of four people: two delivered, one failed, one blocked; one said STOP."""
    now = timezone.now()
    run = RunFactory(audience=4, finished_at=now, campaign=CampaignFactory(status="completed"))
    sent = {
        "run": run,
        "sent_at": now,
        "changed_at": now,
        "parts": 1,
        "aws_id": "a-1",
        "price": Decimal("0.006"),
    }
    delivered = [MessageFactory(state="delivered", **sent) for _ in range(2)]
    MessageFactory(state="failed", reason="UNREACHABLE", **sent)
    MessageFactory(state="blocked", reason="no_consent", run=run, final_at=now, changed_at=now)
    InboundMessage.objects.create(
        inbound_id="in-1", answers=delivered[0], intent="stop", received_at=now
    )
    rollups.roll_up(now)
    return run.campaign


def home(client):
    return client.get(reverse("admin:index"))


def figure(response, name):
    text = response.content.decode()
    return text.split(f'data-figure="{name}">')[1].split("<")[0]


def report(client, campaign):
    """The dashboard of one campaign, and its tables as people read them."""
    page = client.get(reverse("dashboard", args=["campaign"]), {"campaign": campaign.pk})
    tables = {one.panel.name: one.panel.shown() for one in page.context["panels"]}
    return page, tables


@pytest.mark.parametrize("role", ["Marketer", "Compliance", "Analyst"])
def test_the_home_page_shows_every_role_how_things_stand(log_in, finished, role):
    page = home(log_in(role))
    assert figure(page, "sent-today") == "3"
    assert figure(page, "delivery-rate") == "66.7 %"
    assert figure(page, "opt-out-rate") == "50.0 %"
    assert figure(page, "spend") == "$0.018"


def test_the_home_page_shows_no_figures_to_whoever_may_not_see_campaigns(log_in, finished):
    page = home(log_in("nobody"))
    assert page.status_code == 200
    assert b"data-figure" not in page.content


def test_the_home_page_of_a_new_installation_leads_to_a_first_campaign(log_in):
    ContactFactory()
    page = home(log_in("Marketer"))
    steps = page.context["first_steps"]
    assert [step["done"] for step in steps] == [True, False, False]
    assert figure(page, "delivery-rate") == "–"
    assert b"<svg" not in page.content


def test_nobody_is_led_to_pages_that_they_may_not_open(log_in):
    assert home(log_in("Compliance")).context["first_steps"] == []


def test_the_way_to_a_first_campaign_goes_away_once_one_was_sent(log_in, finished):
    assert home(log_in("Marketer")).context["first_steps"] == []


def test_what_needs_a_person_is_named_and_linked(log_in):
    run = RunFactory(
        campaign=CampaignFactory(name="Sale", status="paused", paused_because="No money left.")
    )
    MessageFactory(run=run, state="unknown", sent_at=timezone.now())
    page = home(log_in("Marketer"))
    words = [item["words"] for item in page.context["needs_you"]]
    assert words == [
        "Sendpoint paused “Sale”: No money left.",
        "Of 1 text nobody knows whether it arrived",
    ]
    for item in page.context["needs_you"]:
        assert page.client.get(item["link"]).status_code == 200


@pytest.mark.usefixtures("reviewed")
def test_a_review_waits_for_those_who_may_approve_it(log_in):
    author = User.objects.create_user("author")
    CampaignFactory(name="Sale", status="review", created_by=author)
    (item,) = home(log_in("Compliance")).context["needs_you"]
    assert item["words"] == "“Sale” waits for your review"
    assert home(log_in("Analyst")).context["needs_you"] == []


def test_ones_own_campaign_is_not_ones_own_to_review(log_in):
    client = log_in("Marketer")
    CampaignFactory(status="review", created_by=User.objects.get(username="Marketer"))
    assert home(client).context["needs_you"] == []


@pytest.mark.usefixtures("reviewed")
def test_broken_notifications_are_for_those_who_may_see_them(log_in, client):
    Event.objects.create(
        dedupe_key="1", source="sns", received_at=timezone.now(), payload="?", status="broken"
    )
    assert home(log_in("Marketer")).context["needs_you"] == []
    (item,) = home(log_in("Compliance")).context["needs_you"]
    assert item["words"] == "1 notification of AWS could not be read"


def test_a_campaign_on_its_way_is_shown_with_its_progress(log_in):
    run = RunFactory(audience=2)
    MessageFactory(run=run)
    MessageFactory(run=run, state="delivered", sent_at=timezone.now())
    page = log_in("Marketer").get(reverse("running_campaigns"))
    assert 'aria-valuenow="50"' in page.content.decode()
    assert "1 of 2 delivered" in page.content.decode()


def test_a_campaign_whose_audience_is_not_yet_written_is_at_nought(log_in):
    RunFactory(audience=0, audience_complete=False)
    page = log_in("Marketer").get(reverse("running_campaigns"))
    assert 'aria-valuenow="0"' in page.content.decode()


def test_the_home_page_draws_the_last_days_from_tables_that_dashboards_hand_out(log_in, finished):
    page = home(log_in("Analyst"))
    texts, spent = page.context["panels"]
    words = page.content.decode()
    for one in (texts, spent):
        assert len(one.panel.rows) == 14
        assert f'id="{one.panel.name}-chart"' in words
        assert f'data-png="{one.panel.name}-chart"' in words
        lines = page.client.get(one.csv).content.decode().splitlines()
        assert len(lines) == 1 + 14
    assert texts.panel.rows[-1][1:4] == [3, 2, 1]
    assert spent.panel.rows[-1][1] == Decimal("0.018")


def test_the_home_page_asks_no_more_of_many_texts(log_in, finished, django_assert_num_queries):
    client = log_in("Analyst")
    home(client)
    with CaptureQueriesContext(connection) as few:
        home(client)
    run = finished.runs.get()
    MessageFactory.create_batch(50, state="delivered", run=run, sent_at=timezone.now())
    rollups.roll_up(timezone.now())
    with django_assert_num_queries(len(few)):
        home(client)


def test_the_report_adds_up_to_the_audience(log_in, finished):
    _page, tables = report(log_in("Analyst"), finished)
    counts = [row[1] for row in tables["stands"]]
    assert counts == ["2", "1", "1", "0", "0", "0", "0", "4"]


def test_the_report_says_why_people_were_not_reached_and_lists_them(log_in, finished):
    page, tables = report(log_in("Marketer"), finished)
    assert {tuple(row) for row in tables["unreached"]} == {
        ("UNREACHABLE", "1", "Failed", "The phone is switched off or out of reach."),
        (
            *("no_consent", "1", "Blocked by the gate"),
            "There is no record that this number opted in to this program.",
        ),
    }
    (panel,) = (one.panel for one in page.context["panels"] if one.panel.name == "unreached")
    assert panel.speaks  # the chart has AWS's words, so that the table with ours stands open
    assert page.content.decode().split('id="unreached"')[1].split("<details ")[1][:5] == "open>"
    for row, link in zip(panel.rows, panel.links, strict=True):
        assert escape(link) in page.content.decode()
        assert page.client.get(link).context["cl"].result_count == row[1]


def test_the_report_says_what_matters_most_of_the_whole_campaign(log_in, finished):
    page, _tables = report(log_in("Analyst"), finished)
    assert [figure(page, name) for name in ("delivered", "opt-outs", "spend")] == [
        *("2", "1", "$0.018")
    ]
    given = {"campaign": finished.pk, "country": "CA"}
    elsewhere = page.client.get(reverse("dashboard", args=["campaign"]), given)
    assert figure(elsewhere, "delivered") == "2"


def test_the_report_says_when_it_was_launched_and_to_how_many(log_in, finished):
    _page, tables = report(log_in("Analyst"), finished)
    ((number, audience, _launched, ended, _by),) = tables["runs"]
    assert (number, audience) == (str(finished.runs.get().number), "4")
    assert ended.startswith(str(timezone.localdate()))


def test_the_report_hands_out_every_text_to_those_who_may_see_them(log_in, finished):
    address = reverse("campaign_export", args=[finished.pk])
    page, _tables = report(log_in("Marketer"), finished)
    assert address in page.content.decode()
    Group.objects.get(name="Marketer").permissions.remove(
        Permission.objects.get(codename="view_message")
    )
    page, _tables = report(page.client, finished)
    assert address not in page.content.decode()


def test_the_report_of_a_campaign_that_was_not_sent_says_so(log_in):
    page, tables = report(log_in("Analyst"), CampaignFactory())
    assert "This campaign has not been sent yet." in page.content.decode()
    assert tables["stands"] == []


def test_the_reports_old_address_leads_to_the_dashboard(log_in, finished):
    client = log_in("Analyst")
    page = client.get(reverse("campaign_report", args=[finished.pk]))
    assert page.url == f"/admin/figures/campaign/?campaign={finished.pk}"
    assert client.get(reverse("campaign_report", args=[404])).status_code == 404


def test_the_report_is_of_all_days_of_its_campaign(log_in, finished):
    run = RunFactory(audience=1, campaign=finished)
    long_ago = timezone.now() - timedelta(days=40)
    MessageFactory(state="delivered", run=run, sent_at=long_ago, changed_at=long_ago)
    rollups.rebuild()
    _page, tables = report(log_in("Analyst"), finished)
    days = (timezone.localdate() - timezone.localdate(long_ago)).days + 1
    assert len(tables["days"]) == days
    assert (tables["days"][0][1], tables["days"][-1][1]) == ("1", "3")


def test_of_a_campaign_of_many_years_the_last_one_is_shown(log_in, finished):
    long_ago = timezone.now() - timedelta(days=800)
    run = RunFactory(audience=1, campaign=finished)
    MessageFactory(state="delivered", run=run, sent_at=long_ago, changed_at=long_ago)
    rollups.rebuild()
    page, tables = report(log_in("Analyst"), finished)
    assert page.status_code == 200
    assert len(tables["days"]) == 366


@pytest.mark.parametrize("campaign", ["9" * 30, "1x", "²"])
def test_a_campaign_that_cannot_be_is_refused(log_in, campaign):
    address = reverse("dashboard", args=["campaign"])
    page = log_in("Analyst").get(address, {"campaign": campaign})
    assert page.status_code == 400


@pytest.mark.parametrize("name", ["running_campaigns", "campaign_report"])
def test_the_pages_are_not_for_those_who_may_not_see_campaigns(log_in, name):
    arguments = [CampaignFactory().pk] if name == "campaign_report" else []
    assert log_in("nobody").get(reverse(name, args=arguments)).status_code == 403


def test_whoever_is_not_logged_in_is_sent_to_the_login(client):
    assert client.get(reverse("running_campaigns")).url.startswith("/admin/login/")


def test_a_campaign_that_was_sent_links_to_its_report(log_in, finished):
    page = log_in("Marketer").get(reverse("admin:campaigns_campaign_change", args=[finished.pk]))
    link = f"{reverse('dashboard', args=['campaign'])}?campaign={finished.pk}"
    assert link in page.content.decode()


def test_the_text_of_a_campaign_cannot_smuggle_markup_into_the_pages(log_in):
    run = RunFactory(campaign=CampaignFactory(name="<script>1</script>", status="sending"))
    assert Campaign.objects.count() == 1
    page, _tables = report(log_in("Marketer"), run.campaign)
    assert "<script>1" not in page.content.decode()


def waits(client):
    return [item["words"] for item in home(client).context["needs_you"]]


@pytest.mark.usefixtures("reviewed")
@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"status": "REQUIRES_UPDATES", "step": "at_aws"}, "The registration “Ours” was declined"),
        (
            {"status": "REQUIRES_AUTHENTICATION", "step": "at_aws"},
            "“Ours” waits for the link that AWS mailed to the business: it ends in 7 days",
        ),
        ({"problem": "no"}, "The registration “Ours” could not be handed in"),
    ],
)
def test_a_registration_that_waits_for_a_person_is_named(log_in, state, words):
    Registration.objects.create(label="Ours", kind="X", aws_id="r-1", **state)
    Registration.objects.create(label="Fine", kind="X", aws_id="r-2", status="COMPLETE")
    assert waits(log_in("Administrator")) == [words]
    assert waits(log_in("Analyst")) == []


@pytest.mark.usefixtures("reviewed")
def test_a_number_that_aws_has_no_more_is_named_while_campaigns_use_it(log_in):
    campaign = CampaignFactory()
    AwsIdentity.objects.create(
        aws_id="n-1",
        originator=campaign.originator,
        status="DELETED",
        read_at=timezone.now(),
        gone_at=timezone.now(),
    )
    client = log_in("Administrator")
    assert waits(client) == [f"AWS no longer has {campaign.originator}, which campaigns send from"]
    Campaign.objects.update(status="completed")
    assert waits(client) == []


def test_rules_past_their_day_of_review_are_counted(log_in):
    with time_machine.travel("2036-01-01T12:00:00Z", tick=False):
        assert [words for words in waits(log_in("Compliance")) if "day of review" in words]


@pytest.mark.usefixtures("reviewed")
def test_e_mails_that_were_given_up_are_named_for_a_week(log_in):
    client, now = log_in("Administrator"), timezone.now()
    for n, days in enumerate((1, 6, 8)):
        ended = now - timedelta(days=days)
        OutgoingMail.objects.create(key=str(n), state="given_up", ended_at=ended)
    OutgoingMail.objects.create(key="well", state="sent", ended_at=now)
    (item,) = home(client).context["needs_you"]
    assert item["words"] == "2 e-mails of the last 7 days could not be delivered"
    assert client.get(item["link"]).context["cl"].result_count == 2
    OutgoingMail.objects.filter(key__in=["0", "1"]).delete()
    assert waits(client) == []
