"""SendMessages and SendUsersMessages: single texts, each address with what became of its text."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from liquid.exceptions import LiquidError

from campaigns import at_once, india, templating
from campaigns.actions import send_at_once
from campaigns.models import Message
from campaigns.pinpoint_v1 import handlebars
from compliance.models import Originator
from config.pinpoint_api import channels, results
from config.pinpoint_api.calls import Answer, Call
from config.pinpoint_api.results import Result
from config.pinpoint_api.templates import version_of
from contacts import attributes, endpoints
from contacts.models import Contact, Endpoint
from contacts.phones import BadPhone, parse_address
from pinpoint.v1_api.errors import BadRequest

MOST = 100  # addresses or users of one call; each of these may have some endpoints
MOST_CONTEXT = 2048  # characters, of names and values together
PURPOSES = {
    "TRANSACTIONAL": Message.Purpose.NOTICE,
    # Which one Pinpoint took by itself is not documented; the stricter one harms nobody.
    "PROMOTIONAL": Message.Purpose.OFFER,
}
# Members that cannot be kept here, and why.
NOT_TAKEN = {
    "MediaUrl": "Sendpoint sends texts without pictures",
}


@dataclass(frozen=True, slots=True)
class Words:
    """The text of a call, and what is filled in where an address says nothing else."""

    body: str
    substitutions: Mapping[str, list[str]]
    liquid: str = ""  # a template's text, translated when it was written

    def written(self, said: Mapping[str, Any], person: Contact | None, endpoint_id: str) -> str:
        """Return the text for one address. Raises BadRequest."""
        body = str(said.get("BodyOverride") or self.body)
        liquid = "" if body else self.liquid
        if not liquid and "{{" not in body:
            return body
        liquid = liquid or _translated(body)
        fields = attributes.merge_fields(person, endpoint_id) if person else {}
        own = {**self.substitutions, **(said.get("Substitutions") or {})}
        try:
            return templating.render(liquid, _with(fields, own))
        except LiquidError as problem:
            raise BadRequest(f"Body: {problem}") from problem


Said = Mapping[str, Any]  # an AddressConfiguration or EndpointSendConfiguration
# An address as the caller wrote it, or a user's ("" of nobody) endpoint.
Place = str | tuple[str, str]


@dataclass(slots=True)
class Outbox:
    """The texts of one call, and what became of each address."""

    call: Call
    originator: Originator
    words: Words
    context: Mapping[str, str]
    ids_for_india: india.Ids
    texts: dict[str, tuple[Place, Said]]  # number → where its answer goes, and what is said of it
    answers: dict[Place, Result]

    def add(self, address: Place, number: str, said: Said) -> None:
        """Take one address; `number` is what the caller wrote, or the endpoint's."""
        try:
            phone = parse_address(number, self.originator.country).e164
        except BadPhone as problem:
            self.answers[address] = results.refused(str(problem))
            return
        if phone in self.texts:
            self.answers[address] = results.DUPLICATE
        else:
            self.texts[phone] = (address, said)

    def _is_filled_in(self) -> bool:
        """Tell whether anything of the people stands in the words."""
        bodies = (
            str(said.get("BodyOverride") or self.words.body or self.words.liquid)
            for _, said in self.texts.values()
        )
        return any("{" in body for body in bodies)

    def send(self, purpose: Message.Purpose) -> None:
        """Hand all of them over, or none where one of them cannot be written."""
        found = Contact.objects.filter(phone__in=self.texts) if self._is_filled_in() else ()
        people = {one.phone: one for one in found}
        call = self.call
        texts = [
            at_once.Text(
                phone=phone,
                body=self.words.written(said, people.get(phone), _endpoint_id(place)),
                key=_key(call, phone),
                context={**self.context, **(said.get("Context") or {})},
                country_parameters=self.ids_for_india or None,
            )
            for phone, (place, said) in self.texts.items()
        ]
        sender = at_once.Sender(call.program.pk, self.originator, purpose)
        sent = send_at_once(texts, sender, call.user) if texts else []
        for message, (address, _) in zip(sent, self.texts.values(), strict=True):
            self.answers[address] = results.of(message)


def send_messages(call: Call) -> Answer:
    """Send one text to each address and endpoint; the answer says what became of each."""
    request = call.payload
    addresses, named = request.get("Addresses") or {}, request.get("Endpoints") or {}
    if not addresses and not named:
        raise BadRequest("MessageRequest: name at least one of Addresses or Endpoints")
    _check_count(len(addresses) + len(named), "addresses")
    sms = _sms(request)
    outbox = _outbox(call, request, sms)
    for address, said in addresses.items():
        if said.get("ChannelType", "SMS") == "SMS":
            outbox.add(address, address, said)
        else:
            outbox.answers[address] = results.refused("Sendpoint sends SMS only.")
    found = {name: endpoints.find(call.program.application_id, name) for name in named}
    for name, said in named.items():
        _add_endpoint(outbox, ("", name), found[name], said)
    outbox.send(_purpose(sms))
    answer: Answer = {
        "ApplicationId": call.program.application_id,
        "RequestId": call.request_id,
    }
    if addresses:
        answer["Result"] = {one: outbox.answers[one].described() for one in addresses}
    if named:
        answer["EndpointResult"] = {
            name: _of_endpoint(call, outbox.answers["", name], found[name]) for name in named
        }
    return {"MessageResponse": answer}


