import pytest

from tests.aws import aws, moto_url

__all__ = ("aws", "moto_url")


class Log:
    """Stands where the event log does: keeps what it is given, or fails."""

    def __init__(self):
        self.events = []
        self.broken = False

    def __call__(self, events):
        if self.broken:
            raise ConnectionError("the database is away")
        self.events += events

    @property
    def payloads(self):
        return [event.payload for event in self.events]


@pytest.fixture
def log():
    return Log()
