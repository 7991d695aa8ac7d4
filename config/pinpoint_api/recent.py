"""What was looked up a moment ago, kept for a second in the process: calls come in bursts."""

import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Found = TypeVar("Found")
SECONDS = 1.0  # how late a change is noticed
MOST = 1000


class Recent(Generic[Found]):
    """Answers by key; what was not found is looked for anew each time."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[Hashable, tuple[float, Found]] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, look: Callable[[], Found]) -> Found:
        """Return what was found within the last second, or look."""
        kept = self._kept.get(key)
        if kept is not None and self._clock() - kept[0] < SECONDS:
            return kept[1]
        found = look()
        if found is not None:
            with self._lock:
                if len(self._kept) >= MOST:
                    self._kept.clear()
                self._kept[key] = (self._clock(), found)
        return found

    def forget(self) -> None:
        """Look for everything anew."""
        with self._lock:
            self._kept.clear()
