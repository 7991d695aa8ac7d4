"""Sending through Amazon Pinpoint's own SendMessages, for accounts that still have an application.

The older interface goes on working for SMS (aws-sms.md 1). It answers 200 whatever became of the
text: what counts is the result of the one address in it (aws-sms.md 3.2).
"""

from typing import Any

from pinpoint.gateway import (
    ClearedText,
    CountryParameter,
    Fate,
    SendError,
    as_send_errors,
    at_the_door,
    pass_the_door,
)

OPTED_OUT = "DESTINATION_PHONE_NUMBER_OPTED_OUT"  # as the newer interface names it
# What is certain of a text by the DeliveryStatus of its address. TEMPORARY_FAILURE is retried by
# the service itself, and whether UNKNOWN_FAILURE and TIMEOUT were taken, nobody says.
FATES = {
    "THROTTLED": Fate.THROTTLED,
    "PERMANENT_FAILURE": Fate.REFUSED,
    "OPT_OUT": Fate.REFUSED,
    "DUPLICATE": Fate.REFUSED,
    "TEMPORARY_FAILURE": Fate.UNKNOWN,
    "UNKNOWN_FAILURE": Fate.UNKNOWN,
    "TIMEOUT": Fate.UNKNOWN,
}
# DestinationCountryParameters of SendTextMessage → members of an SMSMessage.
INDIA: dict[CountryParameter, str] = {"IN_ENTITY_ID": "EntityId", "IN_TEMPLATE_ID": "TemplateId"}


class PinpointGateway:
    """Sends through Pinpoint v1 (`SendMessages`), one address a call."""

    def __init__(self, client: Any, application_id: str) -> None:
        self._client = client
        self._application_id = application_id
        client.meta.events.register(
            "before-send.pinpoint.SendMessages", pass_the_door, unique_id="door"
        )

    def send(self, text: ClearedText) -> str:
        """Hand one text to AWS; return its message id, or raise SendError with what is certain."""
        with as_send_errors(), at_the_door(text.door):
            answer = self._client.send_messages(
                ApplicationId=self._application_id, MessageRequest=_request(text)
            )
        results: dict[str, dict[str, Any]] = answer["MessageResponse"].get("Result", {})
        return message_id(results.get(text.clearance.phone, {}))


def message_id(result: dict[str, Any]) -> str:
    """Return AWS's message id of an address that was accepted; raise SendError otherwise. Pure."""
    status = str(result.get("DeliveryStatus", "UNKNOWN_FAILURE"))
    if status == "SUCCESSFUL" and result.get("MessageId"):
        return str(result["MessageId"])
    words = str(result.get("StatusMessage", ""))
    # A number on the opt-out list comes back as either status, told by its words alone.
    opted_out = status == "OPT_OUT" or "opted out" in words.casefold()
    fate = FATES.get(status, Fate.UNKNOWN)
    if opted_out and fate is Fate.REFUSED:
        raise SendError(fate, OPTED_OUT, words)
    raise SendError(fate, status, words)


def _request(text: ClearedText) -> dict[str, Any]:
    number = text.originator.lstrip("+").isdigit()
    return {
        "Addresses": {text.clearance.phone: {"ChannelType": "SMS"}},
        "Context": dict(text.context),
        "MessageConfiguration": {
            "SMSMessage": {
                "Body": text.body,
                "MessageType": text.message_type,
                "OriginationNumber" if number else "SenderId": text.originator,
                **{INDIA[name]: said for name, said in (text.country_parameters or {}).items()},
            }
        },
    }
