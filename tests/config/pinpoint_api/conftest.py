import pytest

from compliance.valkey import connection
from config.pinpoint_api import believing, channels, door
from tests.config.pinpoint_api import caller


@pytest.fixture(autouse=True)
def _nothing_was_asked_before():
    connection().flushdb()
    for recent in (believing.KNOWN, door.APPLICATIONS, channels.ORIGINATORS):
        recent.forget()


@pytest.fixture
def pinpoint(db):
    """A boto3 client with a key that may do everything that a key may."""
    return caller.client_of(*caller.key_with(*caller.all_permissions()))
