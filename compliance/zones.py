"""Which time zones a recipient may be in (compliance.md 3: a number does not prove a place)."""

import zoneinfo
from functools import lru_cache

import phonenumbers
from phonenumbers import timezone as number_zones

# Above this many candidates a number says nothing about the place (toll-free: 42 zones).
MOST_CANDIDATES = 10

# Area codes that lie in more zones than libphonenumber's data shows (compliance.md 3.3).
EASTERN_CENTRAL = frozenset({"America/New_York", "America/Chicago"})
CENTRAL_MOUNTAIN = frozenset({"America/Chicago", "America/Denver"})
PACIFIC_MOUNTAIN = frozenset({"America/Los_Angeles", "America/Boise", "America/Denver"})
SPLIT_AREA_CODES: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        ("850", "448", "270", "364", "606", "219", "812", "930", "574", "423", "906", "689"),
        EASTERN_CENTRAL,
    ),
    **dict.fromkeys(("308", "620", "785", "605", "701"), CENTRAL_MOUNTAIN),
    **dict.fromkeys(("208", "986", "541", "458", "775"), PACIFIC_MOUNTAIN),
    "928": frozenset({"America/Phoenix", "America/Denver"}),
    "907": frozenset({"America/Anchorage", "America/Juneau", "America/Adak", "Pacific/Honolulu"}),
    **dict.fromkeys(
        ("250", "236", "778", "672", "257"),
        frozenset({"America/Vancouver", "America/Edmonton", "America/Fort_Nelson"}),
    ),
    "807": frozenset({"America/Toronto", "America/Winnipeg"}),
    **dict.fromkeys(("418", "581", "367"), frozenset({"America/Toronto", "America/Halifax"})),
    **dict.fromkeys(("709", "879"), frozenset({"America/St_Johns", "America/Halifax"})),
    "867": frozenset(
        {
            "America/Vancouver",
            "America/Edmonton",
            "America/Winnipeg",
            "America/Toronto",
            "America/Fort_Nelson",
        }
    ),
    **dict.fromkeys(("306", "639", "474"), frozenset({"America/Regina", "America/Edmonton"})),
    "334": EASTERN_CENTRAL,
    **dict.fromkeys(("432", "915"), CENTRAL_MOUNTAIN),
}


def candidate_zones(phone: str, stated: str = "") -> frozenset[str]:
    """Return every zone the person may be in; empty when nothing is known.

    `stated` is the zone that the contact's own record names, if any; it decides alone.
    """
    if stated and _is_zone(stated):
        return frozenset({stated})
    return _zones_of_number(phone)


@lru_cache(maxsize=1)
def _all_zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def _is_zone(name: str) -> bool:
    return name in _all_zones()


@lru_cache(maxsize=50_000)
def _zones_of_number(phone: str) -> frozenset[str]:
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return frozenset()
    if phonenumbers.number_type(number) in {
        phonenumbers.PhoneNumberType.TOLL_FREE,
        phonenumbers.PhoneNumberType.PERSONAL_NUMBER,
        phonenumbers.PhoneNumberType.VOIP,
    }:
        return frozenset()
    zones = set(number_zones.time_zones_for_number(number)) - {number_zones.UNKNOWN_TIMEZONE}
    if number.country_code == 1:
        zones |= SPLIT_AREA_CODES.get(phone[2:5], frozenset())
    if len(zones) > MOST_CANDIDATES or not all(_is_zone(zone) for zone in zones):
        return frozenset()
    return frozenset(zones)
