"""The real simulator in its own process, and a real endpoint for its notifications."""

import json
import signal
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from tests import simulated

PATIENCE_SECONDS = 15

# Everything happens at once and nothing by chance, unless a test asks for it.
CALM = {
    "outcomes": {"TEXT_DELIVERED": 1},
    "rates": {
        "queued": 0, "pending": 0, "stop_reply": 0, "other_reply": 0,
        "duplicate": 0, "republished": 0, "out_of_order": 0,
    },
    "delays": {"least": 0.0, "most": 0.02},
}  # fmt: skip
TEN_DLC, TOLL_FREE = "+12065550100", "+12065550101"
PERSON = "+14255550123"


def eventually(probe: Callable[[], Any], what: str = "the expected state") -> Any:
    """Wait for a probe to return something true, and return that."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if result := probe():
            return result
        time.sleep(0.02)
    raise AssertionError(f"{what} did not come about in {PATIENCE_SECONDS} s")


def get_json(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=5) as answer:
        return json.load(answer)


class Receiver:
    """An HTTP endpoint that keeps what SNS posts, and confirms its subscriptions."""

    def __init__(self, port: int = 0) -> None:
        self.posts: list[tuple[dict[str, str], dict[str, str]]] = []  # (headers, body)
        self.confirming = True
        self.statuses: list[int] = []  # answers to give before 200s
        self.server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self.url = f"http://127.0.0.1:{self.server.server_port}/sns"
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self._thread.start()

    def take(self, headers: dict[str, str], body: dict[str, str]) -> int:
        self.posts.append((headers, body))
        if body["Type"] == "SubscriptionConfirmation":
            if self.confirming:
                urllib.request.urlopen(body["SubscribeURL"], timeout=5).close()
            return 200
        return self.statuses.pop(0) if self.statuses else 200

    def envelopes(self, kind: str = "Notification") -> list[dict[str, str]]:
        return [body for _, body in self.posts if body["Type"] == kind]

    def messages(self, topic: str = "") -> list[dict[str, Any]]:
        """The payloads of all notifications, in order of arrival."""
        found = [body for body in self.envelopes() if body["TopicArn"].endswith(topic)]
        return [json.loads(body["Message"]) for body in found]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.send_response(receiver.take(headers, body))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    return Handler


@dataclass
class Running:
    """A simulator process and a boto3 client that talks to it."""

    process: simulated.Simulating
    url: str
    log: Path
    client: Any = field(init=False)

    def __post_init__(self) -> None:
        self.client = boto3.client(
            "pinpoint-sms-voice-v2",
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(
                retries={"total_max_attempts": 1},
                parameter_validation=False,
                connect_timeout=5,
                read_timeout=5,
            ),
        )

    def send(self, to: str = PERSON, **members: Any) -> str:
        """Send one text as a campaign does; return its message id."""
        request = {
            "DestinationPhoneNumber": to,
            "OriginationIdentity": TEN_DLC,
            "MessageBody": "Hello",
            "ConfigurationSetName": "sendpoint",
            **members,
        }
        given = {name: value for name, value in request.items() if value is not None}
        message_id: str = self.client.send_text_message(**given)["MessageId"]
        return message_id

    def refusal(self, **members: Any) -> dict[str, Any]:
        """Send a text that must be refused; return boto3's error response."""
        with pytest.raises(self.client.exceptions.ClientError) as caught:
            self.send(**members)
        response: dict[str, Any] = caught.value.response
        return response

    def stats(self) -> Any:
        return get_json(f"{self.url}/_simulator/stats")

    def log_of_texts(self, query: str = "") -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = get_json(f"{self.url}/_simulator/messages{query}")["messages"]
        return rows

    def write_in(self, body: str, person: str = PERSON, to: str = TEN_DLC) -> None:
        data = json.dumps({"from": person, "to": to, "body": body}).encode()
        request = urllib.request.Request(f"{self.url}/_simulator/inbound", data=data)
        request.add_header("Content-Type", "application/json")
        urllib.request.urlopen(request, timeout=5).close()

    def end(self, number: int = signal.SIGTERM) -> int:
        """End the process with a signal and return its exit code."""
        self.client.close()
        self.process.send_signal(number)
        return self.process.wait(timeout=5)


Start = Callable[..., Running]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def start(tmp_path: Path, receiver: Receiver) -> Iterator[Start]:
    """Start a simulator: calm, except for the configuration that is given."""
    started: list[Running] = []

    def run(*, state: str = "state", seed: int = 1, endpoint: str = "", **config: Any) -> Running:
        process, url, log = simulated.start(
            tmp_path, endpoint or receiver.url, _merged(CALM, config), state=state, seed=seed
        )
        running = Running(process, url, log)
        started.append(running)
        return running

    yield run
    for running in started:
        if running.process.poll() is None:
            running.end(signal.SIGKILL)


def _merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    both = {**base, **over}
    both["rates"] = {**base["rates"], **over.get("rates", {})}
    return both
