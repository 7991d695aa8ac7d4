"""Writing many endpoints at once is held to writing each after the other."""

import random
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contacts import endpoint_sets, endpoints
from contacts.endpoint_sets import Item, Past
from contacts.models import Contact, Endpoint

pytestmark = pytest.mark.django_db
APP = "shop"
PHONES = [f"+1212556{n:04d}" for n in range(12)]
WRONG = [
    {"Address": "nobody"},
    {"Location": {"Country": "Atlantis"}},
    {"Demographic": {"Timezone": "Mars/Olympus"}},
    {"EndpointStatus": "GONE"},
    {"Location": {"Latitude": 91.0, "Longitude": 0.0}},
    {"Attributes": {"Plan": ["with a NUL: \0"]}},  # only the database refuses it
]


def said_by(chance):
    """Say something of an endpoint, now and then something wrong."""
    said = {"Address": chance.choice(PHONES)}
    if chance.random() < 0.3:
        said["Address"] = f" ({said['Address'][2:5]}) {said['Address'][5:8]}-{said['Address'][8:]}"
    for member, value in {
        "Attributes": {"Plan": chance.choice([["gold"], ["silver", "gold"], []])},
        "Metrics": {"orders": chance.randrange(9)},
        "OptOut": chance.choice(["ALL", "NONE"]),
        "EndpointStatus": chance.choice(["ACTIVE", "ACTIVE", "INACTIVE"]),
        "User": {"UserId": chance.choice(["u", "v", ""]), "UserAttributes": {"Name": ["Ana"]}},
        "Location": {"City": chance.choice(["Reno", "Boise"]), "Country": "US"},
        "Demographic": {"Timezone": "America/Boise", "Make": chance.choice("AB")},
        "RequestId": "r",
    }.items():
        if chance.random() < 0.4:
            said[member] = value
    if chance.random() < 0.08:
        said |= chance.choice(WRONG)
    return said


def items_by(chance, count, apart):
    """Return items that share numbers and ids, or (apart) mostly do not."""
    items = []
    for n in range(count):
        said = said_by(chance)
        endpoint_id = chance.choice(["", *(f"e{m}" for m in range(12))])
        if apart:
            said["Address"] = PHONES[n % len(PHONES)] if "nobody" not in said["Address"] else "x"
            endpoint_id = chance.choice(["", f"e{n}"])
        items.append(Item(endpoint_id, said))
    return items


def one_by_one(items):
    return [endpoint_sets._put_one(APP, item, timezone.now()) for item in items]


def all_at_once(items):
    return endpoint_sets.put_all(APP, items, timezone.now())


def state():
    """Return all that is kept, but times, our own ids and what is drawn by lot."""
    passing = {"id", "created_at", "updated_at"}
    contacts = [
        {name: value for name, value in row.items() if name not in passing}
        for row in Contact.objects.order_by("phone").values()
    ]
    ours = Endpoint.objects.values_list(
        "contact__phone", "endpoint_id", "active", "opted_out", "demographic", "request_id"
    )
    known = [(phone, name if len(name) < 4 else "made", *rest) for phone, name, *rest in ours]
    return contacts, sorted(known, key=str)


def told(outcomes):
    return [
        one.contact.phone if isinstance(one, Endpoint) else (type(one).__name__, str(one)[:60])
        for one in outcomes
    ]


def result_of(way, items):
    """Return what comes of items, and undo it."""
    with transaction.atomic():
        found = told(way(items)), state()
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("apart", [True, False])
@pytest.mark.parametrize("seed", range(15))
def test_sets_come_to_the_same_as_one_after_the_other(seed, apart):
    chance = random.Random(seed)
    one_by_one(items_by(chance, 12, apart))
    items = items_by(chance, 12 if apart else 25, apart)
    assert result_of(all_at_once, items) == result_of(one_by_one, items)


@pytest.mark.parametrize("way", [one_by_one, all_at_once])
def test_what_an_endpoint_was_where_it_comes_from_is_kept(way):
    way([Item("known", {"Address": PHONES[0]})])
    past = Past(datetime(2020, 2, 2, tzinfo=UTC), datetime(2019, 1, 1, tzinfo=UTC), 42)
    way([Item("known", {"Address": PHONES[0]}, past), Item("new", {"Address": PHONES[1]}, past)])
    kept = Endpoint.objects.values_list("effective_at", "created_at", "cohort")
    assert list(kept) == [tuple(past)] * 2


def test_a_user_has_no_more_than_fifteen_endpoints_of_one_set():
    items = [
        Item(f"e{n}", {"Address": f"+1212557{n:04d}", "User": {"UserId": "u"}}) for n in range(20)
    ]
    assert result_of(all_at_once, items) == result_of(one_by_one, items)
    outcomes = all_at_once(items)
    assert sum(isinstance(one, endpoints.NotTaken) for one in outcomes) == 5


@pytest.mark.parametrize("known", [False, True])
def test_two_hundred_endpoints_take_few_queries(known):
    items = [Item(f"e{n}", {"Address": f"+1212557{n:04d}"}) for n in range(200)]
    if known:
        all_at_once(items)
    with CaptureQueriesContext(connection) as queries:
        assert all(isinstance(one, Endpoint) for one in all_at_once(items))
    assert len(queries) <= 10
    assert Endpoint.objects.filter(active=True).count() == 200
