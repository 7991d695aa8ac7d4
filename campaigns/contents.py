"""What a campaign says, to whom and when, in words: kept with each approval, and compared."""

import difflib
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.encoding import force_str
from django.utils.translation import gettext as _

from campaigns.models import Approval, Campaign
from campaigns.readiness import approvals
from contacts.segments import words

FIELDS = (
    *("name", "program", "originator", "message_class", "segment", "body"),
    *("india_entity", "india_template", "timing", "event", "event_rules"),
    *("first_day", "clock", "zone", "everyones_own", "window_start", "window_end"),
    *("starts_at", "ends_at", "daily_limit", "total_limit"),
    *("messages_per_second", "expires_after_hours", "budget_usd", "max_audience"),
    "holdout_percent",
)
WHEN = FIELDS[FIELDS.index("timing") :]
RULES, TREATMENTS = "rules", "treatments"
INDENT = "  "
WORD = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not as it was; its words in pieces, each the same, gone or new."""

    label: str
    pieces: tuple[tuple[str, str], ...]  # ("same" | "gone" | "new", words)


def of(campaign: Campaign) -> dict[str, str]:
    """Return everything that a reviewer says yes to. One query for the treatments."""
    found = {name: _in_words(campaign, name) for name in FIELDS}
    found[RULES] = _rules_in_words(campaign.segment.rules)
    found[TREATMENTS] = "\n".join(
        f"{one.name}, {one.percent} %: {one.body}"
        + (f" ({label('india_template')}: {one.india_template})" if one.india_template else "")
        for one in campaign.treatments.order_by("pk")
    )
    return found


def digest(campaign: Campaign) -> str:
    """Return what names this content: a reviewer says yes to what they had before them."""
    return hashlib.sha256(json.dumps(of(campaign), sort_keys=True).encode()).hexdigest()


def event_rules(campaign: Campaign) -> str:
    """Return what must come with an event that it answers; "": nothing."""
    return _rules_in_words(campaign.event_rules) if campaign.event_rules else ""


def label(name: str) -> str:
    """Return what a field is called on the page."""
    if name == RULES:
        return _("rules of the segment")
    if name == TREATMENTS:
        return _("treatments")
    return force_str(Campaign._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def schedule(campaign: Campaign) -> list[tuple[str, str]]:
    """Return what is filled in of when it goes and how much of it, each with what it is called."""
    words_of = [(name, _in_words(campaign, name)) for name in WHEN]
    return [(label(name), found) for name, found in words_of if found]


def last_approved(campaign: Campaign) -> Approval | None:
    """Return the latest approval that does not hold any more."""
    earlier = campaign.approvals.exclude(pk__in=approvals(campaign)).exclude(content={})
    return earlier.select_related("approved_by").order_by("-pk").first()


def changes(before: Mapping[str, str], now: Mapping[str, str]) -> list[Change]:
    """Return what differs, in the order of the page. Pure."""
    all_names = (*FIELDS, RULES, TREATMENTS)
    names = [name for name in all_names if before.get(name, "") != now.get(name, "")]
    return [
        Change(label(name), tuple(_pieces(before.get(name, ""), now.get(name, ""))))
        for name in names
    ]


def _rules_in_words(rules: dict[str, Any]) -> str:
    return "\n".join(INDENT * depth + sentence for depth, sentence in words.lines(rules))


def _in_words(campaign: Campaign, name: str) -> str:
    if name == "event_rules":
        return event_rules(campaign)
    display = getattr(campaign, f"get_{name}_display", None)
    value: Any = display() if display else getattr(campaign, name)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "" if value is None else str(value)


def _pieces(before: str, now: str) -> Iterator[tuple[str, str]]:
    """Compare word by word."""
    old, new = WORD.findall(before), WORD.findall(now)
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, begin, end, new_begin, new_end in matcher.get_opcodes():
        if kind == "equal":
            yield "same", "".join(old[begin:end])
            continue
        if begin < end:
            yield "gone", "".join(old[begin:end])
        if new_begin < new_end:
            yield "new", "".join(new[new_begin:new_end])
