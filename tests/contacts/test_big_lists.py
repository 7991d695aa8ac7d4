"""Lists of millions of rows never count them all, nor sort them by what has no index."""

import re

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.models import InboundMessage
from compliance.opt_outs import opt_out
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


def test_all_are_offered_only_to_who_sees_some(admin_client):
    ContactFactory.create_batch(2)
    address = reverse("admin:contacts_contact_changelist")
    assert "Show all" not in admin_client.get(address).content.decode()
    assert "Show all" in admin_client.get(address, {"q": "+12125550199"}).content.decode()
    assert "Show all" in admin_client.get(address, {"line_type": "voip"}).content.decode()


def test_an_action_on_all_that_match_is_refused_when_they_are_too_many(admin_client, monkeypatch):
    world.build()
    monkeypatch.setattr(big, "MOST", 0)
    answer = admin_client.post(
        reverse("admin:campaigns_event_changelist"),
        {"action": "replay", "select_across": "1", "index": "0", "_selected_action": "1"},
        follow=True,
    )
    assert "More than 0 match" in answer.content.decode()


def listed(client, name, **query):
    page = client.get(reverse(f"admin:{name}_changelist"), query)
    return page, [row.pk for row in page.context["cl"].result_list]


@pytest.mark.parametrize("name", ["contacts_contact", "campaigns_event"])
def test_no_address_sorts_a_big_list_by_a_column(admin_client, name):
    world.build()
    usual = listed(admin_client, name)[0].context["cl"].queryset.query.order_by
    for wish in ("1", "-2", "3.-4"):
        page, _rows = listed(admin_client, name, o=wish)
        assert page.context["cl"].queryset.query.order_by == usual


def test_where_paging_ends_it_goes_on_behind_the_last_row(admin_client, monkeypatch):
    monkeypatch.setattr(big, "MOST", 4)
    monkeypatch.setattr(big.BigAdmin, "list_per_page", 2)
    every = [contact.pk for contact in ContactFactory.create_batch(10)][::-1]
    page, first = listed(admin_client, "contacts_contact")
    assert page.context["cl"].further == ""  # there is a second page still
    page, second = listed(admin_client, "contacts_contact", p="2")
    seen = first + second
    while address := page.context["cl"].further:
        for number in ("1", "2"):
            page = admin_client.get(
                f"{reverse('admin:contacts_contact_changelist')}{address}&p={number}"
            )
            seen += [row.pk for row in page.context["cl"].result_list]
            if page.context["cl"].paginator.num_pages == 1:
                break
    assert seen == every
    assert "Back to the beginning" in page.content.decode()


def test_rows_of_one_moment_are_neither_skipped_nor_shown_twice(admin_client, monkeypatch):
    monkeypatch.setattr(big, "MOST", 4)
    monkeypatch.setattr(big.BigAdmin, "list_per_page", 4)
    for number in range(9):
        InboundMessage.objects.create(
            inbound_id=f"in-{number}", sender=world.NUMBER, recipient=world.OURS, body="x",
            intent="other", received_at=world.NOW,
        )  # fmt: skip
    page, seen = listed(admin_client, "campaigns_inboundmessage")
    while address := page.context["cl"].further:
        page = admin_client.get(f"{reverse('admin:campaigns_inboundmessage_changelist')}{address}")
        seen += [row.pk for row in page.context["cl"].result_list]
    assert len(seen) == len(set(seen)) == 9


def test_search_and_filters_go_on_as_well(admin_client, monkeypatch):
    monkeypatch.setattr(big, "MOST", 2)
    monkeypatch.setattr(big.BigAdmin, "list_per_page", 2)
    wanted = [
        contact.pk
        for number in range(8)
        if (contact := ContactFactory(line_type=("voip", "mobile")[number % 2])).line_type == "voip"
    ][::-1]
    page, seen = listed(admin_client, "contacts_contact", line_type__exact="voip")
    address = page.context["cl"].further
    page = admin_client.get(f"{reverse('admin:contacts_contact_changelist')}{address}")
    assert seen + [row.pk for row in page.context["cl"].result_list] == wanted


@pytest.mark.parametrize("place", ["nowhere", "0", "9" * 30, "-1", "1 OR 1=1"])
def test_a_place_that_is_none_leads_back_to_the_list(admin_client, place):
    ContactFactory()
    page = admin_client.get(reverse("admin:contacts_contact_changelist"), {"after": place})
    assert page.status_code == 302


def test_no_address_names_a_place_by_a_phone_number(admin_client, monkeypatch):
    monkeypatch.setattr(big, "MOST", 1)
    monkeypatch.setattr(big.BigAdmin, "list_per_page", 1)
    numbers = [f"+1212555{line:04d}" for line in (107, 101, 105)]
    for number in numbers:
        opt_out(number, source="operator", happened_at=world.NOW, evidence={})
    page, seen = listed(admin_client, "compliance_suppression")
    while address := page.context["cl"].further:
        assert not any(number[-4:] in address for number in numbers)
        page = admin_client.get(f"{reverse('admin:compliance_suppression_changelist')}{address}")
        seen += [row.pk for row in page.context["cl"].result_list]
    assert seen == numbers[::-1]


def test_the_export_of_who_opted_out_does_not_end_where_a_page_does(admin_client, monkeypatch):
    monkeypatch.setattr(big, "MOST", 1)
    monkeypatch.setattr(big.BigAdmin, "list_per_page", 1)
    for line in (101, 102, 103):
        opt_out(f"+1212555{line:04d}", source="operator", happened_at=world.NOW, evidence={})
    answer = admin_client.post(reverse("admin:compliance_suppression_export_list"))
    assert len(answer.getvalue().decode().splitlines()) == 1 + 3
