import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts import attributes, search
from contacts.models import AttributeName, Contact
from tests.contacts.factories import ContactFactory

pytestmark = pytest.mark.django_db
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)


@pytest.fixture
def ana():
    ContactFactory(phone="+12125550112", attributes={"Plan": ["free"]})
    found = ContactFactory(
        phone="+12125550111",
        user_id="u-1",
        attributes={"Plan": ["Premium plus"], "Ride": ["Bus", "Train"]},
        user_attributes={"First name": ["Ana"]},
    )
    attributes.refresh()
    return found


@pytest.mark.parametrize(
    "term",
    [
        *("(212) 555-0111", "+1 212 555 0111", "212.555.0111", "12125550111", "00 1 212 5550111"),
        *("u-1", " u-1 "),
        *("Premium plus", "Train", "Ana", "ana", "ANA"),
    ],
)
def test_a_person_is_found_by_number_user_id_or_the_value_of_an_attribute(ana, term):
    assert search.find(term) == [ana.pk]


@pytest.mark.parametrize("term", ["", "  ", "\0", "Premium", "u-", "555", "\ud800", '"', "\\", "$"])
def test_what_nobody_has_finds_nobody(ana, term):
    assert search.find(term) == []


def test_a_number_of_another_country_is_found_without_its_plus():
    contact = ContactFactory(phone="+447400123456")
    assert search.find("44 7400 123456") == [contact.pk]


@given(name=TEXTS.filter(lambda text: len(text) <= 100), value=TEXTS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_name_and_value_is_found_and_is_never_read_as_a_query(name, value):
    Contact.objects.all().delete()
    AttributeName.objects.all().delete()
    AttributeName.objects.create(path=f"attributes.{name}"[:120])
    contact = ContactFactory(attributes={name: [value.strip()]})
    ContactFactory(attributes={name: ["somebody else's"]})
    assert search.find(value) == ([contact.pk] if value.strip() else [])


def test_the_list_says_when_there_are_more_than_it_shows(ana, admin_client, monkeypatch):
    monkeypatch.setattr(search, "MOST", 1)
    shown = admin_client.get(reverse("admin:contacts_contact_changelist"), {"q": "Ana"})
    assert "A segment finds all." in shown.content.decode()
