"""`manage.py receive`: take events off SQS queues and Kinesis streams, until it is stopped."""

import signal
import threading
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from django.core.management.base import BaseCommand, CommandError

from campaigns import receiving
from config.celery import beat_heart


class Command(BaseCommand):
    help = (
        "Receive AWS's events from SQS_QUEUE_URLS and KINESIS_STREAMS until stopped. "
        "Any number of these may run."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = receiving.sources()
        except (BotoCoreError, ClientError) as error:
            raise CommandError(f"A queue cannot be read: {error}") from error
        if not found:
            raise CommandError(
                "Nothing to receive: set up a queue, or set SQS_QUEUE_URLS or KINESIS_STREAMS."
            )
        stop = threading.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *_: stop.set())
        for source in found:
            self.stdout.write(f"receiving from {source.name}")
        receiving.run(found, stop, lambda: beat_heart("receiver"))
