import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from contacts.models import Contact
from contacts.segments import RuleError, matching, validate

PEOPLE = [
    {"phone": "+12125550101", "city": "New York", "attributes": {"Plan": ["premium"]}},
    {"phone": "+12125550102", "city": "New York", "attributes": {"Plan": ["free", "Trial"]}},
    {"phone": "+14155550103", "city": "San Francisco", "attributes": {"Plan": ["premium"]}},
    {"phone": "+13125550104", "city": "", "attributes": {}, "metrics": {"orders": 4}},
    {"phone": "+13125550105", "city": "100% _odd_ 'city'", "metrics": {"orders": 0.5}},
]


def rule(field, op, *values):
    return {"field": field, "op": op, "values": list(values)}


def tree(match, *rules):
    return {"match": match, "rules": list(rules)}


@pytest.fixture
def found(db):
    for person in PEOPLE:
        Contact.objects.create(**person)
    return lambda rules: {c.phone[-1] for c in matching(rules)}


def test_the_rules_of_the_seed_campaign_find_its_people(found):
    rules = tree(
        "all",
        rule("attributes.Plan", "is", "premium"),
        rule("city", "is", "New York", "San Francisco"),
    )
    assert found(rules) == {"1", "3"}


def test_no_rules_find_everyone(found):
    assert found(tree("all")) == set("12345")


@pytest.mark.parametrize(
    ("single", "people"),
    [
        (rule("attributes.Plan", "is", "Trial"), "2"),
        (rule("attributes.Plan", "is_not", "premium"), "245"),
        (rule("attributes.Plan", "contains", "rem"), "13"),
        (rule("attributes.Plan", "starts_with", "fre"), "2"),
        (rule("attributes.Plan", "exists"), "123"),
        (rule("attributes.Plan", "missing"), "45"),
        (rule("city", "is_not", "New York"), "345"),
        (rule("city", "contains", "york"), "12"),
        (rule("city", "contains", "%"), "5"),
        (rule("city", "starts_with", "san"), "3"),
        (rule("city", "missing"), "4"),
        (rule("city", "exists"), "1235"),
        (rule("metrics.orders", "gt", "1"), "4"),
        (rule("metrics.orders", "lte", "1"), "5"),
        (rule("metrics.orders", "missing"), "123"),
    ],
)
def test_each_operator_finds_its_people(found, single, people):
    assert found(tree("all", single)) == set(people)


def test_groups_nest(found):
    rules = tree("any", rule("city", "missing"), tree("all", rule("city", "is", "New York")))
    assert found(rules) == {"1", "2", "4"}


@pytest.mark.parametrize(("match", "people"), [("all", "12345"), ("any", ""), ("none", "12345")])
def test_a_group_without_rules_is_what_logic_says(found, match, people):
    assert found(tree(match)) == set(people)
    assert found(tree("any", rule("city", "missing"), tree(match))) == set(people) | {"4"}


def test_a_place_is_found_however_it_is_written(found):
    assert found(tree("all", rule("city", "is", "NEW YORK"))) == {"1", "2"}


def test_a_number_is_found_in_any_format(found):
    assert found(tree("all", rule("phone", "is", "(212) 555-0101"))) == {"1"}


def test_the_opposite_of_contains_finds_who_lacks_the_attribute(found):
    assert found(tree("none", rule("attributes.Plan", "contains", "prem"))) == {"2", "4", "5"}


def test_the_signs_of_json_are_no_part_of_a_value(found):
    assert found(tree("all", rule("attributes.Plan", "contains", '["'))) == set()


def test_a_segment_is_one_query_with_bound_values(found):
    rules = tree("all", rule("city", "is", "x'); --"), rule("metrics.a'", "gt", "1"))
    sql, params = matching(rules).query.sql_with_params()
    assert "--" not in sql
    assert "x'); --" in params


def test_an_attribute_rule_uses_the_index(found):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    for single, index in [
        (rule("attributes.Plan", "is", "premium", "free"), "contact_attributes"),
        (rule("city", "is", "Oslo", "Rome"), "contact_city_caseless"),
    ]:
        assert index in matching(tree("all", single)).explain()


def test_too_many_rules_are_refused():
    with pytest.raises(RuleError, match="at most 500"):
        validate(tree("all", *[rule("city", "exists")] * 501))


def test_none_is_the_opposite_of_any(found):
    assert found(tree("none", rule("city", "is", "New York"), rule("city", "missing"))) == {
        "3",
        "5",
    }


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ({}, "list of rules"),
        ({"match": "most", "rules": []}, "all, any or none"),
        (tree("all", rule("shoe", "is", "42")), "“shoe” is not a field"),
        (tree("all", rule("attributes.", "is", "1")), "not a field"),
        (tree("all", rule("city", "sounds_like", "x")), "not an operator"),
        (tree("all", rule("city", "is")), "needs a value"),
        (tree("all", rule("city", "is", "  ")), "needs a value"),
        (tree("all", rule("metrics.orders", "gt", "many")), "“many” is not a number"),
        (
            tree("all", rule("metrics.orders", "is", "1")),
            "not an operator for orders, which takes: is more",
        ),
        (tree("all", "city"), "A rule is an object"),
    ],
)
def test_a_wrong_tree_is_refused_in_words(rules, words):
    with pytest.raises(RuleError, match=words):
        validate(rules)


def test_a_tree_that_is_nested_too_deeply_is_refused():
    rules = tree("all")
    for _ in range(50):
        rules = tree("all", rules)
    with pytest.raises(RuleError, match="nested"):
        validate(rules)


def test_an_error_says_where_in_the_tree_it_is():
    with pytest.raises(RuleError) as caught:
        validate(tree("all", rule("city", "exists"), tree("any", rule("shoe", "exists"))))
    assert caught.value.path == "rules.1.0"


class AnyText(TestCase):
    @settings(max_examples=60)
    @given(
        st.sampled_from(["city", "attributes.Plan", "attributes.O'Brien\" %s", "phone"]),
        st.sampled_from(["is", "is_not", "contains", "starts_with"]),
        st.text(min_size=1).filter(lambda t: t.replace("\x00", "").strip()),
    )
    def test_whatever_a_person_types_is_data_and_never_sql(self, field, op, value):
        value = value.encode("utf-8", "replace").decode()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        assert matching(tree("all", rule(field, op, value))).count() == 0 or op == "is_not"
