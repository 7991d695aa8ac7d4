"""The share of a limit that four worker processes use, and the most in any sliding second.

Each process takes turns as dispatch does, and its texts leave through the door. The peer is what
comes to mind first: a fixed window of a second in Valkey (INCR and EXPIRE), asked for each text.
"""

import bisect
import multiprocessing
import time
from collections.abc import Callable

from benchmarks import installation

installation.start()

from benchmarks.measure import compare, note  # noqa: E402
from campaigns import pacing  # noqa: E402
from campaigns.pacing import Bucket, Turn  # noqa: E402

WORKERS, SECONDS = 4, 8.0
LIMITS = (20, 100, 400)


def with_turns(name: str, limit: int, until: float, left: list[float]) -> None:
    """Send as fast as turns are given."""
    ended: list[Turn] = []
    while time.monotonic() < until:
        asked_at = time.monotonic()
        grant = pacing.take([Bucket(name, limit)], [1] * 16, ended=ended)
        ended = []
        for _ in grant.granted:
            Turn(1, grant.slot, asked_at, ended.append).at_the_door()
            left.append(time.monotonic())
        if grant.count < 16 and not ended:
            time.sleep(min(grant.wait_seconds, max(0, until - time.monotonic())))


def with_fixed_window(name: str, limit: int, until: float, left: list[float]) -> None:
    """Send as fast as the second that has begun allows."""
    client = pacing.connection()
    while time.monotonic() < until:
        key = f"fixed:{name}:{int(time.time())}"
        if int(client.incr(key)) <= limit:
            client.expire(key, 2)
            left.append(time.monotonic())
        else:
            time.sleep(0.005)


def work(how: Callable[..., None], name: str, limit: int, until: float, results: object) -> None:
    """Be one of the workers."""
    pacing.connection.cache_clear()
    pacing._script.cache_clear()
    left: list[float] = []
    how(name, limit, until, left)
    results.put(left)  # type: ignore[attr-defined]


def departures(how: Callable[..., None], limit: int) -> list[float]:
    """Let the workers send, and return when the texts left, in order."""
    context = multiprocessing.get_context("fork")
    results = context.Queue()
    until = time.monotonic() + SECONDS
    name = f"bench:{until}"
    workers = [
        context.Process(target=work, args=(how, name, limit, until, results))
        for _ in range(WORKERS)
    ]
    for worker in workers:
        worker.start()
    left = sorted(moment for _ in workers for moment in results.get())
    for worker in workers:
        worker.join()
    return left


def share(how: Callable[..., None], limit: int) -> float:
    """Return the average rate as a percentage of the limit, the first burst left out."""
    left = departures(how, limit)
    after = left[limit:]
    return 100 * len(after) / (after[-1] - left[0]) / limit


def most(how: Callable[..., None], limit: int) -> float:
    """Return the most texts in any sliding second as a percentage of the limit."""
    left = departures(how, limit)
    counts = [bisect.bisect_left(left, at + 1) - place for place, at in enumerate(left)]
    return 100 * max(counts) / limit


if __name__ == "__main__":
    for limit in LIMITS:
        compare(
            f"pace_{limit}_most",
            ours=lambda limit=limit: most(with_turns, limit),
            peer=lambda limit=limit: most(with_fixed_window, limit),
            peer_name="fixed window of a second",
            unit="% of the limit in the worst second, 100 at most",
            n=3,
        )
        note(
            f"pace_{limit}_share",
            lambda limit=limit: share(with_turns, limit),
            unit="% of the limit on average",
            n=3,
        )
