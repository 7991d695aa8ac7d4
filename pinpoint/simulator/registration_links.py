"""What belongs to a registration: its numbers, and the brand of a 10DLC campaign."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from . import registration_forms as forms
from . import registration_review as review
from .account import Number, SenderId
from .errors import conflict, validation
from .holdings import Holdings
from .pages import Item, filtered, page
from .registration_checks import said
from .registration_records import identified, linked_brand, linked_number, linked_sender

if TYPE_CHECKING:
    from .registrations import Registrations

Request = dict[str, Any]
# Parts a second and T-Mobile's daily cap, by whether the brand was vetted (aws-sms.md 9).
VETTED, UNVETTED = (40, 40_000), (1, 2_000)


class RegistrationLinks:
    """Answers what is asked about associations."""

    def __init__(self, holdings: Holdings, registrations: "Registrations") -> None:
        self._holdings = holdings
        self._registrations = registrations
        self.by_name: dict[str, Callable[[Request], Item]] = {
            "CreateRegistrationAssociation": self._associate,
            "ListRegistrationAssociations": self._associations,
        }

    def _associate(self, request: Request) -> Item:
        record, wanted = self._registrations.find(request["RegistrationId"]), request["ResourceId"]
        number = self._holdings.number(wanted)
        if number is not None:
            self._check_link(record, "phone-number")
            number = self._holdings.bought.put(number.number_id, self._linked(record, number))
            record = self._registrations.find(record["id"])
            return {
                **identified(record),
                "RegistrationType": record["type"],
                **linked_number(number),
            }
        other = self._registrations.find(wanted)
        self._check_link(record, "registration")
        if other["type"] != forms.BRAND or self._registrations.status(other) not in (
            "COMPLETE",
            "PROVISIONING",
        ):
            raise conflict(
                "REGISTRATION_NOT_COMPLETE", "The brand is not approved.", "registration", wanted
            )
        self._registrations.keep({**record, "links": [other["id"]]})
        return {**identified(record), "RegistrationType": record["type"], **linked_brand(other)}

    def _check_link(self, record: dict[str, Any], resource: str) -> None:
        behaviors = {
            link["ResourceType"]: link["AssociationBehavior"]
            for link in forms.TYPES[record["type"]][2]
        }
        if resource not in behaviors:
            raise validation("INVALID_REGISTRATION_ASSOCIATION", f"It takes no {resource}.")
        if (
            behaviors[resource] == "ASSOCIATE_AFTER_COMPLETE"
            and self._registrations.status(record) != "COMPLETE"
        ):
            raise conflict(
                "REGISTRATION_NOT_COMPLETE", "It is not complete.", "registration", record["id"]
            )

    def with_registration(self, registration: str, number: Number) -> Number:
        """Return a number that is bought for a registration."""
        record = self._registrations.find(registration)
        self._check_link(record, "phone-number")
        return self._linked(record, number)

    def _linked(self, record: dict[str, Any], number: Number) -> Number:
        """Return the number with its registration, and when it may send."""
        if number.registration_id:
            raise conflict(
                "PHONE_NUMBER_ASSOCIATED_TO_REGISTRATION",
                "It has a registration.",
                "phone-number",
                number.number_id,
            )
        right = {forms.CAMPAIGN: "TEN_DLC", forms.TOLL_FREE: "TOLL_FREE"}[record["type"]]
        if number.number_type != right:
            raise validation("INVALID_REGISTRATION_ASSOCIATION", f"It is for {right} numbers.")
        self._registrations.keep({**record, "links": [*record["links"], number.number_id]})
        if record["type"] == forms.TOLL_FREE:
            return replace(number, registration_id=record["id"])
        now = self._holdings.now()
        pace, cap = self._allowance(record)
        later = ((now, "ASSOCIATING"), (self._holdings.in_days(review.NUMBER_DAYS), "ACTIVE"))
        return replace(
            number,
            registration_id=record["id"],
            later=later,
            parts_per_second=pace,
            daily_cap=cap,
        )

    def _allowance(self, campaign: dict[str, Any]) -> tuple[int, int]:
        brands = set(campaign["links"])
        vetted = any(
            one.members["type"] == forms.VETTING
            and brands & set(one.members["links"])
            and self._registrations.status(one.members) == "COMPLETE"
            for one in self._holdings.registrations
        )
        return VETTED if vetted else UNVETTED

    def activate_numbers(self, record: dict[str, Any], version: dict[str, Any]) -> None:
        """Let what an approved version is for be ready, when that is."""
        at, end = version["steps"][-1]
        if end != "APPROVED":
            return
        if country := forms.SENDER_IDS.get(record["type"]):
            self._provision(record, country, said(version)["senderIdInfo.senderId"], at)
        if record["type"] != forms.TOLL_FREE:
            return
        ready = self._holdings.in_days(review.PROVISIONING_DAYS, since=at)
        for number in self._holdings.bought:
            if number.registration_id == record["id"]:
                changed = replace(number, later=((ready, "ACTIVE"),))
                self._holdings.bought.put(number.number_id, changed)

    def _provision(self, record: dict[str, Any], country: str, name: str, at: float) -> None:
        """Let the sender ID of an approved registration be there, when it is."""
        ready = self._holdings.in_days(review.PROVISIONING_DAYS, since=at)
        sender = SenderId(name, country, registered=True, registration_id=record["id"], since=ready)
        self._holdings.sender_ids.put(sender.key, sender)

    def _associations(self, request: Request) -> Item:
        record = self._registrations.find(request["RegistrationId"])
        items = []
        for link in record["links"]:
            if number := self._holdings.number(link):
                items.append(linked_number(number))
            elif brand := self._holdings.registrations.get(link):
                items.append(linked_brand(brand.members))
        items += [
            linked_sender(one)
            for one in self._holdings.provisioned()
            if one.registration_id == record["id"]
        ]
        kept, more = page(request, filtered(request, items, {}), "ResourceArn")
        return {
            **identified(record),
            "RegistrationType": record["type"],
            "RegistrationAssociations": kept,
            **more,
        }

    def brand_name(self, record: dict[str, Any]) -> str:
        """Return the name that texts must bear."""
        for link in record["links"]:
            if found := self._holdings.registrations.get(link):
                values = said(found.members["versions"][-1])
                name = values.get("contactInfo.dbaName") or values.get("companyInfo.companyName")
                return name or ""
        return ""
