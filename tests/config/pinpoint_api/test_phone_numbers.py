import pytest

pytestmark = pytest.mark.django_db


def validate(pinpoint, number, country=""):
    said = {"PhoneNumber": number} | ({"IsoCountryCode": country} if country else {})
    return pinpoint.phone_number_validate(NumberValidateRequest=said)["NumberValidateResponse"]


def test_a_number_tells_its_country_place_and_zone(pinpoint):
    found = validate(pinpoint, "(206) 555-0100", "US")
    assert found["CleansedPhoneNumberE164"] == "+12065550100"
    assert found["CleansedPhoneNumberNational"] == "2065550100"
    assert (found["CountryCodeIso2"], found["Country"]) == ("US", "United States")
    assert (found["Timezone"], found["City"]) == ("America/Los_Angeles", "Washington State")


def test_a_british_mobile_is_mobile(pinpoint):
    found = validate(pinpoint, "+447400123456")
    assert (found["PhoneType"], found["PhoneTypeCode"], found["CountryCodeIso2"]) == (
        "MOBILE", 0, "GB",
    )  # fmt: skip


@pytest.mark.parametrize("number", ["+11234567890", "12", "no number"])
def test_what_is_no_number_is_invalid(pinpoint, number):
    found = validate(pinpoint, number)
    assert (found["PhoneType"], found["PhoneTypeCode"]) == ("INVALID", 3)
