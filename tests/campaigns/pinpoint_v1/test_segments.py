import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.pinpoint_v1.segments import EVERYBODY, NOBODY, request_of, rules_of, within, without
from campaigns.refusal import Refused
from contacts import segments
from contacts.models import Contact

NAMES = st.sampled_from(["Plan", "Last Name", "a.b", "2024", "x__gt"])
WORDS = st.lists(st.sampled_from(["gold", "free", "New York"]), min_size=1, max_size=3)
DAYS = st.sampled_from(["2026-01-31", "2025-12-01T10:00:00Z", "2026-06-15T00:00:00.000Z"])
ATTRIBUTE = st.one_of(
    st.fixed_dictionaries(
        {"AttributeType": st.sampled_from(["INCLUSIVE", "EXCLUSIVE", "CONTAINS"]), "Values": WORDS}
    ),
    st.fixed_dictionaries(
        {
            "AttributeType": st.sampled_from(["BEFORE", "AFTER", "ON"]),
            "Values": st.lists(DAYS, min_size=1, max_size=1),
        }
    ),
    st.fixed_dictionaries(
        {"AttributeType": st.just("BETWEEN"), "Values": st.lists(DAYS, min_size=2, max_size=2)}
    ),
)
METRIC = st.fixed_dictionaries(
    {
        "ComparisonOperator": st.sampled_from(
            ["GREATER_THAN", "LESS_THAN", "GREATER_THAN_OR_EQUAL", "LESS_THAN_OR_EQUAL", "EQUAL"]
        ),
        "Value": st.sampled_from([0.0, 4.5, -1.0, 1e9]),
    }
)
RECENCY = st.fixed_dictionaries(
    {
        "Duration": st.sampled_from(["HR_24", "DAY_7", "DAY_14", "DAY_30"]),
        "RecencyType": st.sampled_from(["ACTIVE", "INACTIVE"]),
    }
)
COUNTRY = st.fixed_dictionaries(
    {"DimensionType": st.sampled_from(["INCLUSIVE", "EXCLUSIVE"]), "Values": st.just(["US", "CA"])}
)
POINT = st.fixed_dictionaries(
    {
        "Coordinates": st.just({"Latitude": 40.7, "Longitude": -74.0}),
        "RangeInKilometers": st.sampled_from([1.0, 50.5]),
    }
)


def some(**members):
    """Dictionaries with some of the members, none of them empty."""
    return st.fixed_dictionaries({}, optional=members)


def named(values):
    return st.dictionaries(NAMES, values, min_size=1, max_size=2)


DIMENSIONS = some(
    Attributes=named(ATTRIBUTE),
    UserAttributes=named(ATTRIBUTE),
    Metrics=named(METRIC),
    Behavior=st.fixed_dictionaries({"Recency": RECENCY}),
    Location=some(Country=COUNTRY, GPSPoint=POINT).filter(bool),
)
MATCHES = st.sampled_from(["ALL", "ANY", "NONE"])
OF_DIMENSIONS = st.fixed_dictionaries(
    {"Type": MATCHES, "Dimensions": st.lists(DIMENSIONS, min_size=1, max_size=3)}
)
OF_SOURCES = st.fixed_dictionaries(
    {
        "SourceType": MATCHES,
        "SourceSegments": st.lists(st.just({"Id": "abc"}), min_size=1, max_size=2),
    }
)
GROUP = OF_DIMENSIONS | OF_SOURCES | st.builds(dict.__or__, OF_DIMENSIONS, OF_SOURCES)
REQUESTS = st.fixed_dictionaries({"Dimensions": DIMENSIONS}) | st.fixed_dictionaries(
    {
        "SegmentGroups": st.fixed_dictionaries(
            {"Include": MATCHES, "Groups": st.lists(GROUP, min_size=1, max_size=3)}
        )
    }
)


def source(identifier, version):
    return {"field": "segment", "op": "is", "values": ["7"]}


def there_and_back(request):
    return request_of(rules_of(request, source), lambda pk: "abc")


@given(st.fixed_dictionaries({"Dimensions": DIMENSIONS}))
def test_dimensions_come_back_as_they_were(request):
    assert there_and_back(request) == request


@given(REQUESTS)
def test_what_comes_back_asks_for_the_same(request):
    rules = rules_of(request, source)
    back = request_of(rules, lambda pk: "abc")
    assert back is not None
    assert there_and_back(back) == back


@given(REQUESTS)
def test_the_rule_on_whose_people_they_are_is_not_part_of_what_is_told(request):
    rules = rules_of(request, source)
    assert without(within(rules, "app"), "app") == rules
    assert without(rules, "app") == rules
    assert without(within(rules, "app"), "other") != rules


@pytest.mark.django_db
@settings(
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.fixed_dictionaries({"Dimensions": DIMENSIONS}))
def test_whatever_can_be_said_can_be_asked(django_assert_num_queries, request):
    segments.validate(rules_of(request, source))
    with connection.cursor():
        segments.count(rules_of(request, source))


def test_groups_come_back_as_they_were():
    request = {
        "SegmentGroups": {
            "Include": "ANY",
            "Groups": [
                {
                    "SourceType": "ALL",
                    "SourceSegments": [{"Id": "abc"}],
                    "Type": "NONE",
                    "Dimensions": [
                        {"Attributes": {"Plan": {"AttributeType": "INCLUSIVE", "Values": ["free"]}}}
                    ],
                },
                {"Type": "ANY", "Dimensions": [{"Metrics": {"n": METRIC_OF_4}}]},
            ],
        }
    }
    assert there_and_back(request) == request


