"""How long AWS waits for our answer while a campaign is being sent.

Both receivers are served by the web server of docs/aws.md, one after the other; beside them a
worker sends a campaign, a hundred texts a second, and acts on what comes in. Signed notifications
come at their own pace, whether or not the earlier ones were answered: 98 receipts and two texts of
people in every hundred. The peer acts on each within its request. Last, ours with no campaign.
"""

import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path

from benchmarks import aws_endpoint, installation

(installation.start() / "static").mkdir()

from benchmarks import campaign  # noqa: E402
from benchmarks.measure import note  # noqa: E402
from benchmarks.receipts import receipt, texts  # noqa: E402
from campaigns import audience  # noqa: E402
from campaigns.models import Campaign, Event, Message, Run  # noqa: E402
from pinpoint.simulator.sns import Envelopes, Post, Signer  # noqa: E402
from tests.campaigns.factories import RunFactory  # noqa: E402

TOPIC = "arn:aws:sns:us-east-1:111122223333:events"
PER_SECOND = 100  # notifications, and texts of the campaign
SECONDS = 10
ROUNDS = 3
PEOPLE = 100_000
CONNECTIONS = 16
NUMBERS = count()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


class Certificates:
    """Serves the certificate that notifications are signed with."""

    def __init__(self) -> None:
        signer = Signer(Path(tempfile.mkdtemp()), "2")

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(HTTPStatus.OK)
                self.end_headers()
                self.wfile.write(signer.certificate)

            def log_message(self, *args: object) -> None:
                return

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.origin = f"http://127.0.0.1:{server.server_port}"
        self.envelopes = Envelopes(signer, self.origin)


def notifications(envelopes: Envelopes, run: Run) -> list[Post]:
    """Sign what comes in one round."""
    total = PER_SECOND * SECONDS
    payloads = [receipt(message) for message in texts(total * 98 // 100, run)]
    payloads += [inbound() for _ in range(total - len(payloads))]
    payloads.sort(key=lambda _: uuid.uuid4().int)
    return [
        envelopes.notification(TOPIC, "sub", str(uuid.uuid4()), payload, time.time())
        for payload in payloads
    ]


def inbound() -> str:
    """Return what a person texts."""
    n = next(NUMBERS)
    return json.dumps(
        {
            "originationNumber": f"+1646555{n % 10_000:04d}",
            "destinationNumber": "+12065550100",
            "messageKeyword": "KEYWORD_111122223333",
            "messageBody": ("Thanks!", "STOP", "When do you open?")[n % 3],
            "inboundMessageId": str(uuid.uuid4()),
        }
    )


@contextmanager
def served(settings: str) -> Iterator[int]:
    """Serve Sendpoint, with these settings, as in production; yields the port."""
    port = free_port()
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "config.wsgi:application"),
        *("--host", "127.0.0.1", "--port", str(port), "--log-level", "error"),
    ]
    server = subprocess.Popen(command, env=os.environ | {"DJANGO_SETTINGS_MODULE": settings})
    try:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait()


@contextmanager
def sending() -> Iterator[None]:
    """Have a worker send the campaign meanwhile."""
    worker = subprocess.Popen([sys.executable, "-m", "benchmarks.sending"])
    try:
        time.sleep(4)
        yield
    finally:
        worker.terminate()
        worker.wait()


class Client:
    """Posts notifications, each at its time, and notes how long the answer took."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._own = threading.local()

    def _connection(self) -> http.client.HTTPConnection:
        if not hasattr(self._own, "connection"):
            self._own.connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=15)
        connection: http.client.HTTPConnection = self._own.connection
        return connection

    def post(self, post: Post, at: float) -> float:
        """Return the milliseconds from the moment when it was due until its answer was read."""
        time.sleep(max(0.0, at - time.monotonic()))
        connection = self._connection()
        connection.request("POST", "/aws/sns/", post.body, post.headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == HTTPStatus.OK, answer.status
        return (time.monotonic() - at) * 1000


def answer_times(port: int, posts: list[Post]) -> list[float]:
    """Post all, at the pace; return the milliseconds that each answer took, in order of size."""
    client = Client(port)
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        warm = time.monotonic()
        list(pool.map(lambda post: client.post(post, warm), posts[:CONNECTIONS]))
        began = time.monotonic() + 0.2
        dues = [began + n / PER_SECOND for n in range(len(posts) - CONNECTIONS)]
        return sorted(pool.map(client.post, posts[CONNECTIONS:], dues))


def at(share: float, times: list[float]) -> float:
    """Return a percentile."""
    return times[min(len(times) - 1, int(len(times) * share))]


def measured(settings: str, envelopes: Envelopes, run: Run) -> list[float]:
    """Serve for one round."""
    posts = notifications(envelopes, run)
    with served(settings) as port:
        return answer_times(port, posts)


def main() -> None:
    """Measure both while a campaign is sent, then ours in quiet."""
    certificates = Certificates()
    os.environ |= {"SNS_TOPIC_ARNS": TOPIC, "SNS_EXTRA_ORIGIN": certificates.origin}
    campaign.fill(PEOPLE)
    run = campaign.launch("Beside it")
    Campaign.objects.update(messages_per_second=PER_SECOND)
    while audience.extend(run.pk):
        pass
    heard = RunFactory()  # whose texts the receipts are about
    endpoint = aws_endpoint.start(40)
    ours, peers = [], []
    began = datetime.now(UTC)
    for _ in range(ROUNDS):
        with sending():
            ours.append(measured("config.settings", certificates.envelopes, heard))
            peers.append(measured("benchmarks.naive_settings", certificates.envelopes, heard))
    rate = Message.objects.filter(run=run, aws_id__gt="", sent_at__gt=began).count()
    seconds = (datetime.now(UTC) - began).total_seconds()
    quiet = [measured("config.settings", certificates.envelopes, heard) for _ in range(ROUNDS)]
    endpoint.terminate()
    lost = PER_SECOND * SECONDS * 2 * ROUNDS - Event.objects.count()
    assert lost == 0, f"{lost} events are missing from the log"
    for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
        mine, theirs = (statistics.median(at(share, one) for one in all_) for all_ in (ours, peers))
        line = {
            "name": f"receiver_{name}_while_sending",
            "ours": round(mine, 3),
            "peer": round(theirs, 3),
            "peer_name": "a view that acts on the event inside the request",
            "unit": "ms",
            "ratio": round(mine / theirs, 3),
            "n": ROUNDS,
        }
        print(json.dumps(line), flush=True)
        calm = statistics.median(at(share, one) for one in quiet)
        note(f"receiver_{name}_in_quiet", lambda calm=calm: calm, unit="ms", n=1)
    note("receiver_texts_sent_beside", lambda: rate / seconds, unit="texts/s", n=1)


if __name__ == "__main__":
    main()
