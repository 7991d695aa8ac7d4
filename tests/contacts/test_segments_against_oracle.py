from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from contacts.models import Contact
from contacts.segments import matching
from tests.contacts import oracle

# Wildcards, quotes and JSON's own signs; letters in both cases; beyond ASCII only what has no
# case, because what UPPER knows beyond it is the database's locale.
TEXT = st.text(alphabet="aAbB %_\\\"'[]{}:,雪😀", min_size=1, max_size=4).filter(str.strip)
WORD = TEXT.map(str.strip)
NAMES = st.sampled_from(["Plan", "2024", "a__gt", "O'Brien", "contains", "%s", "a.b", '"'])
NUMBERS = st.sampled_from([0.0, 0.5, 1.0, -2.0, 4.1, 1e9])
COLUMNS = ("city", "region", "country", "postal_code", "timezone", "locale", "user_id")
LISTS = st.dictionaries(NAMES, st.lists(WORD, min_size=1, max_size=2), max_size=3)

people: st.SearchStrategy[dict] = st.builds(
    dict,
    attributes=LISTS,
    user_attributes=LISTS,
    metrics=st.dictionaries(NAMES, NUMBERS, max_size=2),
    country=st.sampled_from(["", "US", "CA"]),
    **{name: st.just("") | WORD for name in COLUMNS if name != "country"},
)
text_rules = st.builds(
    lambda field, op, values: {"field": field, "op": op, "values": values},
    st.sampled_from(COLUMNS)
    | st.builds("{}.{}".format, st.sampled_from(["attributes", "user_attributes"]), NAMES),
    st.sampled_from(["is", "is_not", "contains", "starts_with", "exists", "missing"]),
    st.lists(TEXT, min_size=1, max_size=2),
)
number_rules = st.builds(
    lambda name, op, number: {"field": f"metrics.{name}", "op": op, "values": [str(number)]},
    NAMES,
    st.sampled_from(["gt", "gte", "lt", "lte", "eq", "exists", "missing"]),
    NUMBERS,
)


def group(rules):
    return st.builds(
        lambda match, inner: {"match": match, "rules": inner},
        st.sampled_from(["all", "any", "none"]),
        st.lists(rules, max_size=3),
    )


trees = group(st.recursive(text_rules | number_rules, group, max_leaves=6))


class RandomTrees(TestCase):
    @settings(
        max_examples=150,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(st.lists(people, min_size=1, max_size=5), trees)
    def test_the_query_finds_whom_the_oracle_finds(self, persons, tree):
        contacts = [
            Contact.objects.create(phone=f"+1212555{n:04d}", **person)
            for n, person in enumerate(persons)
        ]
        expected = {contact.phone for contact in contacts if oracle.matches(tree, contact)}
        assert {contact.phone for contact in matching(tree)} == expected
