"""Which column of a file is stored where. Pure."""

import re
from collections.abc import Collection, Mapping, Sequence

from contacts.dates import BadDate, parse_date
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
    "latitude": ("latitude", "lat", "locationlatitude"),
    "longitude": ("longitude", "lon", "lng", "long", "locationlongitude"),
    "timezone": ("timezone", "tz", "demographictimezone"),
    "locale": ("locale", "language", "demographiclocale"),
    "last_active_at": (
        *("lastactive", "lastactiveat", "lastactivity", "lastactivedate", "lastseen"),
        *("lastseenat", "lastorderdate", "lastpurchase", "lastpurchasedate"),
    ),
    "opt_in": ("smsoptin", "optin", "consent", "optedin", "smsconsent", "subscribed"),
    "opt_out": ("optout", "optedout", "smsoptout", "unsubscribed", "donottext"),
    "opted_in_at": (
        *("optindate", "optedinat", "optedinon", "optinat", "optintime", "optintimestamp"),
        *("smsoptindate", "smsoptintimestamp", "consentdate", "consentedat", "dateoptedin"),
        *("subscribedat", "subscribedon", "signupdate", "signedupat"),
    ),
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
# Stored under a name of the person's choice, such as "attributes.Plan"; the others stand alone.
NAMED = (
    *("attributes", "attributes[list]", "attributes[date]"),
    *("user_attributes", "user_attributes[list]", "user_attributes[date]", "metrics"),
)
ALONE = ("phone", *STORED)
NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,11})(?:\.\d{1,6})?")
# Digits that are a name rather than a quantity.
IDENTIFIES = ("id", "no", "nr", "number", "code", "zip", "year", "key", "ssn", "account")
FEWEST_DIGITS = 7  # of a number in a first line; fewer may be a year, a price, a question
MOBILE = frozenset({"mobile", "either"})
FEWEST = 3  # values that must agree before a column is taken for numbers or lists


class NoPhoneColumn(ValueError):  # noqa: N818 - it is shown to a person
    """None of the columns looks like a phone number."""


class NoHeader(ValueError):  # noqa: N818 - it is shown to a person
    """The first line is a person, not the names of the columns."""


class BadMapping(ValueError):  # noqa: N818 - it is shown to a person
    """Why columns cannot be stored so, in words."""


def guess(header: Sequence[str], chosen: Mapping[str, str] | None = None) -> list[str]:
    """Return, per column, where it is stored; "" means that it is not.

    `chosen` names what somebody has decided. Raises NoPhoneColumn, which names the columns there
    are. A repeated name is an attribute with several values, as Pinpoint writes them.
    """
    chosen = chosen or {}
    phone = next((p for p, name in enumerate(header) if chosen.get(name) == "phone"), None)
    phone = _phone_column(header) if phone is None else phone
    targets = targets_without_phone(header)
    targets[phone] = "phone"
    return [chosen.get(name, target) for name, target in zip(header, targets, strict=True)]


def check_header(first: Sequence[str], below: Sequence[Sequence[str]], country: str) -> None:
    """Raise NoHeader if the first line of a file is a person; `below` are some of the others."""
    place = place_of_number(first, below, country)
    if place is not None:
        raise NoHeader(
            f"The first line holds a phone number ({first[place]}), not the names of the columns. "
            "Put a line above it that names them, such as Phone,FirstName,City."
        )


def place_of_number(
    first: Sequence[str], below: Sequence[Sequence[str]], country: str
) -> int | None:
    """Return which cell of a file's first line is a phone number; None if none of them is.

    In many countries few digits make a number, and a column's name may have them too, such as
    2023/2024: so the cells under it must hold numbers as well. Of several columns, the one with
    the most mobiles counts: a customer's id may be somebody's landline.
    """
    found = {}
    for place, cell in enumerate(first):
        under = [cells[place] for cells in below if place < len(cells) and cells[place].strip()]
        types = [_line_type(other, country) for other in under]
        if _line_type(cell, country) and (any(types) or not under):
            found[place] = sum(kind in MOBILE for kind in (_line_type(cell, country), *types))
    return max(found, key=found.__getitem__, default=None)


