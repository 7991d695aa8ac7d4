"""Pinpoint's endpoints: what an application says of one, written to its contact, and read back."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from contacts import changes, countries, rows
from contacts.models import Contact, Endpoint
from contacts.phones import BadPhone, Phone, parse_address
from pinpoint.v1_api.writing import iso

MOST_BYTES = 15 * 1024
MOST_NAMES = 250
LONGEST_NAME, LONGEST_VALUE, MOST_VALUES = 50, 100, 50
MOST_OF_USER, LONGEST_USER_ID = 15, 200
# Pinpoint's model leaves these to its documents.
ONE_OF = {"OptOut": ("ALL", "NONE"), "EndpointStatus": ("ACTIVE", "INACTIVE")}
NOT_IN_IDS = frozenset("${}")
# What a contact is called who has no id of a program's or a list's. With a bare number a program's
# text to its own 42 would reach whoever is our 42nd contact.
OURS = "sendpoint-contact-"
# Where a contact keeps what an endpoint's Location and Demographic say.
PLACES = {"City": "city", "Region": "region", "PostalCode": "postal_code"}
KEPT_DEMOGRAPHIC = ("AppVersion", "Make", "Model", "ModelVersion", "Platform", "PlatformVersion")
Said = Mapping[str, Any]  # an EndpointRequest


class NotTaken(ValueError):  # noqa: N818 - it is what the caller reads
    """What of an endpoint cannot be taken, by member and in words."""


class _Moved(NotTaken):
    """An endpoint is another contact's than it was a moment ago."""


def put(
    application_id: str, endpoint_id: str, said: Said, now: datetime, *, tell: bool = True
) -> Endpoint:
    """Create an endpoint or change what is given of it; the last one saved of a number is active.

    Members that are given replace what was there, attribute by attribute; an empty list removes
    one. Raises NotTaken, and then changes nothing. Two at once do not undo each other. An import
    tells no campaign that waits for somebody's attributes to change.
    """
    check(endpoint_id, said)
    try:
        with transaction.atomic():
            return _put(application_id, endpoint_id, said, now, tell)
    # Another call made the same contact or endpoint meanwhile, or gave it another number.
    except (IntegrityError, _Moved):
        with transaction.atomic():
            return _put(application_id, endpoint_id, said, now, tell)


def try_out(endpoint_id: str, said: Said) -> None:
    """Raise NotTaken where `put` would not take a new endpoint for what is said of it. Pure."""
    check(endpoint_id, said)
    if not said.get("Address"):
        raise NotTaken("Address: a new endpoint needs a phone number")
    try:
        fill(new_contact(phone_of(said)), said)
    except BadPhone as problem:
        raise NotTaken(f"Address: {problem}") from problem


def find(application_id: str, endpoint_id: str) -> Endpoint | None:
    """Return an endpoint, or one of somebody who came with a list.

    Whom other applications alone registered is nobody here, as in the segments of programs.
    """
    there = Endpoint.objects.select_related("contact")
    found = there.filter(application_id=application_id, endpoint_id=endpoint_id).first()
    if found or not endpoint_id:
        return found
    contact = _imported(endpoint_id)
    if contact is None:
        return None
    known = Endpoint.objects.filter(contact=contact, active=True)
    whose = set(known.values_list("application_id", flat=True))
    if whose and application_id not in whose:
        return None
    return _unsaved(application_id, endpoint_id, contact, active=not whose)


def of_contacts(application_id: str, people: Sequence[Contact]) -> list[Endpoint]:
    """Return an endpoint for each of these contacts, in their order. One query.

    Whom the application does not know goes by the id of the list that they came with, or by a name
    of ours: `find` finds them so.
    """
    known = Endpoint.objects.select_related("contact").filter(
        application_id=application_id, contact__in=people, active=True
    )
    found = {endpoint.contact.pk: endpoint for endpoint in known}
    return [
        found.get(one.pk)
        or _unsaved(application_id, one.endpoint_id or name_of_ours(one.pk), one, active=True)
        for one in people
    ]


