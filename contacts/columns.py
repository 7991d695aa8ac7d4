"""Which column of a file is stored where. Pure."""

import re
from collections.abc import Sequence

from contacts.phones import BadPhone, parse_phone

# What a header may be called, folded to letters and digits. A text goes to the mobile rather than
# to the office, so of several phone columns the one that comes first here is taken; and “Address”
# is a phone in Pinpoint's files and a street in others, so it comes last.
PHONE_NAMES = (
    *("mobile", "mobilephone", "mobilenumber", "mobilephonenumber", "cell", "cellphone"),
    *("cellnumber", "cellphonenumber", "sms", "smsnumber", "msisdn", "phone", "phonenumber"),
    *("phoneno", "phonee164", "telephone", "telephonenumber", "tel", "number", "address"),
)
# Where the cells of each are stored. "" = it means nothing outside Pinpoint.
STORED = {
    "user_id": ("userid", "useruserid", "customerid", "externalid"),
    "endpoint_id": ("id", "endpointid"),
    "city": ("city", "locationcity", "town"),
    "region": ("region", "state", "province", "locationregion"),
    "postal_code": ("zip", "zipcode", "postcode", "postalcode", "locationpostalcode"),
    "country": ("country", "countrycode", "locationcountry"),
    "timezone": ("timezone", "tz", "demographictimezone"),
    "locale": ("locale", "language", "demographiclocale"),
    "opt_in": ("smsoptin", "optin", "consent", "optedin", "smsconsent", "subscribed"),
    "opt_out": ("optout", "optedout", "smsoptout", "unsubscribed", "donottext"),
    "channel": ("channeltype",),
    "status": ("endpointstatus",),
    "": ("applicationid", "cohortid", "creationdate", "effectivedate", "requestid"),
}
NAMES = {name: target for target, names in STORED.items() for name in names}
# A yes or a no may stand in several columns, and every one of them counts.
MAY_REPEAT = frozenset({"", "opt_in", "opt_out"})
PERSONAL = {
    "firstname": "FirstName",
    "lastname": "LastName",
    "name": "Name",
    "fullname": "Name",
    "email": "Email",
}
PREFIXES = {
    "Attributes.": "attributes.",
    "User.UserAttributes.": "user_attributes.",
    "Metrics.": "metrics.",
}
MAX_NAME = 50  # Pinpoint's limit for attribute names


class NoPhoneColumn(ValueError):  # noqa: N818 - it is shown to a person
    """None of the columns looks like a phone number."""


def guess(header: Sequence[str]) -> list[str]:
    """Return, per column, where it is stored; "" means that it is not.

    Raises NoPhoneColumn, naming the columns there are. A repeated name is an attribute with
    several values, as Pinpoint writes them.
    """
    for name in header:
        if _is_phone(name):
            raise NoPhoneColumn(
                f"The first line holds a phone number ({name}), not the names of the columns. Put "
                "a line above it that names them, such as Phone,FirstName,City."
            )
    phone = _phone_column(header)
    targets = ["phone" if place == phone else _target(name) for place, name in enumerate(header)]
    seen: set[str] = set()
    for index, target in enumerate(targets):
        if "." not in target and target in seen - MAY_REPEAT:
            targets[index] = _attribute(header[index])
        seen.add(target)
    return targets


def _phone_column(header: Sequence[str]) -> int:
    folded = [_folded(name) for name in header]
    for candidate in PHONE_NAMES:
        if candidate in folded:
            return folded.index(candidate)
    for place, name in enumerate(folded):
        if name.endswith(("phone", "mobile", "phonenumber")):
            return place
    names = ", ".join(f"“{name}”" for name in header if name) or "none"
    raise NoPhoneColumn(
        f"No column holds phone numbers. The file has the columns {names}; "
        "call the one with the numbers “Phone”."
    )


def _target(name: str) -> str:
    for prefix, stored in PREFIXES.items():
        if name.startswith(prefix) and len(name) > len(prefix):
            return stored + name[len(prefix) :][:MAX_NAME]
    folded = _folded(name)
    if folded and folded in NAMES:
        return NAMES[folded]
    if folded in PERSONAL:
        return f"user_attributes.{PERSONAL[folded]}"
    return _attribute(name)


def _folded(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def _is_phone(name: str) -> bool:
    try:
        parse_phone(name, "US")
    except BadPhone:
        return False
    return True


def _attribute(name: str) -> str:
    cleaned = name.replace("\x00", "").strip()
    return f"attributes.{cleaned[:MAX_NAME]}" if cleaned else ""
