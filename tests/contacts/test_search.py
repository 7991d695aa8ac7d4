import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts import attributes, national, search
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
    assert search.find(term).ids == [ana.pk]


@pytest.mark.parametrize("term", ["", "  ", "\0", "Premium", "u-", "555", "\ud800", '"', "\\", "$"])
def test_what_nobody_has_finds_nobody(ana, term):
    assert search.find(term) == ([], False)


def test_a_number_of_another_country_is_found_without_its_plus():
    contact = ContactFactory(phone="+447400123456")
    assert search.find("44 7400 123456").ids == [contact.pk]


def test_a_national_number_is_of_the_installations_country(monkeypatch):
    contact = ContactFactory(phone="+447400123456")
    monkeypatch.setattr(national, "COUNTRY", "GB")
    assert search.find("07400 123456").ids == [contact.pk]


@given(name=TEXTS.filter(lambda text: len(text) <= 100), value=TEXTS)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_name_and_value_is_found_and_is_never_read_as_a_query(name, value):
    Contact.objects.all().delete()
    AttributeName.objects.all().delete()
    AttributeName.objects.create(path=f"attributes.{name}"[:120])
    contact = ContactFactory(attributes={name: [value.strip()]})
    ContactFactory(attributes={name: ["somebody else's"]})
    assert search.find(value).ids == ([contact.pk] if value.strip() else [])


@pytest.fixture
def few_at_a_time(monkeypatch):
    monkeypatch.setattr(search, "MOST", 3)
    monkeypatch.setattr(search, "WIDTH", 2)


def people(*plans):
    """Make a person for each letter, of the plan that it stands for."""
    made = [ContactFactory(attributes={"Plan": [plan]}, line_type="voip") for plan in plans]
    attributes.refresh()
    return {plan: [one.pk for one in made if one.attributes == {"Plan": [plan]}] for plan in plans}


@pytest.mark.parametrize(
    "plans",
    [
        *("aaaaaaaaaa", "aaa", "aaaa", "bbbbbbbbbbaaaaaaaaaa", "aaaaaaaaaabbbbbbbbbb"),
        *("aabbaabbaabbabbbbbbbbbbbbbaaaaaaaab", "abbbbbbbbbbbbbbbbbbbbbbbbbbbbabbbbaba"),
    ],
)
def test_who_is_older_is_found_behind_who_was_found_before(few_at_a_time, plans):
    wanted = people(*plans)["a"][::-1]
    seen, found = [], search.Found([], is_cut=True)
    while found.is_cut:
        found = search.find("a", seen[-1] if seen else None)
        assert len(found.ids) == search.MOST or not found.is_cut
        seen += found.ids
    assert seen == wanted


LIST = reverse("admin:contacts_contact_changelist")


def pages(client, **query):
    page = client.get(LIST, query)
    while True:
        yield page
        if not (address := page.context["cl"].further):
            return
        page = client.get(f"{LIST}{address}")


def test_the_list_goes_on_behind_those_whom_a_search_found_first(few_at_a_time, admin_client):
    wanted = people(*"aaaaaaaab")["a"][::-1]
    seen = [
        [row.pk for row in page.context["cl"].result_list] for page in pages(admin_client, q="a")
    ]
    assert seen == [wanted[:3], wanted[3:6], wanted[6:]]
    assert "3 contacts or more" in admin_client.get(LIST, {"q": "a"}).content.decode()


def test_a_filter_that_leaves_none_of_them_leads_on_as_well(few_at_a_time, admin_client):
    [oldest, *_others] = people(*"aaaaaa")["a"]
    Contact.objects.filter(pk=oldest).update(line_type="mobile")
    first, second = pages(admin_client, q="a", line_type__exact="mobile")
    assert "None of these is like that" in first.content.decode()
    assert [row.pk for row in second.context["cl"].result_list] == [oldest]


def test_the_export_of_a_search_has_everybody(few_at_a_time, admin_client):
    people(*"aaaaaaaab")
    address = reverse("admin:contacts_contact_export_list")
    lines = admin_client.post(f"{address}?q=a").getvalue().decode().splitlines()
    assert len(lines) == 1 + 8
    lines = admin_client.post(f"{address}?q=nobody").getvalue().decode().splitlines()
    assert len(lines) == 1


@pytest.mark.parametrize("place", ["9" * 30, "0", "nobody"])
def test_a_place_that_is_none_leads_a_search_back_to_the_list(admin_client, ana, place):
    assert admin_client.get(LIST, {"q": "Ana", "after": place}).status_code == 302