def _unsaved(application_id: str, endpoint_id: str, contact: Contact, *, active: bool) -> Endpoint:
    """Return what an application could call a contact that it does not know."""
    return Endpoint(
        application_id=application_id,
        endpoint_id=endpoint_id,
        contact=contact,
        active=active,
        cohort=contact.pk % 100,
        effective_at=contact.updated_at,
        created_at=contact.created_at,
    )


def _imported(endpoint_id: str) -> Contact | None:
    """Return the contact with whom a list brought this id, or who has it as a name of ours.

    Of several, whom lists of two systems brought under one id, none: it would be a guess.
    """
    named = list(Contact.objects.filter(endpoint_id=endpoint_id).exclude(endpoint_id="")[:2])
    found = named[0] if len(named) == 1 else None
    number = endpoint_id.removeprefix(OURS)
    if not named and number != endpoint_id and number.isascii() and number.isdigit():
        found = Contact.objects.filter(pk=int(number[:18])).first()
    return found


def name_of_ours(contact_id: int) -> str:
    """Return the endpoint id of a contact whom nobody else named."""
    return f"{OURS}{contact_id}"


def active_of(application_id: str, phone: str) -> Endpoint | None:
    """Return the endpoint of a number that an application texts."""
    found = Endpoint.objects.select_related("contact").filter(active=True, contact__phone=phone)
    return found.filter(application_id=application_id).first()


def phone_of(said: Said) -> Phone:
    """Return the number that an endpoint's Address is. Raises BadPhone. Pure."""
    country = (said.get("Location") or {}).get("Country") or ""
    return parse_address(said["Address"], countries.code_of(country) or "US")


def names(contact_ids: Iterable[int], application_ids: Iterable[str]) -> dict[tuple[str, int], str]:
    """Return what applications call contacts, by (application id, contact id). Two queries.

    Under the application "" stands what the list called them that they came with.
    """
    people = set(contact_ids)
    known = Endpoint.objects.filter(
        contact__in=people, application_id__in=set(application_ids), active=True
    )
    rows = known.values_list("application_id", "contact_id", "endpoint_id")
    brought = Contact.objects.filter(pk__in=people).exclude(endpoint_id="")
    return {("", pk): name for pk, name in brought.values_list("pk", "endpoint_id")} | {
        (application, contact): name for application, contact, name in rows
    }


def of_user(application_id: str, user_id: str) -> QuerySet[Endpoint]:
    """Return the endpoints of a user, the oldest first."""
    return (
        Endpoint.objects.select_related("contact")
        .filter(application_id=application_id, contact__user_id=user_id)
        .exclude(contact__user_id="")
        .order_by("pk")
    )


def remove(application_id: str, endpoint_id: str) -> Endpoint | None:
    """Forget an endpoint; its contact stays, with all that was ever sent to it.

    Nobody of a list goes by its id then either, who would be found by it instead.
    """
    found = find(application_id, endpoint_id)
    if found is not None:
        Endpoint.objects.filter(pk=found.pk).delete()
        Contact.objects.filter(endpoint_id=endpoint_id).update(endpoint_id="")
    return found


def forget_applications(application_ids: Iterable[str]) -> None:
    """Forget the endpoints of applications that are deleted; their contacts are nobody's then."""
    Endpoint.objects.filter(application_id__in=list(application_ids)).delete()


def check(endpoint_id: str, said: Said) -> None:
    """Hold an endpoint to Pinpoint's limits (aws-sms.md 3.3). Raises NotTaken. Pure."""
    if not endpoint_id or len(endpoint_id) > 200 or NOT_IN_IDS & set(endpoint_id):
        raise NotTaken("EndpointId: has 1 to 200 characters, without $, { and }")
    if said.get("ChannelType", "SMS") != "SMS":
        raise NotTaken(f"ChannelType: Sendpoint sends SMS only, not {said['ChannelType']}")
    for member, words in ONE_OF.items():
        if member in said and said[member] not in words:
            raise NotTaken(f"{member}: must be {' or '.join(words)}")
    if len(json.dumps(said, ensure_ascii=False).encode()) > MOST_BYTES:
        raise NotTaken("EndpointRequest: has more than 15 KB")
    attributes = said.get("Attributes") or {}
    user = said.get("User") or {}
    if len(user.get("UserId") or "") > LONGEST_USER_ID:  # cut, two users could become one
        raise NotTaken(f"User.UserId: has {LONGEST_USER_ID} characters at most")
    of_user_ = user.get("UserAttributes") or {}
    _check_attributes("Attributes", attributes)
    _check_attributes("User.UserAttributes", of_user_)
    metrics = said.get("Metrics") or {}
    if any(not name or len(name) > LONGEST_NAME for name in metrics):
        raise NotTaken(f"Metrics: a name has 1 to {LONGEST_NAME} characters")
    if not all(abs(value) <= sys.float_info.max for value in metrics.values()):
        raise NotTaken("Metrics: each is a number that can be kept")
    if len(attributes) + len(of_user_) + len(metrics) > MOST_NAMES:
        raise NotTaken(f"EndpointRequest: has more than {MOST_NAMES} attributes and metrics")


