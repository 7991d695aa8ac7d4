"""Which states and zones a postal address may be in. Pure; what cannot be told stays wide."""

import re
from dataclasses import dataclass
from functools import lru_cache

from compliance import north_america
from compliance.zones import NOWHERE, zones_of_country


@dataclass(frozen=True, slots=True)
class Address:
    """What a contact's record says of where the person lives; all of it may be blank."""

    country: str = ""  # ISO 3166-1 alpha-2
    region: str = ""
    city: str = ""
    postal_code: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What an address tells: `country` as jurisdictions name it, states, zones, and by what."""

    country: str = ""
    states: frozenset[str] = NOWHERE
    zones: frozenset[str] = NOWHERE
    by: str = ""


@lru_cache(maxsize=100_000)
def read(address: Address, country_of_number: str) -> Told:
    """Return what an address tells; one without a country is in the number's."""
    country = address.country.upper() or country_of_number
    if country in north_america.TERRITORIES:
        country, address = "US", Address(region=country)
    if country not in north_america.ZONES:
        return _country(address, country)
    told = _postal(address, country) or _region(address, country)
    return told or _country(address, country)


def _postal(address: Address, country: str) -> Told | None:
    states = north_america.states_of_postal_code(country, address.postal_code)
    if not states:
        return None
    zones = north_america.zones_of_postal_code(country, address.postal_code)
    named = north_america.state_named(country, address.region)
    if named and named not in states:  # one of the two is wrong, so it may be either
        return Told(
            country,
            _codes(country, states | {named}),
            zones | north_america.ZONES[country][named],
            "postal code and region",
        )
    return Told(country, _codes(country, states), zones, "postal code")


def _region(address: Address, country: str) -> Told | None:
    state = north_america.state_named(country, address.region)
    if not state:
        return None
    city = re.sub(r"[^a-z ]", "", address.city.lower().strip())
    zone = north_america.CITIES.get((f"{country}-{state}", city))
    zones = frozenset({zone}) if zone else north_america.ZONES[country][state]
    return Told(country, _codes(country, {state}), zones, "city" if zone else "region")


def _codes(country: str, states: set[str] | frozenset[str]) -> frozenset[str]:
    return frozenset(f"{country}-{state}" for state in states)


def _country(address: Address, country: str) -> Told:
    """Tell what a country alone, or with a city that the zones are named for, tells."""
    if not address.country:  # a city alone, of a country that only the number tells, proves nothing
        return Told()
    zones = zones_of_country(country)
    city = address.city.strip().replace(" ", "_").lower()
    named = frozenset(z for z in zones if city and z.rpartition("/")[2].lower() == city)
    return Told(country, NOWHERE, named or zones, "city" if named else "country")
