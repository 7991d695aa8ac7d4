import json

import pytest
from django.urls import reverse

from contacts import attributes
from contacts.models import AttributeName, Contact
from tests.contacts.factories import ContactFactory


@pytest.fixture
def admin(admin_client):
    return admin_client


def contact_data(**given):
    empty = dict.fromkeys(
        ["user_id", "endpoint_id", "city", "region", "postal_code", "country", "timezone"], ""
    )
    lists = {"attributes": "{}", "user_attributes": "{}", "metrics": "{}", "locale": ""}
    return empty | lists | {"phone": "(212) 555-0111"} | given


@pytest.mark.parametrize("term", ["(212) 555-0111", "+12125550111", "2125550111", "u-1"])
def test_a_contact_is_found_by_number_in_any_format_or_by_user_id(admin, term):
    ContactFactory(phone="+12125550111", user_id="u-1")
    ContactFactory(phone="+12125550112")
    page = admin.get(reverse("admin:contacts_contact_changelist"), {"q": term})
    assert [contact.phone for contact in page.context["cl"].queryset] == ["+12125550111"]


def test_a_contact_typed_by_hand_is_stored_as_an_import_would(admin):
    admin.post(
        reverse("admin:contacts_contact_add"),
        contact_data(attributes='{"Plan": "premium"}', phone="1 800 555 0123"),
    )
    contact = Contact.objects.get()
    assert (contact.phone, contact.country, contact.line_type) == (
        "+18005550123",
        "US",
        "toll_free",
    )
    assert contact.attributes == {"Plan": ["premium"]}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"phone": "206555"}, "too few digits"),
        ({"attributes": '["premium"]'}, "Write values by name"),
        ({"attributes": '{"Plan": {"a": 1}}'}, "Write values by name"),
        ({"attributes": '{"Plan": "\\u0000"}'}, "Write values by name"),
        ({"metrics": '{"orders": "many"}'}, "Write numbers by name"),
        ({"timezone": "EST5"}, "not a time zone"),
        ({"country": "ZZ"}, "not a country"),
        ({"latitude": "91", "longitude": "0"}, "between -90 and 90"),
        ({"latitude": "40.7"}, "needs both"),
    ],
)
def test_what_is_wrong_with_a_contact_is_said_beside_its_field(admin, given, words):
    page = admin.post(reverse("admin:contacts_contact_add"), contact_data(**given))
    assert words in str(page.context["adminform"].form.errors)
    assert not Contact.objects.exists()


def test_the_catalogue_is_counted_and_never_written_by_hand(admin):
    ContactFactory(attributes={"Plan": ["premium"]})
    attributes.refresh()
    name = AttributeName.objects.get()
    assert admin.get(reverse("admin:contacts_attributename_changelist")).status_code == 200
    assert admin.get(reverse("admin:contacts_attributename_add")).status_code == 403
    url = reverse("admin:contacts_attributename_change", args=[name.pk])
    assert admin.post(url, {"path": "x", "common_values": json.dumps([])}).status_code == 403


def test_the_form_of_a_contact_says_what_to_write(admin_client):
    page = admin_client.get(reverse("admin:contacts_contact_add")).content.decode()
    assert "Without a country code it counts as one of United States (US)" in page
    assert page.count('rows="3"') == 3


def test_the_list_of_contacts_says_what_people_are_called(admin_client):
    ContactFactory(user_attributes={"FirstName": ["Ana"], "LastName": ["Lee"]})
    page = admin_client.get(reverse("admin:contacts_contact_changelist")).content.decode()
    assert "Ana Lee" in page
