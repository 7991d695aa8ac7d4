"""Outlives the supervisor by a moment, to end its children when it was killed without a chance.

The supervisor writes `+PID SIGNAL` and `-PID` lines to our standard input. When that ends, every
process group still on the list gets its signal, and soon after SIGKILL. This file is run as a
script, by its path, so that it starts at once and loads nothing of Sendpoint.
"""

import contextlib
import os
import signal
import sys
import time

GRACE_SECONDS = 4.0


def main() -> None:
    """Keep the list until the supervisor is gone, then end what is on it."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    groups: dict[int, int] = {}
    for line in sys.stdin:
        pid, _, how = line[1:].partition(" ")
        if line.startswith("+"):
            groups[int(pid)] = int(how)
        else:
            groups.pop(int(pid), None)
    end(groups)


def end(groups: dict[int, int]) -> None:
    """Signal the leaders, wait a moment, kill the groups."""
    for pid, how in groups.items():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, how)
    deadline = time.monotonic() + GRACE_SECONDS
    while any(map(is_there, groups)) and time.monotonic() < deadline:
        time.sleep(0.05)
    for pid in groups:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


def is_there(group: int) -> bool:
    """Say whether any process of the group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    main()
