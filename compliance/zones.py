"""Which time zones a number may be in (compliance.md 3: a number does not prove a place)."""

import zoneinfo
from functools import cache, lru_cache
from importlib import resources

import phonenumbers
from phonenumbers import timezone as number_zones
from phonenumbers.tzdata import TIMEZONE_DATA, TIMEZONE_LONGEST_PREFIX

from compliance.area_codes import COUNTRY_OF_CODE, STATES_OF_CODE, ZONES_OF_SPLIT_CODE

# Above this many candidates a number says nothing about the place.
MOST_CANDIDATES = 30
# Numbers of these kinds are of no place at all.
PLACELESS = frozenset(
    {
        phonenumbers.PhoneNumberType.TOLL_FREE,
        phonenumbers.PhoneNumberType.PERSONAL_NUMBER,
        phonenumbers.PhoneNumberType.VOIP,
    }
)
NOWHERE: frozenset[str] = frozenset()


@cache
def _all_zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def is_zone(name: str) -> bool:
    """Whether there is a zone of that IANA name."""
    return name in _all_zones()


@cache
def _zones_by_country() -> dict[str, frozenset[str]]:
    table = resources.files("tzdata").joinpath("zoneinfo/zone.tab").read_text("utf-8")
    lines = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    found: dict[str, set[str]] = {}
    for country, _, zone, *_ in lines:
        found.setdefault(country, set()).add(zone)
    return {country: frozenset(zones) for country, zones in found.items()}


def zones_of_country(country: str) -> frozenset[str]:
    """Return every zone of a country (ISO 3166-1 alpha-2), from the time zone database."""
    return _zones_by_country().get(country, NOWHERE)


def deciding_part(phone: str) -> str:
    """Return the part of a number that zones, country and states are told from.

    For +1 it is the area code and exchange, so that numbers can be grouped by their first eight
    characters; elsewhere it is the whole number.
    """
    return phone[:8] if phone.startswith("+1") else phone


@cache
def codes_told_by_exchange() -> list[str]:
    """Return the area codes of +1 whose zones the exchange after them tells as well."""
    return sorted({key[1:4] for key in TIMEZONE_DATA if key.startswith("1") and len(key) > 4})


@lru_cache(maxsize=100_000)
def of_number(part: str) -> tuple[str, frozenset[str], frozenset[str]]:
    """Return (country, states, zones) that a number may be of, from its `deciding_part`.

    Empty where the number does not tell: toll-free numbers, area codes newer than our tables.
    """
    return _north_american(part) if part.startswith("+1") else _elsewhere(part)


def _north_american(part: str) -> tuple[str, frozenset[str], frozenset[str]]:
    code = part[2:5]
    if country := COUNTRY_OF_CODE.get(code):
        return country, NOWHERE, zones_of_country(country)
    states = STATES_OF_CODE.get(code)
    if states is None:
        return "US", NOWHERE, NOWHERE
    zones = _longest_prefix(part[1:]) | ZONES_OF_SPLIT_CODE.get(code, NOWHERE)
    country = next(iter(states)).partition("-")[0]
    return country, states, frozenset(zone for zone in zones if is_zone(zone))


def _longest_prefix(digits: str) -> frozenset[str]:
    """Look a number of +1 up; what the data says of +1 as a whole says nothing."""
    for length in range(min(len(digits), TIMEZONE_LONGEST_PREFIX), 3, -1):
        if zones := TIMEZONE_DATA.get(digits[:length]):
            return frozenset(zones)
    return NOWHERE


def _elsewhere(phone: str) -> tuple[str, frozenset[str], frozenset[str]]:
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return "", NOWHERE, NOWHERE
    country = phonenumbers.region_code_for_number(number) or ""
    if not country.isalpha() or phonenumbers.number_type(number) in PLACELESS:
        return country if country.isalpha() else "", NOWHERE, NOWHERE
    zones = set(number_zones.time_zones_for_number(number)) - {number_zones.UNKNOWN_TIMEZONE}
    if not phonenumbers.is_number_geographical(number):
        # A mobile may be anywhere in its country, and the data leaves out zones (Madeira).
        zones |= zones_of_country(country)
    if len(zones) > MOST_CANDIDATES or not all(is_zone(zone) for zone in zones):
        return country, NOWHERE, NOWHERE
    return country, NOWHERE, frozenset(zones)
