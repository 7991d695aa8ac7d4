"""`manage.py receive`: take events off SQS queues and Kinesis streams, until it is stopped."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from campaigns import receiving
from config.celery import beat_heart


class Command(BaseCommand):
    help = (
        "Receive AWS's events from SQS_QUEUE_URLS, KINESIS_STREAMS and the queues that were set up "
        "in the admin, also while this runs, until stopped. Any number of these may run."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *_: stop.set())
        if not receiving.new_sources(()):
            self.stdout.write("Nothing to receive yet: waiting until a queue is set up.")
        receiving.run(receiving.new_sources, stop, lambda: beat_heart("receiver"))
