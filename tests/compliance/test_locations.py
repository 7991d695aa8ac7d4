import pytest

from compliance.addresses import Address
from compliance.locations import locate
from compliance.north_america import ZONES, states_of_postal_code, zones_of_postal_code

NEW_YORKER, FLORIDIAN = "+12125550111", "+18505550111"


def states(phone, **address):
    return {name for name in locate(phone, "", Address(**address)).jurisdictions if "-" in name}


def zones(phone, stated="", **address):
    return locate(phone, stated, Address(**address)).zone_names


def test_a_stated_zone_decides_the_clock_alone():
    assert zones(FLORIDIAN, "America/Denver", postal_code="10001") == {"America/Denver"}


@pytest.mark.parametrize("stated", ["", "Mars/Olympus", "UTC+05"])
def test_a_zone_that_does_not_exist_is_not_believed(stated):
    assert zones(NEW_YORKER, stated) == {"America/New_York"}


@pytest.mark.parametrize(
    "address",
    [{"postal_code": "32501"}, {"region": "Florida", "city": "Pensacola"}],
)
def test_an_address_narrows_what_the_number_leaves_open(address):
    assert zones(FLORIDIAN, **address) == {"America/Chicago"}


def test_an_address_that_contradicts_the_number_adds_to_it():
    assert zones(NEW_YORKER, postal_code="80202") == {"America/New_York", "America/Denver"}


def test_a_state_with_two_zones_leaves_both():
    assert zones("+13055550111", region="FL") == {"America/New_York", "America/Chicago"}


def test_a_country_alone_does_not_widen_what_the_number_tells():
    assert zones("+5511987654321", country="BR") == {"America/Sao_Paulo"}


def test_another_country_adds_its_zones():
    assert zones(NEW_YORKER, country="FR") == {"America/New_York", "Europe/Paris"}


def test_a_city_abroad_is_found_among_its_countrys_zones():
    assert zones("+61412345678", country="AU", city="Perth") == {"Australia/Perth"}


def test_states_are_those_of_the_address_and_of_the_area_code():
    assert states("+12145550111", region="FL") == {"US-TX", "US-FL"}


def test_a_postal_code_and_a_region_that_disagree_both_count():
    assert states(NEW_YORKER, postal_code="75201", region="LA") == {"US-NY", "US-TX", "US-LA"}


def test_a_territory_is_american():
    assert locate("+17875550111").jurisdictions == {"US", "US-PR"}
    assert states(NEW_YORKER, country="PR") == {"US-NY", "US-PR"}


def test_each_candidate_names_its_source_and_is_never_certain():
    location = locate("+12145550111", "", Address(postal_code="32801"))
    assert {(c.name, c.source) for c in location.places} == {
        ("US-TX", "number"),
        ("US-FL", "postal code"),
    }
    assert all(0 < c.confidence < 1 for c in location.places + location.zones)


@pytest.mark.parametrize("phone", ["+18005550123", "+999123"])
def test_a_number_of_no_place_leaves_the_state_unknown(phone):
    assert locate(phone, "America/New_York").state_unknown


def test_a_country_without_state_rules_needs_no_state():
    assert not locate("+33612345678").state_unknown


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("10001", {"NY"}),
        ("06390", {"CT", "NY"}),
        ("90210-1234", {"CA"}),
        ("60601", {"IL"}),
        ("77001", {"TX"}),
        ("88510", {"TX"}),
        ("00901", {"PR"}),
        ("96799", {"AS"}),
        ("96910", {"GU"}),
        ("20001", {"DC"}),
        ("99501", {"AK"}),
        ("83414", {"ID", "WY"}),
        ("09001", set()),  # military: it may be anywhere
        ("1000", set()),
        ("nonsense", set()),
    ],
)
def test_a_zip_code_tells_its_state(code, expected):
    assert states_of_postal_code("US", code) == expected


@pytest.mark.parametrize(
    ("code", "expected"), [("M5V 2T6", {"ON"}), ("X0A 0H0", {"NT", "NU"}), ("D1A", set())]
)
def test_a_canadian_postal_code_tells_its_province(code, expected):
    assert states_of_postal_code("CA", code) == expected


def test_every_zone_of_a_zip_code_is_one_of_its_states():
    for number in range(1000):
        code = f"{number:03}01"
        found = states_of_postal_code("US", code)
        allowed = {zone for state in found for zone in ZONES["US"][state]}
        assert zones_of_postal_code("US", code) <= allowed, code
        assert bool(zones_of_postal_code("US", code)) == bool(found), code
