"""A list without rows says what to do next, and one without hits how to see all."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.html import escape

from compliance.models import HolidayChange, Policy

pytestmark = pytest.mark.django_db
WITHOUT_A_LIST = {"campaigns_awsaccount", "campaigns_awsidentity", "campaigns_conversation"}


def test_every_list_says_what_to_do_where_there_is_nothing_yet(client):
    client.force_login(User.objects.create_superuser("root"))
    Policy.objects.all().delete()
    HolidayChange.objects.all().delete()
    silent, empty = [], 0
    for model, pages in admin.site._registry.items():
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        if name in WITHOUT_A_LIST:
            continue
        page = client.get(reverse(f"admin:{name}_changelist"))
        words = getattr(pages, "nothing_yet", "")
        if not words:
            silent.append(name)
        if not page.context["cl"].result_count:
            empty += 1
            assert str(escape(words)) in page.content.decode(), name
    assert silent == []
    assert empty >= 25


def test_a_search_without_hits_leads_back_to_all(client):
    client.force_login(User.objects.create_superuser("root"))
    page = client.get(reverse("admin:auth_user_changelist"), {"q": "nobody"}).content.decode()
    assert "Nothing here is like that" in page
    assert 'href="?"' in page
