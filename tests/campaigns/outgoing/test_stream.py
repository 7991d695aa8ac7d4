"""What consumers of Pinpoint's event stream get: real records of a real stream (moto's Kinesis)."""

import base64
import json

import pytest

from campaigns import event_log
from campaigns.models import Destination, Message, OutgoingEvent
from campaigns.outgoing import delivery
from pinpoint import clients
from pinpoint.receivers.raw import raw_event
from tests.campaigns.events import delivery as receipt
from tests.campaigns.events import inbound
from tests.campaigns.factories import run_of

pytestmark = pytest.mark.django_db


def hear(*payloads):
    event_log.store(
        [
            raw_event(json.dumps(payload), source="sns", transport_id=str(n))
            for n, payload in enumerate(payloads)
        ]
    )
    event_log.process_batch()


@pytest.fixture
def now(time_machine):
    time_machine.move_to("2026-11-24T17:00:00Z", tick=False)
    from django.utils import timezone

    return timezone.now


def records(kinesis, stream):
    (shard,) = kinesis.list_shards(StreamName=stream.address)["Shards"]
    iterator = kinesis.get_shard_iterator(
        StreamName=stream.address, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    return [record["Data"] for record in kinesis.get_records(ShardIterator=iterator)["Records"]]


def told(kinesis, stream, now):
    delivery.deliver(now())
    return [json.loads(record) for record in records(kinesis, stream)]


def test_a_delivery_is_told_in_pinpoints_format(kinesis, stream, now):
    run, (message,) = run_of(1)
    hear(receipt(message))
    (event,) = told(kinesis, stream, now)
    attributes = event["attributes"]
    assert event["event_type"] == "_SMS.SUCCESS"
    assert attributes["record_status"] == "DELIVERED"
    assert attributes["destination_phone_number"] == message.phone
    assert attributes["origination_phone_number"] == run.campaign.originator.identity
    assert attributes["campaign_id"] == run.campaign.pinpoint_id
    assert event["application"]["app_id"] == run.campaign.program.application_id
    assert attributes["number_of_message_parts"] == "1"
    assert event["metrics"] == {"price_in_millicents_usd": 581.0}


@pytest.mark.parametrize(
    ("purpose", "kind"), [("offer", "Promotional"), ("notice", "Transactional")]
)
def test_a_single_text_is_told_as_what_it_was_sent_as(kinesis, stream, now, purpose, kind):
    run, (message,) = run_of(1)
    campaign = run.campaign
    Message.objects.filter(pk=message.pk).update(
        run=None, campaign=None, purpose=purpose,
        program=campaign.program, originator=campaign.originator,
    )  # fmt: skip
    hear(receipt(message))
    (event,) = told(kinesis, stream, now)
    assert event["attributes"]["message_type"] == kind


def test_what_is_told_can_be_read_by_our_own_reader_of_pinpoints_events(kinesis, stream, now):
    from pinpoint.events import DeliveryEvent, parse

    _, (message,) = run_of(1)
    hear(receipt(message))
    (event,) = told(kinesis, stream, now)
    read = parse(event)
    assert isinstance(read, DeliveryEvent)
    assert (read.is_final, read.context["message"]) == (True, str(message.pk))


@pytest.mark.parametrize(
    ("status", "final", "kind"),
    [
        ("QUEUED", False, "_SMS.BUFFERED"),
        ("SUCCESSFUL", False, "_SMS.SUCCESS"),
        ("CARRIER_BLOCKED", True, "_SMS.FAILURE"),
    ],
)
def test_each_status_has_pinpoints_type(kinesis, stream, now, status, final, kind):
    _, (message,) = run_of(1)
    hear(receipt(message, status, final=final))
    assert [event["event_type"] for event in told(kinesis, stream, now)] == [kind]


def test_an_event_that_says_nothing_new_is_not_told_again(kinesis, stream, now):
    _, (message,) = run_of(1)
    hear(receipt(message))
    event_log.replay()
    event_log.process_batch()
    assert len(told(kinesis, stream, now)) == 1


def test_a_stop_is_told_with_the_person_as_destination(kinesis, stream, now):
    hear(inbound("+12125550111", "STOP"))
    (event,) = told(kinesis, stream, now)
    assert event["event_type"] == "_SMS.OPTOUT"
    assert event["attributes"]["destination_phone_number"] == "+12125550111"


def test_the_articles_lambda_does_what_the_article_says(kinesis, stream, now, capsys):
    """The handler of reference/seed-pinpoint-sms.md, "Handling Opt-Outs", as it stands."""
    opted_out = []

    def mark_sms_opted_out(phone):
        opted_out.append(phone)

    def process_sms_event(event, context):
        for record in event["Records"]:
            payload = json.loads(base64.b64decode(record["kinesis"]["data"]))
            event_type = payload.get("event_type")

            if event_type == "_SMS.OPTOUT":
                phone = payload.get("attributes", {}).get("destination_phone_number")
                print(f"SMS opt-out received for: {phone}")  # noqa: T201
                mark_sms_opted_out(phone)

            elif event_type == "_SMS.SUCCESS":
                print("SMS delivered successfully")  # noqa: T201

            elif event_type == "_SMS.FAILURE":
                phone = payload.get("attributes", {}).get("destination_phone_number")
                reason = payload.get("attributes", {}).get("record_status")
                print(f"SMS delivery failed for {phone}: {reason}")  # noqa: T201

    _, (fine, bad) = run_of(2)
    hear(receipt(fine), receipt(bad, "UNREACHABLE"), inbound(fine.phone, "STOP"))
    delivery.deliver(now())
    as_lambda_gets_them = [
        {"kinesis": {"data": base64.b64encode(data).decode()}} for data in records(kinesis, stream)
    ]
    process_sms_event({"Records": as_lambda_gets_them}, None)
    assert opted_out == [fine.phone]
    assert capsys.readouterr().out.splitlines() == [
        "SMS delivered successfully",
        f"SMS delivery failed for {bad.phone}: UNREACHABLE",
        f"SMS opt-out received for: {fine.phone}",
    ]


def test_a_programs_stream_hears_only_of_that_program(kinesis, stream, now):
    run, (message,) = run_of(1)
    _, (other,) = run_of(1)
    stream.program = run.campaign.program
    stream.save()
    hear(receipt(message), receipt(other))
    (event,) = told(kinesis, stream, now)
    assert event["attributes"]["destination_phone_number"] == message.phone


def test_nothing_is_written_down_where_nobody_listens(kinesis, stream):
    stream.active = False
    stream.save()
    _, (message,) = run_of(1)
    hear(receipt(message))
    assert not OutgoingEvent.objects.exists()


def test_a_stream_that_is_away_gets_it_later(kinesis, stream, now, time_machine):
    address, stream.address = stream.address, "gone"
    stream.save()
    _, (message,) = run_of(1)
    hear(receipt(message))
    delivery.deliver(now())
    stream.refresh_from_db()
    assert "ResourceNotFoundException" in stream.last_error
    stream.address = address
    stream.save()
    assert delivery.deliver(now()) == 0  # not yet
    time_machine.shift(6)
    assert len(told(kinesis, stream, now)) == 1
    stream.refresh_from_db()
    assert stream.last_error == ""


def test_a_firehose_stream_gets_the_events_on_lines(now, monkeypatch):
    put = []

    class Firehose:
        def put_record_batch(self, DeliveryStreamName, Records):  # noqa: N803 - boto3's
            put.append((DeliveryStreamName, [record["Data"] for record in Records]))
            return {"RequestResponses": [{"RecordId": "1"} for _ in Records]}

    monkeypatch.setattr(clients, "firehose_client", lambda **_: Firehose())
    arn = "arn:aws:firehose:us-west-2:111122223333:deliverystream/events"
    place = Destination.objects.create(name="Lake", kind="firehose", address=arn)
    _, (message,) = run_of(1)
    hear(receipt(message))
    delivery.deliver(now())
    [(name, [record])] = put
    assert name == "events"
    assert record.endswith(b"\n")
    assert json.loads(record)["event_type"] == "_SMS.SUCCESS"
    assert OutgoingEvent.objects.get(destination=place).state == "arrived"
