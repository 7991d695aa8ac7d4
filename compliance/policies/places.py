"""What jurisdictions are called: US-TX is Texas, FR is France."""

from functools import cache
from importlib import resources

from django.utils.translation import gettext as _

from compliance.models.policy import ELSEWHERE, EVERYWHERE
from compliance.north_america import STATE_NAMES


@cache
def _countries() -> dict[str, str]:
    """Read the names of countries from the time zone database's own table."""
    table = resources.files("tzdata").joinpath("zoneinfo/iso3166.tab").read_text("utf-8")
    lines = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    return {code: name for code, name, *_rest in lines}


def name_of(jurisdiction: str) -> str:
    """Return the name of a jurisdiction; the code itself where there is none."""
    if jurisdiction == EVERYWHERE:
        return _("Everywhere")
    if jurisdiction == ELSEWHERE:
        return _("All other countries")
    return STATE_NAMES.get(jurisdiction) or _countries().get(jurisdiction, jurisdiction)


def with_name_like(term: str) -> list[str]:
    """Return the jurisdictions whose name holds these letters."""
    names = _countries() | STATE_NAMES
    return [code for code, name in names.items() if term.casefold() in name.casefold()]
