"""PhoneNumberValidate, by libphonenumber's data: no carrier is asked."""

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType, timezone

from config.pinpoint_api.calls import Answer, Call
from pinpoint.v1_api.errors import BadRequest

# A number of the US tells not whether it is mobile: most of them are.
TYPES = {
    PhoneNumberType.MOBILE: ("MOBILE", 0),
    PhoneNumberType.FIXED_LINE_OR_MOBILE: ("MOBILE", 0),
    PhoneNumberType.FIXED_LINE: ("LANDLINE", 1),
    PhoneNumberType.VOIP: ("VOIP", 2),
}
INVALID, OTHER = ("INVALID", 3), ("OTHER", 4)


def phone_number_validate(call: Call) -> Answer:
    """Say what a number tells of itself."""
    # Half a second and much memory at the start of every process, for this one call.
    from phonenumbers import carrier, geocoder  # noqa: PLC0415

    said = call.payload
    written = str(said.get("PhoneNumber") or "").strip()
    region = str(said.get("IsoCountryCode") or "").upper()
    if not written:
        raise BadRequest("NumberValidateRequest.PhoneNumber: is required")
    asked = {"OriginalPhoneNumber": written, "OriginalCountryCodeIso2": region}
    try:
        number = phonenumbers.parse(written, region or "US")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        return {"NumberValidateResponse": _filled(asked) | _type(INVALID)}
    country = phonenumbers.region_code_for_number(number) or ""
    zones = timezone.time_zones_for_number(number)
    place = geocoder.description_for_number(number, "en")
    name = geocoder.country_name_for_number(number, "en")
    found = {
        **asked,
        "Carrier": carrier.name_for_number(number, "en"),
        "City": "" if place == name else place,
        "CleansedPhoneNumberE164": phonenumbers.format_number(number, PhoneNumberFormat.E164),
        "CleansedPhoneNumberNational": phonenumbers.national_significant_number(number),
        "Country": name,
        "CountryCodeIso2": country,
        "CountryCodeNumeric": str(number.country_code),
        "Timezone": zones[0] if len(zones) == 1 and "/" in zones[0] else "",
    }
    kind = TYPES.get(phonenumbers.number_type(number), OTHER)
    return {"NumberValidateResponse": _filled(found) | _type(kind)}


def _type(kind: tuple[str, int]) -> dict[str, str | int]:
    return {"PhoneType": kind[0], "PhoneTypeCode": kind[1]}


def _filled(members: dict[str, str]) -> dict[str, str | int]:
    return {name: value for name, value in members.items() if value}