def targets_without_phone(header: Sequence[str]) -> list[str]:
    """Return where each column would be stored if none of them were the phone."""
    targets = [_target(name) for name in header]
    seen: set[str] = set()
    for index, target in enumerate(targets):
        if "." not in target and target in seen - MAY_REPEAT:
            targets[index] = _attribute(header[index])
        seen.add(target)
    return targets


def typed(
    header: Sequence[str],
    targets: Sequence[str],
    samples: Sequence[Sequence[str]],
    country: str,
    known: Collection[str] = (),
) -> list[str]:
    """Take columns whose first cells are all dates, numbers or lists for that.

    What Pinpoint named, and attributes that are `known` as texts from earlier lists, stay.
    """
    found = list(targets)
    for place, target in enumerate(targets):
        explicit = header[place].startswith(tuple(PREFIXES))
        if target.startswith("attributes.") and not explicit and target not in known:
            values = [cells[place] for cells in samples if place < len(cells) and cells[place]]
            found[place] = _typed(target, values, country)
    return found


def _typed(target: str, values: Sequence[str], country: str) -> str:
    name = target.removeprefix("attributes.")
    if values and all(_is_date(value, country) for value in values):
        return f"attributes[date].{name}"
    if len(values) < FEWEST:
        return target
    if all(map(NUMBER.fullmatch, values)) and not _folded(name).endswith(IDENTIFIES):
        return f"metrics.{name}"
    if sum("|" in value or ";" in value for value in values) * 2 >= len(values):
        return f"attributes[list].{name}"
    return target


def _is_date(text: str, country: str) -> bool:
    try:
        parse_date(text, country)
    except BadDate:
        return False
    return True


def check(header: Sequence[str], targets: Sequence[str]) -> list[str]:
    """Return what a person chose per column, if it can be stored so; raises BadMapping."""
    if len(header) != len(targets):
        raise BadMapping("The file has other columns by now. Load the page again.")
    for name, target in zip(header, targets, strict=True):
        kind, _, attribute = target.partition(".")
        if kind in NAMED and not attribute.strip():
            raise BadMapping(f"Give the attribute a name that the column “{name}” is stored under.")
        if len(attribute) > MAX_NAME:
            raise BadMapping(f"“{attribute[:60]}” is longer than {MAX_NAME} characters.")
        if kind not in (NAMED if "." in target else ALONE):
            raise BadMapping(f"The column “{name}” cannot be stored as “{target[:60]}”.")
    for target in set(targets) - MAY_REPEAT:
        twice = [name for name, other in zip(header, targets, strict=True) if other == target]
        if "." not in target and len(twice) > 1:
            names = ", ".join(f"“{name}”" for name in twice)
            raise BadMapping(f"{names}: only one of these columns can be the {target}.")
    if "phone" not in targets:
        raise BadMapping("Choose the column that holds the phone numbers.")
    return [target.replace("\x00", "") for target in targets]


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
            return stored + name[len(prefix) :].replace("\x00", "")[:MAX_NAME]
    folded = _folded(name)
    if folded and folded in NAMES:
        return NAMES[folded]
    if folded in PERSONAL:
        return f"user_attributes.{PERSONAL[folded]}"
    return _attribute(name)


def _folded(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def _line_type(cell: str, country: str) -> str:
    """Return what kind of line a cell names; "" where it holds no number."""
    if sum(map(str.isdigit, cell)) < FEWEST_DIGITS:
        return ""
    try:
        return parse_phone(cell, country).line_type
    except BadPhone:
        return ""


def _attribute(name: str) -> str:
    cleaned = name.replace("\x00", "").strip()
    return f"attributes.{cleaned[:MAX_NAME]}" if cleaned else ""