def _check_attributes(where: str, attributes: Mapping[str, list[str]]) -> None:
    for name, values in attributes.items():
        if not name or len(name) > LONGEST_NAME:
            raise NotTaken(f"{where}: a name has 1 to {LONGEST_NAME} characters")
        if len(values) > MOST_VALUES:
            raise NotTaken(f"{where}.{name}: has more than {MOST_VALUES} values")
        if any(len(value) > LONGEST_VALUE for value in values):
            raise NotTaken(f"{where}.{name}: a value has {LONGEST_VALUE} characters at most")


def _put(application_id: str, endpoint_id: str, said: Said, now: datetime, tell: bool) -> Endpoint:
    # With an Address it does not matter who went by this id before.
    known = None if said.get("Address") else find(application_id, endpoint_id)
    contact = _contact(known, said)
    new = contact.pk is None
    endpoint = _held(application_id, endpoint_id, contact)
    if endpoint and known and endpoint.contact_id != contact.pk:
        raise _Moved("Id: the endpoint got another number at this moment; try again")
    before = changes.values(contact)
    fill(contact, said)
    _check_user(application_id, contact, endpoint)
    contact.save()
    if tell:
        changes.tell(contact, before)
    endpoint = endpoint or Endpoint(
        application_id=application_id, endpoint_id=endpoint_id, created_at=now
    )
    say_of(endpoint, contact, said, now)
    if endpoint.active and not new:
        same = Endpoint.objects.filter(application_id=application_id, contact=contact)
        same.exclude(pk=endpoint.pk).update(active=False)
    endpoint.save()
    return endpoint


def _held(application_id: str, endpoint_id: str, contact: Contact) -> Endpoint | None:
    """Return the endpoint, held, with those of the contact, in the order of endpoint_order."""
    mine = Q(endpoint_id=endpoint_id)
    if contact.pk is not None:
        mine |= Q(contact=contact)
    held = Endpoint.objects.select_for_update().filter(mine, application_id=application_id)
    return next((one for one in held.order_by("pk") if one.endpoint_id == endpoint_id), None)


def say_of(endpoint: Endpoint, contact: Contact, said: Said, now: datetime) -> None:
    """Let an endpoint be its contact's, and as is said of it, in memory."""
    endpoint.contact, endpoint.effective_at = contact, now
    endpoint.active = said.get("EndpointStatus", "ACTIVE") == "ACTIVE"
    if "OptOut" in said:
        endpoint.opted_out = said["OptOut"] == "ALL"
    if "RequestId" in said:
        endpoint.request_id = said["RequestId"][:200]
    shown = said.get("Demographic") or {}
    endpoint.demographic |= {name: shown[name] for name in KEPT_DEMOGRAPHIC if name in shown}


def _contact(endpoint: Endpoint | None, said: Said) -> Contact:
    """Return the contact that is spoken of, held until the transaction ends; a new one unsaved."""
    if not said.get("Address"):
        if endpoint is None:
            raise NotTaken("Address: a new endpoint needs a phone number")
        return Contact.objects.select_for_update().get(pk=endpoint.contact.pk)
    try:
        phone = phone_of(said)
    except BadPhone as problem:
        raise NotTaken(f"Address: {problem}") from problem
    held = Contact.objects.select_for_update().filter(phone=phone.e164).first()
    return held or new_contact(phone)


