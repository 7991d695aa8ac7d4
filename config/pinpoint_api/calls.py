"""One call of an operation: what was asked, for which application, by which key."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User

from compliance.models import Program
from config.models import AccessKey
from contacts.masking import masked
from pinpoint.v1_api.errors import BadRequest

Answer = dict[str, Any]  # by boto3's names: {"SegmentResponse": {...}}


@dataclass(frozen=True, slots=True)
class Call:
    """What an operation is given."""

    operation: str
    params: dict[str, Any]  # as boto3 has them
    key: AccessKey
    user: User  # whom the key acts as
    now: datetime
    request_id: str
    # The same for every attempt of a client at one call; "" where it says nothing of it.
    invocation_id: str = ""
    # The application, for operations that name one.
    application: Program | None = None

    @property
    def program(self) -> Program:
        """The application of an operation that names one."""
        if self.application is None:
            raise ValueError(f"{self.operation} names no application")
        return self.application

    @property
    def payload(self) -> dict[str, Any]:
        """The body, by whatever name boto3 has it."""
        found = [value for value in self.params.values() if isinstance(value, dict)]
        return found[0] if found else {}

    def shown(self, number: str) -> str:
        """Return a number that the caller did not send, as this key may see it."""
        return number if self.user.has_perm("contacts.see_numbers") else masked(number)

    def page_size(self, most: int = 100) -> int:
        """Return how many items the caller wants on a page. Raises BadRequest."""
        said = self.params.get("PageSize")
        if said is None:
            return most
        if not (said.isascii() and said.isdigit() and int(said) > 0):
            raise BadRequest("page-size: must be a whole number above 0")
        return min(int(said), most)


@dataclass(frozen=True, slots=True)
class Operation:
    """How an operation is answered, and which permissions its key needs, all of them."""

    run: Callable[[Call], Answer]
    needs: tuple[str, ...]
    partly: str = ""  # what of it is not supported, in words for the docs
    # It comes in bursts and reads nothing of the application but its ids.
    in_bursts: bool = False
