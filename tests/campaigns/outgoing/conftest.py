import pytest

from campaigns.models import Destination
from pinpoint import clients
from tests.aws import aws, moto_url

__all__ = ("aws", "moto_url")


@pytest.fixture
def kinesis(aws, monkeypatch):
    """A real stream, which our own client finds too."""
    client = aws("kinesis")
    monkeypatch.setattr(clients, "stream_client", lambda **_: client)
    return client


@pytest.fixture
def stream(kinesis, db):
    """A destination with the stream that stands behind it."""
    name = f"told-{Destination.objects.count()}-{id(kinesis)}"
    kinesis.create_stream(StreamName=name, ShardCount=1)
    return Destination.objects.create(name="Warehouse", kind="kinesis", address=name)
