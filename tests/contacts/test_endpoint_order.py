"""Two writers at once, each with a connection of its own; a third holds the first of them up."""

import pytest

from contacts import endpoint_order, endpoints
from contacts.models import Contact, Endpoint
from tests.campaigns.factories import NOON
from tests.contacts.writers import Writer, both_end, held_up

APP = "a" * 32
BEN, ANA, CARL = "+12065550117", "+16045550182", "+17205550100"


def said(address, **more):
    return {"Address": address} | more


def there(*phones):
    for phone in phones:
        endpoints.put(APP, f"of {phone}", said(phone), NOON)


def write(*items):
    """Write many, as calls and jobs do."""
    endpoint_order.hold(APP, items)
    for name, one in sorted(items, key=lambda item: endpoint_order.number_of(item[1])):
        endpoints.put(APP, name, one, NOON)


@pytest.mark.django_db(transaction=True)
def test_two_spellings_of_the_same_people_are_taken_in_one_order():
    there(BEN, ANA, CARL)
    spelled = [("a", said("(604) 555-0182")), ("c", said("(720) 555-0100")), ("b", said(BEN))]
    with held_up(CARL):
        first = Writer(lambda: write(*spelled)).begin()
        second = Writer(lambda: write(("b", said(BEN)), ("a", said(ANA)))).begin()
    both_end(first, second)


@pytest.mark.django_db(transaction=True)
def test_one_that_takes_a_contact_over_waits_for_one_that_writes_its_endpoint():
    there(ANA)
    with held_up(ANA):
        first = Writer(lambda: endpoints.put(APP, f"of {ANA}", said(ANA), NOON)).begin()
        second = Writer(lambda: endpoints.put(APP, "another", said(ANA), NOON)).begin()
    both_end(first, second)
    assert Endpoint.objects.filter(active=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_endpoint_that_gets_another_number_meanwhile_is_written_to_that_one():
    there(ANA, BEN)
    city = {"Location": {"City": "Oslo"}}
    with held_up(ANA):
        writer = Writer(lambda: endpoints.put(APP, f"of {ANA}", city, NOON)).begin()
        endpoints.put(APP, f"of {ANA}", said(BEN), NOON)
    both_end(writer)
    assert Contact.objects.get(phone=BEN).city == "Oslo"
    assert Contact.objects.get(phone=ANA).city == ""


@pytest.mark.parametrize(
    ("address", "number"),
    [("(206) 555-0117", BEN), (BEN, BEN), ("nobody", "nobody"), (None, "")],
)
def test_the_order_is_that_of_numbers(address, number):
    assert endpoint_order.number_of({"Address": address}) == number
