"""The least that can stand for AWS: a process that answers every request with a message id.

The simulator validates, remembers and publishes, and would be what is measured. All parties of a
benchmark send to this one. Run by `start`, or by hand: `python -m benchmarks.aws_endpoint 40`.
"""

import asyncio
import os
import socket
import subprocess
import sys
import time

ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\nx-amzn-RequestId: 1\r\n"
    b"Content-Length: 53\r\n\r\n" + b'{"MessageId":"0f0e0d0c-0b0a-0908-0706-050403020100"}\n'
)
LENGTH = b"content-length:"


class Answering(asyncio.Protocol):
    """Answers each whole request, `latency` seconds after it has come."""

    latency = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where answers go."""
        self.transport = transport
        self.received = b""

    def data_received(self, data: bytes) -> None:
        """Answer once head and body are there."""
        self.received += data
        while (head_end := self.received.find(b"\r\n\r\n")) >= 0:
            head = self.received[:head_end].lower()
            _, _, rest = head.partition(LENGTH)
            end = head_end + 4 + int(rest.split(b"\r\n", 1)[0] or 0)
            if len(self.received) < end:
                return
            self.received = self.received[end:]
            if self.latency:
                asyncio.get_running_loop().call_later(self.latency, self.answer)
            else:
                self.answer()

    def answer(self) -> None:
        """Say that it was accepted."""
        if not self.transport.is_closing():
            self.transport.write(ANSWER)


async def serve(port: int, latency: float) -> None:
    """Answer until the process ends."""
    Answering.latency = latency
    server = await asyncio.get_running_loop().create_server(Answering, "127.0.0.1", port)
    await server.serve_forever()


def start(latency_ms: float) -> subprocess.Popen:
    """Start it, point boto3 at it, and return the process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.aws_endpoint", str(latency_ms), str(port)]
    )
    os.environ |= {
        "AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": "us-east-1",
        "NO_PROXY": "127.0.0.1",
    }
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return process
        time.sleep(0.05)
    raise RuntimeError("the endpoint does not answer")


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[2]), float(sys.argv[1]) / 1000))
