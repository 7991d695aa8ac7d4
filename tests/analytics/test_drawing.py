from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import delays, drawing
from analytics.models.facts import DELAYS

FIGURES = st.floats(0, 1e9, allow_nan=False)
ROWS = st.integers(1, 40).flatmap(
    lambda n: st.lists(st.lists(FIGURES, min_size=n, max_size=n), min_size=1, max_size=6)
)


def series(rows):
    return [drawing.Series(f"s{n}", values, str) for n, values in enumerate(rows)]


@settings(deadline=None)
@given(ROWS, st.booleans())
def test_every_shape_lies_within_its_drawing(rows, upright):
    draw = drawing.upright if upright else drawing.lying
    made = draw([f"d{n}" for n in range(len(rows[0]))], series(rows))
    for box in made.boxes:
        assert box.x >= 0
        assert box.y >= -0.01
        assert box.x + box.width <= made.width + 0.01
        assert box.y + box.height <= made.height + 0.01


def test_no_two_series_of_a_chart_look_alike_without_colour():
    assert len({look for _colour, look in drawing.LOOKS}) == len(drawing.LOOKS)


def test_columns_are_as_tall_as_their_figures():
    made = drawing.upright(["a", "b"], series([[10, 20]]))
    one, two = made.boxes[:2]
    assert two.height == 2 * one.height


@settings(deadline=None)
@given(st.integers(1, 400), st.sampled_from(["2026-11-24", "11-24 02:00 -0500", "7"]))
def test_words_under_columns_do_not_run_into_each_other(count, label):
    made = drawing.upright([label] * count, series([[1.0] * count]))
    places = sorted(word.x for word in made.words if word.text == label and word.anchor == "middle")
    assert places
    letter = 11 * 0.56  # sans-serif, at the size of the drawing
    pairs = pairwise(places)
    assert all(right - left > len(label) * letter for left, right in pairs)


def test_a_percentile_is_the_bound_of_the_class_in_which_it_lies():
    counts = [0] * (len(DELAYS) + 1)
    counts[3], counts[6], counts[-1] = 50, 40, 10
    assert [delays.percentile(counts, part) for part in delays.PARTS] == [5.0, 30.0, None]


def test_there_is_no_percentile_of_nothing():
    assert delays.percentile([], 0.5) is None
    assert delays.percentile([0] * (len(DELAYS) + 1), 0.5) is None
