"""Numbers → where the shapes of a chart lie; templates/analytics/drawing.html writes them as SVG.

Every series has a pattern as well as a colour, so that a chart can be read without any.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 64, 36, 32, 28  # around columns
KEY = 8  # where the legend begins
NAMES, ROW, BAR = 200, 26, 16  # beside bars: room of their names, height of a row and of its bar
MOST_BARS = 12
MOST_LABELS, LETTER = 10, 7  # under columns, and how wide a letter is at most
LINES = 4
# Colours that stand out from white and from black alike; what is drawn over them tells them apart.
LOOKS = (
    ("#15803d", "plain"),
    ("#dc2626", "stripes"),
    ("#2563eb", "dots"),
    ("#b45309", "grid"),
    ("#7c3aed", "rungs"),
    ("#0e7490", "posts"),
)


@dataclass(frozen=True, slots=True)
class Series:
    """One figure of every row."""

    name: str
    values: Sequence[float]
    show: Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, the look it is filled with, and what it says when it is pointed at."""

    x: float
    y: float
    width: float
    height: float
    look: int
    says: str


@dataclass(frozen=True, slots=True)
class Word:
    """Words at a place; `anchor` is SVG's."""

    x: float
    y: float
    text: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart, ready to be written down."""

    height: int
    boxes: list[Box]
    words: list[Word]
    lines: list[float]  # heights of the horizontal lines
    summary: str
    width: int = WIDTH
    left: int = LEFT
    looks: tuple[tuple[str, str], ...] = LOOKS


def upright(labels: Sequence[str], series: Sequence[Series]) -> Drawing:
    """Draw a column for each label, the series on top of each other."""
    sums = [sum(one.values[n] for one in series) for n in range(len(labels))]
    step = _step(max(sums))
    top = step * max(ceil(max(sums) / step), 1)
    room = HEIGHT - TOP - BOTTOM
    slot = (WIDTH - LEFT - RIGHT) / len(labels)
    boxes = []
    for n, label in enumerate(labels):
        base = float(HEIGHT - BOTTOM)
        for look, one in enumerate(series):
            tall = room * one.values[n] / top
            base -= tall
            if tall > 0:
                says = f"{label}: {one.name} {one.show(one.values[n])}"
                x, wide = LEFT + n * slot + slot * 0.1, slot * 0.8
                boxes.append(Box(_r(x), _r(base), _r(wide), _r(tall), look % len(LOOKS), says))
    words, lines = [], []
    for n in range(round(top / step) + 1):
        y = _r(HEIGHT - BOTTOM - room * n * step / top)
        lines.append(y)
        words.append(Word(LEFT - 6, y + 4, series[0].show(_whole(n * step)), "end"))
    apart = max(len(label) + 1 for label in labels) * LETTER
    every = ceil(max(len(labels) / MOST_LABELS, apart / slot))
    for n in range(0, len(labels), every):
        words.append(Word(_r(LEFT + (n + 0.5) * slot), HEIGHT - 8, labels[n]))
    keys, names = _legend(series)
    return Drawing(HEIGHT, boxes + keys, words + names, lines, _summary(labels, series))


def lying(labels: Sequence[str], series: Sequence[Series]) -> Drawing:
    """Draw a bar for each of the first labels and each series, with its figure at its end."""
    labels = labels[:MOST_BARS]
    most = max(max(one.values[: len(labels)]) for one in series) or 1
    room = WIDTH - NAMES - 90
    boxes, words = [], []
    y = TOP
    for n, label in enumerate(labels):
        words.append(Word(NAMES - 8, y + 13, _short(label), "end"))
        for look, one in enumerate(series):
            wide = max(room * one.values[n] / most, 0)
            shown = one.show(one.values[n])
            says = f"{label}: {one.name} {shown}"
            boxes.append(Box(NAMES, y, _r(wide), BAR, look % len(LOOKS), says))
            words.append(Word(_r(NAMES + wide + 6), y + 13, shown, "start"))
            y += ROW
    keys, names = _legend(series)
    return Drawing(y + 4, boxes + keys, words + names, [], _summary(labels, series), left=NAMES)


def _step(most: float) -> float:
    """Return a round distance between lines, of which some reach up to `most`."""
    if most <= 0:
        return 1
    power = 10.0 ** floor(log10(most / LINES))
    return next(power * n for n in (1, 2, 5, 10) if power * n * LINES >= most * (1 - 1e-9))


def _whole(value: float) -> float:
    return int(value) if value == int(value) else round(value, 6)


def _r(value: float) -> float:
    return round(value, 2)


def _short(label: str, most: int = 28) -> str:
    return label if len(label) <= most else f"{label[: most - 1]}…"


def _legend(series: Sequence[Series]) -> tuple[list[Box], list[Word]]:
    """Tell the series apart; within the picture, which is also kept without its page."""
    slot = (WIDTH - KEY) / max(len(series), 4)
    places = [KEY + slot * n for n in range(len(series))]
    keys = [Box(x, KEY, 20, 12, n % len(LOOKS), series[n].name) for n, x in enumerate(places)]
    names = [Word(x + 26, KEY + 10, series[n].name, "start") for n, x in enumerate(places)]
    return keys, names


def _summary(labels: Sequence[str], series: Sequence[Series]) -> str:
    """Say in a sentence what the picture shows; the table beside it says it all."""
    said = []
    for one in series:
        peak = max(range(len(labels)), key=lambda n: one.values[n])
        said.append(f"{one.name}: {one.show(one.values[peak])} ({labels[peak]})")
    return "; ".join(said)
