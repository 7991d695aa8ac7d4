"""In which order endpoints and their contacts are held, so that no two writers wait for each other.

First the contacts by number, then the endpoints by their row: whoever writes many holds all of them
so before the first is written, and writes by number, as those who are new wait for each other too.
"""

from collections.abc import Sequence

from django.db.models import Q

from contacts import endpoints
from contacts.endpoints import Said
from contacts.models import Contact, Endpoint
from contacts.phones import BadPhone


def number_of(said: Said) -> str:
    """Return what endpoints are written in the order of: the number, whatever its spelling."""
    address = str(said.get("Address") or "")
    try:
        return endpoints.phone_of(said).e164 if address else ""
    except BadPhone:
        return address


def places(items: Sequence[tuple[str, Said]]) -> list[int]:
    """Return the places of items in the order in which they are written: by number.

    Those of one id follow each other as they stand, at the place of the last, which is to hold.
    """
    numbers = [number_of(said) for _id, said in items]
    last = {endpoint_id: place for place, (endpoint_id, _said) in enumerate(items)}

    def turn(place: int) -> tuple[str, int, int]:
        final = last[items[place][0]]
        return numbers[final], final, place

    return sorted(range(len(items)), key=turn)


def hold(application_id: str, items: Sequence[tuple[str, Said]]) -> None:
    """Hold what is there of endpoints that are to be written, by id ("" of none) and what is said.

    Until the transaction ends. Two queries.
    """
    ids = [endpoint_id for endpoint_id, _said in items if endpoint_id]
    unnumbered = [endpoint_id for endpoint_id, said in items if not said.get("Address")]
    named = Endpoint.objects.filter(application_id=application_id, endpoint_id__in=unnumbered)
    wanted = (
        Q(phone__in={number_of(said) for _id, said in items})
        | Q(pk__in=named.values("contact"))
        | Q(endpoint_id__in=[one for one in unnumbered if one])
    )
    people = Contact.objects.select_for_update().filter(wanted).order_by("phone")
    mine = Q(endpoint_id__in=ids) | Q(contact__in=list(people.values_list("pk", flat=True)))
    held = Endpoint.objects.select_for_update().filter(mine, application_id=application_id)
    list(held.order_by("pk").values_list("pk", flat=True))
