"""Thousands of cells and shapes → markup; a template's loop takes five times as long for it."""

from collections.abc import Sequence

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from analytics.drawing import Drawing

NAME = '<th scope="row" class="py-2 pr-4 text-left font-normal">{}</th>'
CELL = '<td class="py-2 pr-4">{}</td>'
ROW = '<tr class="border-t border-base-200 dark:border-base-800">{}{}</tr>'
BOX = (
    '<rect x="{}" y="{}" width="{}" height="{}" fill="url(#{}-{})" stroke="currentColor" '
    'stroke-opacity="0.4" stroke-width="0.5"><title>{}</title></rect>'
)
WORD = '<text x="{}" y="{}" text-anchor="{}">{}</text>'


def rows(cells: Sequence[Sequence[str]]) -> SafeString:
    """Write the rows of a table; the first cell names its row."""
    return format_html_join(
        "",
        ROW,
        (
            (
                format_html_join("", NAME, ((cell,) for cell in row[:1])),
                format_html_join("", CELL, ((cell,) for cell in row[1:])),
            )
            for row in cells
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
