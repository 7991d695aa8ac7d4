"""Ctrl-C, SIGTERM, and a terminal that is closed."""

import asyncio
import signal
import time
from collections.abc import Callable, Coroutine

# `make` passes SIGTERM on, so a second signal so soon is the first one again.
SAME_SIGNAL_SECONDS = 1.0


async def until_signal(
    work: Coroutine[object, object, None], *, first: Callable[[], None], again: Callable[[], None]
) -> None:
    """Do the work until it ends or a signal comes: call `first`, and at each later one `again`."""
    stop, since = asyncio.Event(), 0.0

    def interrupted() -> None:
        nonlocal since
        if not stop.is_set():
            since = time.monotonic()
            first()
            stop.set()
        elif time.monotonic() - since > SAME_SIGNAL_SECONDS:
            again()

    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(name, interrupted)
    working, stopped = asyncio.create_task(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([working, stopped], return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()
    finally:
        working.cancel()
        stopped.cancel()
        await asyncio.gather(working, stopped, return_exceptions=True)
