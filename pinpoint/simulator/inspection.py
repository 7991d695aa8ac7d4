"""A window on the simulator, for people and tests: /_simulator/..."""

import time
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any

from aiohttp import web

from .account import Account
from .opt_outs import digits
from .outcomes import INBOUND, Notice
from .state import AnyText, State
from .texts import AcceptedText, InboundText, Publication

DEFAULT_LIMIT = 1000
MOST_AT_ONCE = 10_000


class Inspection:
    """Read-only pages on what happened, and ways to make a person text us and time pass."""

    def __init__(
        self,
        account: Account,
        state: State,
        schedule: Callable[[AnyText, int], None],
        refused: Counter[str],
    ) -> None:
        self._account = account
        self._state = state
        self._schedule = schedule
        self._refused = refused

    def add_routes(self, app: web.Application) -> None:
        """Serve the pages."""
        app.router.add_get("/_simulator/health", self._health)
        app.router.add_get("/_simulator/messages", self._messages)
        app.router.add_get("/_simulator/stats", self._stats)
        app.router.add_post("/_simulator/inbound", self._inbound)
        app.router.add_post("/_simulator/forward", self._forward)

    async def _health(self, request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def _messages(self, request: web.Request) -> web.Response:
        """List accepted texts in order; `after` is the index of the last one that is known."""
        try:
            after = max(0, int(request.query.get("after", 0)))
            limit = min(MOST_AT_ONCE, max(1, int(request.query.get("limit", DEFAULT_LIMIT))))
        except ValueError:
            return web.json_response({"error": "after and limit are numbers"}, status=400)
        rows = [_row(text) for text in self._state.texts(after, limit)]
        return web.json_response({"messages": rows, "total": self._state.accepted_count})

    async def _stats(self, request: web.Request) -> web.Response:
        refused = dict(self._refused)
        throttled = refused.pop("ThrottlingException", 0)
        published = self._state.published
        return web.json_response(
            {
                "accepted": self._state.accepted_count,
                "throttled": throttled,
                "refused": refused,
                "notifications": {**published, "pending": self._state.unpublished_count},
                "inbound_injected": self._state.inbound_count,
                "opted_out": self._state.opt_outs.count(),
                "spent_usd": self._state.spent() / 1_000_000,
                "subscriptions": len(self._state.subscriptions),
            }
        )

    async def _forward(self, request: web.Request) -> web.Response:
        """Take {"days"}: so long passes for those who register and provision."""
        try:
            days = float((await request.json())["days"])
        except (ValueError, KeyError, TypeError):
            return web.json_response({"error": "days is a number"}, status=400)
        self._state.holdings.forward(days)
        return web.json_response({"now": self._state.holdings.now()})

    async def _inbound(self, request: web.Request) -> web.Response:
        """Take {"from", "to", "body"}: a person texts one of our numbers."""
        try:
            members = await request.json()
            person, to, body = (str(members[name]) for name in ("from", "to", "body"))
        except (ValueError, KeyError, TypeError):
            return web.json_response({"error": "from, to and body are needed"}, status=400)
        number = self._state.holdings.number(to)
        if number is None or not number.two_way:
            return web.json_response({"error": "no such two-way number"}, status=404)
        last = self._state.last_text_to(digits(person))
        notice = Notice(INBOUND, False, 0.0, 0.0, 0, body)
        text = InboundText(
            index=self._state.inbound_count + 1,
            accepted_at=time.time(),
            person=digits(person),
            number=number.number,
            body=body,
            answers=last.message_id if last else "",
            inbound_id=str(uuid.uuid4()),
            publications=(Publication(number.inbound_topic, notice),),
        )
        self._state.receive(text)
        self._schedule(text, 0)
        return web.json_response({"inboundMessageId": text.inbound_id})


def _row(text: AcceptedText) -> dict[str, Any]:
    return {
        "index": text.index,
        "number": text.number,
        "accepted_at": text.accepted_at,
        "destination": text.destination,
        "origination": text.origination,
        "body": text.body,
        "encoding": text.encoding,
        "parts": text.parts,
        "message_type": text.message_type,
        "context": text.context,
        "country_parameters": text.country_parameters,
        "message_id": text.message_id,
        "outcome": text.outcome,
    }
