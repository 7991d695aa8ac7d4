"""A compliance officer looks up a number: consent, texts with their decisions, the pack."""

import io
import json
import zipfile

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.urls import reverse

from compliance.models import LedgerEntry, SuppressedNumber
from contacts import national, timeline
from contacts.models import Contact
from tests.campaigns.factories import NOON, CampaignFactory, MessageFactory, RunFactory
from tests.compliance.acts import yes
from tests.contacts.factories import ContactFactory

pytestmark = pytest.mark.django_db
PHONE = "+12125550111"
DECISION = {
    "verdict": "send",
    "rules": "7",
    "at": "2026-11-24T17:00:00+00:00",
    "zones": {"America/New_York": ["2026-11-24 12:00", "number"]},
    "places": {"US-NY": "number"},
}


def person_in(client, django_user_model, role):
    user = django_user_model.objects.create_user(role.lower(), is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    return client


@pytest.fixture
def officer(client, django_user_model):
    return person_in(client, django_user_model, "Compliance")


@pytest.fixture
def texted():
    campaign = CampaignFactory(name="Flash Sale")
    yes(PHONE, campaign.program)
    MessageFactory(
        run=RunFactory(campaign=campaign),
        contact=ContactFactory(phone=PHONE),
        state="delivered",
        body="30% off",
        sent_at=NOON,
        rules="7",
        decisions=[DECISION],
    )


def look_up(client, number=PHONE, **data):
    return client.post(reverse("admin:compliance_lookup"), {"number": number, **data})


def test_a_number_without_a_country_code_is_of_the_installations_country(officer, monkeypatch):
    ContactFactory(phone="+447400123456")
    monkeypatch.setattr(national, "COUNTRY", "GB")
    page = look_up(officer, "07400 123456").content.decode()
    assert "+447400123456 now" in page
    assert "Read as a number of Britain (UK) (GB)." in page


@pytest.mark.parametrize("number", ["(212) 555-0111", "+1 212 555 0111", "2125550111"])
def test_a_number_in_any_format_shows_its_consent_and_texts(officer, texted, number):
    shown = look_up(officer, number).content.decode()
    for said in (
        "+12125550111 now",
        "opted in since",
        "https://example.com/join",
        "missing",
        "30% off",
        "rules version 7",
        "America/New_York",
        "Laws of: US-NY",
    ):
        assert said in shown


def test_what_is_no_number_is_said_beside_the_field(officer):
    assert "too few digits" in look_up(officer, "12").content.decode()


def test_a_number_that_nobody_knows_says_so(officer):
    shown = look_up(officer, "+12125550119").content.decode()
    assert "There is no contact with this number." in shown
    assert "The ledger holds nothing about this number." in shown


def test_older_entries_come_page_by_page(officer, texted, monkeypatch):
    monkeypatch.setattr(timeline, "PAGE", 1)
    first = look_up(officer)
    assert first.context["older"]
    data = {"number": PHONE, "before": first.context["older"]}
    second = officer.post(reverse("admin:compliance_lookup_older"), data)
    assert second.context["entries"][0].place < first.context["entries"][0].place


def test_the_pack_holds_pdf_and_json_and_is_in_the_audit_log(officer, texted):
    url = reverse("admin:compliance_lookup_pack")
    answer = officer.post(url, {"number": PHONE, "why": "Complaint 4711"})
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    content = json.loads(archive.read("evidence.json"))
    assert archive.read("evidence.pdf").startswith(b"%PDF")
    [text] = content["texts"]["sent"]
    assert (text["body"], text["rules"], text["decisions"]) == ("30% off", "7", [DECISION])
    row = LogEntry.objects.get()
    assert row.change_message == f"Exported the evidence pack {content['checksum']}: Complaint 4711"
    assert PHONE not in f"{row.object_id}{row.object_repr}"


def test_a_pack_needs_a_reason(officer, texted):
    answer = officer.post(reverse("admin:compliance_lookup_pack"), {"number": PHONE, "why": " "})
    assert "This field is required." in answer.content.decode()
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("page", ["lookup", "lookup_older", "lookup_pack", "lookup_erase"])
def test_the_pages_are_for_compliance_staff(client, django_user_model, page):
    marketer = person_in(client, django_user_model, "Marketer")
    url = reverse(f"admin:compliance_{page}")
    data = {"number": PHONE, "why": "Curious", "confirmed": "yes"}
    assert marketer.post(url, data).status_code == 403


def test_erasing_asks_once_more_and_says_what_remains(officer, texted):
    asked = officer.post(reverse("admin:compliance_lookup_erase"), {"number": PHONE})
    assert "This remains: 1 entry of the consent ledger" in asked.content.decode()
    assert Contact.objects.exists()


def test_an_erased_person_is_gone_and_still_found_by_number(officer, texted):
    data = {"number": PHONE, "confirmed": "yes"}
    officer.post(reverse("admin:compliance_lookup_erase"), data)
    assert not Contact.objects.exists()
    assert SuppressedNumber.objects.get().reason == "erased"
    assert LedgerEntry.objects.order_by("pk").last().recorded_by == "compliance"
    shown = look_up(officer).content.decode()
    assert "This person was erased." in shown
    assert "erased with the person" in shown
    assert "30% off" not in shown


def test_the_contact_page_leads_there(officer, texted):
    contact = Contact.objects.get()
    shown = officer.get(reverse("admin:contacts_contact_change", args=[contact.pk]))
    for url in ("admin:compliance_lookup", "admin:compliance_lookup_erase"):
        assert f'action="{reverse(url)}"' in shown.content.decode()
