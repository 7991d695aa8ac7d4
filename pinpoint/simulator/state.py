"""What changes while the simulator runs; every change goes through the journal first."""

import time
from array import array
from collections.abc import Iterator
from typing import Any

from .account import CREATED_AT, Account
from .holdings import Holdings
from .journal import Journal
from .metrics import Metrics
from .opt_outs import OptOut, OptOutLists
from .texts import AcceptedText, InboundText

AnyText = AcceptedText | InboundText
Owner = tuple[str, int]  # the kind of a text ("text" or "inbound") and its index


def owner_of(text: AnyText) -> Owner:
    """Name a text among all that publish something."""
    return ("text" if isinstance(text, AcceptedText) else "inbound", text.index)


class State:
    """The log of texts, the counts per destination, the month's spend and the opt-out lists."""

    def __init__(self, account: Account, journal: Journal) -> None:
        self.account = account
        self.opt_outs = OptOutLists(account.opt_out_lists)
        self.holdings = Holdings(account, journal.append)
        self.metrics = Metrics()
        self.subscriptions: dict[tuple[str, str], str] = {}  # (topic, endpoint) -> ARN
        self.published = {"delivered": 0, "failed": 0, "suppressed": 0}
        self.inbound_count = 0
        self._created_lists: dict[str, float] = {}
        self._journal = journal
        self._offsets = array("Q")  # where each accepted text is in the journal
        self._sent: dict[str, tuple[int, int]] = {}  # destination -> (texts, index of the last)
        self._month = ""
        self._spent = 0
        self._open: dict[Owner, tuple[AnyText, set[int]]] = {}
        for offset, record in journal.records():
            self._replay(offset, record)

    def _replay(self, offset: int, record: dict[str, Any]) -> None:
        kind = record.pop("kind")
        if kind == "text":
            self._remember(AcceptedText.from_record(record), offset)
        elif kind == "inbound":
            self._remember_inbound(InboundText.from_record(record))
        elif kind == "published":
            self._settle((record["owner"], record["index"]), record["position"], record["end"])
        elif kind in ("put", "dropped"):
            self.holdings.replay(record)
        elif kind == "opted_out":
            self.opt_outs.put(record["list"], OptOut(**record["entry"]))
        elif kind == "list_created":
            self._created_lists[record["list"]] = record["at"]
        elif kind == "opted_in":
            self.opt_outs.remove(record["list"], record["number"], record["at"])
        elif kind == "confirmed":
            self.subscriptions[record["topic"], record["endpoint"]] = record["subscription"]

    # --- texts ----------------------------------------------------------------------------------

    @property
    def accepted_count(self) -> int:
        """How many texts have been accepted since the state directory was made."""
        return len(self._offsets)

    def texts_to(self, destination: str) -> int:
        """Count the accepted texts to a destination."""
        return self._sent.get(destination, (0, 0))[0]

    def last_text_to(self, destination: str) -> AcceptedText | None:
        """Return the last accepted text to a destination."""
        _, index = self._sent.get(destination, (0, 0))
        return self._text(index) if index else None

    def accept(self, text: AcceptedText) -> None:
        """Make a text last."""
        self._remember(text, self._journal.append("text", text.record()))

    def texts(self, after: int, limit: int) -> Iterator[AcceptedText]:
        """Yield the accepted texts whose index is above `after`, in order."""
        for index in range(after + 1, min(after + limit, self.accepted_count) + 1):
            yield self._text(index)

    def _text(self, index: int) -> AcceptedText:
        record = self._journal.read(self._offsets[index - 1])
        del record["kind"]
        return AcceptedText.from_record(record)

    def _remember(self, text: AcceptedText, offset: int) -> None:
        self._offsets.append(offset)
        self._sent[text.destination] = (self.texts_to(text.destination) + 1, text.index)
        month = _month(text.accepted_at)
        if month != self._month:
            self._month, self._spent = month, 0
        self._spent += text.price + text.carrier_fee
        self.metrics.note(text)
        self._open_up(text)

    def spent(self) -> int:
        """Return this month's spend in millionths of a dollar."""
        return self._spent if _month(time.time()) == self._month else 0

    def receive(self, text: InboundText) -> None:
        """Make a text from a person last."""
        self._journal.append("inbound", text.record())
        self._remember_inbound(text)

    def _remember_inbound(self, text: InboundText) -> None:
        self.inbound_count = text.index
        self._open_up(text)

    # --- publications ---------------------------------------------------------------------------

    @property
    def unpublished_count(self) -> int:
        """How many notifications are still to be delivered."""
        return sum(len(positions) for _, positions in self._open.values())

    def unpublished(self) -> Iterator[tuple[AnyText, int]]:
        """Yield every publication that has neither been delivered nor given up."""
        for text, positions in self._open.values():
            for position in sorted(positions):
                yield text, position

    def settle(self, text: AnyText, position: int, end: str) -> None:
        """Record that a publication is over: `end` is delivered, failed or suppressed."""
        owner, index = owner_of(text)
        record = {"owner": owner, "index": index, "position": position, "end": end}
        self._journal.append("published", record)
        self._settle((owner, index), position, end)

    def _open_up(self, text: AnyText) -> None:
        if text.publications:
            self._open[owner_of(text)] = (text, set(range(len(text.publications))))

    def _settle(self, owner: Owner, position: int, end: str) -> None:
        self.published[end] += 1
        positions = self._open[owner][1]
        positions.discard(position)
        if not positions:
            del self._open[owner]

    def confirm(self, topic: str, endpoint: str, subscription: str) -> None:
        """Record that an endpoint has confirmed its subscription to a topic."""
        record = {"topic": topic, "endpoint": endpoint, "subscription": subscription}
        self._journal.append("confirmed", record)
        self.subscriptions[topic, endpoint] = subscription

    # --- opt-outs -------------------------------------------------------------------------------

    def opt_out_lists(self) -> dict[str, float]:
        """Return every list and when it was made (epoch seconds)."""
        return {**dict.fromkeys(self.account.opt_out_lists, CREATED_AT), **self._created_lists}

    def create_list(self, name: str) -> float:
        """Make a list that is not there; return when (epoch seconds)."""
        now = time.time()
        self._journal.append("list_created", {"list": name, "at": now})
        self._created_lists[name] = now
        return now

    def opt_out(self, name: str, number: str, *, end_user: bool) -> OptOut:
        """Put a number on an opt-out list, unless it is there."""
        if entry := self.opt_outs.find(name, number):
            return entry
        entry = OptOut(number, time.time(), end_user)
        members = {"number": number, "since": entry.since, "end_user": end_user}
        self._journal.append("opted_out", {"list": name, "entry": members})
        return self.opt_outs.put(name, entry)

    def opt_in(self, name: str, number: str) -> OptOut:
        """Take a number off an opt-out list that it is on."""
        now = time.time()
        self._journal.append("opted_in", {"list": name, "number": number, "at": now})
        return self.opt_outs.remove(name, number, now)

    def close(self) -> None:
        """Let go of the journal."""
        self._journal.close()


def _month(moment: float) -> str:
    return time.strftime("%Y-%m", time.gmtime(moment))
