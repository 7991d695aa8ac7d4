"""What the simulator remembers: texts that it accepted, texts that people sent, what to publish."""

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from .outcomes import INBOUND, Notice

STATUS_WORDS = {
    "QUEUED": "Message is queued for delivery",
    "PENDING": "Message has been handed to the carrier",
    "SUCCESSFUL": "Message has been accepted by phone carrier",
    "DELIVERED": "Message has been accepted by phone",
    "UNREACHABLE": "Phone is currently unreachable/unavailable",
    "CARRIER_UNREACHABLE": "Phone carrier is currently unreachable/unavailable",
    "BLOCKED": "Phone has blocked SMS",
    "CARRIER_BLOCKED": "Phone carrier has blocked this message",
    "SPAM": "Phone carrier has called this message spam",
    "INVALID": "Phone number is not valid",
    "INVALID_MESSAGE": "Message body is invalid",
    "UNKNOWN": "Unknown error attempting to reach phone",
    "TTL_EXPIRED": "Message could not be delivered in its time to live",
    "PROTECT_BLOCKED": "Message blocked by protect configuration",
}
WITH_CARRIER_FEE = frozenset({"TEXT_SUCCESSFUL", "TEXT_DELIVERED"})
# Dialling codes of the countries that the simulator names; a receipt may come without one.
COUNTRIES = (
    ("+1", "US"), ("+31", "NL"), ("+32", "BE"), ("+33", "FR"), ("+34", "ES"), ("+351", "PT"),
    ("+352", "LU"), ("+358", "FI"), ("+36", "HU"), ("+372", "EE"), ("+39", "IT"), ("+40", "RO"),
    ("+41", "CH"), ("+420", "CZ"), ("+43", "AT"), ("+44", "GB"), ("+45", "DK"), ("+46", "SE"),
    ("+47", "NO"), ("+48", "PL"), ("+49", "DE"), ("+56", "CL"), ("+61", "AU"), ("+852", "HK"),
    ("+886", "TW"),
)  # fmt: skip


def country_of(number: str) -> str:
    """Return the ISO code of a number's country, or nothing when it is not in the short list."""
    return next((iso for code, iso in COUNTRIES if number.startswith(code)), "")


@dataclass(frozen=True, slots=True)
class Publication:
    """One notice on its way to one topic."""

    topic: str
    notice: Notice

    def row(self) -> list[Any]:
        """Return the publication as a short list for the journal."""
        notice = self.notice
        return [self.topic, *(getattr(notice, name) for name in notice.__slots__)]

    @classmethod
    def from_row(cls, row: list[Any]) -> "Publication":
        """Rebuild a publication from its row."""
        return cls(row[0], Notice(*row[1:]))


@dataclass(frozen=True, slots=True)
class AcceptedText:
    """A text that SendTextMessage took; times in epoch seconds, money in millionths of a dollar."""

    index: int  # place in the log, from 1
    number: int  # how many-th text to this destination, from 1
    accepted_at: float
    destination: str
    origination: str
    body: str
    encoding: str
    parts: int
    message_type: str
    context: dict[str, str]
    message_id: str
    outcome: str
    price: int
    carrier_fee: int
    publications: tuple[Publication, ...]
    country_parameters: dict[str, str] = field(default_factory=dict)

    def event(self, notice: Notice) -> dict[str, Any]:
        """Return the delivery event of a notice (aws-sms.md 5.2)."""
        iso = country_of(self.destination)
        status = notice.kind.removeprefix("TEXT_")
        fee = self.carrier_fee if notice.kind in WITH_CARRIER_FEE else 0
        return {
            "eventType": notice.kind,
            "eventVersion": "1.0",
            "eventTimestamp": int((self.accepted_at + notice.happened) * 1000),
            "isFinal": notice.is_final,
            "originationPhoneNumber": self.origination,
            "destinationPhoneNumber": self.destination,
            "isInternationalSend": iso != "US",
            **({"isoCountryCode": iso} if iso else {}),
            **({"mcc": "310", "mnc": "800"} if iso == "US" else {}),
            "messageId": self.message_id,
            "messageRequestTimestamp": int(self.accepted_at * 1000),
            "messageEncoding": self.encoding,
            "messageType": self.message_type,
            "messageStatus": status,
            "messageStatusDescription": STATUS_WORDS[status],
            **({"context": self.context} if self.context else {}),
            "totalMessageParts": self.parts,
            "totalMessagePrice": self.price / 1_000_000,
            "totalCarrierFee": fee / 1_000_000,
        }

    def reply(self, notice: Notice) -> dict[str, Any]:
        """Return the inbound payload of the person's answer (aws-sms.md 6.1)."""
        return inbound_payload(
            person=self.destination,
            number=self.origination,
            body=notice.body,
            inbound_id=stable_id(self.message_id, "reply"),
            answers=self.message_id,
        )

    def payload(self, position: int) -> str:
        """Return what the publication at this position says, as the string that SNS carries."""
        notice = self.publications[position].notice
        document = self.reply(notice) if notice.kind == INBOUND else self.event(notice)
        return json.dumps(document, ensure_ascii=False)

    def sns_id(self, position: int) -> str:
        """Return the SNS MessageId of a publication: the same for a notice delivered twice."""
        publication = self.publications[position]
        return stable_id(self.message_id, f"{publication.topic}|{publication.notice.identity}")

    def record(self) -> dict[str, Any]:
        """Return the text as the journal keeps it."""
        members = {name: getattr(self, name) for name in self.__slots__}
        return {**members, "publications": [item.row() for item in self.publications]}

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> "AcceptedText":
        """Rebuild a text from the journal."""
        publications = tuple(Publication.from_row(row) for row in record["publications"])
        return cls(**{**record, "publications": publications})


@dataclass(frozen=True, slots=True)
class InboundText:
    """A text that a person sent of their own accord."""

    index: int
    accepted_at: float  # when AWS received it, epoch seconds
    person: str
    number: str
    body: str
    answers: str  # message id of the last text to this person, or nothing
    inbound_id: str
    publications: tuple[Publication, ...]

    def payload(self, position: int) -> str:
        """Return what the publication at this position says, as the string that SNS carries."""
        document = inbound_payload(
            person=self.person,
            number=self.number,
            body=self.publications[position].notice.body,
            inbound_id=self.inbound_id,
            answers=self.answers,
        )
        return json.dumps(document, ensure_ascii=False)

    def sns_id(self, position: int) -> str:
        """Return the SNS MessageId of a publication."""
        return stable_id(self.inbound_id, str(position))

    def record(self) -> dict[str, Any]:
        """Return the text as the journal keeps it."""
        members = {name: getattr(self, name) for name in self.__slots__}
        return {**members, "publications": [item.row() for item in self.publications]}

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> "InboundText":
        """Rebuild a text from the journal."""
        publications = tuple(Publication.from_row(row) for row in record["publications"])
        return cls(**{**record, "publications": publications})


def inbound_payload(
    *, person: str, number: str, body: str, inbound_id: str, answers: str
) -> dict[str, Any]:
    """Return what SNS carries when a person texts us (aws-sms.md 6.1)."""
    return {
        "originationNumber": person,
        "destinationNumber": number,
        "messageKeyword": "KEYWORD_111122223333",
        "messageBody": body,
        "inboundMessageId": inbound_id,
        **({"previousPublishedMessageId": answers} if answers else {}),
    }


def stable_id(message_id: str, name: str) -> str:
    """Derive an id that stays the same after a restart."""
    return str(uuid.uuid5(uuid.UUID(message_id), name))
