"""Holidays: the library `holidays` as a base, corrected by our own table (compliance.md 9)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

import holidays


def exists(calendar: str) -> bool:
    """Whether there is a calendar of that name: a country (US) or a part of it (US-LA)."""
    country, _, part = calendar.partition("-")
    parts = _supported().get(country)
    return parts is not None and (not part or part in parts)


@cache
def _supported() -> dict[str, list[str]]:
    return dict(holidays.list_supported_countries(include_aliases=False))


@cache
def of_year(calendar: str, year: int) -> Mapping[date, str]:
    """Return the library's public holidays of a year, with their names.

    A holiday that falls on a weekend is there twice: on its own date and on the day it is
    observed.
    """
    country, _, part = calendar.partition("-")
    return dict(holidays.country_holidays(country, subdiv=part or None, years=year))


@dataclass(frozen=True, slots=True)
class Corrections:
    """Our own table: (calendar, day) → name; an empty name says that it is not a holiday."""

    days: Mapping[tuple[str, date], str]

    def holiday(self, names: Iterable[str], day: date) -> str:
        """Return the name of the holiday that `day` is in any of the calendars, or ""."""
        for calendar in names:
            name = self.days.get((calendar, day))
            if name is None:
                name = of_year(calendar, day.year).get(day, "")
            if name:
                return name
        return ""
