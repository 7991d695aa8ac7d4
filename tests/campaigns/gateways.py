"""Gateways that stand in for AWS in tests of the send machine: one per thing that can happen."""

import itertools
import threading
import time

from pinpoint.gateway import Fate, SendError, as_send_errors


class Accepting:
    """Takes every text and remembers it."""

    def __init__(self):
        self.texts = []
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def send(self, text):
        return self._take(text)

    def _take(self, text):
        with as_send_errors():  # as the real ones do: on a slow machine a turn may be over
            if text.door:
                text.door()
        with self._lock:
            self.texts.append(text)
            return f"aws-{next(self._numbers)}"


class Timing(Accepting):
    """Remembers when each text left."""

    def __init__(self):
        super().__init__()
        self.times = []

    def _take(self, text):
        answer = super()._take(text)
        self.times.append(time.monotonic())
        return answer


def most_in_a_second(times):
    """The most moments within any second."""
    return max(sum(start <= moment < start + 1 for moment in times) for start in times)


class Failing(Accepting):
    """Answers every text with the same fate."""

    def __init__(self, fate: Fate, reason: str = "SOME_REASON"):
        super().__init__()
        self.error = SendError(fate, reason, "AWS said so")

    def send(self, text):
        super().send(text)
        raise self.error


class FailingOne(Failing):
    """Refuses one number and takes all others."""

    def __init__(self, phone: str, fate: Fate, reason: str):
        super().__init__(fate, reason)
        self.phone = phone

    def send(self, text):
        return super().send(text) if text.clearance.phone == self.phone else self._take(text)


class Dying(Accepting):
    """The worker is ended while it hands over."""

    def send(self, text):
        raise SystemExit
