import boto3
import pytest
from moto.server import ThreadedMotoServer

REGION = "us-east-1"


@pytest.fixture(scope="session")
def moto_url():
    """SNS, SQS and Kinesis over HTTP."""
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def aws(moto_url):
    """Make boto3 clients that speak to it."""
    session = boto3.Session(
        aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION
    )
    return lambda service: session.client(service, endpoint_url=moto_url)


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
