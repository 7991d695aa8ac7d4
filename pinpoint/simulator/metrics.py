"""What CloudWatch would count of the texts, in the namespace AWS/SMSVoice (aws-sms.md 5.6)."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from .texts import AcceptedText, country_of

NAMESPACE = "AWS/SMSVoice"
SPEND = "TextMessageMonthlySpend"
SENT = "NumberOfTextMessagePartsSent"
DELIVERED = "NumberOfTextMessagePartsDelivered"
BLOCKED = "TextMessagesBlockedByProtect"
MINUTE = 60
MILLIONTHS = 1_000_000

Dimensions = tuple[tuple[str, str], ...]
Key = tuple[str, Dimensions]


@dataclass(slots=True)
class Sample:
    """What some values come to; CloudWatch's statistics."""

    count: int = 0
    total: float = 0.0
    least: float = 0.0
    most: float = 0.0

    def take(self, count: int, total: float, least: float, most: float) -> None:
        """Add values."""
        self.least = min(self.least, least) if self.count else least
        self.most = max(self.most, most) if self.count else most
        self.count += count
        self.total += total

    def statistic(self, name: str) -> float:
        """Return one of STATISTICS; only of a sample that has a value."""
        return STATISTICS[name](self)


STATISTICS: dict[str, Callable[[Sample], float]] = {
    "Sum": lambda sample: sample.total,
    "SampleCount": lambda sample: sample.count,
    "Average": lambda sample: sample.total / sample.count,
    "Minimum": lambda sample: sample.least,
    "Maximum": lambda sample: sample.most,
}


class Metrics:
    """Values by the minute (epoch seconds) of what was accepted, told of each text once."""

    def __init__(self) -> None:
        self._minutes: defaultdict[Key, dict[int, Sample]] = defaultdict(dict)
        self._month = (0, 0)
        self._spent = 0  # in this month, millionths of a dollar

    def note(self, text: AcceptedText) -> None:
        """Count a text; its receipts count from the moment at which they are told."""
        dimensions = _dimensions(text)
        blocked = text.outcome == "TEXT_PROTECT_BLOCKED"
        self._count(BLOCKED, dimensions, text.accepted_at, int(blocked))
        if not blocked:
            self._count(SENT, dimensions, text.accepted_at, text.parts)
        for moment in _deliveries(text):
            self._count(DELIVERED, dimensions, moment, text.parts)
        self._spend(text)

    def _count(self, name: str, of: list[Dimensions], moment: float, value: float) -> None:
        for dimensions in of:
            minutes = self._minutes[name, dimensions]
            sample = minutes.setdefault(_floor(moment, MINUTE), Sample())
            sample.take(1, value, value, value)

    def _spend(self, text: AcceptedText) -> None:
        month = _month(text.accepted_at)
        if month != self._month:
            self._month, self._spent = month, 0
        self._spent += text.price + text.carrier_fee
        self._count(SPEND, [()], text.accepted_at, self._spent / MILLIONTHS)

    def known(self, now: float) -> Iterator[Key]:
        """Yield the metrics of which there is a value."""
        for key, minutes in self._minutes.items():
            if any(minute <= now for minute in minutes):
                yield key

    def values(
        self, key: Key, start: float, end: float, period: int, now: float
    ) -> dict[int, Sample]:
        """Return the values by periods of so many seconds that begin in a span, oldest first."""
        minutes = self._minutes.get(key, {})
        found: dict[int, Sample] = {}
        until = min(end, now + 1)
        for minute in sorted(minutes):
            if _floor(start, period) <= minute < until:
                one = minutes[minute]
                sample = found.setdefault(_floor(minute, period), Sample())
                sample.take(one.count, one.total, one.least, one.most)
        return self._carried(minutes, found, start, until, period) if key[0] == SPEND else found

    def _carried(
        self,
        minutes: dict[int, Sample],
        found: dict[int, Sample],
        start: float,
        until: float,
        period: int,
    ) -> dict[int, Sample]:
        """Tell the month's sum in periods without a text too: it stands until the month ends."""
        filled: dict[int, Sample] = {}
        before = [minute for minute in minutes if minute < _floor(start, period)]
        last = max(before, default=None)
        standing = minutes[last].most if last is not None else 0.0
        month = _month(last) if last is not None else (0, 0)
        for begin in range(_floor(start, period), int(until), period):
            if _month(begin) != month:
                month, standing = _month(begin), 0.0
            sample = found.get(begin) or Sample(1, standing, standing, standing)
            filled[begin], standing = sample, sample.most
        return filled


def _dimensions(text: AcceptedText) -> list[Dimensions]:
    """Return what a text is counted by: everything together, its country, who sent it."""
    kind = "PHONE_NUMBER" if text.origination.startswith("+") else "SENDER_ID"
    country = country_of(text.destination)
    by_country: list[Dimensions] = [(("IsoCountryCode", country),)] if country else []
    return [(), *by_country, (("OriginationIdentityType", kind),)]


def _deliveries(text: AcceptedText) -> list[float]:
    """Return when each receipt of a delivery is told, a repeated one again (epoch seconds)."""
    told = {
        one.notice.identity: text.accepted_at + one.notice.happened
        for one in text.publications
        if one.notice.kind == "TEXT_DELIVERED"
    }
    if told or text.outcome != "TEXT_DELIVERED":
        return list(told.values())
    return [text.accepted_at]  # no event destination is told when


def _floor(moment: float, step: int) -> int:
    return int(moment // step) * step


def _month(moment: float) -> tuple[int, int]:
    of = datetime.fromtimestamp(moment, UTC)
    return of.year, of.month
