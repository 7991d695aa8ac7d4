"""AWS's opt-out lists: who is on them, and putting and removing numbers (aws-sms.md 2.8).

All calls may be repeated: putting a number that is there, or removing one that is not, is a no-op.
"""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from pinpoint.events import e164

if TYPE_CHECKING:
    from mypy_boto3_pinpoint_sms_voice_v2 import PinpointSMSVoiceV2Client

PAGE = 100  # AWS gives no more at once
PUTS_PER_SECOND = 10  # quota of PutOptedOutNumber and of DeleteOptedOutNumber
READS_PER_SECOND = 1  # quota of every Describe operation
REMOVAL_DAYS = 30  # the same number is removed only once in so many days


class Trouble(enum.Enum):
    """What a failed call means for the next try."""

    AGAIN = "again"  # throttled, out of reach or AWS's own fault
    TOO_SOON = "too_soon"  # removed within the last 30 days
    REFUSED = "refused"  # AWS does not take this number
    HALTED = "halted"  # no call would pass until somebody repairs it: access, no such list
    LOST_PLACE = "lost_place"  # the token of a page is no longer good


class ListError(Exception):
    """A call did not do what it should (see `trouble`)."""

    def __init__(self, trouble: Trouble, reason: str) -> None:
        super().__init__(reason)
        self.trouble = trouble
        self.reason = reason


@dataclass(frozen=True, slots=True)
class OptedOut:
    """One number of a list."""

    phone: str
    since: datetime
    end_user: bool  # the person texted STOP; False: somebody put the number there


class OptOutLists:
    """The opt-out lists of one account and region."""

    def __init__(self, client: "PinpointSMSVoiceV2Client") -> None:
        self._client = client

    def put(self, name: str, phone: str) -> None:
        """Put a number on a list."""
        self._call(self._client.put_opted_out_number, OptOutListName=name, OptedOutNumber=phone)

    def remove(self, name: str, phone: str) -> None:
        """Take a number off a list; one that is not there is as good as removed."""
        try:
            self._call(
                self._client.delete_opted_out_number, OptOutListName=name, OptedOutNumber=phone
            )
        except ListError as error:
            if error.reason != "opted-out-number":
                raise

    def page(self, name: str, token: str = "") -> tuple[list[OptedOut], str]:
        """Return one page of a list, and the token of the next; empty when it was the last."""
        more = {"NextToken": token} if token else {}
        answer = self._call(
            self._client.describe_opted_out_numbers, OptOutListName=name, MaxResults=PAGE, **more
        )
        found = [
            OptedOut(e164(one["OptedOutNumber"]), one["OptedOutTimestamp"], one["EndUserOptedOut"])
            for one in answer["OptedOutNumbers"]
        ]
        return found, str(answer.get("NextToken") or "")

    def names(self) -> list[str]:
        """Return the names of all lists; an account has 25 at most by default."""
        answer = self._call(self._client.describe_opt_out_lists, MaxResults=PAGE)
        return [one["OptOutListName"] for one in answer["OptOutLists"]]

    def create(self, name: str) -> None:
        """Make a list."""
        self._call(self._client.create_opt_out_list, OptOutListName=name)

    def _call(self, call: Callable[..., Any], **members: Any) -> Any:
        try:
            return call(**members)
        except ClientError as error:
            raise _from_answer(error) from error
        except BotoCoreError as error:
            raise ListError(Trouble.AGAIN, type(error).__name__) from error


def _from_answer(error: ClientError) -> ListError:
    response: Any = error.response
    code = str(response.get("Error", {}).get("Code", ""))
    status = int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    reason = str(response.get("Reason") or response.get("ResourceType") or code)
    if code in {"ThrottlingException", "TooManyRequestsException"} or status in {429, 0}:
        return ListError(Trouble.AGAIN, code)
    if status >= 500:
        return ListError(Trouble.AGAIN, code)
    if reason == "PHONE_NUMBER_CANNOT_BE_OPTED_IN":
        return ListError(Trouble.TOO_SOON, reason)
    if reason == "INVALID_NEXT_TOKEN":
        return ListError(Trouble.LOST_PLACE, reason)
    if code == "ValidationException":
        return ListError(Trouble.REFUSED, reason)
    return ListError(Trouble.HALTED, reason)
