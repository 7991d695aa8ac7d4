import json

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.urls import reverse

from campaigns.models import AwsAccount
from config import celery

DOWN = "redis://127.0.0.1:1/0"


@pytest.fixture
def broker():
    """The broker, in which worker and beat have just said that they are alive."""
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        for role in ("worker", "beat"):
            client.set(f"sendpoint:alive:{role}", "1")
        yield client
        client.delete("sendpoint:alive:worker", "sendpoint:alive:beat")


@pytest.fixture
def health(client, db):
    def ask():
        response = client.get(reverse("healthz"))
        return response.status_code, json.loads(response.content)

    return ask


def test_all_is_well_when_every_part_is_alive(health, broker):
    parts = dict.fromkeys(("database", "broker", "worker", "beat"), "ok")
    assert health() == (200, {"status": "ok", "checks": parts})


@pytest.mark.parametrize("role", ["worker", "beat"])
def test_a_part_without_a_heartbeat_is_named(health, broker, role):
    broker.delete(f"sendpoint:alive:{role}")
    status, answer = health()
    assert (status, answer["status"]) == (503, f"down: {role}")
    assert answer["checks"][role] == "down"


def test_without_the_broker_nobody_can_say_that_they_are_alive(health, settings):
    settings.REDIS_URL = DOWN
    status, answer = health()
    assert (status, answer["status"]) == (503, "down: beat, broker, worker")


def test_a_database_that_cannot_be_reached_is_named(health, broker, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "PORT", "1")
    status, answer = health()
    assert (status, answer["status"]) == (503, "down: database")


def test_it_needs_no_login_and_is_never_cached(client, db):
    assert "no-store" in client.get("/healthz/")["Cache-Control"]


def test_a_heartbeat_is_believed_for_some_seconds_only(broker):
    celery.beat_heart("worker")
    assert 0 < broker.ttl("sendpoint:alive:worker") <= celery.HEARTBEAT_SECONDS


def test_the_front_page_leads_to_the_admin(client):
    assert client.get("/")["Location"] == "/admin/"


def test_a_receiver_is_asked_for_only_where_there_is_something_to_receive(health, broker, settings):
    settings.SQS_QUEUE_URLS = ["https://sqs.us-east-1.amazonaws.com/111122223333/events"]
    assert health()[1]["status"] == "down: receiver"
    celery.beat_heart("receiver")
    assert health()[0] == 200
    broker.delete("sendpoint:alive:receiver")


@pytest.mark.django_db(transaction=True)
def test_a_receiver_is_asked_for_once_a_queue_was_set_up_from_the_admin(health, broker, settings):
    settings.SQS_QUEUE_URLS = settings.KINESIS_STREAMS = []
    assert "receiver" not in health()[1]["checks"]
    AwsAccount.objects.create(region="us-east-1", queues=["https://sqs.example/1/sendpoint"])
    assert health()[1]["status"] == "down: receiver"
