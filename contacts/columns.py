"""Which column of a file is stored where. Pure."""

import re
from collections.abc import Sequence

# What a header may be called, folded to letters and digits -> where its cells are stored.
NAMES = {
    **dict.fromkeys(
        [
            "address",
            "phone",
            "phonenumber",
            "mobile",
            "mobilenumber",
            "mobilephone",
            "cell",
            "cellphone",
            "tel",
            "telephone",
            "msisdn",
            "number",
            "phonee164",
        ],
        "phone",
    ),
    **dict.fromkeys(["userid", "useruserid", "customerid", "externalid"], "user_id"),
    **dict.fromkeys(["id", "endpointid"], "endpoint_id"),
    **dict.fromkeys(["city", "locationcity", "town"], "city"),
    **dict.fromkeys(["region", "state", "province", "locationregion"], "region"),
    **dict.fromkeys(
        [
            "zip",
            "zipcode",
            "postcode",
            "postalcode",
            "locationpostalcode",
        ],
        "postal_code",
    ),
    **dict.fromkeys(["country", "countrycode", "locationcountry"], "country"),
    **dict.fromkeys(["timezone", "tz", "demographictimezone"], "timezone"),
    **dict.fromkeys(["locale", "language", "demographiclocale"], "locale"),
    **dict.fromkeys(
        [
            "smsoptin",
            "optin",
            "consent",
            "optedin",
            "smsconsent",
        ],
        "opt_in",
    ),
    **dict.fromkeys(["optout", "optedout", "unsubscribed"], "opt_out"),
    "channeltype": "channel",
    "endpointstatus": "status",
}
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
MAX_NAME = 50  # Pinpoint's limit for attribute names (aws-sms.md 3.3)


class NoPhoneColumn(ValueError):  # noqa: N818 - it is shown to a person
    """None of the columns looks like a phone number."""


def guess(header: Sequence[str]) -> list[str]:
    """Return, per column, where it is stored; "" means that it is not.

    Raises NoPhoneColumn, naming the columns there are.
    """
    targets = [_target(name) for name in header]
    seen: set[str] = set()
    for index, target in enumerate(targets):
        single = target and "." not in target
        if single and target in seen:
            targets[index] = _attribute(header[index])
        seen.add(target)
    if "phone" not in targets:
        names = ", ".join(f"“{name}”" for name in header if name) or "none"
        raise NoPhoneColumn(
            f"No column holds phone numbers. The file has the columns {names}; "
            "call the one with the numbers “Phone”."
        )
    return targets


def _target(name: str) -> str:
    for prefix, stored in PREFIXES.items():
        if name.startswith(prefix) and len(name) > len(prefix):
            return stored + name[len(prefix) :][:MAX_NAME]
    folded = re.sub(r"[^a-z0-9]", "", name.casefold())
    if folded in NAMES:
        return NAMES[folded]
    if folded in PERSONAL:
        return f"user_attributes.{PERSONAL[folded]}"
    return _attribute(name)


def _attribute(name: str) -> str:
    cleaned = name.replace("\x00", "").strip()
    return f"attributes.{cleaned[:MAX_NAME]}" if cleaned else ""
