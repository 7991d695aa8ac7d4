"""Against real queues: moto's SQS and SNS over HTTP."""

import itertools
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from pinpoint.receivers.sqs import QueuePoller, dead_letter_queue, event_of

NAMES = itertools.count(1)


@pytest.fixture
def sqs(aws):
    return aws("sqs")


@pytest.fixture
def queue(sqs):
    return sqs.create_queue(QueueName=f"events-{next(NAMES)}")["QueueUrl"]


def subscribe(aws, sqs, queue, *, raw):
    """Make a topic whose notifications end in the queue."""
    sns = aws("sns")
    topic = sns.create_topic(Name=f"topic-{next(NAMES)}")["TopicArn"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    sns.subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=arn["QueueArn"],
        Attributes={"RawMessageDelivery": "true" if raw else "false"},
    )
    return lambda text: sns.publish(TopicArn=topic, Message=text)


def waiting(sqs, queue):
    found = sqs.get_queue_attributes(
        QueueUrl=queue,
        AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    )["Attributes"]
    return sum(int(count) for count in found.values())


def poller(sqs, queue, log, **options):
    return QueuePoller(sqs, queue, log, **{"wait_seconds": 0} | options)


@pytest.mark.parametrize("raw", [False, True])
def test_a_notification_arrives_with_or_without_its_envelope(aws, sqs, queue, log, raw):
    publish = subscribe(aws, sqs, queue, raw=raw)
    publish('{"eventType": "TEXT_DELIVERED", "messageId": "a1"}')
    assert poller(sqs, queue, log).poll() == 1
    assert log.payloads == ['{"eventType": "TEXT_DELIVERED", "messageId": "a1"}']
    assert abs((datetime.now(UTC) - log.events[0].sent_at).total_seconds()) < 60


def test_the_same_event_has_the_same_key_with_and_without_an_envelope(aws, sqs, queue, log):
    for raw in (False, True):
        subscribe(aws, sqs, queue, raw=raw)('{"eventType": "TEXT_DELIVERED", "messageId": "a1"}')
    poller(sqs, queue, log).poll()
    assert len(log.events) == 2
    assert len({event.key for event in log.events}) == 1


def test_what_was_stored_is_deleted(sqs, queue, log):
    sqs.send_message(QueueUrl=queue, MessageBody="{}")
    poller(sqs, queue, log).poll()
    assert waiting(sqs, queue) == 0


def test_what_could_not_be_stored_comes_again(sqs, queue, log):
    sqs.send_message(QueueUrl=queue, MessageBody="{}")
    log.broken = True
    with pytest.raises(ConnectionError):
        poller(sqs, queue, log, hidden_seconds=1).poll()
    assert waiting(sqs, queue) == 1
    log.broken = False
    time.sleep(1.1)  # SQS hides it by its own clock
    assert poller(sqs, queue, log).poll() == 1


def test_a_slow_store_keeps_its_messages_from_the_other_workers(sqs, queue, log):
    sqs.send_message(QueueUrl=queue, MessageBody="{}")
    others = []

    def slow(events):
        time.sleep(1.6)
        others.append(poller(sqs, queue, log).poll())
        log(events)

    QueuePoller(sqs, queue, slow, wait_seconds=0, hidden_seconds=1).poll()
    assert (others, len(log.events)) == ([0], 1)


def test_two_workers_take_every_message_once(sqs, queue, log):
    for n in range(25):
        sqs.send_message(QueueUrl=queue, MessageBody=json.dumps({"n": n}))
    workers = [poller(sqs, queue, log), poller(sqs, queue, log)]
    while sum(worker.poll() for worker in workers):
        continue
    assert sorted(json.loads(payload)["n"] for payload in log.payloads) == list(range(25))


def test_the_dead_letter_queue_is_found(sqs, queue):
    dead = sqs.create_queue(QueueName=f"dead-{next(NAMES)}")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]
    policy = {"deadLetterTargetArn": arn["QueueArn"], "maxReceiveCount": "5"}
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"RedrivePolicy": json.dumps(policy)})
    assert dead_letter_queue(sqs, queue) == dead


def test_a_queue_may_have_no_dead_letter_queue(sqs, queue):
    assert dead_letter_queue(sqs, queue) is None


@pytest.mark.parametrize(
    "body", ["", "not json", "[" * 100_000, "null", '{"Type": "Notification"}', "\x00\ud800"]
)
def test_whatever_stands_in_a_queue_is_handed_over(body):
    event = event_of({"MessageId": "m1", "Body": body})
    assert (event.payload, event.key) == (body, "sqs:m1")


@pytest.mark.parametrize(
    "when", ["", None, "yesterday", "9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+01:00"]
)
def test_a_time_that_no_database_could_give_back_is_none(when):
    body = json.dumps({"Type": "Notification", "Message": "{}", "Timestamp": when})
    assert event_of({"MessageId": "m1", "Body": body}).sent_at is None


def test_workers_at_the_same_time_lose_nothing_while_the_database_stumbles(sqs, queue):
    for n in range(30):
        sqs.send_message(QueueUrl=queue, MessageBody=json.dumps({"n": n}))
    kept, stumbles, lock = [], itertools.count(), threading.Lock()

    def store(events):
        with lock:
            if next(stumbles) % 3 == 1:
                raise ConnectionError("the database is away")
            kept.extend(json.loads(event.payload)["n"] for event in events)

    def work(_):
        mine = poller(sqs, queue, store, hidden_seconds=1, wait_seconds=1)
        end = time.monotonic() + 20
        while waiting(sqs, queue) and time.monotonic() < end:
            with suppress(ConnectionError):
                mine.poll()

    with ThreadPoolExecutor(3) as workers:
        list(workers.map(work, range(3)))
    assert sorted(set(kept)) == list(range(30))
