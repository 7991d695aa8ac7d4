"""Lists of millions of rows never count them all, nor sort them by what has no index."""

import re

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contacts.admin import big
from tests.config import world
from tests.contacts.factories import ContactFactory

pytestmark = pytest.mark.django_db
BIG = (
    *("contacts_contact", "campaigns_message", "campaigns_inboundmessage", "campaigns_event"),
    *("campaigns_outgoingevent", "compliance_consent", "compliance_ledgerentry"),
    *("compliance_suppression", "compliance_suppressednumber", "compliance_listednumber"),
    *("compliance_answerreview", "compliance_listcheck", "compliance_ledgercheck"),
)


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_no_big_list_counts_beyond_the_cap(admin_client):
    world.build()
    for name in BIG:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            page = admin_client.get(reverse(f"admin:{name}_changelist"))
        assert page.status_code == 200, name
        counts = [one["sql"] for one in asked if re.search(r"COUNT\(", one["sql"])]
        endless = [sql for sql in counts if f'FROM "{name}"' in sql and "LIMIT" not in sql]
        assert counts, name
        assert endless == [], name


def test_no_big_list_is_sorted_by_a_click():
    pages = {type(page) for page in admin.site._registry.values() if isinstance(page, big.BigAdmin)}
    assert len(pages) >= len(BIG)
    assert [page for page in pages if page.sortable_by != ()] == []


def test_the_page_says_when_there_are_more_than_it_counts(admin_client, monkeypatch):
    monkeypatch.setattr(big, "MOST", 3)
    ContactFactory.create_batch(4)
    page = admin_client.get(reverse("admin:contacts_contact_changelist"))
    assert "3 contacts or more" in page.content.decode()


def test_an_action_on_all_that_match_is_refused_when_they_are_too_many(admin_client, monkeypatch):
    world.build()
    monkeypatch.setattr(big, "MOST", 0)
    answer = admin_client.post(
        reverse("admin:campaigns_event_changelist"),
        {"action": "replay", "select_across": "1", "index": "0", "_selected_action": "1"},
        follow=True,
    )
    assert "More than 0 match" in answer.content.decode()
