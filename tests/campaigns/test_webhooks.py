import base64
import json

import pytest
from django.urls import reverse

from campaigns.models import Event

pytestmark = pytest.mark.django_db
TOPIC = "arn:aws:sns:us-east-1:111122223333:events"
SECRET = "a-long-shared-secret-of-ours"


@pytest.fixture(autouse=True)
def _settings(settings):
    settings.SNS_TOPIC_ARNS = [TOPIC]
    settings.SNS_RAW_PASSWORD = SECRET
    settings.FIREHOSE_ACCESS_KEY = SECRET


def post_raw(client, body=b'{"eventType": "TEXT_QUEUED"}', *, password=SECRET, **headers):
    said = base64.b64encode(f"sns:{password}".encode()).decode()
    return client.post(
        reverse("sns"),
        body,
        content_type="text/plain",
        headers={
            "x-amz-sns-rawdelivery": "true",
            "x-amz-sns-topic-arn": TOPIC,
            "x-amz-sns-message-id": "c2",
            "authorization": f"Basic {said}",
        }
        | headers,
    )


def post_firehose(client, *events, key=SECRET, body=None):
    records = [{"data": base64.b64encode(event.encode()).decode()} for event in events]
    request = {"requestId": "e1", "timestamp": 1790000060000, "records": records}
    return client.post(
        reverse("firehose"),
        json.dumps(request).encode() if body is None else body,
        content_type="application/json",
        headers={"x-amz-firehose-access-key": key, "x-amz-firehose-request-id": "e1"},
    )


def test_raw_delivery_with_the_password_is_stored(client):
    assert post_raw(client).status_code == 200
    assert Event.objects.get().payload == '{"eventType": "TEXT_QUEUED"}'


@pytest.mark.parametrize("password", ["", "a guess", "é"])
def test_raw_delivery_without_the_password_is_refused(client, password):
    assert post_raw(client, password=password).status_code == 403
    assert not Event.objects.exists()


def test_without_a_password_of_our_own_raw_delivery_is_refused(client, settings):
    settings.SNS_RAW_PASSWORD = ""
    assert post_raw(client, password="").status_code == 403


@pytest.mark.parametrize("header", ["Bearer abc", "Basic", "Basic !!!", ""])
def test_a_senseless_authorization_is_refused(client, header):
    assert post_raw(client, authorization=header).status_code == 403


def test_raw_delivery_of_another_topic_is_refused(client):
    other = {"x-amz-sns-topic-arn": "arn:aws:sns:us-east-1:999999999999:events"}
    assert post_raw(client, **other).status_code == 403


def test_raw_delivery_that_comes_again_is_stored_once(client):
    post_raw(client)
    post_raw(client)
    assert Event.objects.count() == 1


def test_a_notification_that_no_sns_message_is_as_large_as_is_refused(client):
    assert post_raw(client, b"x" * (2 * 1024**2 + 1)).status_code == 413
    assert not Event.objects.exists()


@pytest.mark.parametrize("body", [b"", b"\x00\xff", b"{}", b"[" * 100_000])
def test_what_is_no_sns_message_is_refused(client, body):
    assert client.post(reverse("sns"), body, content_type="text/plain").status_code == 400
    assert not Event.objects.exists()


def test_the_address_takes_nothing_but_posts(client):
    assert client.get(reverse("sns")).status_code == 405
    assert client.get(reverse("firehose")).status_code == 405


def test_firehose_is_answered_with_its_own_request_id(client):
    answer = post_firehose(client, '{"eventType": "TEXT_QUEUED"}')
    assert (answer.status_code, answer.json()["requestId"]) == (200, "e1")
    assert answer["Content-Type"] == "application/json"
    assert Event.objects.get().source == "firehose"


def test_firehose_without_the_access_key_is_refused_in_its_own_words(client):
    answer = post_firehose(client, "{}", key="a guess")
    assert answer.status_code == 403
    assert answer.json()["requestId"] == "e1"
    assert "access key" in answer.json()["errorMessage"]
    assert not Event.objects.exists()


def test_a_broken_delivery_of_firehose_is_to_come_again(client):
    assert post_firehose(client, body=b"{").status_code == 400


def test_the_same_event_through_two_doors_is_stored_once(client):
    event = '{"eventType": "TEXT_QUEUED", "messageId": "a1", "eventTimestamp": 1}'
    post_raw(client, event.encode())
    post_firehose(client, event)
    assert Event.objects.count() == 1
