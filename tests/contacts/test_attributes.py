from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from contacts import attributes
from contacts.models import AttributeName, Contact, Recount
from tests.contacts.factories import ContactFactory

pytestmark = pytest.mark.django_db


def test_the_catalogue_counts_contacts_and_knows_the_commonest_values():
    ContactFactory.create_batch(2, attributes={"Plan": ["premium", "trial"]})
    ContactFactory(attributes={"Plan": ["premium"]}, metrics={"orders": 4})
    attributes.refresh()
    plan = AttributeName.objects.get(path="attributes.Plan")
    assert (plan.contacts, plan.common_values) == (3, ["premium", "trial"])
    assert AttributeName.objects.get(path="metrics.orders").contacts == 1


def test_a_name_that_nobody_has_any_more_leaves_the_catalogue():
    contact = ContactFactory(attributes={"Plan": ["premium"]})
    attributes.refresh()
    contact.delete()
    attributes.refresh()
    assert not AttributeName.objects.exists()


def test_a_value_that_is_no_list_does_not_break_the_catalogue():
    ContactFactory(attributes={"Plan": "premium", "Odd": {"a": 1}})
    attributes.refresh()
    assert AttributeName.objects.get(path="attributes.Plan").common_values == ["premium"]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["premium", "7"], "text"),
        (["7", "-0.5"], "number"),
        (["02134", "10001"], "text"),
        (["2026-11-24", "2026-11-24T10:00:00Z"], "date"),
        (["2026-11-24", "soon"], "text"),
    ],
)
def test_a_name_is_of_the_kind_that_all_its_values_look_like(values, kind):
    for value in values:
        ContactFactory(attributes={"Answer": [value]})
    attributes.refresh()
    assert AttributeName.objects.get().kind == kind


def test_a_name_with_several_values_on_one_contact_is_a_list_and_a_metric_a_number():
    ContactFactory(attributes={"Ride": ["Bus"]}, metrics={"orders": 4})
    ContactFactory(attributes={"Ride": ["Bus", "Train"]})
    attributes.refresh()
    assert dict(AttributeName.objects.values_list("path", "kind")) == {
        "attributes.Ride": "list",
        "metrics.orders": "number",
    }


def test_of_many_contacts_names_are_counted_on_all_and_values_seen_on_a_sample(monkeypatch):
    monkeypatch.setattr(attributes, "SAMPLE", 1000)
    Contact.objects.bulk_create(
        Contact(
            phone=f"+1212{5550000 + n}",
            attributes={"Plan": ["free" if n % 3 else "gold"]} | ({"Rare": ["x"]} if n < 3 else {}),
        )
        for n in range(4000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE contacts_contact")
    attributes.refresh()
    found = {name.path: name for name in AttributeName.objects.all()}
    plan, rare = found["attributes.Plan"], found["attributes.Rare"]
    assert (plan.contacts, plan.common_values) == (4000, ["free", "gold"])
    assert (rare.contacts, rare.common_values) == (3, ["x"])


def test_the_catalogue_is_counted_again_only_after_contacts_were_written_and_a_rest(monkeypatch):
    written = iter([5, 5, 6, 6])
    monkeypatch.setattr(attributes, "_writes", lambda: next(written))
    attributes.refresh()
    counted = Recount.objects.get()
    later = counted.counted_at + timedelta(hours=1)
    assert not attributes.refresh_if_changed(counted.counted_at)
    assert not attributes.refresh_if_changed(later)
    assert attributes.refresh_if_changed(later)


@pytest.mark.django_db(transaction=True)
def test_every_way_of_writing_contacts_is_noticed():
    attributes.refresh()
    contact = ContactFactory()
    Contact.objects.filter(pk=contact.pk).update(city="Boston")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
    Recount.objects.update(seconds=0)
    assert attributes.refresh_if_changed(timezone.now())


def test_names_are_offered_as_a_text_writes_them():
    ContactFactory(attributes={"Plan": ["x"]}, user_attributes={"FirstName": ["Ana"]})
    attributes.refresh()
    assert {"Attributes.Plan", "User.UserAttributes.FirstName", "Location.City", "Address"} <= (
        attributes.merge_field_paths()
    )


def test_several_values_print_with_commas_and_one_as_itself():
    contact = ContactFactory(attributes={"Ride": ["Bus", "Train"], "Plan": ["premium"]})
    assert attributes.merge_fields(contact)["Attributes"] == {
        "Ride": "Bus, Train",
        "Plan": "premium",
    }
