import pytest

from contacts.columns import NoPhoneColumn, guess


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("Mobile", "phone"),
        ("Phone Number", "phone"),
        ("cell_phone", "phone"),
        ("Guest phone", "phone"),
        ("Address", "phone"),
    ],
)
def test_a_phone_column_goes_by_many_names(name, target):
    assert guess([name]) == [target]


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("User.UserId", "user_id"),
        ("Id", "endpoint_id"),
        ("Location.City", "city"),
        ("State", "region"),
        ("Zip Code", "postal_code"),
        ("Demographic.Timezone", "timezone"),
        ("SMSOptIn", "opt_in"),
        ("OptOut", "opt_out"),
        ("First Name", "user_attributes.FirstName"),
        ("User.UserAttributes.Nick", "user_attributes.Nick"),
        ("Attributes.Ride", "attributes.Ride"),
        ("Metrics.orders", "metrics.orders"),
        ("Favourite colour", "attributes.Favourite colour"),
        ("RequestId", ""),
        ("", ""),
    ],
)
def test_each_column_has_its_place(name, target):
    assert guess(["Phone", name]) == ["phone", target]


def test_an_address_beside_a_phone_is_a_street():
    assert guess(["Address", "Phone"]) == ["attributes.Address", "phone"]


def test_a_text_goes_to_the_mobile():
    assert guess(["Phone", "Mobile"]) == ["attributes.Phone", "phone"]


def test_a_place_is_taken_once():
    assert guess(["Phone", "State", "Region"]) == ["phone", "region", "attributes.Region"]


def test_every_opt_out_column_counts():
    assert guess(["Phone", "OptOut", "Unsubscribed"]) == ["phone", "opt_out", "opt_out"]


def test_without_a_phone_column_the_columns_there_are_named():
    with pytest.raises(NoPhoneColumn, match="“Name”, “City”"):
        guess(["Name", "City"])


def test_a_file_without_a_header_is_told_so():
    with pytest.raises(NoPhoneColumn, match="not the names of the columns"):
        guess(["(206) 555-0123", "Ana"])
