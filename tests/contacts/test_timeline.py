from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts import rooms, timeline
from contacts.timeline import Entry, Person, Place

T = datetime(2026, 11, 24, tzinfo=UTC)
PLACES = st.lists(
    st.builds(
        Place,
        at=st.integers(0, 5).map(lambda n: T + timedelta(minutes=n)),
        source=st.sampled_from("abc"),
        pk=st.integers(1, 30),
    ),
    unique=True,
)


def provider_of(places):
    def provide(person, before, size):
        there = sorted((p for p in places if before is None or p < before), reverse=True)
        return [Entry(place, str(place)) for place in there[:size]]

    return provide


@given(places=PLACES, size=st.integers(1, 7))
def test_page_by_page_everything_comes_once_and_newest_first(places, size):
    providers = [provider_of([p for p in places if p.source == source]) for source in "abc"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rooms, "timeline_providers", lambda: providers)
        seen, before = [], None
        while page := timeline.page(Person("+12125550111"), before, size):
            seen += [entry.place for entry in page]
            before = Place.read(str(page[-1].place))
    assert seen == sorted(places, reverse=True)


@pytest.mark.parametrize(
    "text",
    [
        *("", "x", "2026~a~1~2", "soon~a~1", "2026-11-24T00:00:00~a~one"),
        "0001-01-01T00:00:00+14:00~a~1",
    ],
)
def test_a_place_that_is_none_is_the_top(text):
    assert Place.read(text) is None
