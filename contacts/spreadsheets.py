"""Lines of CSV, piece by piece, which no spreadsheet takes for formulas. Pure."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, tzinfo
from typing import Any

from django.utils.translation import gettext as _

# What a spreadsheet takes for a formula, were it the first character of a cell.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
PHONE = re.compile(r"\+[1-9]\d{6,14}")  # a number is none: to a spreadsheet it is a figure
AT_ONCE = 500  # lines that are handed on as one piece


def harmless(words: str) -> str:
    """Return words that no spreadsheet runs."""
    return f"'{words}" if words.startswith(FORMULA) and not PHONE.fullmatch(words) else words


def pieces(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield a table as CSV: the header at once, then some hundred lines together."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([harmless(title) for title in header])
    yield _taken(out)
    for number, row in enumerate(rows, 1):
        writer.writerow(row)
        if number % AT_ONCE == 0:
            yield _taken(out)
    yield _taken(out)


def cell(value: Any, zone: tzinfo) -> Any:
    """Return a value as it stands in a cell: times on the clocks of the zone, with the offset."""
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat(sep=" ", timespec="seconds")
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False) if value else ""
    return value


def _taken(out: io.StringIO) -> str:
    piece = out.getvalue()
    out.seek(0)
    out.truncate()
    return piece
