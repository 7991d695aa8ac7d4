import pytest

from contacts.names import name_of


@pytest.mark.parametrize(
    ("user_attributes", "attributes", "name"),
    [
        ({"FirstName": ["Ana"], "LastName": ["Lee"]}, {}, "Ana Lee"),
        ({"FirstName": [" Ana "], "LastName": []}, {"Name": ["Other"]}, "Ana"),
        ({"Name": ["Ana Lee", "A. Lee"]}, {}, "Ana Lee"),
        ({"Plan": ["gold"]}, {"FirstName": ["Ana"]}, "Ana"),
        ({}, {"Plan": ["gold"]}, ""),
    ],
)
def test_a_person_is_called_as_the_list_said(user_attributes, attributes, name):
    assert name_of(user_attributes, attributes) == name
