"""Where a person may be: states and zones, each with the source it is told by (D7).

A stated zone decides the clock alone. An address narrows what the number leaves open; where the
two contradict each other the person may be in either place. States are those of the address and
of the area code together, since laws are keyed to both (compliance.md 3.1).
"""

from dataclasses import dataclass
from functools import lru_cache

from compliance.addresses import Address, Told, read
from compliance.zones import deciding_part, is_zone, of_number

# How far each source is to be believed. People keep their number when they move: never 1.
CONFIDENCE = {
    "stated": 0.95,
    "postal code": 0.9,
    "city": 0.85,
    "region": 0.8,
    "postal code and region": 0.5,
    "country": 0.5,
    "number": 0.6,
}
# Countries whose states have rules of their own: there a text needs to know the state.
WITH_STATES = frozenset({"US"})
NO_ADDRESS = Address()


@dataclass(frozen=True, slots=True)
class Candidate:
    """One state or zone that a person may be in, by one source."""

    name: str  # US-FL, FR, or America/New_York
    source: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Location:
    """All that is known of where a person may be."""

    places: tuple[Candidate, ...]  # countries and states
    zones: tuple[Candidate, ...]
    jurisdictions: frozenset[str]  # whose rules apply: countries and states
    zone_names: frozenset[str]  # whose clocks must allow it
    state_unknown: bool  # a state's rule may apply without our knowing which


def locate(phone: str, stated_zone: str = "", address: Address = NO_ADDRESS) -> Location:
    """Return where the person with this number may be. Pure."""
    number = of_number(deciding_part(phone))
    return _combined(number, read(address, number[0]), stated_zone)


@lru_cache(maxsize=20_000)
def _combined(
    number: tuple[str, frozenset[str], frozenset[str]], told: Told, stated_zone: str
) -> Location:
    """Put together what each source tells; people of the same places share a Location."""
    country, states, zones = number
    places = [
        Candidate(name, "number", CONFIDENCE["number"])
        for name in sorted(states or {country} - {""})
    ]
    if told.by:
        names = sorted(told.states or {told.country})
        places += [Candidate(name, told.by, CONFIDENCE[told.by]) for name in names]
    found = _zones(stated_zone, told, zones)
    with_states = {place.name.partition("-")[0] for place in places if "-" in place.name}
    jurisdictions = frozenset(
        {place.name for place in places} | {place.name.partition("-")[0] for place in places}
    )
    return Location(
        tuple(places),
        tuple(found),
        jurisdictions,
        frozenset(zone.name for zone in found),
        not jurisdictions or bool((jurisdictions & WITH_STATES) - with_states),
    )


def _zones(stated: str, told: Told, of_the_number: frozenset[str]) -> list[Candidate]:
    if stated and is_zone(stated):
        return [Candidate(stated, "stated", CONFIDENCE["stated"])]
    narrowed = told.zones & of_the_number
    found = []
    if told.by != "country" or not narrowed:  # a country alone says less than the number
        found = [Candidate(name, told.by, CONFIDENCE[told.by]) for name in sorted(told.zones)]
    if not narrowed or told.by == "country":
        found += [Candidate(n, "number", CONFIDENCE["number"]) for n in sorted(of_the_number)]
    return found
