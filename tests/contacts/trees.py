"""Random people and random rules, for hypothesis."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

NOW = datetime(2026, 6, 15, 17, 30, tzinfo=UTC)
# Wildcards, quotes and JSON's own signs; letters in both cases; beyond ASCII only what has no
# case, because what UPPER knows beyond it is the database's locale.
TEXT = st.text(alphabet="aAbB %_\\\"'[]{}:,.^$*(?|雪😀\n", min_size=1, max_size=4).filter(str.strip)
WORD = TEXT.map(str.strip)
# One name an example, so that rules and people meet.
NAMES = st.shared(
    st.sampled_from(
        ["Plan", "2024", "a__gt", "O'Brien", "contains", "%s", "a.b", '"', "$", '"] || true', "\\"]
    ),
    key="name",
)
NUMBERS = st.sampled_from([-2.0, 0.5, 4.1]) | st.sampled_from([0.0, 1e9, 1e-7])
COLUMNS = ("city", "region", "country", "postal_code", "timezone", "locale", "user_id")
DAYS = st.sampled_from(["2026-06-14", "2026-06-15", "2026-06-16", "2025-12-31"])
# Dates as lists have them, and what only looks like one.
WRITTEN = st.builds(
    str.__add__, DAYS, st.sampled_from(["", "", "T04:00:00.000Z", " 23:59", "th", "1"])
)
LISTS = st.dictionaries(NAMES, st.lists(WORD | WRITTEN, min_size=1, max_size=2), max_size=1)
MOMENTS = st.builds(
    lambda days, hours: NOW - timedelta(days=days, hours=hours),
    st.sampled_from([0, 1, 2, 30]),
    st.integers(-14, 14),
)
PLACES = st.none() | st.tuples(
    st.sampled_from([-90.0, 40.7, 40.8]), st.sampled_from([-74.0, -74.0, 180.0])
)


def _located(person, place):
    return person | dict(zip(("latitude", "longitude"), place or (None, None), strict=True))


people: st.SearchStrategy[dict] = st.builds(
    _located,
    st.builds(
        dict,
        attributes=LISTS,
        user_attributes=LISTS,
        metrics=st.dictionaries(NAMES, NUMBERS, max_size=1),
        country=st.sampled_from(["", "US", "CA"]),
        line_type=st.sampled_from(["mobile", "voip"]),
        created_at=MOMENTS,
        last_active_at=st.none() | MOMENTS,
        **{name: st.just("") | WORD for name in COLUMNS if name != "country"},
    ),
    PLACES,
)


def rules(field, ops, values):
    return st.builds(
        lambda field, op, values: {"field": field, "op": op, "values": values},
        field,
        st.sampled_from(ops),
        values,
    )


def exactly(count, values):
    return st.lists(values, min_size=count, max_size=count)


attribute_names = st.builds(
    "{}.{}".format, st.sampled_from(["attributes", "user_attributes"]), NAMES
)
metric_names = st.builds("metrics.{}".format, NAMES)
moment_names = st.sampled_from(["created_at", "last_active_at"])
texts = st.lists(TEXT, min_size=1, max_size=2)
numbers = NUMBERS.map(str)
own_rules = st.one_of(
    rules(
        st.sampled_from(COLUMNS) | attribute_names,
        ["is", "is_not", "contains", "starts_with", "exists", "missing"],
        texts,
    ),
    rules(attribute_names, ["before", "after", "on"], exactly(1, DAYS)),
    rules(attribute_names, ["between"], exactly(2, DAYS)),
    rules(
        metric_names, ["gt", "gte", "lt", "lte", "eq"], st.lists(numbers, min_size=1, max_size=2)
    ),
    rules(metric_names, ["between"], exactly(2, numbers)),
    rules(metric_names, ["exists", "missing"], st.just([])),
    rules(moment_names, ["before", "after", "on"], exactly(1, DAYS)),
    rules(moment_names, ["between"], exactly(2, DAYS)),
    rules(moment_names, ["in_last", "not_in_last"], exactly(1, st.sampled_from(["1", "2", "30"]))),
    rules(st.just("last_active_at") | st.just("location"), ["exists", "missing"], st.just([])),
    rules(st.just("line_type"), ["is", "is_not"], st.just(["voip"]) | st.just(["mobile", "voip"])),
    rules(
        st.just("location"),
        ["within"],
        st.sampled_from([["40.7", "-74", "5"], ["40.7", "-74", "20"], ["-90", "0", "1"]]),
    ),
)


def groups_of(leaves):
    def group(inner):
        return st.builds(
            lambda match, some: {"match": match, "rules": some},
            st.sampled_from(["all", "any", "none"]),
            st.lists(inner, max_size=3),
        )

    return group(st.recursive(leaves, group, max_leaves=6))