METRIC_OF_4 = {"ComparisonOperator": "EQUAL", "Value": 4.0}


def people(rules):
    return {person.phone[-1] for person in segments.matching(rules)}


@pytest.fixture
def three(db):
    Contact.objects.create(phone="+12125550101", attributes={"Plan": ["gold"]}, country="US")
    Contact.objects.create(phone="+12125550102", attributes={"Plan": ["free"]}, country="CA")
    Contact.objects.create(phone="+12125550103", metrics={"orders": 4})


@pytest.mark.parametrize(
    ("dimensions", "expected"),
    [
        ({}, "123"),
        ({"Attributes": {"Plan": {"Values": ["gold", "x"]}}}, "1"),
        ({"Attributes": {"Plan": {"AttributeType": "EXCLUSIVE", "Values": ["gold"]}}}, "23"),
        ({"Attributes": {"Plan": {"AttributeType": "CONTAINS", "Values": ["re"]}}}, "2"),
        ({"Metrics": {"orders": {"ComparisonOperator": "GREATER_THAN", "Value": 3}}}, "3"),
        ({"Location": {"Country": {"Values": ["US"]}}}, "1"),
        ({"Location": {"Country": {"DimensionType": "EXCLUSIVE", "Values": ["US"]}}}, "23"),
        ({"Behavior": {"Recency": {"Duration": "DAY_7", "RecencyType": "INACTIVE"}}}, "123"),
        ({"Behavior": {"Recency": {"Duration": "DAY_7", "RecencyType": "ACTIVE"}}}, ""),
        ({"Demographic": {"Channel": {"Values": ["SMS", "PUSH"]}}}, "123"),
        ({"Demographic": {"Channel": {"Values": ["EMAIL"]}}}, ""),
        (
            {"Demographic": {"Channel": {"DimensionType": "EXCLUSIVE", "Values": ["SMS"]}}},
            "",
        ),
        (
            {
                "Attributes": {"Plan": {"Values": ["gold"]}},
                "Location": {"Country": {"Values": ["CA"]}},
            },
            "",
        ),
    ],
)
def test_dimensions_find_who_fits_all_of_them(three, dimensions, expected):
    assert people(rules_of({"Dimensions": dimensions}, source)) == set(expected)


@pytest.mark.parametrize(
    ("include", "kind", "expected"),
    [("ALL", "ANY", "12"), ("ALL", "ALL", ""), ("ALL", "NONE", "3"), ("NONE", "ANY", "3")],
)
def test_a_group_joins_its_dimensions_as_it_says(three, include, kind, expected):
    plans = [{"Attributes": {"Plan": {"Values": [plan]}}} for plan in ("gold", "free")]
    groups = {"Include": include, "Groups": [{"Type": kind, "Dimensions": plans}]}
    assert people(rules_of({"SegmentGroups": groups}, source)) == set(expected)


@pytest.mark.parametrize(
    ("request_", "member"),
    [
        (
            {"Dimensions": {"Demographic": {"Make": {"Values": ["x"]}}}},
            "Dimensions.Demographic.Make",
        ),
        ({"Dimensions": {"Attributes": {"Plan": {"Values": []}}}}, "Dimensions.Attributes.Plan"),
        ({"Dimensions": {"Attributes": {"Plan": {"Values": [" "]}}}}, "Dimensions.Attributes.Plan"),
        (
            {"Dimensions": {"Attributes": {"D": {"AttributeType": "BETWEEN", "Values": ["x"]}}}},
            "Dimensions.Attributes.D",
        ),
        (
            {"Dimensions": {"Location": {"GPSPoint": {"Coordinates": {}}}}},
            "GPSPoint.RangeInKilometers",
        ),
        (
            {
                "SegmentGroups": {
                    "Groups": [{"Dimensions": [{"Demographic": {"Model": {"Values": ["x"]}}}]}]
                }
            },
            "Groups[0].Dimensions[0].Demographic.Model",
        ),
        (
            {"Dimensions": {"Metrics": {}, "x": {}}, "SegmentGroups": {"Groups": [{}]}},
            "SegmentGroups",
        ),
    ],
)
def test_what_cannot_be_asked_is_named(request_, member):
    with pytest.raises(Refused) as refusal:
        rules_of(request_, source)
    assert member in str(refusal.value)


@pytest.mark.parametrize(
    "rules",
    [
        {"match": "all", "rules": [{"field": "opted_out", "op": "is", "values": ["none"]}]},
        {"match": "all", "rules": [{"field": "city", "op": "is", "values": ["Rome"]}]},
        {"match": "all", "rules": [{"field": "list", "op": "is", "values": ["1"]}]},
        {
            "match": "any",
            "rules": [{"match": "any", "rules": [NOBODY, {"match": "any", "rules": []}]}],
        },
    ],
)
def test_what_pinpoint_could_not_say_is_not_said(rules):
    assert request_of(rules, lambda pk: "abc") is None


def test_everybody_has_no_dimensions():
    assert request_of(EVERYBODY, lambda pk: "abc") == {"Dimensions": {}}
