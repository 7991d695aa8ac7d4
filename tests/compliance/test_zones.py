import pytest

from compliance.zones import candidate_zones


def test_the_contacts_own_zone_decides_alone():
    assert candidate_zones("+12125550111", "America/Denver") == {"America/Denver"}


@pytest.mark.parametrize("stated", ["", "Mars/Olympus", "UTC+05"])
def test_without_a_real_zone_the_number_decides(stated):
    assert candidate_zones("+12125550111", stated) == {"America/New_York"}


def test_a_split_area_code_has_both_zones():
    assert candidate_zones("+18505550123") == {"America/New_York", "America/Chicago"}


def test_an_overlay_of_a_split_area_code_has_both_zones():
    assert candidate_zones("+14485550123") == {"America/New_York", "America/Chicago"}


@pytest.mark.parametrize("phone", ["+18005550123", "+15002345678", "+999123", "nonsense"])
def test_a_number_that_tells_no_place_has_no_zone(phone):
    assert candidate_zones(phone) == frozenset()


def test_a_number_outside_america_has_its_countrys_zones():
    assert candidate_zones("+33612345678") == {"Europe/Paris"}
