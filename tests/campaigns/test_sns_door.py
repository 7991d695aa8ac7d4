"""The address that SNS posts to: what SNS does there, and what others try."""

import http.server
import io
import json
import threading
import time
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from moto.sns.models import sns_backends

from campaigns.models import Event
from pinpoint.receivers import sns as sns_wire
from pinpoint.simulator.sns import Envelopes, Signer
from tests.aws import REGION, aws, moto_url

__all__ = ("aws", "moto_url")

pytestmark = pytest.mark.django_db
ACCOUNT = "123456789012"  # as moto has it
TOPIC = "arn:aws:sns:us-east-1:111122223333:events"
EVENT = '{"eventType": "TEXT_QUEUED", "messageId": "a1"}'


class Aws:
    """Serves a certificate, counts what is fetched, and makes what SNS would post."""

    def __init__(self, folder):
        signer = Signer(folder, "2")
        self.fetched = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.fetched.append(self.path)
                self.send_response(200)
                self.end_headers()
                self.wfile.write(signer.certificate)

            def log_message(self, *args):
                return

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        self.envelopes = Envelopes(signer, self.origin)

    def notification(self, text=EVENT, message_id="m1", topic=TOPIC):
        return self.envelopes.notification(topic, "sub", message_id, text, time.time()).body


@pytest.fixture
def sns(settings, tmp_path):
    sns_wire._public_key.cache_clear()
    made = Aws(tmp_path)
    settings.SNS_TOPIC_ARNS, settings.SNS_EXTRA_ORIGIN = [TOPIC], made.origin
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def post(client, sns):
    def send(body, **headers):
        return client.post(reverse("sns"), body, content_type="text/plain", headers=headers)

    return send


def changed(body, **fields):
    return json.dumps(json.loads(body) | fields).encode()


def test_a_notification_that_is_replayed_is_stored_once(post, sns):
    body = sns.notification()
    assert [post(body).status_code for _ in range(3)] == [200, 200, 200]
    assert Event.objects.get().payload == EVENT


def test_whatever_was_signed_is_kept_be_it_ever_so_strange(post, sns):
    texts = ["not json", "[" * 50_000, "\x00\x01\x7f", "{}" * 50_000, "é😡", ""]
    for n, text in enumerate(texts):
        assert post(sns.notification(text, f"m{n}")).status_code == 200
    assert Event.objects.count() == len(texts)


FORGED = {
    "another text": {"Message": '{"eventType": "TEXT_DELIVERED"}'},
    "another topic": {"TopicArn": "arn:aws:sns:us-east-1:999999999999:events"},
    "another kind": {"Type": "SubscriptionConfirmation", "SubscribeURL": "x", "Token": "t"},
    "a certificate from elsewhere": {"SigningCertURL": "https://evil.example/a.pem"},
    "a certificate of this machine": {"SigningCertURL": "http://169.254.169.254/a.pem"},
    "no signature": {"Signature": ""},
    "half a character": {"Message": "\ud800"},
}


@pytest.mark.parametrize("fields", FORGED.values(), ids=FORGED)
def test_what_is_forged_is_refused_and_nothing_else_is_asked(post, sns, fields):
    post(sns.notification("{}", "m0"))  # the certificate is there from now on
    Event.objects.all().delete()
    asked = len(sns.fetched)
    assert post(changed(sns.notification(), **fields)).status_code == 403
    assert len(sns.fetched) == asked
    assert not Event.objects.exists()


MALFORMED = {
    "cut off": lambda body: body[:-20],
    "binary": lambda body: bytes(range(256)) * 10,
    "nested deeply": lambda body: b'{"Type":' * 50_000,
    "a list": lambda body: b"[" + body + b"]",
    "a number of many digits": lambda body: b'{"Type": ' + b"9" * 10_000 + b"}",
    "fields that are no texts": lambda body: changed(body, Message={"a": 1}),
    "nothing": lambda body: b"",
}


@pytest.mark.parametrize("spoil", MALFORMED.values(), ids=MALFORMED)
def test_what_is_malformed_is_refused(post, sns, spoil):
    assert post(spoil(sns.notification())).status_code == 400
    assert not Event.objects.exists()


def test_what_is_larger_than_sns_ever_makes_it_is_refused(post, sns):
    assert post(sns.notification("x" * 2 * 1024**2)).status_code == 413
    assert not Event.objects.exists()


def test_a_subscription_is_confirmed_by_one_visit_at_aws(post, sns):
    made = sns.envelopes.confirmation(TOPIC, "m1", "token", time.time())
    assert post(made.body).status_code == 200
    visits = [path for path in sns.fetched if "Action=ConfirmSubscription" in path]
    assert len(visits) == 1
    assert not Event.objects.exists()


def test_a_subscription_to_a_topic_that_is_not_ours_is_not_confirmed(post, sns):
    made = sns.envelopes.confirmation(f"{TOPIC}-of-others", "m1", "token", time.time())
    assert post(made.body).status_code == 403
    assert sns.fetched == []


@pytest.mark.django_db(transaction=True)
def test_a_topic_of_motos_sns_posts_to_our_server(aws, live_server, settings, monkeypatch):
    """Its certificates claim to be at AWS, and moto hands them out by no other way."""
    sns_wire._public_key.cache_clear()
    asked = []

    class Opener:
        def open(self, url, timeout):
            asked.append(urlsplit(url).hostname)
            backend = sns_backends[ACCOUNT][REGION]
            return io.BytesIO(backend._message_public_keys[urlsplit(url).path.strip("/")])

    monkeypatch.setattr(sns_wire.urllib.request, "build_opener", lambda *_: Opener())
    service = aws("sns")
    topic = service.create_topic(Name="posts")["TopicArn"]
    settings.SNS_TOPIC_ARNS = [topic]
    address = live_server.url + reverse("sns")
    service.subscribe(TopicArn=topic, Protocol="http", Endpoint=address)
    service.publish(TopicArn=topic, Message=EVENT)
    assert [event.payload for event in Event.objects.all()] == [EVENT]
    assert asked == ["sns.us-east-1.amazonaws.com"]
