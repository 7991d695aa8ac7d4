"""What somebody sees whom a page cannot be shown: what to do next."""

import pytest
from django.urls import reverse

from tests.config import world

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/nothing/", "/admin/nothing/here/"])
def test_an_address_that_leads_nowhere_leads_home(admin_client, address):
    answer = admin_client.get(address)
    assert answer.status_code == 404
    assert "There is no such page" in answer.content.decode()
    assert f'href="{reverse("admin:index")}"' in answer.content.decode()


def test_who_may_not_is_told_whom_to_ask(client):
    client.force_login(world.person("Analyst"))
    answer = client.get(reverse("admin:auth_user_changelist"))
    assert answer.status_code == 403
    assert "asks an administrator" in answer.content.decode()


def test_a_refusal_says_which_permission_it_is_about(client):
    client.force_login(world.person("Analyst"))
    answer = client.post(reverse("admin:campaigns_campaign_launch", args=[1]))
    assert answer.status_code == 403
    assert "You need the permission to launch campaigns." in answer.content.decode()
