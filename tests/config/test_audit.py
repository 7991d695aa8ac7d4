"""The page of the audit log."""

import pytest
from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.contrib.auth.models import User
from django.urls import reverse

from campaigns import actions
from campaigns.models import Campaign
from tests.campaigns.factories import CampaignFactory
from tests.config import world

pytestmark = pytest.mark.django_db
PAGE = "admin:admin_logentry_changelist"


def test_a_compliance_officer_reads_what_somebody_did_to_a_campaign(client):
    boss = User.objects.create_superuser("boss")
    campaign = CampaignFactory(status=Campaign.Status.SENDING)
    actions.pause(campaign.pk, boss)
    client.force_login(world.person("Compliance"))
    page = client.get(reverse(PAGE)).content.decode()
    assert "boss" in page
    assert "Paused." in page


def test_it_is_narrowed_to_one_kind_of_change(client):
    boss = User.objects.create_superuser("boss")
    for flag, said in ((CHANGE, "Unlocked it."), (DELETION, "Removed it.")):
        LogEntry.objects.log_actions(boss.pk, [boss], flag, said, single_object=True)
    client.force_login(boss)
    found = client.get(reverse(PAGE), {"action_flag__exact": DELETION}).context["cl"].result_list
    assert [entry.change_message for entry in found] == ["Removed it."]
