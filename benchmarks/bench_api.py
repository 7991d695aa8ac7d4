"""SendMessages by Pinpoint's interface: how many calls a second, and how long each takes.

Both are served by the web server as in production, one after the other, on all cores; requests
are signed beforehand, so that the client's work is little. AWS answers after 0 ms and after 40 ms.
The peer is the view that one writes at first: it calls boto3 and saves a row.
"""

import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import aiohttp
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from benchmarks import aws_endpoint, installation

(installation.start() / "static").mkdir()

from django.contrib.auth.models import User  # noqa: E402
from django.utils import timezone  # noqa: E402

from compliance import ledger  # noqa: E402
from compliance.models import Program  # noqa: E402
from config.pinpoint_api import keys  # noqa: E402
from tests.compliance.factories import OriginatorFactory  # noqa: E402

OURS = "+12065550100"
CALLS = 1500  # in a round, each to somebody else
CONNECTIONS = 32
PACE = 100  # calls a second, where it is measured how long each takes
ROUNDS = 3
LATENCIES_MS = (0, 40)
numbers = iter(range(100_000_000))


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def served(settings: str) -> Iterator[str]:
    """Serve Sendpoint, with these settings, as in production; yields its address."""
    port = free_port()
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "config.wsgi:application"),
        *("--host", "127.0.0.1", "--port", str(port), "--log-level", "error"),
        *("--workers", str(os.cpu_count() or 1), "--blocking-threads", str(CONNECTIONS // 2)),
    ]
    server = subprocess.Popen(command, env=os.environ | {"DJANGO_SETTINGS_MODULE": settings})
    try:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


class Caller:
    """Signs calls, and makes them."""

    def __init__(self) -> None:
        root = User.objects.create_superuser("root")
        self._program = Program.objects.create(name="Shop", brand="Acme")
        key, secret = keys.make("bench", ["campaigns.send_message"], [], by=root)
        self._credentials = Credentials(key.access_key, secret)
        OriginatorFactory(identity=OURS, message_class="transactional", parts_per_second=1_000_000)

    def signed(self, address: str, count: int) -> list[AWSRequest]:
        """Return calls, each of one text to somebody who said yes."""
        phones = [f"+1212{2_000_000 + next(numbers)}" for _ in range(count)]
        now = timezone.now() - timedelta(days=1)
        ledger.append(
            [
                ledger.Act(
                    phone=phone, act="opt_in", source="operator", program_id=self._program.pk,
                    happened_at=now, message_class="transactional",
                )
                for phone in phones
            ]
        )  # fmt: skip
        return [self._signed(address, phone) for phone in phones]

    def _signed(self, address: str, phone: str) -> AWSRequest:
        sms = {
            "Body": "Your code is 1234",
            "MessageType": "TRANSACTIONAL",
            "OriginationNumber": OURS,
        }
        body = {
            "Addresses": {phone: {"ChannelType": "SMS"}},
            "MessageConfiguration": {"SMSMessage": sms},
        }
        request = AWSRequest(
            "POST",
            f"{address}/v1/apps/{self._program.application_id}/messages",
            headers={"Content-Type": "application/json"},
            data=json.dumps(body).encode(),
        )
        SigV4Auth(self._credentials, "mobiletargeting", "us-east-1").add_auth(request)
        return request


async def call(session: aiohttp.ClientSession, request: AWSRequest) -> float:
    """Make one call; return its milliseconds."""
    began = time.perf_counter()
    headers = {name: str(value) for name, value in request.headers.items()}
    async with session.post(request.url, data=request.data, headers=headers) as answer:
        said = await answer.json()
        assert answer.status == 200, said
        [result] = said["Result"].values()
        assert result["DeliveryStatus"] == "SUCCESSFUL", said
    return (time.perf_counter() - began) * 1000


async def flat_out(requests: list[AWSRequest]) -> float:
    """Make all calls over some connections; return how many a second."""
    waiting = iter(requests)
    async with aiohttp.ClientSession() as session:

        async def work() -> None:
            for request in waiting:
                await call(session, request)

        began = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(CONNECTIONS)))
        return len(requests) / (time.perf_counter() - began)


async def paced(requests: list[AWSRequest]) -> list[float]:
    """Make each call at its time; return the milliseconds that each took, in order of size."""
    async with aiohttp.ClientSession() as session:
        began = time.perf_counter()

        async def at(place: int, request: AWSRequest) -> float:
            await asyncio.sleep(max(0.0, began + place / PACE - time.perf_counter()))
            return await call(session, request)

        return sorted(await asyncio.gather(*(at(*one) for one in enumerate(requests))))


def measured(settings: str, caller: Caller) -> tuple[float, float]:
    """Serve for one round; return calls a second, and the 95th percentile at the pace in ms."""
    with served(settings) as address:
        asyncio.run(flat_out(caller.signed(address, 100)))
        rate = asyncio.run(flat_out(caller.signed(address, CALLS)))
        times = asyncio.run(paced(caller.signed(address, PACE * 5)))
    return rate, times[int(len(times) * 0.95)]


def line(name: str, ours: list[float], peers: list[float], unit: str) -> None:
    """Print one figure of both."""
    mine, theirs = statistics.median(ours), statistics.median(peers)
    said = {
        "name": name, "ours": round(mine, 3), "peer": round(theirs, 3),
        "peer_name": "a view that calls boto3 and saves a row", "unit": unit,
        "ratio": round(mine / theirs, 3), "n": ROUNDS,
    }  # fmt: skip
    print(json.dumps(said), flush=True)


def main() -> None:
    """Measure both, in turn."""
    os.environ["API_REQUESTS_PER_SECOND"] = "1000000"
    caller = Caller()
    for latency in LATENCIES_MS:
        endpoint = aws_endpoint.start(latency)
        ours, peers = [], []
        for _ in range(ROUNDS):
            ours.append(measured("config.settings", caller))
            peers.append(measured("benchmarks.naive_api_settings", caller))
        endpoint.terminate()
        for place, (name, unit) in enumerate((("calls", "calls/s"), ("p95", "ms"))):
            line(
                f"api_{name}_aws_{latency}_ms",
                [one[place] for one in ours],
                [one[place] for one in peers],
                unit,
            )


if __name__ == "__main__":
    main()
