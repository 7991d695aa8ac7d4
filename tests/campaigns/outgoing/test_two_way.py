"""What consumers of AWS's two-way topic get: the same, through a real topic (moto's SNS)."""

import json

import pytest

from campaigns import event_log
from campaigns.models import Destination, OutgoingEvent
from campaigns.outgoing import outbox
from pinpoint.receivers.raw import raw_event
from tests.campaigns.events import inbound

pytestmark = pytest.mark.django_db
ANA = "+12125550111"


@pytest.fixture
def topic(aws):
    """A topic, and what a Lambda function subscribed to it is called with."""
    sns, sqs = aws("sns"), aws("sqs")
    arn = sns.create_topic(Name="two-way")["TopicArn"]
    queue = sqs.create_queue(QueueName="of-the-lambda")["QueueUrl"]
    sns.subscribe(
        TopicArn=arn, Protocol="sqs", Endpoint=sqs.get_queue_attributes(
            QueueUrl=queue, AttributeNames=["QueueArn"]
        )["Attributes"]["QueueArn"],
    )  # fmt: skip

    def publish(payloads):
        for payload in payloads:
            sns.publish(TopicArn=arn, Message=json.dumps(payload))
        records = []
        while found := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            records += [{"Sns": json.loads(message["Body"])} for message in found]
            for message in found:
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return {"Records": records}

    return publish


def told(*bodies):
    """People text us, and a webhook is told: what it gets, in order."""
    Destination.objects.create(name="Hook", kind="webhook", address="https://example.com/")
    texts = [json.dumps(inbound(ANA, body, inbound_id=f"in-{n}")) for n, body in enumerate(bodies)]
    event_log.store([raw_event(text, source="sns", transport_id=text) for text in texts])
    event_log.process_batch()
    found = OutgoingEvent.objects.filter(event_type=outbox.INBOUND).order_by("pk")
    return list(found.values_list("payload", flat=True))


def test_the_articles_inbound_lambda_does_what_the_article_says(topic, capsys):
    """The handler of the article's "Two-Way SMS", as it stands."""
    sent = []

    def send_sms(phone_number, message):
        sent.append((phone_number, message))

    def get_user_status(phone_number):
        return {ANA: "shipped"}[phone_number]

    def handle_inbound_sms(event, context):
        """Process inbound SMS messages."""
        import json

        for record in event["Records"]:
            message = json.loads(record["Sns"]["Message"])

            sender = message.get("originationNumber")
            body = message.get("messageBody", "").strip().upper()
            destination = message.get("destinationNumber")  # noqa: F841

            print(f"Received from {sender}: {body}")  # noqa: T201

            if body == "HELP":
                send_sms(
                    sender,
                    "For support, visit https://yourdomain.com/help or call 1-800-XXX-XXXX",
                )
            elif body == "STATUS":
                # Look up the user's account status
                status = get_user_status(sender)
                send_sms(sender, f"Your account status: {status}")
            elif body == "YES":
                send_sms(sender, "Great! You are confirmed. We will send you a reminder.")

    payloads = told("help", " Status ", "Yes", "Thanks")
    handle_inbound_sms(topic(payloads), None)
    assert sorted(sent) == [
        (ANA, "For support, visit https://yourdomain.com/help or call 1-800-XXX-XXXX"),
        (ANA, "Great! You are confirmed. We will send you a reminder."),
        (ANA, "Your account status: shipped"),
    ]
    assert sorted(capsys.readouterr().out.splitlines()) == sorted(
        f"Received from {ANA}: {body}" for body in ("HELP", "STATUS", "YES", "THANKS")
    )


def test_what_is_told_is_read_by_our_own_reader_of_two_way_texts():
    from pinpoint.events import InboundText, parse

    (payload,) = told("Hello")
    read = parse(payload)
    assert isinstance(read, InboundText)
    assert (read.sender, read.body, read.inbound_id) == (ANA, "Hello", "in-0")
