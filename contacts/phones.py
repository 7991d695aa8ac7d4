"""Phone numbers as people write them → E.164."""

import re
from dataclasses import dataclass

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType, ValidationResult

from contacts.models import Contact

SCIENTIFIC = re.compile(r"\d[.,]\d+[eE]\+?\d+")
LINE_TYPES = {
    PhoneNumberType.MOBILE: Contact.LineType.MOBILE,
    PhoneNumberType.FIXED_LINE: Contact.LineType.LANDLINE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE: Contact.LineType.MOBILE_OR_LANDLINE,
    PhoneNumberType.VOIP: Contact.LineType.VOIP,
    PhoneNumberType.TOLL_FREE: Contact.LineType.TOLL_FREE,
}


class BadPhone(ValueError):  # noqa: N818 - it is what the operator reads: a bad phone
    """Why a text is not a phone number, in words."""


@dataclass(frozen=True, slots=True)
class Phone:
    """A number that can be texted, as far as its shape tells."""

    e164: str
    country: str  # ISO 3166-1 alpha-2, or "" for non-geographic numbers
    line_type: str


def parse_phone(text: str, default_country: str) -> Phone:
    """Read a number in any usual format; national ones belong to `default_country`.

    Raises BadPhone with the reason.
    """
    cleaned = text.strip()
    if not cleaned:
        raise BadPhone("The phone number is empty.")
    if SCIENTIFIC.fullmatch(cleaned):
        raise BadPhone(
            "A spreadsheet turned the number into scientific notation; its digits are lost."
        )
    try:
        number = phonenumbers.parse(cleaned, default_country)
    except phonenumbers.NumberParseException as error:
        raise BadPhone("This is not a phone number.") from error
    _drop_old_mexican_one(number)
    _check_length(number)
    number.extension = None
    return Phone(
        e164=phonenumbers.format_number(number, PhoneNumberFormat.E164),
        country=phonenumbers.region_code_for_number(number) or "",
        line_type=LINE_TYPES.get(phonenumbers.number_type(number), Contact.LineType.OTHER),
    )


def _check_length(number: phonenumbers.PhoneNumber) -> None:
    """Refuse what no network could route; area codes newer than our data are let pass."""
    match phonenumbers.is_possible_number_with_reason(number):
        case ValidationResult.IS_POSSIBLE:
            return
        case ValidationResult.TOO_SHORT | ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
            raise BadPhone("The number has too few digits.")
        case ValidationResult.TOO_LONG:
            raise BadPhone("The number has too many digits.")
    raise BadPhone("The number does not exist in its country.")


def _drop_old_mexican_one(number: phonenumbers.PhoneNumber) -> None:
    """+52 1 is how Mexican mobiles were written until 2019 (compliance.md 3.3)."""
    national = str(number.national_number)
    if number.country_code == 52 and len(national) == 11 and national.startswith("1"):
        number.national_number = int(national[1:])
