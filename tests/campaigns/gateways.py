"""Gateways that stand in for AWS in tests of the send machine: one per thing that can happen."""

import itertools
import threading

from pinpoint.gateway import Fate, SendError


class Accepting:
    """Takes every text and remembers it."""

    def __init__(self):
        self.texts = []
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def send(self, text):
        if text.door:
            text.door()
        with self._lock:
            self.texts.append(text)
            return f"aws-{next(self._numbers)}"


class Failing(Accepting):
    """Answers every text with the same fate."""

    def __init__(self, fate: Fate, reason: str = "SOME_REASON"):
        super().__init__()
        self.error = SendError(fate, reason, "AWS said so")

    def send(self, text):
        super().send(text)
        raise self.error


class Dying(Accepting):
    """The worker is ended while it hands over."""

    def send(self, text):
        raise SystemExit
