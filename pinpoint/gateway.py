"""The only code that asks AWS to send a text."""

import enum
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
    ProxyConnectionError,
)

if TYPE_CHECKING:
    from mypy_boto3_pinpoint_sms_voice_v2 import PinpointSMSVoiceV2Client
    from mypy_boto3_pinpoint_sms_voice_v2.type_defs import SendTextMessageRequestTypeDef

MessageType = Literal["PROMOTIONAL", "TRANSACTIONAL"]
# What a country's register asks for, as DestinationCountryParameters names it.
CountryParameter = Literal["IN_ENTITY_ID", "IN_TEMPLATE_ID"]


@dataclass(frozen=True, slots=True)
class Clearance:
    """Proof that the gate let one text to one number pass. Only `compliance.gate` makes these."""

    phone: str
    message_class: str
    decided_at: datetime
    rules: str  # the version of the rules that were applied


@dataclass(frozen=True, slots=True)
class ClearedText:
    """One text that may be handed to AWS: its words, its originator and its clearance."""

    clearance: Clearance
    body: str
    originator: str
    message_type: MessageType
    configuration_set: str
    context: Mapping[str, str]
    ttl_seconds: int = 259_200
    country_parameters: Mapping[CountryParameter, str] | None = None
    # Called when all is ready and only the request has to leave; raises NotNow to hold it back.
    door: Callable[[], None] | None = None


class NotNow(Exception):  # noqa: N818 - no error, but an answer of the door
    """The text may not leave at this moment."""


class Fate(enum.Enum):
    """What is certain about a text that AWS did not plainly accept."""

    LATE = "late"  # it was held back at the door: nothing left

    REFUSED = "refused"  # not accepted, and never will be: fail it with AWS's reason
    HAD_ENOUGH = "had_enough"  # not accepted because this number had its share: hours later
    THROTTLED = "throttled"  # not accepted because too fast: slow down, try again
    NOT_SENT = "not_sent"  # surely never reached AWS: try again
    HALTED = "halted"  # not accepted, and no other text would be until somebody repairs it
    UNKNOWN = "unknown"  # may have been accepted: never send again by itself


class SendError(Exception):
    """AWS did not accept a text, or nobody knows whether it did (see `fate`)."""

    def __init__(self, fate: Fate, reason: str, detail: str) -> None:
        super().__init__(f"{fate.value}: {reason}")
        self.fate = fate
        self.reason = reason  # AWS's own code, such as DESTINATION_PHONE_NUMBER_OPTED_OUT
        self.detail = detail


class Gateway(Protocol):
    """What dispatch needs of a way to send texts."""

    def send(self, text: ClearedText) -> str:
        """Hand one text over; return AWS's message id, or raise SendError."""
        ...


# Takes AWS's message id, or what is certain of a text that it did not plainly accept. Anything
# else is a fault of ours.
Settle = Callable[[str | BaseException], None]


@runtime_checkable
class BatchGateway(Protocol):
    """A way to send many texts at a time without a thread for each."""

    def begin(self, texts: Sequence[tuple[ClearedText, Settle]]) -> None:
        """Hand texts over; every `settle` is called once, from whatever thread."""
        ...


# Reasons for which every further text of the campaign would be refused too (aws-sms.md 2.10).
HALTING_REASONS = frozenset(
    {
        "MESSAGE_TYPE_MISMATCH",
        "RESOURCE_NOT_ACTIVE",
        "NUMBER_CAPABILITIES_MISMATCH",
        "KEYWORD_MISMATCH",
        "SENDER_ID_NOT_REGISTERED",
        "SENDER_ID_REQUIRES_REGISTRATION",
        "CHANNEL_NOT_ENABLED",
        "UNKNOWN_OPERATION",
    }
)
# Limits of the one number that a text goes to; the next text is to another.
NUMBER_REASONS = frozenset({"DAILY_DESTINATION_CALL_LIMIT"})
HALTING_CODES = frozenset(
    {
        "AccessDeniedException",
        "ResourceNotFoundException",
        "ServiceQuotaExceededException",
        "UnrecognizedClientException",
        "InvalidSignatureException",
        "ExpiredTokenException",
        "MissingAuthenticationTokenException",
        "InvalidClientTokenId",
        "SignatureDoesNotMatch",
        "RequestTimeTooSkewed",
    }
)

