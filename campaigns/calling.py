"""Calls to AWS under way at the same time: a thread for each, or a gateway that needs none."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from pinpoint.gateway import BatchGateway, ClearedText, Gateway, Settle


@contextmanager
def calls(gateway: Gateway | BatchGateway, most: int) -> Iterator[BatchGateway]:
    """Yield a way to have up to `most` calls under way; it ends when they have."""
    if isinstance(gateway, BatchGateway):
        yield gateway
        return
    with ThreadPoolExecutor(most) as pool:
        yield Threads(gateway, pool)


class Threads:
    """Makes each call in a thread of a pool."""

    def __init__(self, gateway: Gateway, pool: ThreadPoolExecutor) -> None:
        self._gateway = gateway
        self._pool = pool

    def begin(self, texts: Sequence[tuple[ClearedText, Settle]]) -> None:
        """Hand texts over; see BatchGateway."""
        for text, settle in texts:
            self._pool.submit(self._send, text, settle)

    def _send(self, text: ClearedText, settle: Settle) -> None:
        answer: str | BaseException
        try:
            answer = self._gateway.send(text)
        except BaseException as error:  # noqa: BLE001 - whatever it was, it is told
            answer = error
        settle(answer)
