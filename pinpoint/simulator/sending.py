"""SendTextMessage: may this text go, from which number, and what is promised for it."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pinpoint.parts import Parts, count_parts

from . import simulator_numbers
from .account import ConfigurationSet, Number, SenderId
from .configuration import Configuration
from .errors import conflict, not_found, quota, server_fault, throttled, validation
from .opt_outs import digits
from .outcomes import INBOUND, Chances, Fault, Plan, fault, plan
from .state import State
from .texts import WITH_CARRIER_FEE, AcceptedText, Publication, country_of
from .throttle import Window

DEFAULT_TTL_SECONDS = 259_200
MISSING_BODY = ("MessageBody", "is required")
UNBILLED = frozenset({"TEXT_INVALID", "TEXT_INVALID_MESSAGE", "TEXT_PROTECT_BLOCKED"})
# Which kind of number AWS takes by itself when the request names none (aws-sms.md 8.8).
OWN_CHOICE = ("SHORT_CODE", "TEN_DLC", "LONG_CODE", "TOLL_FREE")


@dataclass(frozen=True, slots=True)
class Answer:
    """An accepted request: its answer, and what goes wrong before the client hears it."""

    message_id: str
    fault: Fault | None = None
    text: AcceptedText | None = None


class Sender:
    """Takes requests to send one text."""

    def __init__(
        self, configuration: Configuration, state: State, seed: int, clock: Callable[[], float]
    ) -> None:
        self._configuration = configuration
        self._account = configuration.account
        self._state = state
        self._holdings = state.holdings
        self._chances = Chances(
            seed, configuration.outcomes, configuration.rates, configuration.delays
        )
        self._clock = clock  # monotonic seconds
        self._windows: dict[str, Window] = {}
        self._failed_attempts: dict[str, int] = {}

    def send(self, request: dict[str, Any]) -> Answer:
        """Accept a request that the model allows, or raise AwsError."""
        destination = digits(request["DestinationPhoneNumber"])
        body = request.get("MessageBody")
        if body is None:
            raise validation("MISSING_PARAMETER", "MessageBody: is required", [MISSING_BODY])
        configuration = self._configuration_set(request)
        self._check_country(request, configuration, destination)
        size = count_parts(body)
        default = configuration.default_message_type if configuration else None
        wanted = request.get("MessageType") or default
        number = self._originator(request.get("OriginationIdentity"), wanted, destination, size)
        self._check_account(request, number, destination, size)
        if request.get("DryRun"):
            self._take("dry run", self._account.dry_run_parts_per_second, size.parts)
            return Answer(str(uuid.uuid4()))
        self._take(number.number, number.parts_per_second, size.parts)
        attempt = self._state.texts_to(destination) + self._failed_attempts.get(destination, 0) + 1
        trouble = fault(self._chances.seed, destination, attempt, self._configuration.faults)
        if trouble.server_error:
            self._failed_attempts[destination] = self._failed_attempts.get(destination, 0) + 1
            raise server_fault(str(uuid.uuid4()))
        text = self._text(request, configuration, number, destination, size)
        self._state.accept(text)
        return Answer(text.message_id, trouble, text)

    def _configuration_set(self, request: dict[str, Any]) -> ConfigurationSet | None:
        name = request.get("ConfigurationSetName")
        if name is None:
            return None
        found = self._holdings.configuration_set(name)
        if found is None:
            raise not_found("configuration-set", name)
        return found

    # --- originators ----------------------------------------------------------------------------

    def _originator(
        self, identity: str | None, wanted: str | None, destination: str, size: Parts
    ) -> Number:
        """Find the number to send from: the named one, one of the pool, or AWS's own choice."""
        if identity is None:
            return self._own_choice(wanted, destination)
        if pool := self._holdings.pool(identity):
            _check_message_type(wanted, (pool.message_type,), "pool", pool.pool_id)
            return self._member(self._holdings.members(pool), destination, size)
        if number := self._holdings.number(identity):
            _check_message_type(wanted, (number.message_type,), "phone-number", number.number_id)
            return number
        if sender := self._holdings.sender(identity, country_of(destination)):
            _check_message_type(wanted, sender.message_types, "sender-id", sender.sender_id)
            return _as_number(sender, wanted)
        if self._holdings.sender(identity):
            raise validation(
                "INVALID_IDENTITY_FOR_DESTINATION_COUNTRY", "The sender ID is of another country."
            )
        raise not_found(_kind_of(identity), identity)

    def _own_choice(self, wanted: str | None, destination: str) -> Number:
        able = [
            number
            for number in self._holdings.numbers
            if number.number_type in OWN_CHOICE and wanted in (None, "", number.message_type)
        ]
        if not able:
            raise _no_originator(destination)
        return min(able, key=lambda number: OWN_CHOICE.index(number.number_type))

    def _member(self, members: list[Number], destination: str, size: Parts) -> Number:
        """Pick the same member for the same person, unless it has no room in this second."""
        active = [number for number in members if number.status == "ACTIVE"]
        if not active:
            raise _no_originator(destination)
        first = int(destination[1:]) % len(active)
        for number in active[first:] + active[:first]:
            window = self._window(number.number, number.parts_per_second)
            if window.has_room(size.parts, self._clock()):
                return number
        return active[first]

    # --- refusals -------------------------------------------------------------------------------

    def _check_country(
        self, request: dict[str, Any], configuration: ConfigurationSet | None, destination: str
    ) -> None:
        if not len(self._holdings.protections):  # most accounts: then nothing is looked up per text
            return
        of_set = configuration.protect_id if configuration else ""
        named = request.get("ProtectConfigurationId", "").rpartition("/")[2]
        country = country_of(destination)
        if self._holdings.rule_for(country, named or of_set) == "BLOCK":
            raise conflict(
                "DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION",
                "The country is blocked.",
                "protect-configuration",
                named or of_set or self._holdings.default_protection(),
            )

    def _check_account(
        self, request: dict[str, Any], number: Number, destination: str, size: Parts
    ) -> None:
        """Refuse what the state of the account forbids."""
        if number.status != "ACTIVE":
            raise conflict("RESOURCE_NOT_ACTIVE", "Not active.", "phone-number", number.number_id)
        test_number = simulator_numbers.is_simulator(destination)
        sandboxed = self._account.tier == "SANDBOX" or number.number_type == "SIMULATOR"
        if sandboxed and not test_number and destination not in self._verified(number):
            raise conflict(
                "DESTINATION_PHONE_NUMBER_NOT_VERIFIED",
                "The destination phone number is not verified.",
                "verified-destination-number",
                destination,
            )
        if self._state.opt_outs.find(number.opt_out_list, destination):
            raise conflict(
                "DESTINATION_PHONE_NUMBER_OPTED_OUT",
                "The destination phone number is opted out.",
                "opted-out-number",
                destination,
            )
        self._check_money(request, size)

    def _verified(self, number: Number) -> tuple[str, ...]:
        return () if number.number_type == "SIMULATOR" else self._account.verified_numbers

    def _check_money(self, request: dict[str, Any], size: Parts) -> None:
        price = size.parts * self._account.price_per_part_usd
        if "MaxPrice" in request and price > float(request["MaxPrice"]):
            raise validation("PRICE_OVER_THRESHOLD", "The price of the message is above MaxPrice.")
        if self._state.spent() >= _millionths(self._holdings.spend_limit_usd):
            raise quota(
                "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT", "The monthly spend limit is reached."
            )

    def _take(self, name: str, limit: float, parts: int) -> None:
        if not self._window(name, limit).take(parts, self._clock()):
            raise throttled()

    def _window(self, name: str, limit: float) -> Window:
        return self._windows.setdefault(name, Window(limit))

    # --- acceptance -----------------------------------------------------------------------------

    def _text(
        self,
        request: dict[str, Any],
        configuration: ConfigurationSet | None,
        number: Number,
        destination: str,
        size: Parts,
    ) -> AcceptedText:
        nth = self._state.texts_to(destination) + 1
        ttl = request.get("TimeToLive", DEFAULT_TTL_SECONDS)
        future = plan(self._chances, destination, nth, too_long=not size.deliverable, ttl=ttl)
        price, fee = self._bill(future.outcome, destination, size.parts)
        return AcceptedText(
            index=self._state.accepted_count + 1,
            number=nth,
            accepted_at=time.time(),
            destination=destination,
            origination=number.number,
            body=request["MessageBody"],
            encoding=size.encoding,
            parts=size.parts,
            message_type=request.get("MessageType") or number.message_type,
            context=request.get("Context") or {},
            message_id=str(uuid.uuid4()),
            outcome=future.outcome,
            price=price,
            carrier_fee=fee,
            publications=_publications(future, configuration, number),
            country_parameters=request.get("DestinationCountryParameters") or {},
        )

    def _bill(self, outcome: str, destination: str, parts: int) -> tuple[int, int]:
        """Return the price and the carrier's fee of a text, in millionths of a dollar."""
        if outcome in UNBILLED:
            return 0, 0
        american = country_of(destination) == "US"
        fee = self._account.carrier_fee_per_part_usd if american else 0
        price = parts * _millionths(self._account.price_per_part_usd)
        return price, parts * _millionths(fee) if outcome in WITH_CARRIER_FEE else 0


