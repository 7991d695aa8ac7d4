import pytest
from django.db import connection

from pinpoint import clients
from tests import simulated
from tests.stack import copy_data, first_data


def pytest_collection_modifyitems(items):
    """Begin with what takes long, so that no worker is left with it at the end."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Let tests that truncate between each other do so; a test of its own proves the refusal."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for name in ("ledgerentry", "wording", "personalevidence", "rulesversion"):
            table = f"compliance_{name}"
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_no_truncate")


@pytest.fixture(scope="session")
def begun(tmp_path_factory, worker_id):
    """Make a folder hold the data of a system that was started and stopped before."""
    base = tmp_path_factory.getbasetemp()
    shared = (base if worker_id == "master" else base.parent) / "first"

    def fill(folder):
        copy_data(first_data(shared), folder)
        return folder

    return fill


@pytest.fixture(scope="session")
def simulator_url(tmp_path_factory):
    """A simulated account in a process of its own, for tests that only ask it things."""
    folder = tmp_path_factory.mktemp("simulator")
    process, url, _log = simulated.start(folder, "http://127.0.0.1:9/nobody", {})
    yield url
    process.terminate()
    process.wait()


@pytest.fixture
def simulated_aws(simulator_url, monkeypatch):
    """Let boto3 speak to the simulated account."""
    for service in ("PINPOINT_SMS_VOICE_V2", "CLOUDWATCH", "PINPOINT", "SNS", "STS"):
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", simulator_url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    clients.sms_client.cache_clear()
    yield simulator_url
    clients.sms_client.cache_clear()
