"""A call of AWS as a thing that can be shown before it is made, and that leaves its request id.

    call = Call("sns", "CreateTopic", {"Name": "events"}, why="Events go there.")
    call.command            # aws sns create-topic --name events
    made = make(client_of, call)
    made.request_id

`campaigns.aws_audit.audited` makes one with its audit row; whatever changes something at AWS, or
costs money, goes that way.
"""

import json
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore import xform_name

ClientOf = Callable[[str], Any]  # the client of a service, by boto3's name


@dataclass(frozen=True, slots=True)
class Call:
    """One call: of which service, with which members, and what it is for."""

    service: str
    operation: str
    members: Mapping[str, Any] = field(default_factory=dict)
    why: str = ""
    costs: str = ""  # in words; empty: it is free

    @property
    def command(self) -> str:
        """The same call for a shell, with AWS's own command line."""
        words = ["aws", self.service, xform_name(self.operation, "-")]
        for name, value in self.members.items():
            words += _option(xform_name(name, "-"), value)
        return " ".join(words)


@dataclass(frozen=True, slots=True)
class Made:
    """A call that AWS has taken."""

    request_id: str
    answer: Any


def make(client_of: ClientOf, call: Call) -> Made:
    """Make it, once; raises what boto3 raises."""
    act = getattr(client_of(call.service), xform_name(call.operation))
    answer = act(**call.members)
    return Made(request_id_of(answer), answer)


def request_id_of(answer: Any) -> str:
    """Return the request id of an answer, or of the answer in a ClientError."""
    members = getattr(answer, "response", answer)
    found = members.get("ResponseMetadata", {}) if isinstance(members, Mapping) else {}
    return str(found.get("RequestId") or "unknown")


def _option(name: str, value: Any) -> list[str]:
    if isinstance(value, bool):
        return [f"--{name}" if value else f"--no-{name}"]
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return [f"--{name}", *(shlex.quote(one) for one in value)]
    text = value if isinstance(value, str) else json.dumps(value)
    return [f"--{name}", shlex.quote(text)]