def _publications(
    future: Plan, configuration: ConfigurationSet | None, number: Number
) -> tuple[Publication, ...]:
    """Keep what has somewhere to go: events need a configuration set, replies a two-way number."""
    events = configuration.topic_arn if configuration else ""
    kept = []
    for notice in future.notices:
        if notice.kind == INBOUND:
            if number.two_way:
                kept.append(Publication(number.inbound_topic, notice))
        elif configuration and configuration.publishes(notice.kind):
            kept.append(Publication(events, notice))
    return tuple(kept)


def _check_message_type(wanted: str | None, offered: tuple[str, ...], kind: str, name: str) -> None:
    if wanted and wanted not in offered:
        message = f"The {kind} does not send {wanted} messages."
        raise conflict("MESSAGE_TYPE_MISMATCH", message, kind, name)


def _no_originator(destination: str) -> Exception:
    return conflict(
        "NO_ORIGINATION_IDENTITIES_FOUND",
        "No origination identity can send this message.",
        "phone-number",
        destination,
    )


def _as_number(sender: SenderId, wanted: str | None) -> Number:
    return Number(
        number=sender.sender_id,
        number_id=sender.sender_id,
        number_type="SENDER_ID",
        message_type=wanted or sender.message_types[0],
        parts_per_second=sender.parts_per_second,
        two_way=False,
    )


def _kind_of(identity: str) -> str:
    """Guess what an unknown identity was meant to be, for the error."""
    name = identity.rpartition(":")[2]
    if name.startswith("pool"):
        return "pool"
    return "phone-number" if name.lstrip("+").isdigit() or name.startswith("phone") else "sender-id"


def _millionths(usd: float) -> int:
    return round(usd * 1_000_000)
