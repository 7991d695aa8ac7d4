import pytest

from tests.journeys.campaign import LEASE_SECONDS, THREADS
from tests.stack import Stack


@pytest.fixture
def start(tmp_path, begun):
    running = []

    def start(simulator):
        stack = Stack(begun(tmp_path), simulator=simulator)
        stack.environment |= {
            "SEND_LEASE_SECONDS": str(LEASE_SECONDS),
            "AWS_CONNECT_TIMEOUT_SECONDS": "1",
            "AWS_READ_TIMEOUT_SECONDS": "2",
            "SEND_CONCURRENCY": str(THREADS),
        }
        running.append(stack)
        stack.start()
        return stack

    yield start
    for stack in running:
        stack.stop()
