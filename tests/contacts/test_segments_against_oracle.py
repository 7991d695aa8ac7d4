from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from contacts.models import Contact, ContactList, ListMember, Segment
from contacts.segments import matching
from contacts.segments.frozen import freeze
from tests.contacts.oracle import Oracle
from tests.contacts.trees import NOW, groups_of, own_rules, people, rules

LISTED, INNER = 101, 201
member_rules = rules(st.just("list"), ["is", "is_not"], st.just([str(LISTED)])) | rules(
    st.just("segment"), ["is", "is_not"], st.just([str(INNER)])
)
relaxed = settings(
    max_examples=200,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def stored(persons):
    contacts = []
    for n, person in enumerate(persons):
        contact = Contact.objects.create(phone=f"+1212555{n:04d}", **person)
        Contact.objects.filter(pk=contact.pk).update(created_at=person["created_at"])
        contact.created_at = person["created_at"]
        contacts.append(contact)
    return contacts


def found(tree):
    return {contact.phone for contact in matching({**tree, "as_of": NOW.isoformat()})}


class RandomTrees(TestCase):
    @relaxed
    @given(st.lists(people, min_size=3, max_size=8), st.lists(own_rules, min_size=1, max_size=6))
    def test_each_rule_finds_whom_the_oracle_finds(self, persons, single):
        contacts = stored(persons)
        judge = Oracle(NOW)
        for rule in single:
            expected = {contact.phone for contact in contacts if judge.holds(rule, contact)}
            assert found({"match": "all", "rules": [rule]}) == expected, rule

    @settings(relaxed, max_examples=100)
    @given(st.lists(people, min_size=1, max_size=5), groups_of(own_rules))
    def test_the_query_finds_whom_the_oracle_finds(self, persons, tree):
        contacts = stored(persons)
        judge = Oracle(NOW)
        expected = {contact.phone for contact in contacts if judge.matches(tree, contact)}
        assert found(tree) == expected

    @settings(relaxed, max_examples=60)
    @given(
        st.lists(people, min_size=1, max_size=5),
        st.sets(st.integers(0, 4)),
        groups_of(own_rules),
        groups_of(own_rules | member_rules),
    )
    def test_lists_and_segments_are_asked_as_the_oracle_asks(self, persons, listed, inner, tree):
        contacts = stored(persons)
        members = [contacts[n] for n in listed if n < len(contacts)]
        ContactList.objects.create(pk=LISTED, name="VIP")
        ListMember.objects.bulk_create(ListMember(list_id=LISTED, contact=c) for c in members)
        Segment.objects.create(pk=INNER, name="Inner", rules=inner)
        judge = Oracle(NOW, {INNER: inner}, {LISTED: {contact.phone for contact in members}})
        expected = {contact.phone for contact in contacts if judge.matches(tree, contact)}
        assert found(tree) == expected
        frozen = freeze(Segment(pk=1, name="Outer", rules=tree), NOW)
        assert {contact.phone for contact in matching(frozen)} == expected
