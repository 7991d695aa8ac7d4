import zoneinfo
from datetime import datetime

import phonenumbers
import pytest
from phonenumbers import geocoder
from phonenumbers.tzdata import TIMEZONE_DATA

from compliance.area_codes import STATES_OF_CODE, ZONES_OF_SPLIT_CODE
from compliance.north_america import STATE_NAMES
from compliance.zones import deciding_part, of_number


def zones(phone):
    return of_number(deciding_part(phone))[2]


# What compliance.md 3.3 measured, with the zones that the data hides.
@pytest.mark.parametrize(
    ("phone", "expected"),
    [
        ("+12125550111", {"New_York"}),
        ("+18505550123", {"New_York", "Chicago"}),
        ("+18504321234", {"New_York", "Chicago"}),
        ("+14485550123", {"New_York", "Chicago"}),
        ("+14235550123", {"New_York", "Chicago"}),
        ("+16895550123", {"New_York", "Chicago"}),
        ("+19285550123", {"Phoenix", "Denver"}),
        ("+14745550123", {"Regina", "Edmonton", "Winnipeg"}),
        ("+12505550123", {"Vancouver", "Edmonton", "Fort_Nelson"}),
        ("+13459161234", {"Cayman"}),
        ("+18375550123", {"Los_Angeles"}),
    ],
)
def test_a_number_of_north_america_has_every_zone_it_may_be_in(phone, expected):
    assert zones(phone) == {f"America/{name}" for name in expected}


@pytest.mark.parametrize("phone", ["+18005550123", "+15002345678", "+999123", "nonsense", ""])
def test_a_number_that_tells_no_place_has_no_zone(phone):
    assert zones(phone) == frozenset()


@pytest.mark.parametrize(
    ("phone", "expected"),
    [
        ("+33612345678", {"Europe/Paris"}),
        ("+351912345678", {"Europe/Lisbon", "Atlantic/Madeira", "Atlantic/Azores"}),
        ("+34612345678", {"Europe/Madrid", "Africa/Ceuta", "Atlantic/Canary"}),
        ("+525512345678", {"America/Mexico_City"}),
    ],
)
def test_a_number_outside_north_america_has_its_countrys_zones(phone, expected):
    assert zones(phone) == expected


def test_an_australian_mobile_may_be_in_perth_and_sydney():
    assert zones("+61412345678") >= {"Australia/Perth", "Australia/Sydney", "Indian/Christmas"}


def test_eight_characters_of_a_north_american_number_decide():
    assert deciding_part("+18504321234") == "+1850432"


@pytest.mark.parametrize("code", sorted(ZONES_OF_SPLIT_CODE))
def test_the_zones_of_split_codes_exist(code):
    assert ZONES_OF_SPLIT_CODE[code] <= zoneinfo.available_timezones()
    assert zones(f"+1{code}5550123") >= ZONES_OF_SPLIT_CODE[code]


# How libphonenumber's text writes what has another name.
TEXTS = {
    "Washington State": "WA",
    "Washington D.C.": "DC",
    "British Colombia": "BC",  # sic
}
NAMES = {name: code.rpartition("-")[2] for code, name in STATE_NAMES.items()} | TEXTS
SEVERAL = {
    "Nova Scotia/Prince Edward Island": {"NS", "PE"},
    "Northwest Territories/Nunavut/Yukon": {"NT", "NU", "YT"},
}


def states_in_text(text):
    return SEVERAL.get(text) or {NAMES.get(text, text.rpartition(", ")[2])}


def geographic_codes():
    for code in range(200, 1000):
        for exchange in ("555", "432", "234", "678"):
            number = phonenumbers.parse(f"+1{code}{exchange}0123")
            region = phonenumbers.region_code_for_number(number)
            kind = phonenumbers.number_type(number)
            if region in {"US", "CA"} and kind == phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE:
                yield str(code), region, geocoder.description_for_number(number, "en")
                break


def test_every_area_code_is_in_the_state_that_libphonenumber_names():
    found = {code: (region, text) for code, region, text in geographic_codes()}
    assert len(found) > 400
    assert set(found) <= set(STATES_OF_CODE)
    for code, (region, text) in found.items():
        expected = {f"{region}-{state}" for state in states_in_text(text)}
        assert STATES_OF_CODE[code] == expected, (code, text)


def test_codes_newer_than_libphonenumbers_data_are_named_here():
    known = {code for code, _, _ in geographic_codes()}
    territories = {"684", "671", "670", "787", "939", "340"}
    assert set(STATES_OF_CODE) - known - territories == {"837"}


def clocks(zone):
    """What tells two zones apart for us: their offsets in winter and in summer."""
    place = zoneinfo.ZoneInfo(zone)
    return tuple(datetime(2026, month, 1, tzinfo=place).utcoffset() for month in (1, 7))


def test_no_exchange_has_a_clock_that_its_area_code_has_not():
    """When newer data splits an area code, its zones belong into the table of split codes."""
    for prefix, found in TIMEZONE_DATA.items():
        code = prefix[1:4]
        if prefix.startswith("1") and code in STATES_OF_CODE:
            known = {clocks(zone) for zone in zones(f"+1{code}5550123")}
            assert {clocks(zone) for zone in found} <= known, prefix
