"""Two writers at once, each with a connection of its own, and a third that holds them up."""

import threading
import time
from contextlib import contextmanager

from django.db import connection, transaction

from contacts.models import Contact

PATIENCE = 20  # seconds


class Writer(threading.Thread):
    """Does something in one transaction on its own connection; `error` is what came of it."""

    def __init__(self, work):
        super().__init__(daemon=True)
        self.work, self.error = work, None

    def run(self):
        try:
            with transaction.atomic():
                self.work()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            self.error = error
        finally:
            connection.close()

    def begin(self):
        """Start; return when it waits for somebody, or has ended."""
        before = waiting()
        self.start()
        end = time.monotonic() + PATIENCE
        while self.is_alive() and waiting() <= before and time.monotonic() < end:
            time.sleep(0.01)
        return self


def waiting():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # else it is as the transaction saw it
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0]


@contextmanager
def held_up(phone):
    """Hold a contact for a while."""
    with transaction.atomic():
        Contact.objects.select_for_update().get(phone=phone)
        yield


def both_end(*writers):
    for writer in writers:
        writer.join(PATIENCE)
    assert [writer.error for writer in writers] == [None] * len(writers)
    assert not any(writer.is_alive() for writer in writers)
