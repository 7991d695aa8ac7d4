"""The gate's stored answers about a text, in words."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns import reasons
from compliance.gate import Verdict

VERDICTS = {
    Verdict.SEND.value: gettext_lazy("The gate let it pass at {at}, rules version {rules}."),
    Verdict.DEFER.value: gettext_lazy("The gate held it back at {at}, rules version {rules}."),
    Verdict.BLOCK.value: gettext_lazy("The gate blocked it at {at}, rules version {rules}."),
}


def in_words(decision: Mapping[str, Any]) -> str:
    """Say what the gate answered, when, under which rules, and what the clocks showed.

    `decision` is what `compliance.questions.Decision.record` gave.
    """
    sentence = str(VERDICTS[decision["verdict"]])
    said = [sentence.format(at=_instant(decision.get("at")), rules=decision["rules"])]
    if decision.get("reason"):
        said.append(reasons.in_words(decision["reason"]))
    zones = decision.get("zones", {})
    if zones:
        clocks = "; ".join(f"{clock} {zone} ({by})" for zone, (clock, by) in zones.items())
        said.append(_("Local time: {}.").format(clocks))
    if decision.get("places"):
        places = ", ".join(f"{place} ({by})" for place, by in decision["places"].items())
        said.append(_("Laws of: {}.").format(places))
    return " ".join(said)


def _instant(text: str | None) -> str:
    return f"{datetime.fromisoformat(text).astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if text else "?"
