"""Endpoints: contacts, by the ids that an application has for them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction

from compliance import endpoint_consent
from compliance.endpoint_consent import Attested
from config.pinpoint_api.calls import Answer, Call
from contacts import endpoint_order, endpoints
from contacts.endpoints import NotTaken
from contacts.models import Endpoint
from pinpoint.v1_api.errors import BadRequest, NotFound

MOST_IN_BATCH = 100
Said = Mapping[str, Any]


def update_endpoint(call: Call) -> Answer:
    """Create or change one."""
    save(call, [(call.params["EndpointId"], call.payload)])
    return {"MessageBody": _accepted(call)}


def update_endpoints_batch(call: Call) -> Answer:
    """Create or change many, all of them or none."""
    items = call.payload["Item"]
    if len(items) > MOST_IN_BATCH:
        raise BadRequest(f"Item: at most {MOST_IN_BATCH} endpoints in one call")
    said = []
    for position, item in enumerate(items):
        if not item.get("Id"):
            raise BadRequest(f"Item[{position}].Id: is required")
        said.append((item["Id"], item))
    save(call, said)
    return {"MessageBody": _accepted(call)}


def get_endpoint(call: Call) -> Answer:
    """Describe one."""
    return {"EndpointResponse": described(call, [_found(call)])[0]}


def delete_endpoint(call: Call) -> Answer:
    """Forget one; its contact, what it was sent and what it agreed to stay."""
    [found] = described(call, [_found(call)])
    with transaction.atomic():
        _forget(call, _found(call))
    return {"EndpointResponse": found}


def get_user_endpoints(call: Call) -> Answer:
    """List those of a user."""
    return {"EndpointsResponse": {"Item": described(call, _of_user(call))}}


def delete_user_endpoints(call: Call) -> Answer:
    """Forget those of a user."""
    rows = _of_user(call)
    found = described(call, rows)
    with transaction.atomic():
        for endpoint in rows:
            _forget(call, endpoint)
    return {"EndpointsResponse": {"Item": found}}


def save(call: Call, items: Sequence[tuple[str, Said]]) -> list[Endpoint]:
    """Write endpoints and what they say of consent, all or none. Raises BadRequest."""
    with transaction.atomic():
        if len(items) > 1:
            endpoint_order.hold(call.program.application_id, items)
        saved: dict[int, Endpoint] = {}
        for position in endpoint_order.places(items):
            endpoint_id, said = items[position]
            try:
                saved[position] = endpoints.put(
                    call.program.application_id, endpoint_id, said, call.now
                )
            except NotTaken as problem:
                where = f"Item[{position}]: " if len(items) > 1 else ""
                raise BadRequest(f"{where}{problem}") from problem
        rows = [saved[position] for position in range(len(items))]
        phones = [row.contact.phone for row in rows]
        record_consent(call, zip(phones, (said for _, said in items), strict=True))
        contacts = list({row.contact.pk: row.contact for row in rows}.values())
        LogEntry.objects.log_actions(
            call.user.pk, contacts, CHANGE, f"Saved as endpoint, request {call.request_id}."
        )
    return rows


def described(call: Call, rows: Sequence[Endpoint]) -> list[dict[str, Any]]:
    """Return endpoints as Pinpoint described them; OptOut tells what the person said last."""
    phones = [row.contact.phone for row in rows]
    out = endpoint_consent.who_said_no(call.program.pk, phones)
    return [
        endpoints.described(
            row,
            address=call.shown(row.contact.phone),
            opted_out=row.opted_out or row.contact.phone in out,
        )
        for row in rows
    ]


def record_consent(call: Call, said: Iterable[tuple[str, Said]]) -> None:
    """Whoever stands in it with ALL said no, whoever with NONE yes, where somebody vouches.

    Takes numbers and what is said of their endpoints. A no outweighs a yes beside it.
    """
    words = [(phone, one.get("OptOut")) for phone, one in said]
    noes = {phone: None for phone, word in words if word == "ALL"}
    attested = [
        Attested(one.message_class, one.basis, one.origin, one.wording, str(one.attested_by))
        for one in call.key.attestations.filter(program=call.program).select_related("attested_by")
    ]
    endpoint_consent.record(
        call.program.pk,
        said_no=noes,
        said_yes=dict.fromkeys(p for p, word in words if word == "NONE" and p not in noes),
        attested=attested,
        evidence={"api_key": call.key.access_key, "api_request": call.request_id},
        recorded_by=call.user.get_username(),
    )


def _found(call: Call) -> Endpoint:
    found = endpoints.find(call.program.application_id, call.params["EndpointId"])
    if found is None:
        raise NotFound(f"The application has no endpoint {call.params['EndpointId']}.")
    return found


def _of_user(call: Call) -> list[Endpoint]:
    rows = list(endpoints.of_user(call.program.application_id, call.params["UserId"]))
    if not rows:
        raise NotFound(f"The application has no endpoints of user {call.params['UserId']}.")
    return rows


def _forget(call: Call, endpoint: Endpoint) -> None:
    endpoints.remove(endpoint.application_id, endpoint.endpoint_id)
    LogEntry.objects.log_actions(
        call.user.pk,
        [endpoint.contact],
        CHANGE,
        f"No endpoint any more, request {call.request_id}.",
        single_object=True,
    )


def _accepted(call: Call) -> dict[str, str]:
    return {"Message": "Accepted", "RequestID": call.request_id}
