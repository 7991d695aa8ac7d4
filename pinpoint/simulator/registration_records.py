"""How registrations are kept, and those that the account begins with."""

from typing import Any

from . import registration_forms as forms
from . import registration_review as review
from .account import CAMPAIGN_REGISTRATION, CREATED_AT, Account, Number, SenderId, arn
from .pages import Item


def new_version(number: int, now: float) -> dict[str, Any]:
    """Return a draft."""
    return {"number": number, "steps": [[now, "DRAFT"]], "values": {}, "denied": []}


def seeds(account: Account) -> list[dict[str, Any]]:
    """Return approved registrations for the numbers that the account begins with."""
    brand = f"registration-{99:032x}"
    found = []
    for number in account.numbers:
        if not number.registration_id:
            continue
        is_campaign = number.number_type == "TEN_DLC"
        links = [brand, number.number_id] if is_campaign else [number.number_id]
        kind = forms.CAMPAIGN if is_campaign else forms.TOLL_FREE
        found.append(_approved(number.registration_id, kind, links, {}))
    if any(one["id"] == CAMPAIGN_REGISTRATION for one in found):
        values = {
            "companyInfo.companyName": {"TextValue": "Meridian Outfitters Inc."},
            "contactInfo.dbaName": {"TextValue": "Meridian"},
        }
        found.append(_approved(brand, forms.BRAND, [], values))
    return found


def _approved(name: str, kind: str, links: list[str], values: dict[str, Any]) -> dict[str, Any]:
    version = {**new_version(1, CREATED_AT), "values": values}
    version["steps"] = [
        *version["steps"],
        [CREATED_AT, "SUBMITTED"],
        [CREATED_AT + review.REVIEW_DAYS[kind] * 86_400, "APPROVED"],
    ]
    return {
        "id": name,
        "type": kind,
        "created_at": CREATED_AT,
        "versions": [version],
        "links": links,
    }


def identified(record: dict[str, Any]) -> Item:
    """Return how every answer names a registration."""
    return {
        "RegistrationArn": arn("registration", record["id"]),
        "RegistrationId": record["id"],
    }


def linked_number(number: Number) -> Item:
    """Return a number as an association."""
    return {
        "ResourceArn": number.arn,
        "ResourceId": number.number_id,
        "ResourceType": "phone-number",
        "IsoCountryCode": number.iso_country_code,
        "PhoneNumber": number.number,
    }


def linked_sender(sender: SenderId) -> Item:
    """Return a sender ID as an association."""
    return {
        "ResourceArn": sender.arn,
        "ResourceId": sender.sender_id,
        "ResourceType": "sender-id",
        "IsoCountryCode": sender.iso_country_code,
    }


def linked_brand(record: dict[str, Any]) -> Item:
    """Return a brand as an association."""
    return {
        "ResourceArn": arn("registration", record["id"]),
        "ResourceId": record["id"],
        "ResourceType": "registration",
    }
