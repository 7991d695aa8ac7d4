import pytest

from tests.stack import Stack


@pytest.fixture
def start(tmp_path):
    running = []

    def start(simulator):
        stack = Stack(tmp_path, simulator=simulator)
        running.append(stack)
        stack.start()
        return stack

    yield start
    for stack in running:
        stack.stop()
