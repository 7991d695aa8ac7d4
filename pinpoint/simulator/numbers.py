"""Phone numbers: what there are, buying one, changing it, giving it back (aws-sms.md 2.4)."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import phonenumbers

from .account import INBOUND_TOPIC, Number
from .errors import conflict, not_found, quota, validation
from .pages import Item, filtered, named, page
from .state import State
from .tags import Tags

Request = dict[str, Any]
QUOTA = 25
PRICES = {"TEN_DLC": "1.00", "TOLL_FREE": "2.00", "LONG_CODE": "1.00", "SIMULATOR": "1.00"}
PARTS_PER_SECOND = {"TEN_DLC": 1, "TOLL_FREE": 3, "LONG_CODE": 10, "SIMULATOR": 10}
ONLY_US = frozenset({"TEN_DLC", "TOLL_FREE", "SIMULATOR"})
WITH_REGISTRATION = frozenset({"TEN_DLC", "TOLL_FREE"})  # until then such a number is PENDING
LONG_CODE_DAYS = 1.0
TWO_WAY = ("TwoWayEnabled", "TwoWayChannelArn", "TwoWayChannelRole")


class Numbers:
    """Answers what is asked about phone numbers."""

    def __init__(self, state: State, tags: Tags) -> None:
        self._state = state
        self._holdings = state.holdings
        self._tags = tags
        # What registrations do with a number that is asked for with one; set by their module.
        self.associate: Callable[[str, Number], Number] = lambda registration, number: number
        self.by_name: dict[str, Callable[[Request], Item]] = {
            "DescribePhoneNumbers": self._describe,
            "RequestPhoneNumber": self._request,
            "ReleasePhoneNumber": self._release,
            "UpdatePhoneNumber": self._update,
        }

    def find(self, identity: str) -> Number:
        """Return a number by id, digits or ARN, or refuse."""
        number = self._holdings.number(identity)
        if number is None:
            raise not_found("phone-number", identity)
        return number

    def _describe(self, request: Request) -> Item:
        items = named(
            request, "PhoneNumberIds", "phone-number",
            [described(number) for number in self._holdings.numbers],
            lambda item: (item["PhoneNumberId"], item["PhoneNumberArn"], item["PhoneNumber"]),
        )  # fmt: skip
        members = {
            "number-capability": "NumberCapabilities",
            "self-managed-opt-outs-enabled": "SelfManagedOptOutsEnabled",
        }
        kept, more = page(request, filtered(request, items, members), "PhoneNumberId")
        return {"PhoneNumbers": kept, **more}

    def _request(self, request: Request) -> Item:
        token = request.get("ClientToken", "")
        if before := self._holdings.tokens.get(token):
            return _answered(self.find(before.members["id"]), self._tags)
        _check_offered(request)
        if len(self._holdings.bought) >= QUOTA:
            raise quota("PHONE_NUMBERS_PER_ACCOUNT", "The account has its most phone numbers.")
        number = self._new(request)
        if pool_id := request.get("PoolId"):
            number = self._join(number, pool_id)
        if registration := request.get("RegistrationId"):
            number = self.associate(registration, number)
        self._holdings.bought.put(number.number_id, number)
        self._tags.put(number.arn, request.get("Tags") or [])
        self._tags.remember(token, number.number_id)
        return _answered(number, self._tags)

    def _new(self, request: Request) -> Number:
        kind, country = request["NumberType"], request["IsoCountryCode"]
        now = self._holdings.now()
        wait = {"LONG_CODE": LONG_CODE_DAYS, "SIMULATOR": 0.0}.get(kind)
        active = () if wait is None else ((self._holdings.in_days(wait), "ACTIVE"),)
        canadian = kind == "LONG_CODE" and country == "CA"
        return Number(
            number=self._digits(kind, country),
            number_id=f"phone-{secrets.token_hex(16)}",
            number_type=kind,
            message_type=request["MessageType"],
            parts_per_second=1 if canadian else PARTS_PER_SECOND[kind],
            self_managed_opt_outs=False,
            two_way=False,
            opt_out_list=self.list_name(request.get("OptOutListName", "Default")),
            iso_country_code=country,
            status="PENDING",
            capabilities=tuple(request["NumberCapabilities"]),
            monthly_price=PRICES[kind],
            deletion_protection=bool(request.get("DeletionProtectionEnabled")),
            international=bool(request.get("InternationalSendingEnabled")),
            created_at=now,
            later=active,
        )

    def _digits(self, kind: str, country: str) -> str:
        """Return the next made-up number that is free."""
        if kind == "TOLL_FREE":
            first = 18_335_550_100
        elif country in ("US", "CA"):
            first = 12_065_550_110
        else:
            wanted = phonenumbers.PhoneNumberType.MOBILE
            sample = phonenumbers.example_number_for_type(country, wanted)
            if sample is None:
                raise validation("COUNTRY_NOT_ENABLED", "AWS has no such numbers in this country.")
            plain = phonenumbers.format_number(sample, phonenumbers.PhoneNumberFormat.E164)
            first = int(plain[1:])
        while self._holdings.number(f"+{first}"):
            first += 1
        return f"+{first}"

    def _join(self, number: Number, pool_id: str) -> Number:
        pool = self._holdings.pool(pool_id)
        if pool is None:
            raise not_found("pool", pool_id)
        if pool.message_type != number.message_type:
            raise conflict(
                "MESSAGE_TYPE_MISMATCH", "The pool sends another type.", "pool", pool.pool_id
            )
        return replace(
            number,
            pool_id=pool.pool_id,
            opt_out_list=pool.opt_out_list,
            self_managed_opt_outs=pool.self_managed_opt_outs,
            two_way=pool.two_way,
            inbound_topic=pool.inbound_topic,
        )

    def _release(self, request: Request) -> Item:
        number = self.find(request["PhoneNumberId"])
        _check_free(number, "released")
        if number.deletion_protection:
            raise conflict(
                "DELETION_PROTECTION_ENABLED", "It is protected.", "phone-number", number.number_id
            )
        self._holdings.bought.drop(number.number_id)
        item = described(replace(number, status="DELETED"))
        del item["InternationalSendingEnabled"], item["DeletionProtectionEnabled"]
        item.pop("MessagingLimits", None)
        return item

    def _update(self, request: Request) -> Item:
        number = self.find(request["PhoneNumberId"])
        if set(request) - {"PhoneNumberId", "DeletionProtectionEnabled"}:
            _check_free(number, "changed by itself")
        changed = replace(number, **self.settings(request, number))
        if changed.number_type == "TOLL_FREE" and changed.self_managed_opt_outs:
            raise validation("INVALID_PARAMETER", "Carriers answer STOP on toll-free numbers.")
        self._holdings.bought.put(number.number_id, changed)
        item = described(changed)
        item.pop("PoolId", None)
        item.pop("MessagingLimits", None)
        return item

    def settings(self, request: Request, thing: Any) -> dict[str, Any]:
        """Return the fields of a number or pool that a request changes."""
        found: dict[str, Any] = {}
        if any(name in request for name in TWO_WAY):
            found |= two_way(request, thing.two_way)
        enabled = found.get("two_way", thing.two_way)
        own = request.get("SelfManagedOptOutsEnabled")
        if own is not None:
            if own and not enabled:
                raise validation("TWO_WAY_NOT_ENABLED", "Self-managed opt-outs need two-way SMS.")
            found["self_managed_opt_outs"] = own
        if name := request.get("OptOutListName"):
            found["opt_out_list"] = self.list_name(name)
        for member, field in (
            ("DeletionProtectionEnabled", "deletion_protection"),
            ("InternationalSendingEnabled", "international"),
            ("SharedRoutesEnabled", "shared_routes"),
        ):
            if member in request:
                found[field] = request[member]
        return found

    def list_name(self, wanted: str) -> str:
        """Return the name of an opt-out list, or refuse."""
        name = wanted.rpartition("/")[2]
        if name not in self._state.opt_out_lists():
            raise not_found("opt-out-list", wanted)
        return name


def two_way(request: Request, enabled: bool) -> dict[str, Any]:
    """Return what a request says about inbound texts; a topic is needed to turn it on."""
    wanted = request.get("TwoWayEnabled", enabled)
    topic = request.get("TwoWayChannelArn", "")
    if not wanted:
        return {"two_way": False}
    if not topic and not enabled:
        raise validation("TWO_WAY_CHANNEL_NOT_PRESENT", "TwoWayChannelArn: is required.")
    found: dict[str, Any] = {"two_way": True, "two_way_role": request.get("TwoWayChannelRole", "")}
    return {**found, "inbound_topic": topic} if topic else found


def _check_offered(request: Request) -> None:
    kind, country = request["NumberType"], request["IsoCountryCode"]
    if kind in ONLY_US and country != "US":
        raise validation("COUNTRY_CODE_MISMATCH", f"{kind} numbers are for the US.")
    if kind == "LONG_CODE" and country == "US":
        raise validation("INVALID_PARAMETER", "Long codes do not send SMS in the US: use TEN_DLC.")
    if kind == "SIMULATOR" and request["MessageType"] != "TRANSACTIONAL":
        raise validation("INVALID_PARAMETER", "Simulator numbers are TRANSACTIONAL.")
    if "MMS" in request["NumberCapabilities"] and country not in ("US", "CA"):
        raise validation("INVALID_PARAMETER", "MMS is for the US and Canada.")


def _check_free(number: Number, what: str) -> None:
    if number.pool_id:
        raise conflict(
            "PHONE_NUMBER_ASSOCIATED_TO_POOL",
            f"A number in a pool cannot be {what}.",
            "phone-number",
            number.number_id,
        )


def _answered(number: Number, tags: Tags) -> Item:
    item = described(number)
    item.pop("MessagingLimits", None)
    return {**item, "Tags": tags.of(number.arn)}


def described(number: Number) -> Item:
    """Return a number as DescribePhoneNumbers tells it."""
    optional = {
        "TwoWayChannelArn": (number.inbound_topic or INBOUND_TOPIC) if number.two_way else "",
        "TwoWayChannelRole": number.two_way_role,
        "PoolId": number.pool_id,
        "RegistrationId": number.registration_id,
    }
    caps = {"DailyMessageCaps": {"T-MOBILE": number.daily_cap}} if number.daily_cap else {}
    rate = max(1, int(number.parts_per_second))
    return {
        "PhoneNumberArn": number.arn,
        "PhoneNumberId": number.number_id,
        "PhoneNumber": number.number,
        "Status": number.status,
        "IsoCountryCode": number.iso_country_code,
        "MessageType": number.message_type,
        "NumberCapabilities": list(number.capabilities),
        "NumberType": number.number_type,
        "MonthlyLeasingPrice": number.monthly_price,
        "TwoWayEnabled": number.two_way,
        "SelfManagedOptOutsEnabled": number.self_managed_opt_outs,
        "OptOutListName": number.opt_out_list,
        "InternationalSendingEnabled": number.international,
        "DeletionProtectionEnabled": number.deletion_protection,
        **{name: value for name, value in optional.items() if value},
        "MessagingLimits": {"RateLimits": {"SMS": rate}, **caps},
        "CreatedTimestamp": number.created_at,
    }
