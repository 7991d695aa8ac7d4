"""Totals → the data of bar charts, as Chart.js takes it."""

import json
from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _

from analytics.kpis import Totals

OUTCOMES = (
    ("delivered", "var(--color-green-600)"),
    ("failed", "var(--color-red-600)"),
    ("unknown", "var(--color-blue-600)"),
)
BAR_PIXELS = 18


def day_label(day: date) -> str:
    """Return `Nov 24`."""
    return f"{day:%b} {day.day}"


def outcomes(columns: Mapping[str, Totals]) -> str:
    """Return a chart of what became of the texts handed to AWS, a stacked bar for each label."""
    return _bars(
        list(columns),
        [
            (_(name), colour, [getattr(totals, name) for totals in columns.values()])
            for name, colour in OUTCOMES
        ],
    )


def spend(columns: Mapping[str, Totals]) -> str:
    """Return a chart of what was spent, in US dollars."""
    # A picture does not need the last digit of a Decimal.
    dollars = [float(totals.spend) for totals in columns.values()]
    return _bars(list(columns), [(_("US dollars"), "var(--color-primary-600)", dollars)])


def _bars(labels: Sequence[str], sets: Sequence[tuple[str, str, Sequence[int | float]]]) -> str:
    return json.dumps(
        {
            "labels": labels,
            "datasets": [
                {
                    "label": name,
                    "data": data,
                    "backgroundColor": colour,
                    "stack": "texts",
                    "maxBarThickness": BAR_PIXELS,
                    "borderRadius": 2,
                    "displayYAxis": True,
                    "maxTicksXLimit": 14,
                }
                for name, colour, data in sets
            ],
        }
    )
