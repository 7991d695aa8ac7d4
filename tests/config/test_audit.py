"""The page of the audit log."""

import pytest
from django.contrib import admin
from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.contrib.admin.utils import quote
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


def test_it_is_narrowed_to_one_object_by_the_link_of_its_history(client):
    boss = User.objects.create_superuser("boss")
    campaign, other = CampaignFactory.create_batch(2, status=Campaign.Status.SENDING)
    actions.pause(campaign.pk, boss)
    actions.pause(other.pk, boss)
    client.force_login(boss)
    history = client.get(reverse("admin:campaigns_campaign_history", args=[campaign.pk]))
    link = f"{reverse(PAGE)}?of=campaigns.campaign:{campaign.pk}"
    assert link in history.content.decode()
    page = client.get(link)
    assert [entry.object_id for entry in page.context["cl"].result_list] == [str(campaign.pk)]
    assert campaign.name in page.content.decode()
    assert other.name not in page.content.decode()


@pytest.mark.parametrize("asked", ["nonsense", "campaigns.nothing:1", "campaigns.campaign:0"])
def test_an_object_that_is_none_has_no_history(client, asked):
    boss = User.objects.create_superuser("boss")
    actions.pause(CampaignFactory(status=Campaign.Status.SENDING).pk, boss)
    client.force_login(boss)
    assert list(client.get(reverse(PAGE), {"of": asked}).context["cl"].result_list) == []


def test_the_pages_of_objects_lead_to_their_history(client):
    world.build()
    client.force_login(User.objects.create_superuser("boss"))
    without = set()
    for model in admin.site._registry:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        newest = model._default_manager.order_by("-pk").first()
        number = quote(newest.pk)
        page = client.get(reverse(f"admin:{name}_change", args=[number]), follow=True)
        if f"{reverse(f'admin:{name}_history', args=[number])}" not in page.content.decode():
            without.add(name)
    # What AWS knows of a sender is on the page of the sender, which has one.
    assert without == {"campaigns_awsidentity"}
