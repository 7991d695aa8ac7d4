from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import Value
from django.db.models.functions import Concat

from contacts.models import Contact, ContactList, ListMember, Segment
from contacts.segments import matching, saving
from contacts.segments.frozen import freeze
from contacts.segments.words import lines
from tests.contacts.factories import ContactFactory, SegmentFactory
from tests.contacts.pages import group, rule

NOW = datetime(2026, 11, 24, 17, tzinfo=UTC)


@pytest.fixture
def inner(db):
    segment = SegmentFactory(name="Oslo")
    return saving.save(segment, group("all", rule("city", "is", "Oslo")), None)


def test_a_segment_within_it_stays_as_it_was(inner):
    ContactFactory(phone="+12125550001", city="Oslo")
    ContactFactory(phone="+12125550002", city="Rome")
    outer = SegmentFactory(rules=group("all", rule("segment", "is", str(inner.pk))))
    kept = freeze(outer, NOW)
    saving.save(inner, group("all", rule("city", "is", "Rome")), None)
    assert [contact.city for contact in matching(kept)] == ["Oslo"]
    assert [contact.city for contact in matching(outer.rules)] == ["Rome"]


def test_days_count_from_the_moment_it_was_frozen(db):
    for days in (1, 10):
        contact = ContactFactory()
        Contact.objects.filter(pk=contact.pk).update(created_at=NOW - timedelta(days=days))
    outer = SegmentFactory(rules=group("all", rule("created_at", "in_last", "7")))
    assert matching(freeze(outer, NOW)).count() == 1
    assert matching(freeze(outer, NOW - timedelta(days=9))).count() == 2


def test_it_is_told_in_words_with_the_names_of_that_time(inner):
    vip = ContactList.objects.create(name="VIP")
    ListMember.objects.create(list=vip, contact=ContactFactory())
    rules = group(
        "any",
        rule("segment", "is_not", str(inner.pk)),
        rule("list", "is", str(vip.pk)),
        rule("metrics.orders", "between", "9", "3"),
        rule("created_at", "in_last", "7"),
    )
    kept = freeze(saving.save(SegmentFactory(name="Mine"), rules, None), NOW)
    ContactList.objects.update(name="Renamed")
    Segment.objects.update(name=Concat("name", Value(" renamed")))
    assert list(lines(kept)) == [
        (0, "Segment “Mine”, version 1: any of:"),
        (1, "None of:"),
        (2, "Segment “Oslo”, version 1: all of:"),
        (3, "City is any of Oslo"),
        (1, "List is any of VIP"),
        (1, "orders is between 3 and 9"),
        (1, "Date added is in the last 7 days"),
    ]
