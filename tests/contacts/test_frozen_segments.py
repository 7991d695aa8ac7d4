import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.db.models import Value
from django.db.models.functions import Concat
from django.utils import timezone

from contacts import lists
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


def test_a_list_that_grows_has_those_who_were_on_it_then(db, time_machine):
    ana, ben, cem = (ContactFactory() for _ in range(3))
    fans = ContactList.objects.create(name="Fans", grows=True)
    outer = SegmentFactory(rules=group("all", rule("list", "is", str(fans.pk))))

    def at(hour, change, contact):
        time_machine.move_to(NOW + timedelta(hours=hour), tick=False)
        change(fans.pk, contact.pk)

    at(1, lists.put_on, ana)
    at(2, lists.put_on, ben)
    kept = freeze(outer, NOW + timedelta(hours=3))
    at(4, lists.take_off, ana)
    at(5, lists.put_on, cem)
    assert set(matching(kept)) == {ana, ben}
    assert set(matching(outer.rules)) == {ben, cem}
    at(6, lists.put_on, ana)
    assert set(matching(kept)) == {ana, ben}
    assert set(matching(freeze(outer, NOW + timedelta(hours=4, minutes=30)))) == {ben}


@pytest.mark.django_db(transaction=True)
def test_opening_waits_for_who_is_coming_and_who_comes_later_comes_after_it():
    fans = ContactList.objects.create(name="Fans", grows=True)
    ana, ben = ContactFactory(), ContactFactory()
    coming, opened = threading.Event(), threading.Event()

    def come():
        with transaction.atomic():
            lists.put_on(fans.pk, ana.pk)
            coming.set()
            assert not opened.wait(0.3)  # the opening waits for this commit
        connection.close()

    newcomer = threading.Thread(target=come)
    newcomer.start()
    coming.wait(5)
    now = timezone.now()
    with transaction.atomic():
        lists.settle([fans.pk])
        opened.set()
        assert set(ListMember.objects.at(now).values_list("contact", flat=True)) == {ana.pk}
    newcomer.join()
    with transaction.atomic():
        lists.put_on(fans.pk, ben.pk)
    assert set(ListMember.objects.at(now).values_list("contact", flat=True)) == {ana.pk}
