"""Against a real HTTP server, which answers as each test says."""

import base64
import hashlib
import hmac
import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse

from campaigns import actions
from campaigns.models import Destination, OutgoingEvent
from campaigns.outgoing import delivery, outbox, webhook
from contacts.sealing import seal
from tests.campaigns.factories import NOON

pytestmark = pytest.mark.django_db


class Hook:
    """What listens at the other end."""

    def __init__(self):
        self.answer = 200
        self.heard = []
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.heard.append((dict(self.headers), body))
                self.send_response(hook.answer)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args):
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def hook():
    hook = Hook()
    yield hook
    hook.server.shutdown()
    hook.server.server_close()


@pytest.fixture
def place(hook):
    return Destination.objects.create(
        name="Hook",
        kind="webhook",
        address=hook.address,
        sealed=seal(webhook.new_secret().encode()),
    )


def waiting(place, **changes):
    return OutgoingEvent.objects.create(
        **{
            "destination": place,
            "event_type": outbox.INBOUND,
            "payload": {"messageBody": "é"},
            "due_at": NOON,
        }
        | changes
    )


def test_an_event_is_posted_with_a_signature_that_holds(hook, place):
    event = waiting(place)
    assert delivery.deliver(NOON) == 1
    ((headers, body),) = hook.heard
    assert json.loads(body) == {"messageBody": "é"}
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(place.secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    event.refresh_from_db()
    assert (event.state, event.attempts) == ("arrived", 1)


@pytest.mark.parametrize("status", [302, 404, 500])
def test_whatever_is_no_success_is_tried_again_later(hook, place, status):
    hook.answer = status
    event = waiting(place)
    delivery.deliver(NOON)
    event.refresh_from_db()
    assert (event.state, event.error) == ("waiting", f"it answered {status}")
    assert event.due_at == NOON + timedelta(seconds=5)
    assert len(hook.heard) == 1  # a redirect is not followed


def test_one_that_does_not_answer_is_tried_again_too(place):
    place.address = "http://127.0.0.1:1/"
    place.save()
    event = waiting(place)
    delivery.deliver(NOON)
    event.refresh_from_db()
    assert (event.state, event.error) == ("waiting", "no answer: NewConnectionError")


def test_after_the_last_attempt_it_is_given_up_and_can_be_sent_again(hook, place, admin_user):
    hook.answer = 500
    event = waiting(place, attempts=len(delivery.LADDER))
    delivery.deliver(NOON)
    event.refresh_from_db()
    assert event.state == "given_up"
    assert actions.resend_events([event.pk], admin_user) == 1
    event.refresh_from_db()
    assert (event.state, event.attempts) == ("waiting", 0)
    assert LogEntry.objects.get().get_change_message() == "Sent again."


def test_not_everybody_may_have_events_sent_again(place, django_user_model):
    user = django_user_model.objects.create_user("nobody", password="x")
    with pytest.raises(PermissionDenied):
        actions.resend_events([waiting(place).pk], user)


def test_what_another_worker_has_in_hand_is_left_alone(hook, place):
    waiting(place, leased_until=NOON + timedelta(seconds=1))
    assert delivery.deliver(NOON) == 0
    assert delivery.deliver(NOON + timedelta(seconds=2)) == 1


def test_what_arrived_a_week_ago_is_forgotten(place):
    waiting(place, state="arrived", ended_at=NOON - timedelta(days=8))
    kept = waiting(place, state="arrived", ended_at=NOON - timedelta(days=6))
    assert delivery.drop_old(NOON) == 1
    assert OutgoingEvent.objects.get() == kept


@pytest.mark.parametrize(
    ("kind", "address", "words"),
    [
        ("webhook", "ftp://example.com", "begins with https://"),
        ("kinesis", "arn:aws:sqs:us-east-1:1:x", "or its ARN"),
    ],
)
def test_a_wrong_address_is_refused_beside_its_field(admin_client, kind, address, words):
    answer = admin_client.post(
        reverse("admin:campaigns_destination_add"),
        {"name": "x", "kind": kind, "address": address, "active": "on"},
    )
    assert words in answer.content.decode()


def add(client, **changes):
    said = {"name": "x", "kind": "webhook", "address": "https://example.com/h", "active": "on"}
    return client.post(reverse("admin:campaigns_destination_add"), said | changes)


def test_a_new_webhook_shows_its_secret_once(admin_client):
    answer = add(admin_client)
    place = Destination.objects.get()
    assert place.secret.startswith("whsec_")
    assert place.secret in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    page = admin_client.get(reverse("admin:campaigns_destination_change", args=[place.pk]))
    assert "It was shown once" in page.content.decode()
    assert place.secret not in page.content.decode()


def test_the_database_holds_no_secret(admin_client):
    add(admin_client)
    place = Destination.objects.get()
    assert place.secret.encode() not in bytes(place.sealed)


def test_saving_a_webhook_again_keeps_its_secret(admin_client):
    add(admin_client)
    place = Destination.objects.get()
    address = reverse("admin:campaigns_destination_change", args=[place.pk])
    said = {"name": "y", "kind": "webhook", "address": place.address, "active": "on"}
    assert admin_client.post(address, said).status_code == 302
    assert Destination.objects.get().secret == place.secret


def test_another_secret_is_made_by_a_button_and_on_record(admin_client, place):
    before = place.secret
    answer = admin_client.post(reverse("admin:campaigns_destination_renew", args=[place.pk]))
    place.refresh_from_db()
    assert place.secret != before
    assert place.secret in answer.content.decode()
    said = LogEntry.objects.get()
    assert said.get_change_message() == "Made a new secret for its signatures."
    assert "whsec" not in f"{said.object_repr}{said.change_message}"


def test_a_stream_has_no_secret_to_renew(admin_client):
    stream = Destination.objects.create(name="S", kind="kinesis", address="s")
    answer = admin_client.post(
        reverse("admin:campaigns_destination_renew", args=[stream.pk]), follow=True
    )
    assert "Only a webhook has a secret" in answer.content.decode()


def test_not_everybody_may_renew_a_secret(place, django_user_model):
    user = django_user_model.objects.create_user("nobody", password="x")
    with pytest.raises(PermissionDenied):
        actions.renew_secret(place.pk, user)


def test_with_another_key_nothing_is_sent_and_it_is_said_loudly(hook, place, settings, caplog):
    event = waiting(place)
    settings.SECRET_KEY = "another"
    delivery.deliver(NOON)
    event.refresh_from_db()
    place.refresh_from_db()
    assert hook.heard == []
    assert "SECRET_KEY was changed" in place.last_error
    assert "SECRET_KEY has changed" in caplog.text
    assert event.state == "waiting"


def test_the_old_key_is_believed_while_it_is_named(hook, place, settings):
    waiting(place)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    delivery.deliver(NOON)
    assert len(hook.heard) == 1


BEFORE, AFTER = (
    ("campaigns", "0041_resumes"),
    ("campaigns", "0042_sealed_secrets"),
)


def migrate(where):
    with connection.cursor() as cursor:  # a table with checks to come cannot be altered
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    MigrationExecutor(connection).migrate([where])


def secrets_before():
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM campaigns_destination ORDER BY id")
        return [secret for (secret,) in cursor.fetchall()]


@pytest.mark.slow
def test_secrets_from_before_are_sealed_and_can_be_taken_back(place):
    stream = Destination.objects.create(name="S", kind="kinesis", address="s")
    secret = place.secret
    migrate(BEFORE)
    assert secrets_before() == [secret, ""]
    migrate(AFTER)
    assert [one.secret for one in Destination.objects.order_by("pk")] == [secret, ""]
    assert stream.secret == ""


@pytest.mark.slow
def test_with_another_key_they_are_not_taken_back(place, settings):
    settings.SECRET_KEY = "another"
    with pytest.raises(ValueError, match="sealed with another SECRET_KEY"), transaction.atomic():
        migrate(BEFORE)
