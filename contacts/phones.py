"""Phone numbers as people write them → E.164. Pure, and without Django."""

import re
from functools import lru_cache
from typing import NamedTuple

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType, ValidationResult

SCIENTIFIC = re.compile(r"\+?\d+(?:[.,]\d+)?[eE][+-]?\d+")
# What spreadsheets wrap around digits: ="2065550123", '2065550123, 2065550123.0
WRAPPED = re.compile(r"=?[\"']?(.*?)[\"']?")
FLOAT = re.compile(r"(\+?\d{7,15})\.0")
EXTENSION = re.compile(r"\s*[,;]?\s*(?:ext(?:ension|n)?\.?|x|#|;ext=)\s*[:.=]?\s*\d{1,7}$", re.I)
# No area code or exchange of North America begins with 0 or 1, now or ever.
NORTH_AMERICAN = re.compile(r"[2-9]\d\d[2-9]\d{6}")
E164 = re.compile(r"\+[1-9]\d{9,14}", re.ASCII)
# How a million lines of a North American list are written; anything else takes the long way.
PLAIN = re.compile(
    r" *(\+1|1?)[ .-]?\(?([2-9][0-9][0-9])\)?[ .-]{0,2}([2-9][0-9][0-9])[ .-]?([0-9]{4}) *"
)
LINE_TYPES = {  # → Contact.LineType
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE: "landline",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "either",
    PhoneNumberType.VOIP: "voip",
    PhoneNumberType.TOLL_FREE: "toll_free",
}
OTHER = "other"


class BadPhone(ValueError):  # noqa: N818 - it is what the operator reads: a bad phone
    """Why a text is not a phone number, in words."""


class Phone(NamedTuple):
    """A number that can be texted, as far as its shape tells."""

    e164: str
    country: str  # ISO 3166-1 alpha-2, or "" for non-geographic numbers
    line_type: str


def parse_phone(text: str, default_country: str) -> Phone:
    """Read a number in any usual format; national ones belong to `default_country`.

    Raises BadPhone with the reason.
    """
    if plain := PLAIN.fullmatch(text):
        code, area, exchange, line = plain.groups()
        known = _exchange(area + exchange)
        if known and (code == "+1" or default_country in {"US", "CA"}):
            return Phone(f"+1{area}{exchange}{line}", *known)
    return parse_any(text, default_country)


def parse_address(text: str, default_country: str) -> Phone:
    """Read a number as Amazon Pinpoint took them: whatever has the shape of E.164 is taken.

    An area code that does not exist is for AWS and the carriers to refuse. Raises BadPhone.
    """
    try:
        return parse_phone(text, default_country)
    except BadPhone:
        if not E164.fullmatch(text):
            raise
        return Phone(text, country_of(text), OTHER)


@lru_cache(maxsize=200_000)
def _exchange(digits: str) -> tuple[str, str] | None:
    """Return country and line type of all numbers that begin with these six North American digits.

    None where the six do not decide. In the US and Canada they do: every pattern of
    libphonenumber ends with four digits of any kind (a test reads the patterns).
    """
    number = parse_any(f"+1{digits}0100", "US")
    known = number.line_type != OTHER and number.country in {"US", "CA"}
    return (number.country, number.line_type) if known else None


def parse_any(text: str, default_country: str) -> Phone:
    """Do what `parse_phone` does, by libphonenumber alone: some 100 µs a number."""
    cleaned = _cleaned(text)
    try:
        number = phonenumbers.parse(cleaned, default_country)
    except phonenumbers.NumberParseException as error:
        raise BadPhone(_why_unreadable(error)) from error
    _drop_old_mexican_one(number)
    _check_shape(number)
    number.extension = None
    return Phone(
        e164=phonenumbers.format_number(number, PhoneNumberFormat.E164),
        country=_country(number),
        line_type=LINE_TYPES.get(phonenumbers.number_type(number), OTHER),
    )


def _cleaned(text: str) -> str:
    unwrapped = WRAPPED.fullmatch(text.strip())
    cleaned = unwrapped[1].strip() if unwrapped else text.strip()
    if not cleaned:
        raise BadPhone("The phone number is empty.")
    if SCIENTIFIC.fullmatch(cleaned):
        raise BadPhone(
            "A spreadsheet turned the number into scientific notation; its digits are lost."
        )
    if as_float := FLOAT.fullmatch(cleaned):
        cleaned = as_float[1]
    cleaned = EXTENSION.sub("", cleaned.removeprefix("tel:"))
    if not any(character.isdigit() for character in cleaned):
        raise BadPhone("This is not a phone number.")
    # phonenumbers would dial the letters (1-800-FLOWERS); in a contact list they are a mistake.
    if any(character.isalpha() for character in cleaned):
        raise BadPhone("The phone number has letters in it.")
    # 00 is how most of the world dials abroad; no national number of any country begins so.
    return f"+{cleaned[2:]}" if cleaned.startswith("00") else cleaned


def _why_unreadable(error: phonenumbers.NumberParseException) -> str:
    match error.error_type:
        case phonenumbers.NumberParseException.INVALID_COUNTRY_CODE:
            return "The number begins with a country code that does not exist."
        case phonenumbers.NumberParseException.TOO_LONG:
            return "The number has too many digits."
        case (
            phonenumbers.NumberParseException.TOO_SHORT_NSN
            | phonenumbers.NumberParseException.TOO_SHORT_AFTER_IDD
        ):
            return "The number has too few digits."
    return "This is not a phone number."


def _check_shape(number: phonenumbers.PhoneNumber) -> None:
    """Refuse what no network could route; area codes newer than our data are let pass."""
    match phonenumbers.is_possible_number_with_reason(number):
        case ValidationResult.IS_POSSIBLE:
            pass
        case ValidationResult.TOO_SHORT | ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
            raise BadPhone("The number has too few digits.")
        case ValidationResult.TOO_LONG:
            raise BadPhone("The number has too many digits.")
        case _:
            raise BadPhone("The number does not exist in its country.")
    national = phonenumbers.national_significant_number(number)
    if number.country_code == 1 and not NORTH_AMERICAN.fullmatch(national):
        raise BadPhone("No North American area code or exchange begins with 0 or 1.")


def _country(number: phonenumbers.PhoneNumber) -> str:
    """Return the number's country; where our data knows no such number, that of its code."""
    region = phonenumbers.region_code_for_number(number)
    region = region or phonenumbers.region_code_for_country_code(number.country_code or 0)
    return region if len(region) == 2 and region != "ZZ" else ""


def _drop_old_mexican_one(number: phonenumbers.PhoneNumber) -> None:
    """+52 1 is how Mexican mobiles were written until 2019."""
    national = str(number.national_number)
    if number.country_code == 52 and len(national) == 11 and national.startswith("1"):
        number.national_number = int(national[1:])


def country_of(e164: str) -> str:
    """Return the ISO 3166-1 alpha-2 code of a number's country; "" where it tells none."""
    # In North America the area code decides; so many numbers share one answer.
    return _country_of(f"{e164[:5]}5550100" if e164.startswith("+1") else e164)


@lru_cache(maxsize=50_000)
def _country_of(e164: str) -> str:
    try:
        return _country(phonenumbers.parse(e164))
    except phonenumbers.NumberParseException:
        return ""
