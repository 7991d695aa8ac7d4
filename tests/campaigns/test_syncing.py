from datetime import timedelta
from threading import Barrier, Thread

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import connection

from campaigns import account_sync, actions, syncing
from campaigns.models import AccountFact, AwsSource, SpendLimit
from tests.campaigns.factories import NOON

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


class Reader:
    """Counts how often it is asked, and fails as told."""

    def __init__(self):
        self.calls, self.trouble = 0, None

    def __call__(self, now):
        self.calls += 1
        if self.trouble:
            raise self.trouble


@pytest.fixture
def reader(monkeypatch):
    monkeypatch.setattr(syncing, "_registered", {})
    found = Reader()
    syncing.register(syncing.Source("things", "Things", HOUR, found))
    return found


def row():
    return AwsSource.objects.get(name="things")


def refused(code):
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "DescribeThings")


def test_a_new_source_is_due_at_once_and_then_at_its_pace(reader):
    assert syncing.due(NOON) == ["things"]
    assert syncing.run("things", NOON)
    assert syncing.due(NOON + HOUR - timedelta(seconds=1)) == []
    assert syncing.due(NOON + HOUR) == ["things"]
    assert row().last_success_at == NOON


def test_a_doubled_nudge_reads_nothing(reader):
    syncing.due(NOON)
    syncing.run("things", NOON)
    assert not syncing.run("things", NOON)
    assert reader.calls == 1


def test_trouble_is_kept_in_words_and_tried_again_after_growing_pauses(reader):
    reader.trouble = refused("AccessDeniedException")
    syncing.due(NOON)
    syncing.run("things", NOON)
    assert row().error == (
        "AWS does not allow DescribeThings: give the credentials that permission."
    )
    pauses, at = [], NOON
    for _try in range(8):
        pauses.append((row().due_at - at).total_seconds())
        at = row().due_at
        syncing.run("things", at)
    assert pauses == [*syncing.LADDER, 3600, 3600]
    assert row().failing_since == NOON
    assert row().last_success_at is None


def test_a_success_forgets_the_trouble(reader):
    reader.trouble = EndpointConnectionError(endpoint_url="https://aws")
    syncing.due(NOON)
    syncing.run("things", NOON)
    assert row().error == "AWS is out of reach."
    reader.trouble = None
    later = row().due_at
    syncing.run("things", later)
    assert (row().error, row().failures, row().failing_since) == ("", 0, None)
    assert row().last_success_at == later


def test_a_fault_of_ours_is_kept_too_and_not_swallowed(reader):
    reader.trouble = KeyError("x")
    syncing.due(NOON)
    with pytest.raises(KeyError):
        syncing.run("things", NOON)
    assert row().error == "Sendpoint could not read it: KeyError"
    assert row().leased_until is None


def test_a_source_whose_worker_died_is_read_again_when_its_lease_ends(reader):
    syncing.due(NOON)
    AwsSource.objects.update(leased_until=NOON + syncing.LEASE)
    assert syncing.due(NOON + timedelta(minutes=1)) == []
    assert syncing.due(NOON + syncing.LEASE + timedelta(seconds=1)) == ["things"]


def test_who_took_too_long_does_not_write_over_who_came_after(reader, monkeypatch):
    syncing.due(NOON)

    def slow(now):
        AwsSource.objects.update(leased_until=NOON + 2 * syncing.LEASE)  # another has it now

    syncing.register(syncing.Source("things", "Things", HOUR, slow))
    syncing.run("things", NOON)
    assert row().last_success_at is None
    assert row().leased_until == NOON + 2 * syncing.LEASE


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_at_once_one_reads(reader):
    syncing.due(NOON)
    together, answers = Barrier(2), []

    def work():
        together.wait()
        answers.append(syncing.run("things", NOON))
        connection.close()

    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [False, True]
    assert reader.calls == 1


def test_what_this_installation_has_not_is_not_read(reader):
    syncing.register(syncing.Source("v1", "Pinpoint", HOUR, reader, wanted=lambda: False))
    assert syncing.due(NOON) == ["things"]
    assert not syncing.run("v1", NOON)


def test_the_button_reads_at_once_and_says_who_pressed_it(
    reader, monkeypatch, django_capture_on_commit_callbacks
):
    syncing.due(NOON)
    syncing.run("things", NOON)
    asked = []
    monkeypatch.setattr("campaigns.tasks.sync_source.delay", asked.append)
    boss = User.objects.create_superuser("boss")
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.sync_now([row().pk], boss) == 1
    assert asked == ["things"]
    assert boss.logentry_set.get().get_change_message() == "Read from AWS at once."
    with pytest.raises(PermissionDenied):
        actions.sync_now([row().pk], User.objects.create_user("nobody"))


def test_limits_tier_and_quotas_come_from_the_account(simulated_aws):
    account_sync.read_limits(NOON)
    account_sync.read_account(NOON)
    account_sync.read_account(NOON + HOUR)
    limit = SpendLimit.objects.get(name="TEXT_MESSAGE_MONTHLY_SPEND_LIMIT")
    assert (limit.enforced_usd, limit.most_usd) == (1000, 1000)
    assert AccountFact.objects.get(name=AccountFact.TIER).value == "PRODUCTION"
    numbers = AccountFact.objects.get(name="PHONE_NUMBERS")
    assert (numbers.value, numbers.most, numbers.read_at) == ("3", 25, NOON + HOUR)
