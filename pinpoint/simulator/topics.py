"""The few calls of SNS and STS that setting up events makes, in AWS's query protocol.

Topics belong to one account and one region; every subscription is that of the process's endpoint,
which is asked to confirm it, as SNS does.
"""

import uuid
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from .account import ACCOUNT_ID, REGION
from .errors import AwsError, front_door
from .holdings import Record
from .state import State

NAMESPACES = {
    "sns": "http://sns.amazonaws.com/doc/2010-03-31/",
    "sts": "https://sts.amazonaws.com/doc/2011-06-15/",
}
PENDING = "PendingConfirmation"
Form = Mapping[str, str]


class Topics:
    """Answers forms; what it answers is the inside of XML."""

    def __init__(self, state: State, subscribe: Callable[[str], None]) -> None:
        """Call `subscribe(topic)` for a topic whose subscription is to be confirmed."""
        self._state = state
        self._made = state.holdings.topics_made
        self._subscribe_to = subscribe
        self._actions: dict[str, tuple[str, Callable[[Form], str]]] = {
            "CreateTopic": ("sns", self._create),
            "GetTopicAttributes": ("sns", self._attributes),
            "SetTopicAttributes": ("sns", self._set),
            "Subscribe": ("sns", self._subscribe),
            "ListSubscriptionsByTopic": ("sns", self._subscriptions),
            "GetCallerIdentity": ("sts", self._identity),
        }

    def answer(self, body: bytes, request_id: str) -> str:
        """Return the XML for one request."""
        form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        action = form.get("Action", "")
        if action not in self._actions:
            raise front_door("InvalidAction", f"{action} is not simulated.")
        service, act = self._actions[action]
        return (
            f'<{action}Response xmlns="{NAMESPACES[service]}">'
            f"<{action}Result>{act(form)}</{action}Result>"
            f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
            f"</{action}Response>"
        )

    def _create(self, form: Form) -> str:
        topic = f"arn:aws:sns:{REGION}:{ACCOUNT_ID}:{form['Name']}"
        if self._made.get(topic) is None:
            given = {"TopicArn": topic, "Owner": ACCOUNT_ID, **_map(form, "Attributes")}
            self._made.put(topic, Record(given))
        return f"<TopicArn>{topic}</TopicArn>"

    def _attributes(self, form: Form) -> str:
        pairs = self._topic(form).members.items()
        return f"<Attributes>{''.join(_entry(name, value) for name, value in pairs)}</Attributes>"

    def _set(self, form: Form) -> str:
        row = self._topic(form)
        changed = {**row.members, form["AttributeName"]: form.get("AttributeValue", "")}
        self._made.put(changed["TopicArn"], Record(changed))
        return ""

    def _subscribe(self, form: Form) -> str:
        row = self._topic(form)
        topic = row.members["TopicArn"]
        self._made.put(topic, Record({**row.members, "_endpoint": form["Endpoint"]}))
        self._subscribe_to(topic)
        return f"<SubscriptionArn>{self._subscription(topic)}</SubscriptionArn>"

    def _subscriptions(self, form: Form) -> str:
        row = self._topic(form).members
        topic = row["TopicArn"]
        found = {
            end: arn for (name, end), arn in self._state.subscriptions.items() if name == topic
        }
        if "_endpoint" in row and not found:
            found = {row["_endpoint"]: PENDING}
        members = "".join(_member(topic, end, arn) for end, arn in found.items())
        return f"<Subscriptions>{members}</Subscriptions>"

    def _subscription(self, topic: str) -> str:
        found = self._state.subscriptions.items()
        return next((arn for (name, _endpoint), arn in found if name == topic), PENDING)

    def _topic(self, form: Form) -> Record:
        row = self._made.get(form.get("TopicArn", ""))
        if row is None:
            raise AwsError("NotFound", "Topic does not exist", status=404)
        return row

    def _identity(self, form: Form) -> str:
        arn = f"arn:aws:iam::{ACCOUNT_ID}:user/simulated"
        return f"<Arn>{arn}</Arn><UserId>AIDASIMULATED</UserId><Account>{ACCOUNT_ID}</Account>"


def _member(topic: str, endpoint: str, subscription: str) -> str:
    return (
        f"<member><TopicArn>{topic}</TopicArn><Protocol>{endpoint.partition(':')[0]}</Protocol>"
        f"<SubscriptionArn>{subscription}</SubscriptionArn><Owner>{ACCOUNT_ID}</Owner>"
        f"<Endpoint>{escape(endpoint)}</Endpoint></member>"
    )


def refusal(error: AwsError) -> str:
    """Return the XML of an error."""
    return (
        "<ErrorResponse><Error><Type>Sender</Type>"
        f"<Code>{error.code}</Code><Message>{escape(str(error))}</Message></Error>"
        f"<RequestId>{uuid.uuid4()}</RequestId></ErrorResponse>"
    )


def _map(form: Form, name: str) -> dict[str, str]:
    """Read a map: Attributes.entry.1.key=Policy&Attributes.entry.1.value=..."""
    keys = [key for key in form if key.startswith(f"{name}.entry.") and key.endswith(".key")]
    return {form[key]: form.get(f"{key.removesuffix('key')}value", "") for key in keys}


def _entry(name: str, value: str) -> str:
    if name.startswith("_"):
        return ""
    return f"<entry><key>{escape(name)}</key><value>{escape(value)}</value></entry>"
