"""Every big list is handed out as CSV, as the page shows it, and the audit log says so."""

import csv
import io
import tracemalloc

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.models import Event, InboundMessage
from compliance.models import SuppressedNumber
from config.time_zones import choose_zone
from contacts.admin.exported import ExportedAdmin
from contacts.models import Contact
from tests.config import world
from tests.contacts.factories import ContactFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def asked(client, name, **query):
    address = reverse(f"admin:{name}_export_list", query=query)
    return client.post(address)


def exported():
    pages = admin.site._registry.values()
    return [page for page in pages if isinstance(page, ExportedAdmin) and page.is_exported]


def text_of(answer):
    return b"".join(answer.streaming_content).decode()


def rows(answer):
    return list(csv.DictReader(io.StringIO(text_of(answer))))


def test_every_list_of_the_kind_has_the_button_and_hands_out_its_rows(admin_client):
    world.build()
    lists = exported()
    assert len(lists) >= 18
    for page in lists:
        name = f"{page.opts.app_label}_{page.opts.model_name}"
        count = page.model._default_manager.count()
        said = LogEntry.objects.count()
        found = rows(asked(admin_client, name))
        assert count
        assert len(found) in {count, count + 1}, name  # the audit log is in the audit log
        assert LogEntry.objects.count() == said + 1
        shown = admin_client.get(reverse(f"admin:{name}_changelist"), follow=True)
        action = f'action="/admin/{page.opts.app_label}/{page.opts.model_name}/export/'
        assert action in shown.content.decode(), name


def test_search_filters_and_order_of_the_page_are_kept(admin_client):
    for number, kind in (("+12065550101", "voip"), ("+12065550102", "mobile")):
        ContactFactory(phone=number, line_type=kind)
    last = ContactFactory(phone="+12065550103", line_type="voip")
    found = rows(asked(admin_client, "contacts_contact", line_type__exact="voip"))
    assert [row["Phone"] for row in found] == [last.phone, "+12065550101"]
    found = rows(asked(admin_client, "contacts_contact", q="(206) 555-0102"))
    assert [row["Phone"] for row in found] == ["+12065550102"]


def test_all_pages_are_handed_out_and_not_only_the_one_that_is_open(admin_client):
    ContactFactory.create_batch(60)
    assert len(rows(asked(admin_client, "contacts_contact", p="2", after="1"))) == 60


def test_a_filter_that_is_none_hands_out_nothing(admin_client):
    ContactFactory()
    answer = asked(admin_client, "contacts_contact", nonsense="1")
    assert answer.status_code == 302
    assert not LogEntry.objects.exists()


def test_the_inbox_hands_out_what_it_finds(admin_client):
    world.build()
    found = rows(asked(admin_client, "campaigns_conversation", q=world.NUMBER, show="unread"))
    assert [row["Person"] for row in found] == [world.NUMBER]
    assert rows(asked(admin_client, "campaigns_conversation", q="+12125550000")) == []
    said = LogEntry.objects.latest("pk").change_message
    assert said == "Exported the list where search is +1••••••••00: 0 rows."


def test_the_audit_log_says_who_took_which_list_where_what_and_how_many(admin_client, admin_user):
    ContactFactory.create_batch(2, line_type="voip")
    text_of(asked(admin_client, "contacts_contact", line_type__exact="voip"))
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_repr) == (admin_user, "contacts")
    assert entry.change_message == "Exported the list where line_type__exact is voip: 2 rows."


def test_a_download_that_breaks_off_is_on_record_with_what_was_handed_out(admin_client):
    ContactFactory.create_batch(3)
    answer = asked(admin_client, "contacts_contact")
    assert LogEntry.objects.get().change_message == "Exported the list; it has not ended."
    assert next(answer.streaming_content).startswith(b"ID,Phone")
    for close in answer._resource_closers:  # `close` would end the test's connection as well
        close()
    said = LogEntry.objects.get().change_message
    assert said == "Exported the list: broken off after 0 rows."


def test_who_may_not_see_the_list_gets_nothing(client):
    world.build()
    client.force_login(world.person("nobody"))
    assert asked(client, "contacts_contact").status_code == 403
    assert not LogEntry.objects.filter(change_message__startswith="Exported").exists()


def test_a_link_hands_out_nothing(admin_client):
    assert admin_client.get(reverse("admin:contacts_contact_export_list")).status_code == 405


def test_who_may_not_see_numbers_gets_them_masked(client):
    world.build()
    client.force_login(world.person("Analyst"))
    for page in exported():
        answer = asked(client, f"{page.opts.app_label}_{page.opts.model_name}")
        if answer.status_code == 200:
            assert "5550187" not in text_of(answer), page


def test_words_of_others_are_no_formulas(admin_client):
    world.build()
    InboundMessage.objects.update(body="=HYPERLINK(1)")
    [row] = rows(asked(admin_client, "campaigns_inboundmessage"))
    assert row["Text"] == "'=HYPERLINK(1)"
    assert row["From"] == world.NUMBER


def test_times_are_the_operators_and_name_their_zone(admin_client, admin_user):
    choose_zone(admin_user, "America/Chicago")
    world.build()
    Event.objects.update(received_at=world.NOW)
    [row] = rows(asked(admin_client, "campaigns_event"))
    assert row["Received at (America/Chicago)"] == "2026-11-24 11:00:00-06:00"


def test_choices_are_words(admin_client):
    world.build()
    reason = SuppressedNumber.objects.get().get_reason_display()
    assert [row["Reason"] for row in rows(asked(admin_client, "compliance_suppressednumber"))] == [
        reason
    ]


def test_many_rows_come_in_pieces_through_a_cursor_and_take_no_more_memory(admin_client):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO contacts_contact (phone, city, attributes, user_attributes, metrics,"
            " user_id, endpoint_id, region, postal_code, country, timezone, locale, line_type,"
            " created_at, updated_at) SELECT '+1' || (2000000000 + n), 'Springfield', '{}', '{}',"
            " '{}', '', '', '', '', 'US', '', '', 'mobile', now(), now()"
            " FROM generate_series(1, 20000) AS n"
        )
    with CaptureQueriesContext(connection) as queries:
        answer = asked(admin_client, "contacts_contact")
        first = next(answer.streaming_content)
        # Nothing is read before the first byte, but what the page itself counts.
        assert not any("SELECT" in one["sql"] and "Springfield" in one["sql"] for one in queries)
    assert first.startswith(b"ID,Phone")
    tracemalloc.start()
    lines = sum(piece.count(b"\n") for piece in answer.streaming_content)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert lines == Contact.objects.count() == 20000
    assert peak < 8 * 1024**2  # all rows at once would be some 60 MB
    assert LogEntry.objects.get().change_message.endswith("20,000 rows.")
