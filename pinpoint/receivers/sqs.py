"""Amazon SQS behind SNS: the way that loses nothing when we are away (aws-sms.md 7.2)."""

import json
import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from pinpoint.receivers.raw import RawEvent, Store, raw_event

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

logger = logging.getLogger(__name__)
MOST = 10  # SQS's own limit for one call


class QueuePoller:
    """Takes events off one queue: stores them, and deletes them only then.

    Several may work on one queue. What they hold is hidden from the others for `hidden_seconds`,
    and for as long as storing takes.
    """

    def __init__(
        self,
        client: "SQSClient",
        queue_url: str,
        store: Store,
        *,
        wait_seconds: int = 20,
        hidden_seconds: int = 60,
    ) -> None:
        self._client = client
        self._queue_url = queue_url
        self._store = store
        self._wait_seconds = wait_seconds
        self._hidden_seconds = hidden_seconds

    def poll(self) -> int:
        """Wait for messages and take those that come; return how many. Raises what AWS raises.

        When storing fails, nothing is deleted: SQS hands the messages out again.
        """
        answer = self._client.receive_message(
            QueueUrl=self._queue_url,
            MaxNumberOfMessages=MOST,
            WaitTimeSeconds=self._wait_seconds,
            VisibilityTimeout=self._hidden_seconds,
            MessageSystemAttributeNames=["SentTimestamp"],
        )
        messages = answer.get("Messages", [])
        if messages:
            with self._hidden(messages):
                self._store([event_of(message) for message in messages])
            self._delete(messages)
        return len(messages)

    def _delete(self, messages: Sequence["MessageTypeDef"]) -> None:
        answer = self._client.delete_message_batch(
            QueueUrl=self._queue_url,
            Entries=[
                {"Id": str(n), "ReceiptHandle": message["ReceiptHandle"]}
                for n, message in enumerate(messages)
            ],
        )
        if failed := answer.get("Failed"):
            # They come again, and are known by their key then.
            logger.warning("%s messages stay in the queue: %s", len(failed), failed[0].get("Code"))

    @contextmanager
    def _hidden(self, messages: Sequence["MessageTypeDef"]) -> Iterator[None]:
        """Keep messages from other workers for as long as the block takes."""
        done = threading.Event()

        def extend() -> None:
            while not done.wait(self._hidden_seconds / 2):
                try:
                    self._client.change_message_visibility_batch(
                        QueueUrl=self._queue_url,
                        Entries=[
                            {
                                "Id": str(n),
                                "ReceiptHandle": message["ReceiptHandle"],
                                "VisibilityTimeout": self._hidden_seconds,
                            }
                            for n, message in enumerate(messages)
                        ],
                    )
                except (BotoCoreError, ClientError) as error:
                    # Another worker may store them too, which changes nothing.
                    logger.warning("messages could not be kept hidden: %s", error)

        keeper = threading.Thread(target=extend, daemon=True)
        keeper.start()
        try:
            yield
        finally:
            done.set()
            keeper.join()


def dead_letter_queue(client: "SQSClient", queue_url: str) -> str | None:
    """Return the URL of the queue where messages end that were handed out too often, if any."""
    answer = client.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["RedrivePolicy"])
    policy = answer.get("Attributes", {}).get("RedrivePolicy")
    if not policy:
        return None
    *_, account, name = json.loads(policy)["deadLetterTargetArn"].split(":")
    return client.get_queue_url(QueueName=name, QueueOwnerAWSAccountId=account)["QueueUrl"]


def event_of(message: "MessageTypeDef") -> RawEvent:
    """Unwrap a message: an SNS envelope, or the event itself (raw message delivery)."""
    body = message.get("Body", "")
    message_id = message.get("MessageId", "")
    envelope = _envelope(body)
    if envelope is None:
        sent = int(message.get("Attributes", {}).get("SentTimestamp", 0))
        sent_at = datetime.fromtimestamp(sent / 1000, tz=UTC) if sent else None
        return raw_event(body, source="sqs", transport_id=message_id, sent_at=sent_at)
    return raw_event(
        envelope["Message"],
        source="sqs",
        transport_id=str(envelope.get("MessageId") or message_id),
        sent_at=_instant(envelope.get("Timestamp")),
    )


def _envelope(body: str) -> dict[str, Any] | None:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if isinstance(found, dict) and found.get("Type") == "Notification":
        return found if isinstance(found.get("Message"), str) else None
    return None


def _instant(text: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
        # In UTC it may lie outside of what a datetime holds, and could not be read back.
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
