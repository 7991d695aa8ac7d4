"""What came across exactly, what approximately and what not, and why."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

MOST_LINES = 1_000  # of files of endpoints, that are named one by one


class Outcome(StrEnum):
    """What became of an object."""

    EXACTLY = "exactly"
    APPROXIMATELY = "approximately"
    NOT = "not"
    THERE = "there already"


@dataclass(frozen=True, slots=True)
class Object:
    """One application, segment, template, campaign or file, and what became of it."""

    kind: str
    id: str
    name: str
    outcome: Outcome
    reasons: Sequence[str] = ()


@dataclass(slots=True)
class Report:
    """All that became of what was found."""

    dry_run: bool
    objects: list[Object] = field(default_factory=list)
    endpoints: Counter[Outcome] = field(default_factory=Counter)
    opted_out: int = 0
    opted_in: int = 0
    reasons: Counter[tuple[Outcome, str]] = field(default_factory=Counter)
    lines: list[dict[str, Any]] = field(default_factory=list)

    def note(
        self, kind: str, identifier: str, name: str, outcome: Outcome, reasons: Sequence[str] = ()
    ) -> None:
        """Say what became of an object."""
        self.objects.append(Object(kind, identifier, name, outcome, tuple(reasons)))

    def note_line(self, file: str, line: int, outcome: Outcome, reasons: Sequence[str]) -> None:
        """Say what became of an endpoint."""
        self.endpoints[outcome] += 1
        for reason in reasons:
            self.reasons[outcome, reason] += 1
        if reasons and len(self.lines) < MOST_LINES:
            where = {"file": file, "line": line, "outcome": str(outcome)}
            self.lines.append(where | {"reasons": list(reasons)})

    @property
    def all_came(self) -> bool:
        """Tell whether nothing was left behind."""
        left = [one for one in self.objects if one.outcome == Outcome.NOT]
        return not left and not self.endpoints[Outcome.NOT]

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "dry_run": self.dry_run,
            "endpoints": {
                **{str(outcome): self.endpoints[outcome] for outcome in Outcome},
                "opted_out": self.opted_out,
                "opted_in": self.opted_in,
                "reasons": [
                    {"outcome": str(outcome), "reason": reason, "endpoints": count}
                    for (outcome, reason), count in self.reasons.most_common()
                ],
                "lines": self.lines,
            },
            "objects": [
                {
                    "kind": one.kind, "id": one.id, "name": one.name,
                    "outcome": str(one.outcome), "reasons": list(one.reasons),
                }
                for one in self.objects
            ],
        }  # fmt: skip

    def as_text(self) -> str:
        """Return it for people to read: sums first, then what to look at."""
        counts: dict[str, Counter[Outcome]] = {"endpoint": self.endpoints}
        for one in self.objects:
            counts.setdefault(one.kind, Counter())[one.outcome] += 1
        found = ["Nothing was written: this is a dry run."] if self.dry_run else []
        found.append(f"{'':12}" + "".join(f"{outcome:>15}" for outcome in Outcome))
        for kind, count in counts.items():
            found.append(f"{kind:12}" + "".join(f"{count[outcome]:>15,}" for outcome in Outcome))
        found.append(f"{self.opted_out:,} numbers opted out, {self.opted_in:,} opted in.")
        for (outcome, reason), number in self.reasons.most_common():
            found.append(f"{number:,} endpoints {outcome}: {reason}")
        for one in self.objects:
            if one.reasons:
                why = " ".join(one.reasons)
                found.append(f"{one.kind} {one.name or one.id} ({one.id}), {one.outcome}: {why}")
        return "\n".join(found)