def send_users_messages(call: Call) -> Answer:
    """Send one text to each active endpoint of each user."""
    request = call.payload
    users = request["Users"]
    _check_count(len(users), "users")
    sms = _sms(request)
    outbox = _outbox(call, request, sms)
    application = call.program.application_id
    found = {user: list(endpoints.of_user(application, user)) for user in users}
    for user, said in users.items():
        for endpoint in found[user]:
            _add_endpoint(outbox, (user, endpoint.endpoint_id), endpoint, said)
    outbox.send(_purpose(sms))
    return {
        "SendUsersMessageResponse": {
            "ApplicationId": application,
            "RequestId": call.request_id,
            "Result": {
                user: {
                    one.endpoint_id: _of_endpoint(call, outbox.answers[user, one.endpoint_id], one)
                    for one in found[user]
                }
                for user in users
            },
        }
    }


def _endpoint_id(place: Place) -> str:
    """Return the id of the endpoint that is texted; "" of a bare number."""
    return "" if isinstance(place, str) else place[1]


def _add_endpoint(outbox: Outbox, place: Place, endpoint: Endpoint | None, said: Said) -> None:
    if endpoint is None:
        outbox.answers[place] = results.refused("The application has no such endpoint.")
    elif not endpoint.active:
        outbox.answers[place] = results.refused("The endpoint is inactive.")
    elif endpoint.opted_out:
        outbox.answers[place] = results.OPTED_OUT
    else:
        outbox.add(place, endpoint.contact.phone, said)


def _of_endpoint(call: Call, result: Result, endpoint: Endpoint | None) -> dict[str, Any]:
    return result.described(
        **({"Address": call.shown(endpoint.contact.phone)} if endpoint is not None else {})
    )


def _purpose(sms: Mapping[str, Any]) -> Message.Purpose:
    return PURPOSES[sms.get("MessageType", "PROMOTIONAL")]


def _outbox(call: Call, request: Mapping[str, Any], sms: Mapping[str, Any]) -> Outbox:
    words = Words(str(sms.get("Body") or ""), sms.get("Substitutions") or {}, _of_template(request))
    originator = channels.originator_for(call, sms)
    context = _checked(request.get("Context") or {})
    ids = india.asked(sms, "MessageConfiguration.SMSMessage.")
    return Outbox(call, originator, words, context, ids, {}, {})


def _translated(body: str) -> str:
    found = handlebars.translate(body, variables=True)
    if found.problems:
        raise BadRequest("Body: " + "; ".join(str(one) for one in found.problems))
    return found.body


def _template(request: Mapping[str, Any]) -> Mapping[str, str]:
    configuration = request.get("TemplateConfiguration") or {}
    return configuration.get("SMSTemplate") or {}


def _of_template(request: Mapping[str, Any]) -> str:
    """Return the text of the template that a call names, in Liquid; "": it names none."""
    named = _template(request)
    return version_of(named["Name"], named.get("Version")).body if named.get("Name") else ""


def _sms(request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the message to send, by SMS. Raises BadRequest."""
    configuration = request["MessageConfiguration"]
    default = dict(configuration.get("DefaultMessage") or {})
    if _template(request):  # which is of SMS, and so says more than what is of every channel
        default.pop("Body", None)
    sms = default | (configuration.get("SMSMessage") or {})
    if not sms and not _template(request):
        raise BadRequest("MessageConfiguration: give SMSMessage; Sendpoint sends SMS only")
    for member, why in NOT_TAKEN.items():
        if sms.get(member):
            raise BadRequest(f"MessageConfiguration.SMSMessage.{member}: {why}")
    return sms


def _check_count(count: int, what: str) -> None:
    if count > MOST:
        raise BadRequest(f"A call takes {MOST} {what} at most; this one has {count}.")


def _checked(context: Mapping[str, str]) -> Mapping[str, str]:
    if sum(len(name) + len(value) for name, value in context.items()) > MOST_CONTEXT:
        raise BadRequest(f"Context: more than {MOST_CONTEXT} characters")
    return context


def _key(call: Call, phone: str) -> str | None:
    """Name a text by the client's call, so that trying it again does not send it again.

    By the number too: who else is texted may be another when it is tried again.
    """
    if not call.invocation_id:
        return None
    whose = hashlib.blake2b(f"{call.invocation_id} {phone}".encode(), digest_size=16)
    return f"api:{call.key.pk}:{whose.hexdigest()}"


def _with(fields: Mapping[str, Any], own: Mapping[str, list[str]]) -> dict[str, Any]:
    """Add the caller's own values; a name with dots goes where a text looks for it."""
    found = dict(fields)
    for name, values in own.items():
        *steps, last = name.split(".")
        place = found
        for step in steps:
            held = place.get(step)
            place[step] = dict(held) if isinstance(held, dict) else {}
            place = place[step]
        place[last] = attributes.Values.of(values)
    return found
