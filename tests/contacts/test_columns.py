import pytest

from contacts.columns import (
    BadMapping,
    NoHeader,
    NoPhoneColumn,
    check,
    check_header,
    guess,
    place_of_number,
    typed,
)


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


@pytest.mark.parametrize(
    ("country", "first", "second"),
    [
        ("US", "(206) 555-0123", "206-555-0124"),
        ("DE", "0170 1234567", "0151 23456789"),
        ("DE", "+49 170 1234567", "+49 30 901820"),
        ("BR", "(11) 96123-4567", "11 96123-4568"),
        ("GB", "07400 123456", ""),
        ("NO", "406 12 345", "406 12 346"),
    ],
)
def test_a_file_without_a_header_is_told_so(country, first, second):
    with pytest.raises(NoHeader, match="not the names of the columns"):
        check_header(["Ana", first], [["Ben", second]], country)


@pytest.mark.parametrize(
    ("name", "under"),
    [
        ("Phone", "0170 1234567"),  # a name of letters
        ("2023/2024", "1200"),  # digits that would be a landline
        ("20240131", "12.50"),
        ("12", "15"),  # in Germany two digits are a number
        ("2024", "0170 1234567"),
    ],
)
def test_digits_in_a_name_make_no_number_of_it(name, under):
    check_header([name], [[under]], "DE")


def test_the_number_of_a_line_is_the_mobile_and_not_the_customers():
    first, below = ["20240001", "0170 1234567"], [["20240002", "0151 23456789"], ["20240003"]]
    assert place_of_number(first, below, "DE") == 1


def test_a_column_that_somebody_chose_stays():
    chosen = {"Reach": "phone", "Phone": "user_attributes.Landline"}
    assert guess(["Reach", "Phone"], chosen) == ["phone", "user_attributes.Landline"]


@pytest.mark.parametrize(
    ("values", "target"),
    [
        (["4", "0", "12.5"], "metrics.X"),
        (["2026-03-05", "2026-12-31", ""], "attributes[date].X"),
        (["bus; train", "walk", "bike;bus"], "attributes[list].X"),
        (["4", "many", "12.5"], "attributes.X"),
        (["007", "4", "5"], "attributes.X"),
        (["4", "5"], "attributes.X"),
        ([], "attributes.X"),
    ],
)
def test_numbers_dates_and_lists_are_told_by_the_first_lines(values, target):
    rows = [("1", value) for value in values]
    assert typed(["Phone", "X"], ["phone", "attributes.X"], rows, "US") == ["phone", target]


def test_a_number_that_names_something_is_a_text():
    rows = [("1", "4")] * 5
    assert typed(["P", "Store ID"], ["phone", "attributes.Store ID"], rows, "US")[1] == (
        "attributes.Store ID"
    )


def test_an_attribute_that_was_a_text_before_stays_one():
    rows = [("1", "4")] * 5
    targets = ["phone", "attributes.Tier"]
    assert typed(["P", "Tier"], targets, rows, "US", known={"attributes.Tier"}) == targets


@pytest.mark.parametrize(
    ("targets", "words"),
    [
        (["", ""], "Choose the column"),
        (["phone", "phone"], "only one"),
        (["phone"], "other columns"),
        (["phone", "attributes."], "Give the attribute a name"),
        (["phone", "attributes." + "x" * 51], "longer than 50"),
        (["phone", "nonsense"], "cannot be stored"),
        (["phone", "nonsense.X"], "cannot be stored"),
    ],
)
def test_columns_that_cannot_be_stored_so_say_why(targets, words):
    with pytest.raises(BadMapping, match=words):
        check(["A", "B"], targets)
