"""Sender IDs: names that texts come from, each in one country (aws-sms.md 2.6)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from .account import SenderId
from .errors import conflict, not_found, quota, validation
from .pages import Item, filtered, named, page
from .state import State
from .tags import Tags

Request = dict[str, Any]
QUOTA = 200
NOT_OFFERED = frozenset({"US", "CA", "CN"})
# Some of the countries in which one must be registered first.
REGISTERED_FIRST = frozenset({"IN", "SG", "AE", "SA", "PH", "VN", "GB"})


class SenderIds:
    """Answers what is asked about sender IDs."""

    def __init__(self, state: State, tags: Tags) -> None:
        self._holdings = state.holdings
        self._tags = tags
        self.by_name: dict[str, Callable[[Request], Item]] = {
            "DescribeSenderIds": self._describe,
            "RequestSenderId": self._request,
            "ReleaseSenderId": self._release,
            "UpdateSenderId": self._update,
        }

    def _describe(self, request: Request) -> Item:
        if wanted := request.get("SenderIds"):
            plain = [(one["SenderId"], one["IsoCountryCode"]) for one in wanted]
            request = {**request, "SenderIds": plain}
        there = [_described(one) for one in self._holdings.provisioned()]
        items = named(
            request, "SenderIds", "sender-id", there,
            lambda item: tuple(
                (name, item["IsoCountryCode"]) for name in (item["SenderId"], item["SenderIdArn"])
            ),
        )  # fmt: skip
        items = filtered(request, items, {"message-type": "MessageTypes"})
        kept, more = page(request, items, "SenderIdArn")
        return {"SenderIds": kept, **more}

    def _request(self, request: Request) -> Item:
        name, country = request["SenderId"], request["IsoCountryCode"]
        token = request.get("ClientToken", "")
        if before := self._holdings.tokens.get(token):
            return self._answered(self._holdings.sender_ids.get(before.members["id"]))
        if not any(one.isalpha() for one in name) or name[0] == "-" or name[-1] == "-":
            raise validation("INVALID_PARAMETER", "A letter at least, no hyphen at the ends.")
        if country in NOT_OFFERED:
            raise validation("SENDER_ID_NOT_SUPPORTED", "This country has no sender IDs.")
        if country in REGISTERED_FIRST:
            raise validation("SENDER_ID_REQUIRES_REGISTRATION", "Register it first.")
        if self._holdings.sender(name, country):
            raise conflict("RESOURCE_ALREADY_EXISTS", "It exists.", "sender-id", name)
        if len(self._holdings.sender_ids) >= QUOTA:
            raise quota("SENDER_IDS_PER_ACCOUNT", "The account has its most sender IDs.")
        sender = SenderId(
            name,
            country,
            tuple(request.get("MessageTypes") or ("TRANSACTIONAL", "PROMOTIONAL")),
            deletion_protection=bool(request.get("DeletionProtectionEnabled")),
        )
        self._holdings.sender_ids.put(sender.key, sender)
        self._tags.put(sender.arn, request.get("Tags") or [])
        self._tags.remember(token, sender.key)
        return self._answered(sender)

    def _answered(self, sender: SenderId | None) -> Item:
        if sender is None:
            raise not_found("sender-id", "released meanwhile")
        item = _described(sender)
        del item["MessagingLimits"]
        return {**item, "Tags": self._tags.of(sender.arn)}

    def _release(self, request: Request) -> Item:
        sender = self._find(request)
        if sender.deletion_protection:
            raise conflict(
                "DELETION_PROTECTION_ENABLED", "It is protected.", "sender-id", sender.sender_id
            )
        if any(sender.key in pool.senders for pool in self._holdings.pools):
            raise conflict(
                "SENDER_ID_ASSOCIATED_TO_POOL", "It is in a pool.", "sender-id", sender.sender_id
            )
        self._holdings.sender_ids.drop(sender.key)
        item = _described(sender)
        del item["MessagingLimits"], item["DeletionProtectionEnabled"]
        return item

    def _update(self, request: Request) -> Item:
        sender = self._find(request)
        wanted = request.get("DeletionProtectionEnabled", sender.deletion_protection)
        changed = replace(sender, deletion_protection=wanted)
        item = _described(self._holdings.sender_ids.put(sender.key, changed))
        del item["MessagingLimits"]
        return item

    def _find(self, request: Request) -> SenderId:
        sender = self._holdings.sender(request["SenderId"], request["IsoCountryCode"])
        if sender is None:
            raise not_found("sender-id", request["SenderId"])
        return sender


def _described(sender: SenderId) -> Item:
    registration = {"RegistrationId": sender.registration_id} if sender.registration_id else {}
    return {
        "SenderIdArn": sender.arn,
        "SenderId": sender.sender_id,
        "IsoCountryCode": sender.iso_country_code,
        "MessageTypes": list(sender.message_types),
        "MonthlyLeasingPrice": "0.00",
        "DeletionProtectionEnabled": sender.deletion_protection,
        "Registered": sender.registered,
        **registration,
        "MessagingLimits": {"RateLimits": {"SMS": int(sender.parts_per_second)}},
    }
