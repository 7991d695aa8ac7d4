"""Bringing notifications to the subscribed endpoint: confirm first, then deliver until it answers.

One process has one endpoint. What is not delivered when the process ends is delivered by the next.
"""

import asyncio
import logging
import secrets
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import aiohttp

from .configuration import Notifications
from .sns import Envelopes, Post
from .state import AnyText, State
from .texts import Publication

CONFIRM_AGAIN_SECONDS = 1.0
CONFIRMATION_PATIENCE_SECONDS = 10.0  # from the endpoint's 2xx to its GET of SubscribeURL
TOO_MANY_REQUESTS = 429

log = logging.getLogger("simulator.sns")


@dataclass(slots=True)
class Outgoing:
    """A publication on its way."""

    text: AnyText
    position: int
    tries: int = 0
    post: Post | None = None

    @property
    def publication(self) -> Publication:
        """What is published, and where."""
        return self.text.publications[self.position]


class Deliveries:
    """Holds notifications until they are due, and posts them with limited concurrency."""

    def __init__(
        self,
        settings: Notifications,
        state: State,
        envelopes: Envelopes,
        endpoint: str,
        on_due: Callable[[AnyText, int], bool],
    ) -> None:
        """Call `on_due(text, position)` once when a publication is due; False suppresses it."""
        self._settings = settings
        self._state = state
        self._envelopes = envelopes
        self._endpoint = endpoint
        self._on_due = on_due
        self._ready: asyncio.Queue[Outgoing] = asyncio.Queue()
        self._held: dict[str, list[Outgoing]] = {}
        self._tokens: dict[str, str] = {}
        self._confirmed: dict[str, asyncio.Event] = {}
        self._endpoint_is_up = True
        self._wanted: asyncio.Queue[str] = asyncio.Queue()

    async def run(self, topics: tuple[str, ...]) -> None:
        """Confirm the topics and deliver until cancelled."""
        timeout = aiohttp.ClientTimeout(total=self._settings.timeout)
        connector = aiohttp.TCPConnector(limit=self._settings.concurrency + len(topics))
        async with (
            aiohttp.ClientSession(timeout=timeout, connector=connector) as session,
            asyncio.TaskGroup() as tasks,
        ):
            for topic in topics:
                tasks.create_task(self._confirm(session, topic))
            for _ in range(self._settings.concurrency):
                tasks.create_task(self._work(session))
            while True:
                topic = await self._wanted.get()
                if topic not in self._confirmed:
                    tasks.create_task(self._confirm(session, topic))

    def subscribe(self, topic: str) -> None:
        """Ask the endpoint to confirm one more topic, unless it is being asked."""
        self._wanted.put_nowait(topic)

    def schedule(self, text: AnyText, position: int) -> None:
        """Deliver a publication when its time has come."""
        moment = text.accepted_at + text.publications[position].notice.published
        loop = asyncio.get_running_loop()
        item = Outgoing(text, position)
        loop.call_later(max(0.0, moment - time.time()), self._due, item)

    def _due(self, item: Outgoing) -> None:
        if not self._on_due(item.text, item.position):
            self._state.settle(item.text, item.position, "suppressed")
            return
        topic = item.publication.topic
        if self._subscription(topic):
            self._ready.put_nowait(item)
        else:
            self._held.setdefault(topic, []).append(item)

    # --- subscriptions --------------------------------------------------------------------------

    def _subscription(self, topic: str) -> str:
        return self._state.subscriptions.get((topic, self._endpoint), "")

    def confirm(self, topic: str, token: str) -> str | None:
        """Take the token of a SubscribeURL; return the subscription's ARN if it is right."""
        known = self._tokens.get(topic)
        if known is None or not secrets.compare_digest(known, token):
            return None
        if not self._subscription(topic):
            self._state.confirm(topic, self._endpoint, f"{topic}:{uuid.uuid4()}")
            log.info("subscription to %s confirmed", topic.rpartition(":")[2])
        self._confirmed[topic].set()
        for item in self._held.pop(topic, []):
            self._ready.put_nowait(item)
        return self._subscription(topic)

    async def _confirm(self, session: aiohttp.ClientSession, topic: str) -> None:
        """Ask the endpoint to confirm until it does."""
        if self._subscription(topic):
            return
        token = self._tokens[topic] = secrets.token_hex(64)
        confirmed = self._confirmed[topic] = asyncio.Event()
        post = self._envelopes.confirmation(topic, token, str(uuid.uuid4()), time.time())
        name = topic.rpartition(":")[2]
        log.info("asking the endpoint to confirm %s", name)
        while not confirmed.is_set():
            status = await self._post(session, post)
            accepted = 200 <= status < 300
            patience = CONFIRMATION_PATIENCE_SECONDS if accepted else CONFIRM_AGAIN_SECONDS
            try:
                await asyncio.wait_for(confirmed.wait(), patience)
            except TimeoutError:
                if accepted:
                    log.warning("%s was not confirmed; asking again", name)

    # --- notifications --------------------------------------------------------------------------

    async def _work(self, session: aiohttp.ClientSession) -> None:
        while True:
            item = await self._ready.get()
            item.post = item.post or self._envelope(item)
            item.tries += 1
            self._conclude(item, await self._post(session, item.post))

    def _envelope(self, item: Outgoing) -> Post:
        topic = item.publication.topic
        return self._envelopes.notification(
            topic,
            self._subscription(topic),
            item.text.sns_id(item.position),
            item.text.payload(item.position),
            item.text.accepted_at + item.publication.notice.published,
        )

    async def _post(self, session: aiohttp.ClientSession, post: Post) -> int:
        """Post and return the status, or 0 when there was no answer."""
        try:
            async with session.post(
                self._endpoint, data=post.body, headers=post.headers, allow_redirects=False
            ) as answer:
                await answer.read()
                status = answer.status
        except (aiohttp.ClientError, TimeoutError, OSError):
            status = 0
        if self._endpoint_is_up != (status > 0):
            self._endpoint_is_up = status > 0
            log.info("the endpoint %s", "answers" if status else "does not answer")
        return status

    def _conclude(self, item: Outgoing, status: int) -> None:
        if 200 <= status < 300:
            self._state.settle(item.text, item.position, "delivered")
        elif status and status < 500 and status != TOO_MANY_REQUESTS:
            log.warning("the endpoint refused a notification for good: %d", status)
            self._state.settle(item.text, item.position, "failed")
        elif item.tries >= self._settings.tries:
            log.warning("gave up on a notification after %d tries", item.tries)
            self._state.settle(item.text, item.position, "failed")
        else:
            delay = self._settings.first_backoff * 2 ** min(item.tries - 1, 16)
            delay = min(delay, self._settings.most_backoff)
            asyncio.get_running_loop().call_later(delay, self._ready.put_nowait, item)