def new_contact(phone: Phone) -> Contact:
    """Return a contact of whom nothing but the number is known; unsaved."""
    return Contact(phone=phone.e164, country=phone.country, line_type=phone.line_type)


def fill(contact: Contact, said: Said) -> None:
    """Let a contact be as is said of it, in memory. Raises NotTaken."""
    contact.attributes = _merged(contact.attributes, said.get("Attributes"))
    user = said.get("User") or {}
    contact.user_attributes = _merged(contact.user_attributes, user.get("UserAttributes"))
    if "UserId" in user:
        contact.user_id = user["UserId"]
    metrics = {name: float(value) for name, value in (said.get("Metrics") or {}).items()}
    contact.metrics = {**contact.metrics, **metrics}
    _write_place(contact, said.get("Location") or {})
    demographic = said.get("Demographic") or {}
    if zone := demographic.get("Timezone"):
        if zone not in rows.zones():
            raise NotTaken("Demographic.Timezone: must be a name such as America/Chicago")
        contact.timezone = zone
    if "Locale" in demographic:
        contact.locale = demographic["Locale"][: rows.MAX_LENGTH["locale"]]


def _merged(there: dict[str, Any], given: Mapping[str, list[str]] | None) -> dict[str, Any]:
    found = {**there, **(given or {})}
    return {name: values for name, values in found.items() if values not in ([], None)}


def _write_place(contact: Contact, place: Mapping[str, Any]) -> None:
    for member, name in PLACES.items():
        if member in place:
            setattr(contact, name, place[member][: rows.MAX_LENGTH[name]])
    if country := place.get("Country"):
        code = countries.code_of(country)
        if not code:
            raise NotTaken("Location.Country: must be a code of two letters such as US")
        contact.country = code
    if "Latitude" in place or "Longitude" in place:
        latitude, longitude = place.get("Latitude"), place.get("Longitude")
        if latitude is None or longitude is None:
            raise NotTaken("Location: a place needs both, Latitude and Longitude")
        if not (abs(latitude) <= 90 and abs(longitude) <= 180):
            raise NotTaken("Location: Latitude is within 90 degrees, Longitude within 180")
        contact.latitude, contact.longitude = latitude, longitude


def _check_user(application_id: str, contact: Contact, endpoint: Endpoint | None) -> None:
    if not contact.user_id:
        return
    others = of_user(application_id, contact.user_id).filter(active=True)
    others = others.exclude(contact_id=contact.pk).exclude(pk=(endpoint and endpoint.pk) or 0)
    if others.count() >= MOST_OF_USER:
        raise NotTaken(f"User.UserId: the user has {MOST_OF_USER} endpoints already")


def described(endpoint: Endpoint, *, address: str, opted_out: bool) -> dict[str, Any]:
    """Return an endpoint as an EndpointResponse; `address` as the reader may see it."""
    contact = endpoint.contact
    location = {
        **{member: getattr(contact, name) for member, name in PLACES.items()},
        "Country": contact.country,
        "Latitude": contact.latitude,
        "Longitude": contact.longitude,
    }
    demographic = {
        **endpoint.demographic, "Timezone": contact.timezone, "Locale": contact.locale,
    }  # fmt: skip
    user = {"UserId": contact.user_id, "UserAttributes": contact.user_attributes}
    found = {
        "Address": address,
        "ApplicationId": endpoint.application_id,
        "Attributes": contact.attributes,
        "ChannelType": "SMS",
        "CohortId": str(endpoint.cohort),
        "CreationDate": iso(endpoint.created_at),
        "Demographic": _filled(demographic),
        "EffectiveDate": iso(endpoint.effective_at),
        "EndpointStatus": "ACTIVE" if endpoint.active else "INACTIVE",
        "Id": endpoint.endpoint_id,
        "Location": _filled(location),
        "Metrics": contact.metrics,
        "OptOut": "ALL" if opted_out else "NONE",
        "RequestId": endpoint.request_id,
        "User": _filled(user),
    }
    return _filled(found)


def _filled(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value not in ("", None, {}, [])}
