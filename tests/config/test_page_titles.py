"""What stands above a page, and in the browser's tab."""

import re

import pytest
from django.urls import reverse

from tests.campaigns.factories import CampaignFactory

pytestmark = pytest.mark.django_db


def words(client, name, *args, tag="h1"):
    page = client.get(reverse(f"admin:{name}", args=args)).content.decode()
    found = re.search(f"<{tag}[^>]*>(.*?)</{tag}>", page, re.DOTALL)[1]
    plain = re.sub(r"<span[^>]*material-symbols[^>]*>chevron_right</span>", " › ", found)
    return " ".join(re.sub("<[^>]*>", " ", plain).split())


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("campaigns_campaign_changelist", "Campaigns"),
        ("campaigns_campaign_add", "Campaigns › New"),
        ("contacts_contact_add", "Contacts › New"),
        ("admin_logentry_changelist", "Audit log"),
        ("auth_group_changelist", "Roles"),
        ("auth_group_add", "Roles › New"),
        ("campaigns_awsaccount_changelist", "AWS account"),
    ],
)
def test_a_page_is_named_once_and_as_in_the_sidebar(admin_client, name, title):
    assert words(admin_client, name) == title


def test_the_page_of_a_campaign_leads_back_to_the_list(admin_client):
    campaign = CampaignFactory(name="Sale")
    assert words(admin_client, "campaigns_campaign_change", campaign.pk) == "Campaigns › Sale"


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("campaigns_campaign_changelist", "Campaigns | Sendpoint"),
        ("admin_logentry_changelist", "Audit log | Sendpoint"),
    ],
)
def test_the_tab_of_a_list_says_what_it_lists(admin_client, name, title):
    assert words(admin_client, name, tag="title") == title
