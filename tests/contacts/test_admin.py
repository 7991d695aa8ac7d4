import json

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse

from contacts import attributes
from contacts.models import AttributeName, Contact, Segment
from tests.contacts.factories import ContactFactory, SegmentFactory

PREMIUM = {"field": "attributes.Plan", "op": "is", "values": ["premium"]}


@pytest.fixture
def admin(admin_client):
    return admin_client


def contact_data(**given):
    empty = dict.fromkeys(
        ["user_id", "endpoint_id", "city", "region", "postal_code", "country", "timezone"], ""
    )
    lists = {"attributes": "{}", "user_attributes": "{}", "metrics": "{}", "locale": ""}
    return empty | lists | {"phone": "(212) 555-0111"} | given


def rules_data(*rows, name="Premium", match="all"):
    return {
        "name": name,
        "description": "",
        "match": match,
        "field": [row[0] for row in rows],
        "op": [row[1] for row in rows],
        "values": [row[2] for row in rows],
    }


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
    ],
)
def test_what_is_wrong_with_a_contact_is_said_beside_its_field(admin, given, words):
    page = admin.post(reverse("admin:contacts_contact_add"), contact_data(**given))
    assert words in str(page.context["adminform"].form.errors)
    assert not Contact.objects.exists()


def test_a_segment_is_built_from_rows(admin):
    admin.post(
        reverse("admin:contacts_segment_add"),
        rules_data(
            ("attributes.Plan", "is", "premium"), ("city", "is", 'New York, "Washington, DC"')
        ),
    )
    segment = Segment.objects.get()
    assert segment.created_by.username == "admin"
    assert segment.rules == {
        "match": "all",
        "rules": [PREMIUM, {"field": "city", "op": "is", "values": ["New York", "Washington, DC"]}],
    }


def test_a_wrong_rule_is_named_on_the_page_and_nothing_is_stored(admin):
    page = admin.post(
        reverse("admin:contacts_segment_add"),
        rules_data(("city", "exists", ""), ("metrics.orders", "gt", "many")),
    )
    assert "Rule 2: “many” is not a number." in page.content.decode()
    assert 'value="many"' in page.content.decode()
    assert not Segment.objects.exists()


def test_stored_rules_are_shown_in_their_rows(admin):
    segment = SegmentFactory(
        rules={"match": "any", "rules": [{**PREMIUM, "values": ["premium", "Gold, Ltd."]}]}
    )
    page = admin.get(reverse("admin:contacts_segment_change", args=[segment.pk]))
    assert page.context["rule_rows"] == [
        {"field": "attributes.Plan", "op": "is", "values": 'premium,"Gold, Ltd."'}
    ]
    assert '<option value="any" selected>' in page.content.decode()


def test_a_field_that_no_contact_has_any_more_stays_chosen(admin):
    segment = SegmentFactory(rules={"match": "all", "rules": [PREMIUM]})
    page = admin.get(reverse("admin:contacts_segment_change", args=[segment.pk]))
    assert '<option value="attributes.Plan" selected>' in page.content.decode()


def test_nested_groups_are_shown_and_survive_saving(admin):
    group = {"match": "none", "rules": [{"field": "city", "op": "missing", "values": []}]}
    segment = SegmentFactory(rules={"match": "all", "rules": [PREMIUM, group]})
    url = reverse("admin:contacts_segment_change", args=[segment.pk])
    page = admin.get(url).content.decode()
    assert "none of (city is not known)" in page
    assert f"/count/?segment={segment.pk}" in page
    admin.post(url, rules_data(("attributes.Plan", "is", "free")))
    segment.refresh_from_db()
    assert segment.rules["rules"] == [{**PREMIUM, "values": ["free"]}, group]


def count(client, *rows, segment=""):
    return client.post(
        f"{reverse('admin:contacts_segment_count')}?segment={segment}", rules_data(*rows)
    )


def test_the_live_count_follows_the_rows(admin):
    ContactFactory.create_batch(2, attributes={"Plan": ["premium"]})
    ContactFactory()
    page = count(admin, ("attributes.Plan", "is", "premium"))
    assert (page.context["count"], len(page.context["sample"])) == (2, 2)


def test_the_live_count_counts_the_nested_groups_too(admin):
    ContactFactory(attributes={"Plan": ["premium"]}, city="Oslo")
    ContactFactory(attributes={"Plan": ["premium"]})
    group = {"match": "all", "rules": [{"field": "city", "op": "is", "values": ["oslo"]}]}
    segment = SegmentFactory(rules={"match": "all", "rules": [group]})
    page = count(admin, ("attributes.Plan", "is", "premium"), segment=segment.pk)
    assert page.context["count"] == 1


def test_the_live_count_says_what_is_wrong(admin):
    assert "Rule 1: " in count(admin, ("city", "is", "")).content.decode()


def test_nobody_matching_is_said_in_words(admin):
    assert "Nobody matches" in count(admin, ("city", "is", "Atlantis")).content.decode()


def staff(client, *codenames):
    user = User.objects.create_user("eve", password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(user)
    return client


def test_the_live_count_needs_the_right_to_see_segments(client, db):
    assert count(staff(client)).status_code == 403


def test_people_are_named_only_to_those_who_may_see_contacts(client, db):
    ContactFactory()
    page = count(staff(client, "view_segment"))
    assert page.context["count"] == 1
    assert "sample" not in page.context


def test_the_catalogue_is_counted_and_never_written_by_hand(admin):
    ContactFactory(attributes={"Plan": ["premium"]})
    attributes.refresh()
    name = AttributeName.objects.get()
    assert admin.get(reverse("admin:contacts_attributename_changelist")).status_code == 200
    assert admin.get(reverse("admin:contacts_attributename_add")).status_code == 403
    url = reverse("admin:contacts_attributename_change", args=[name.pk])
    assert admin.post(url, {"path": "x", "common_values": json.dumps([])}).status_code == 403
