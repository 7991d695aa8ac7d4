"""Thousands of cells and shapes → markup; a template's loop takes five times as long for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from analytics.drawing import Drawing
from analytics.panels import Panel

LINK = '<a class="text-primary-600 dark:text-primary-500" href="{}">{}</a>'
NAME = '<th scope="row" class="py-2 pr-4 text-left font-normal">{}</th>'
CELL = '<td class="py-2 pr-4">{}</td>'
ROW = '<tr class="border-t border-base-200 dark:border-base-800">{}{}</tr>'
BOX = (
    '<rect x="{}" y="{}" width="{}" height="{}" fill="url(#{}-{})" stroke="currentColor" '
    'stroke-opacity="0.4" stroke-width="0.5"><title>{}</title></rect>'
)
WORD = '<text x="{}" y="{}" text-anchor="{}">{}</text>'


@dataclass(frozen=True, slots=True)
class Written:
    """A panel, ready for templates/analytics/panel.html; `csv` is where its table is handed out."""

    panel: Panel
    drawing: Drawing | None
    shapes: str
    rows: str
    csv: str


def written(panel: Panel, csv: str) -> Written:
    """Write a panel down."""
    chart = panel.chart()
    drawn = shapes(chart, panel.name) if chart else ""
    return Written(panel, chart, drawn, rows(panel.shown(), panel.links), csv)


def rows(cells: Sequence[Sequence[str]], links: Sequence[str] = ()) -> SafeString:
    """Write the rows of a table; the first cell names its row, and leads to its link."""
    return format_html_join(
        "",
        ROW,
        (
            (
                format_html(NAME, format_html(LINK, link, row[0]) if link else row[0]),
                format_html_join("", CELL, ((cell,) for cell in row[1:])),
            )
            for row, link in zip_longest(cells, links, fillvalue="")
        ),
    )


def shapes(drawing: Drawing, name: str) -> SafeString:
    """Write the rectangles and words of a chart as SVG; `name` is that of its patterns."""
    boxes = format_html_join(
        "",
        BOX,
        (
            (*(str(n) for n in (box.x, box.y, box.width, box.height)), name, box.look, box.says)
            for box in drawing.boxes
        ),
    )
    words = format_html_join(
        "",
        WORD,
        ((str(word.x), str(word.y), word.anchor, word.text) for word in drawing.words),
    )
    return boxes + words
