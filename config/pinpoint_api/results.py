"""What became of a text → Pinpoint's DeliveryStatus, StatusCode and words (aws-sms.md 3.2)."""

from dataclasses import dataclass
from typing import Any

from campaigns import outcomes
from campaigns.models import Message
from compliance.reasons import SENTENCES, Reason
from pinpoint.v1_api.writing import iso

State = Message.State
SENTENCES_BY_NAME = {str(reason): sentence for reason, sentence in SENTENCES.items()}
# Reasons that say that the person does not want our texts.
OPT_OUTS = frozenset({Reason.CONSENT_REVOKED, Reason.SUPPRESSED, Reason.LISTED, outcomes.OPTED_OUT})


@dataclass(frozen=True, slots=True)
class Result:
    """What Pinpoint says of one address."""

    status: str  # DeliveryStatus
    code: int  # HTTP-like
    words: str
    message_id: str = ""

    def described(self, **more: str) -> dict[str, Any]:
        """Return it as a MessageResult, or, with its Address, an EndpointMessageResult."""
        found: dict[str, Any] = {
            "DeliveryStatus": self.status,
            "StatusCode": self.code,
            "StatusMessage": self.words,
            **more,
        }
        return found | ({"MessageId": self.message_id} if self.message_id else {})


def refused(words: str) -> Result:
    """Return what is said of an address that no text was made for."""
    return Result("PERMANENT_FAILURE", 400, words)


OPTED_OUT = Result("OPT_OUT", 400, "The endpoint's OptOut is ALL.")
DUPLICATE = Result("DUPLICATE", 400, "The number stands more than once in this call.")


def of(message: Message) -> Result:
    """Return what is said of a text as it is now."""
    match message.state:
        case State.QUEUED:
            return Result("SUCCESSFUL", 200, _waits(message), _our_id(message))
        case State.UNKNOWN:
            words = "AWS may have taken it; a receipt will tell. Do not send it again."
            return Result("UNKNOWN_FAILURE", 500, words, _our_id(message))
        case State.BLOCKED | State.FAILED | State.EXPIRED | State.CANCELLED:
            status = "OPT_OUT" if message.reason in OPT_OUTS else "PERMANENT_FAILURE"
            return Result(status, 400, _why(message), message.aws_id or _our_id(message))
        case _:  # handed over, or being so: a receipt tells the rest
            named = message.aws_id or _our_id(message)
            return Result("SUCCESSFUL", 200, f"MessageId: {named}", named)


def _our_id(message: Message) -> str:
    """Name a text that AWS has not named."""
    return f"sendpoint-{message.pk}"


def _why(message: Message) -> str:
    if sentence := SENTENCES_BY_NAME.get(message.reason):
        return str(sentence)
    return f"{message.reason}: {message.detail}" if message.detail else message.reason


def _waits(message: Message) -> str:
    if message.reason in SENTENCES_BY_NAME:
        return f"Accepted; it goes at {iso(message.due_at)} at the earliest. {_why(message)}"
    return "Accepted; it goes as soon as there is room for it."
