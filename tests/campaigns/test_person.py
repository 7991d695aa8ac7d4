"""A person's page: everything about them from all rooms, in one timeline and one export."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.urls import reverse

from campaigns import remembered_numbers
from campaigns.models import InboundMessage
from contacts import timeline
from contacts.models import ContactList, Endpoint, Import, ImportMember, ListMember, Segment
from contacts.timeline import Person
from tests.campaigns.factories import NOON, CampaignFactory, MessageFactory, RunFactory
from tests.compliance.acts import no, yes
from tests.compliance.factories import ProgramFactory
from tests.contacts.factories import ContactFactory

pytestmark = pytest.mark.django_db
PHONE = "+12125550111"


@pytest.fixture
def ana():
    """Someone who was imported, said yes, got a text, and said no."""
    contact = ContactFactory(phone=PHONE, city="Boston")
    job = Import.objects.create(filename="fair.csv", started_at=NOON - timedelta(hours=1))
    ImportMember.objects.create(job=job, contact=contact)
    program = ProgramFactory(name="Offers")
    yes(PHONE, program)
    campaign = CampaignFactory(name="Flash Sale", program=program)
    MessageFactory(
        run=RunFactory(campaign=campaign),
        contact=contact,
        state="delivered",
        body="30% off",
        sent_at=NOON + timedelta(minutes=5),
    )
    InboundMessage.objects.create(
        inbound_id="i-1",
        sender=PHONE,
        recipient="+12065550100",
        contact=contact,
        body="STOP",
        intent="stop",
        received_at=NOON + timedelta(minutes=9),
    )
    no(PHONE)
    Segment.objects.create(
        name="Boston",
        rules={"match": "all", "rules": [{"field": "city", "op": "is", "values": ["Boston"]}]},
    )
    Segment.objects.create(
        name="Miami",
        rules={"match": "all", "rules": [{"field": "city", "op": "is", "values": ["Miami"]}]},
    )
    return contact


def page_of(client, contact, **query):
    return client.get(reverse("admin:contacts_contact_change", args=[contact.pk]), query)


def test_the_timeline_holds_what_every_room_knows(ana):
    words = [entry.words for entry in timeline.page(Person(PHONE, ana.pk))]
    for said in (
        "Became a contact",
        "Imported from fair.csv",
        "Opt-in confirmed: Offers (promotional), by web form",
        "Text delivered: Flash Sale",
        "Texted us",
        "Opt-out: everything we send, by text message",
    ):
        assert said in words


def test_a_text_says_when_it_reached_each_state(ana):
    [text] = [e for e in timeline.page(Person(PHONE, ana.pk)) if e.words.startswith("Text ")]
    assert "Queued 24 Nov 2026, 12:00:00; handed to AWS 24 Nov 2026, 12:05:00." in text.detail


def test_the_page_shows_the_timeline_and_the_segments(ana, admin_client):
    shown = page_of(admin_client, ana).content.decode()
    for said in ("Imported from fair.csv", "30% off", "STOP", ">Boston</a>"):
        assert said in shown
    assert ">Miami</a>" not in shown


def test_the_page_names_lists_and_passes_over_segments_that_no_longer_hold(ana, admin_client):
    fair = ContactList.objects.create(name="Fair", origin="fair.csv")
    ListMember.objects.create(list=fair, contact=ana)
    Segment.objects.create(name="Broken", rules={"match": "all", "rules": [{"field": "gone"}]})
    shown = page_of(admin_client, ana).content.decode()
    assert "Fair" in shown
    assert ">Broken</a>" not in shown


def test_a_person_is_erased_not_deleted(ana, admin_client):
    url = reverse("admin:contacts_contact_delete", args=[ana.pk])
    assert admin_client.post(url, {"post": "yes"}).status_code == 403


def test_thousands_of_texts_come_page_by_page(ana, admin_client, monkeypatch):
    monkeypatch.setattr(timeline, "PAGE", 3)
    seen, query = [], {}
    url = reverse("admin:contacts_contact_timeline", args=[ana.pk])
    while True:
        page = admin_client.get(url, query).context
        assert len(page["entries"]) <= 3
        seen += [entry.place for entry in page["entries"]]
        if not page["older"]:
            break
        query = {"before": page["older"]}
    assert len(seen) == len(set(seen)) == 6
    assert seen == sorted(seen, reverse=True)


def test_links_are_for_those_who_may_follow_them(ana, client, django_user_model):
    marketer = django_user_model.objects.create_user("mia", is_staff=True)
    marketer.groups.add(Group.objects.get(name="Marketer"))
    client.force_login(marketer)
    shown = page_of(client, ana).content.decode()
    assert "Opt-in confirmed" in shown
    assert (
        reverse("admin:compliance_ledgerentry_changelist") not in shown.split("timeline-title")[1]
    )
    assert "Export everything" not in shown
    url = reverse("admin:contacts_contact_export", args=[ana.pk])
    assert client.post(url).status_code == 403


def test_the_export_holds_everything_and_is_in_the_audit_log(ana, admin_client):
    Endpoint.objects.create(application_id="app", endpoint_id="ana-1", contact=ana)
    answer = admin_client.post(reverse("admin:contacts_contact_export", args=[ana.pk]))
    found = json.loads(answer.content)
    assert found["number"] == PHONE
    assert found["contact"]["stored"]["city"] == "Boston"
    assert found["contact"]["imports"][0]["file"] == "fair.csv"
    assert found["contact"]["endpoints"][0]["endpoint"] == "ana-1"
    assert "Boston" in found["contact"]["segments_now"]
    assert "Miami" not in found["contact"]["segments_now"]
    assert [entry["in_words"][:3] for entry in found["consent"]["entries"]] == ["Opt", "Opt"]
    assert found["consent"]["entries"][0]["evidence"]["form_url"] == "https://example.com/join"
    assert found["consent"]["opted_out"][0]["scope"] == "all"
    assert found["texts"]["sent"][0]["body"] == "30% off"
    assert found["texts"]["received"][0]["body"] == "STOP"
    row = LogEntry.objects.get()
    assert (row.object_id, row.change_message) == (
        str(ana.pk),
        "Exported everything held about this person.",
    )
    assert PHONE not in f"{row.object_repr}{row.change_message}"


def test_the_export_names_who_remembers_the_number_for_test_texts(ana, admin_client, admin_user):
    remembered_numbers.remember(admin_user.pk, [PHONE], NOON)
    answer = admin_client.post(reverse("admin:contacts_contact_export", args=[ana.pk]))
    told = {"remembered_by": "admin", "used_at": "2026-11-24T17:00:00Z"}
    assert json.loads(answer.content)["test_texts"] == [told]


def test_an_export_is_not_had_by_following_a_link(ana, admin_client):
    assert (
        admin_client.get(reverse("admin:contacts_contact_export", args=[ana.pk])).status_code == 405
    )


def test_the_command_exports_a_number_in_any_format(ana, admin_user):
    out = StringIO()
    call_command("export_person", "(212) 555-0111", user="admin", stdout=out)
    assert json.loads(out.getvalue())["contact"]["stored"]["phone"] == PHONE


def test_the_command_exports_also_who_is_no_contact(admin_user):
    yes("+12125550119", ProgramFactory())
    out = StringIO()
    call_command("export_person", "+12125550119", user="admin", stdout=out)
    found = json.loads(out.getvalue())
    assert found["contact"]["stored"] is None
    assert len(found["consent"]["entries"]) == 1


def test_the_command_says_of_which_country_it_took_a_number(admin_user):
    out, said = StringIO(), StringIO()
    call_command(
        "export_person", "07400 123456", user="admin", country="gb", stdout=out, stderr=said
    )
    assert said.getvalue() == "Read as a number of Britain (UK) (GB).\n"
    assert json.loads(out.getvalue())


@pytest.mark.parametrize(("number", "user"), [("12", "admin"), (PHONE, "nobody"), (PHONE, "mia")])
def test_the_command_says_why_it_does_not(number, user, admin_user, django_user_model):
    django_user_model.objects.create_user("mia", is_staff=True)
    with pytest.raises(CommandError):
        call_command("export_person", number, user=user, stdout=StringIO())
