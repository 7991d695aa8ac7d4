"""Many endpoints written at once, with the result of writing each after the other."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple

from django.db import DataError, IntegrityError, transaction

from contacts import endpoints
from contacts.endpoints import MOST_OF_USER, NotTaken, Said
from contacts.models import Contact, Endpoint
from contacts.phones import BadPhone, Phone
from pinpoint.ids import new_id

Outcome = Endpoint | NotTaken | DataError
OF_CONTACT = [
    field.name
    for field in Contact._meta.concrete_fields
    if field.name not in {"id", "phone", "created_at"}
]
OF_ENDPOINT = [
    field.name
    for field in Endpoint._meta.concrete_fields
    if field.name not in {"id", "application_id", "endpoint_id"}
]


class Past(NamedTuple):
    """How an endpoint was where it comes from."""

    effective_at: datetime
    created_at: datetime
    cohort: int | None


class Item(NamedTuple):
    """What is said of one endpoint; without an id it is the one that the number has, or new."""

    endpoint_id: str
    said: Said
    past: Past | None = None


class _Tangled(Exception):  # noqa: N818 - it is an answer: their order matters
    """Items of which one may change what another does: each is written after the other."""


class _One(NamedTuple):
    place: int
    endpoint_id: str
    said: Said
    phone: Phone
    past: Past | None


def put_all(application_id: str, items: Sequence[Item], now: datetime) -> list[Outcome]:
    """Write endpoints, as `endpoints.put` does each; return each, or why it is not taken.

    Call it in a transaction that holds them (endpoint_order.hold). No campaign is told, as of an
    import. Each item has an Address.
    """
    outcomes: list[Outcome] = []
    for some in _untangled(items):
        try:
            with transaction.atomic():
                outcomes += _put_set(application_id, some, now)
        except (_Tangled, IntegrityError, DataError):
            outcomes += [_put_one(application_id, one, now) for one in some]
    return outcomes


def _untangled(items: Sequence[Item]) -> Iterator[list[Item]]:
    """Yield items in order, in sets in which no two share an id or an Address as it is written."""
    some: list[Item] = []
    seen: set[tuple[str, str]] = set()
    for item in items:
        names = {("address", str(item.said["Address"]))}
        if item.endpoint_id:
            names.add(("id", item.endpoint_id))
        if names & seen:
            yield some
            some, seen = [], set()
        some.append(item)
        seen |= names
    if some:
        yield some


def _put_one(application_id: str, item: Item, now: datetime) -> Outcome:
    try:
        endpoint_id = item.endpoint_id
        if not endpoint_id:
            known = endpoints.active_of(application_id, _phone(item.said).e164)
            endpoint_id = known.endpoint_id if known else new_id()
        with transaction.atomic():
            at = item.past.effective_at if item.past else now
            endpoint = endpoints.put(application_id, endpoint_id, item.said, at, tell=False)
            if item.past:
                _let_be(endpoint, item.past)
                endpoint.save(update_fields=["created_at", "cohort"])
            return endpoint
    except (NotTaken, DataError) as problem:
        return problem


def _let_be(endpoint: Endpoint, past: Past) -> None:
    """Let an endpoint be as it was, in memory."""
    endpoint.created_at = past.created_at
    if past.cohort is not None:
        endpoint.cohort = past.cohort


def _put_set(application_id: str, items: Sequence[Item], now: datetime) -> list[Outcome]:
    """Write a set in ten statements at most. Raises _Tangled, and then has changed nothing."""
    outcomes: dict[int, Outcome] = {}
    ones = []
    for place, (endpoint_id, said, past) in enumerate(items):
        try:
            endpoints.check(endpoint_id or "new", said)
            ones.append(_One(place, endpoint_id, said, _phone(said), past))
        except NotTaken as problem:
            outcomes[place] = problem
    ones = _named(application_id, ones)
    phones, ids = {one.phone.e164 for one in ones}, {one.endpoint_id for one in ones}
    if len(phones) < len(ones) or len(ids) < len(ones):
        raise _Tangled
    contacts = _contacts_there(ones)
    there = _endpoints_there(application_id, ones)
    filled: list[tuple[_One, Contact]] = []
    for one in ones:
        contact = contacts.get(one.phone.e164) or endpoints.new_contact(one.phone)
        known = there.get(one.endpoint_id)
        if known is not None and known.contact_id != contact.pk:
            raise _Tangled  # it gets another number, which another of the set may have had
        try:
            endpoints.fill(contact, one.said)
        except NotTaken as problem:
            outcomes[one.place] = problem
        else:
            filled.append((one, contact))
    _check_users(application_id, [contact for _one, contact in filled])
    _save_contacts([contact for _one, contact in filled])
    outcomes |= _save_endpoints(application_id, filled, there, now)
    return [outcomes[place] for place in range(len(items))]


def _named(application_id: str, ones: Sequence[_One]) -> list[_One]:
    """Give those without an id the one that the application has for the number, or a new one."""
    phones = [one.phone.e164 for one in ones if not one.endpoint_id]
    known = Endpoint.objects.filter(
        application_id=application_id, active=True, contact__phone__in=phones
    )
    names = dict(known.values_list("contact__phone", "endpoint_id")) if phones else {}
    return [
        one if one.endpoint_id else one._replace(endpoint_id=names.get(one.phone.e164) or new_id())
        for one in ones
    ]


def _phone(said: Said) -> Phone:
    try:
        return endpoints.phone_of(said)
    except BadPhone as problem:
        raise NotTaken(f"Address: {problem}") from problem


def _endpoints_there(application_id: str, ones: Sequence[_One]) -> dict[str, Endpoint]:
    """Hold those that are there."""
    held = Endpoint.objects.select_for_update(of=["self"]).filter(
        application_id=application_id, endpoint_id__in=[one.endpoint_id for one in ones]
    )
    return {one.endpoint_id: one for one in held.order_by("pk")}


def _contacts_there(ones: Sequence[_One]) -> dict[str, Contact]:
    held = Contact.objects.select_for_update().filter(phone__in=[one.phone.e164 for one in ones])
    return {contact.phone: contact for contact in held.order_by("phone")}


def _check_users(application_id: str, contacts: Sequence[Contact]) -> None:
    """Raise _Tangled where somebody may get too many endpoints: there it matters who is first."""
    coming = Counter(contact.user_id for contact in contacts if contact.user_id)
    there = Endpoint.objects.filter(
        application_id=application_id, active=True, contact__user_id__in=list(coming)
    )
    for user_id in there.values_list("contact__user_id", flat=True) if coming else ():
        coming[user_id] += 1
    if any(count > MOST_OF_USER for count in coming.values()):
        raise _Tangled


def _save_contacts(contacts: Sequence[Contact]) -> None:
    known = [contact for contact in contacts if contact.pk is not None]
    new = [contact for contact in contacts if contact.pk is None]
    Contact.objects.bulk_create(sorted(new, key=attrgetter("phone")))
    # They are held, so that each is there: this updates them, in one statement.
    Contact.objects.bulk_create(
        known, update_conflicts=True, unique_fields=["id"], update_fields=OF_CONTACT
    )


def _save_endpoints(
    application_id: str,
    filled: Sequence[tuple[_One, Contact]],
    there: Mapping[str, Endpoint],
    now: datetime,
) -> dict[int, Outcome]:
    """Write the endpoints of contacts that are saved; return them by place."""
    saved: dict[int, Outcome] = {}
    new: list[Endpoint] = []
    known: list[Endpoint] = []
    for one, contact in filled:
        endpoint = there.get(one.endpoint_id)
        (new if endpoint is None else known).append(
            endpoint := endpoint
            or Endpoint(application_id=application_id, endpoint_id=one.endpoint_id, created_at=now)
        )
        at = one.past.effective_at if one.past else now
        endpoints.say_of(endpoint, contact, one.said, at)
        if one.past:
            _let_be(endpoint, one.past)
        saved[one.place] = endpoint
    active = [endpoint.contact.pk for endpoint in (*new, *known) if endpoint.active]
    same = Endpoint.objects.filter(application_id=application_id, contact__in=active, active=True)
    same.exclude(pk__in=[endpoint.pk for endpoint in known]).update(active=False)
    Endpoint.objects.bulk_create(
        known, update_conflicts=True, unique_fields=["id"], update_fields=OF_ENDPOINT
    )
    Endpoint.objects.bulk_create(new)
    return saved
