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


NOTHING = Told()


@lru_cache(maxsize=20_000)
def read(address: Address, country_of_number: str) -> Told:
    """Return what an address tells; one without a country is in the number's."""
    country = address.country.upper() or country_of_number
    if country in north_america.TERRITORIES:
        return _region("US", country, "")
    if country in north_america.ZONES:
        state = north_america.state_named(country, address.region) if address.region else ""
        told = NOTHING
        if address.postal_code:
            told = _postal(country, address.postal_code.strip()[:5], state)
        if told is NOTHING and state:
            told = _region(country, state, address.city)
        if told is not NOTHING:
            return told
    # A city alone, of a country that only the number tells, proves nothing.
    return _country(country, address.city) if address.country else NOTHING


@lru_cache(maxsize=100_000)
def _postal(country: str, code: str, named: str) -> Told:
    states = north_america.states_of_postal_code(country, code)
    if not states:
        return NOTHING
    zones = north_america.zones_of_postal_code(country, code)
    if named and named not in states:  # one of the two is wrong, so it may be either
        return Told(
            country,
            _codes(country, states | {named}),
            zones | north_america.ZONES[country][named],
            "postal code and region",
        )
    return Told(country, _codes(country, states), zones, "postal code")


@lru_cache(maxsize=100_000)
def _region(country: str, state: str, city: str) -> Told:
    folded = re.sub(r"[^a-z ]", "", city.lower().strip())
    zone = north_america.CITIES.get((f"{country}-{state}", folded))
    zones = frozenset({zone}) if zone else north_america.ZONES[country][state]
    return Told(country, _codes(country, {state}), zones, "city" if zone else "region")


def _codes(country: str, states: set[str] | frozenset[str]) -> frozenset[str]:
    return frozenset(f"{country}-{state}" for state in states)


@lru_cache(maxsize=100_000)
def _country(country: str, city: str) -> Told:
    """Tell what a country alone, or with a city that one of its zones is named for, tells."""
    zones = zones_of_country(country)
    folded = city.strip().replace(" ", "_").lower()
    named = frozenset(z for z in zones if folded and z.rpartition("/")[2].lower() == folded)
    return Told(country, NOWHERE, named or zones, "city" if named else "country")
