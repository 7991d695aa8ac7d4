import pytest

from contacts import attributes
from contacts.models import AttributeName
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