# Raised before a request leaves.
NOT_SENT = (
    EndpointConnectionError,
    ConnectTimeoutError,
    ProxyConnectionError,
    CredentialRetrievalError,
)

# The door of the text that this thread is sending; boto3's events carry nothing of ours.
_at_the_door = threading.local()


@contextmanager
def at_the_door(door: Callable[[], None] | None) -> Iterator[None]:
    """Have the request that this thread makes meanwhile pass a door."""
    _at_the_door.door = door
    try:
        yield
    finally:
        _at_the_door.door = None


def pass_the_door(**_: object) -> None:
    """Ask the text's door; boto3 calls this when the request is signed, before it is sent."""
    door = getattr(_at_the_door, "door", None)
    if door is not None:
        door()


@contextmanager
def as_send_errors() -> Iterator[None]:
    """Turn what boto3 raises while a text is handed over into SendError, with what is certain."""
    try:
        yield
    except NotNow as error:
        raise SendError(Fate.LATE, "late", "held back at the door") from error
    except ClientError as error:
        raise from_answer(error) from error
    except NOT_SENT as error:
        raise SendError(Fate.NOT_SENT, type(error).__name__, str(error)) from error
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise SendError(Fate.HALTED, "NO_CREDENTIALS", str(error)) from error
    except ParamValidationError as error:
        raise SendError(Fate.REFUSED, "INVALID_REQUEST", str(error)) from error
    except BotoCoreError as error:  # read timeout, connection closed after the bytes had left
        raise SendError(Fate.UNKNOWN, type(error).__name__, str(error)) from error


class AwsGateway:
    """Sends through End User Messaging SMS (`SendTextMessage`)."""

    def __init__(self, client: "PinpointSMSVoiceV2Client") -> None:
        self._client = client
        client.meta.events.register(
            "before-send.pinpoint-sms-voice-v2.SendTextMessage", pass_the_door, unique_id="door"
        )

    def send(self, text: ClearedText) -> str:
        """Hand one text to AWS; return its message id, or raise SendError with what is certain."""
        with as_send_errors(), at_the_door(text.door):
            return self._client.send_text_message(**request_of(text))["MessageId"]

    def rehearse(self, text: ClearedText) -> None:
        """Let AWS check a text without sending it; SendError if it would refuse it.

        AWS takes five parts a second of these (aws-sms.md 2.2), and charges nothing.
        """
        _at_the_door.door = None
        try:
            self._client.send_text_message(**(request_of(text) | {"DryRun": True}))
        except ClientError as error:
            raise from_answer(error) from error
        except BotoCoreError as error:
            raise SendError(Fate.NOT_SENT, type(error).__name__, str(error)) from error


def request_of(text: ClearedText) -> "SendTextMessageRequestTypeDef":
    """Return what SendTextMessage takes."""
    request: SendTextMessageRequestTypeDef = {
        "DestinationPhoneNumber": text.clearance.phone,
        "OriginationIdentity": text.originator,
        "MessageBody": text.body,
        "MessageType": text.message_type,
        "ConfigurationSetName": text.configuration_set,
        "Context": dict(text.context),
        "TimeToLive": text.ttl_seconds,
    }
    if text.country_parameters:
        request["DestinationCountryParameters"] = dict(text.country_parameters)
    return request


def from_answer(error: ClientError) -> SendError:
    """Sort an error answer by what it says of the text's fate."""
    response: Any = error.response
    told = response.get("Error", {})
    code = str(told.get("Code", ""))
    status = int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    reason = str(response.get("Reason") or code)
    detail = str(response.get("message") or response.get("Message") or told.get("Message", ""))
    if code in {"ThrottlingException", "TooManyRequestsException"} or status == 429:
        fate = Fate.THROTTLED
    elif reason in NUMBER_REASONS:
        fate = Fate.HAD_ENOUGH
    elif code in HALTING_CODES or reason in HALTING_REASONS:
        fate = Fate.HALTED
    elif 400 <= status < 500:
        fate = Fate.REFUSED
    else:  # a server fault does not say whether the text had already been taken
        fate = Fate.UNKNOWN
    return SendError(fate, reason, detail)
