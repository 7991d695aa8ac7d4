import fcntl
import os
from datetime import date

import hypothesis
import pytest
from django.conf import settings
from django.db import connection

from compliance.models import HolidayChange, Policy
from pinpoint import clients
from tests import simulated
from tests.stack import copy_data, first_data

# A real hash takes a third of a second, on purpose; the systems of the journeys make real ones.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Every client would look all static files up anew; those of the browsers come from real systems.
settings.WHITENOISE_USE_FINDERS = False
# How long something takes is no test: machines are busy.
hypothesis.settings.register_profile(
    "sendpoint", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("sendpoint")


def pytest_collection_modifyitems(items):
    """Begin with what takes long, so that no worker is left with it at the end."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(scope="session")
def django_db_keepdb(
    django_db_keepdb, worker_id, tmp_path_factory, django_db_modify_db_settings, django_db_blocker
):
    """Migrate one database for all processes of a run; each keeps a copy of it."""
    if worker_id == "master" or os.environ.get("SENDPOINT_TEST_POSTGRES") != "ours":
        return django_db_keepdb
    done = tmp_path_factory.getbasetemp().parent / "migrated"
    with (
        done.with_suffix(".lock").open("w") as lock,
        django_db_blocker.unblock(),
    ):
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            _migrate("test_migrated")
            done.touch()
        own = connection.settings_dict["TEST"]["NAME"]
        with connection.creation._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{own}" TEMPLATE test_migrated')
    return True


def _migrate(name):
    """Make a test database of a name, and let go of it."""
    given, own = connection.settings_dict["NAME"], connection.settings_dict["TEST"]["NAME"]
    connection.settings_dict["TEST"]["NAME"] = name
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    connection.close()
    connection.settings_dict["TEST"]["NAME"] = own
    connection.settings_dict["NAME"] = given


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Let tests that truncate between each other do so; a test of its own proves the refusal."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for name in ("ledgerentry", "wording", "personalevidence", "rulesversion"):
            table = f"compliance_{name}"
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_no_truncate")


@pytest.fixture
def reviewed(db):
    """Let no sending rule be past its day of review, whatever today is."""
    for dated in (Policy, HolidayChange):
        dated.objects.update(review_on=date(2199, 1, 1))


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
