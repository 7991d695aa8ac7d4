"""What a campaign came to, by e-mail: to whom, when, and never twice."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission, User

from analytics import rollups
from analytics.letters import ended
from analytics.models import OutgoingMail, ReportChoice, RollupMark
from campaigns.models import Campaign, Run
from tests.campaigns.factories import CampaignFactory, MessageFactory, RunFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 17, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def reader(name, campaigns="all", since=NOON - DAY):
    user = User.objects.create_user(name, email=f"{name}@example.com")
    user.user_permissions.add(Permission.objects.get(codename="view_campaign"))
    ReportChoice.objects.create(user=user, zone="UTC", campaigns=campaigns, campaigns_since=since)
    return user


@pytest.fixture
def over():
    """A campaign that has ended, counted to its end: three reached, one failed."""
    run = RunFactory(
        audience=4, finished_at=NOON, campaign=CampaignFactory(name="Sale", status="completed")
    )
    sent = {"run": run, "sent_at": NOON, "final_at": NOON, "aws_id": "a"}
    MessageFactory.create_batch(3, state="delivered", **sent)
    MessageFactory(state="failed", reason="UNREACHABLE", **sent)
    rollups.roll_up(NOON + HOUR)
    return run.campaign


def told():
    return sorted(OutgoingMail.objects.values_list("to", flat=True))


def test_those_who_asked_are_told_once(over):
    reader("ada")
    reader("bob", campaigns="none")
    for _again in range(3):
        ended.send_due(NOON + HOUR)
    assert told() == ["ada@example.com"]


def test_it_says_what_the_campaigns_report_says(over, settings):
    settings.SITE_URL = "https://sms.example.com"
    reader("ada")
    ended.send_due(NOON + HOUR)
    mail = OutgoingMail.objects.get()
    assert mail.subject == "“Sale” is over"
    assert "It is completed: of 4 people 3 were reached." in mail.text
    for told_in in (mail.text, mail.html):
        assert "Delivered" in told_in
        assert "The phone is switched off or out of reach." in told_in
        assert f"https://sms.example.com/admin/figures/campaign/?campaign={over.pk}" in told_in


def test_who_wants_their_own_hears_of_those_they_wrote_changed_or_launched(over):
    people = [reader(name, campaigns="own") for name in ("ada", "bob", "cy", "dan", "eve")]
    Campaign.objects.update(created_by=people[0], edited_by=people[1], launched_by=people[2])
    Run.objects.update(launched_by=people[3])
    ended.send_due(NOON + HOUR)
    assert told() == [f"{name}@example.com" for name in ("ada", "bob", "cy", "dan")]


def test_what_is_not_over_is_not_told(over):
    reader("ada")
    Campaign.objects.update(status="scheduled")  # another run comes
    ended.send_due(NOON + HOUR)
    Campaign.objects.update(status="cancelled")
    RunFactory(campaign=over, finished_at=None)  # texts of it are still on their way
    ended.send_due(NOON + HOUR)
    assert told() == []


def test_what_is_not_counted_to_its_end_waits(over):
    reader("ada")
    RollupMark.objects.update(looked_until=NOON)
    assert ended.send_due(NOON + HOUR) == 0
    RollupMark.objects.update(looked_until=NOON + HOUR)
    assert ended.send_due(NOON + HOUR) == 1


def test_nobody_is_told_of_what_was_over_before_they_asked_or_long_ago(over):
    reader("ada", since=NOON + HOUR)
    reader("bob")
    assert ended.send_due(NOON + 4 * DAY) == 0
    assert ended.send_due(NOON + HOUR) == 1
    assert told() == ["bob@example.com"]


def test_a_run_that_is_opened_again_makes_no_second_report(over):
    reader("ada")
    ended.send_due(NOON + HOUR)
    Run.objects.update(finished_at=NOON + 2 * HOUR)
    RollupMark.objects.update(looked_until=NOON + 3 * HOUR)
    ended.send_due(NOON + 3 * HOUR)
    assert told() == ["ada@example.com"]


def test_a_new_end_after_another_run_is_told_anew(over):
    reader("ada")
    ended.send_due(NOON + HOUR)
    RunFactory(campaign=over, finished_at=NOON + 2 * HOUR)
    RollupMark.objects.update(looked_until=NOON + 3 * HOUR)
    ended.send_due(NOON + 3 * HOUR)
    assert told() == ["ada@example.com"] * 2
