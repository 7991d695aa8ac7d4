"""Making a version: the rules as they stand now, written down whole and never changed again."""

import hashlib
import importlib.metadata
import json
import textwrap
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import connection, models
from django.forms.models import model_to_dict
from django.utils import timezone

from compliance.models import Emergency, HolidayChange, Policy, RulesVersion

# Packages whose data decisions rest on besides the rules (compliance.md 12).
TABLES = ("phonenumbers", "holidays", "tzdata")
# What tells one row of a kind from another.
NAMED_BY = {
    "policies": ("jurisdiction", "covers", "first_day"),
    "holidays": ("calendar", "day"),
    "emergencies": ("jurisdiction", "since"),
}
LOCK = 0x52554C45  # pg_advisory_xact_lock key: one version is made at a time


def make(made_by: str, summary: str = "") -> RulesVersion | None:
    """Write the rules down as they stand; None if they are what the last version says.

    Runs in the transaction of the change, so no change is ever without its version. Without a
    `summary` it says what differs.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    content = {
        "policies": _rows(Policy.objects.order_by("jurisdiction", "covers", "first_day")),
        "holidays": _rows(HolidayChange.objects.order_by("calendar", "day")),
        "emergencies": _rows(Emergency.objects.order_by("jurisdiction", "since", "pk")),
        "tables": {name: importlib.metadata.version(name) for name in TABLES},
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    sha256 = hashlib.sha256(canonical.encode()).hexdigest()
    last = RulesVersion.objects.order_by("-pk").first()
    if last and last.sha256 == sha256:
        return None
    if last and not summary:
        summary = " ".join(differences(last.content, content))
    return RulesVersion.objects.create(
        made_at=timezone.now(),
        made_by=made_by,
        summary=textwrap.shorten(summary, 300, placeholder=" …"),
        content=content,
        sha256=sha256,
    )


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Say in sentences what is different in a later content. Pure."""
    said = []
    for kind, names in NAMED_BY.items():
        old, new = (
            {_name(row, names): row for row in content[kind]} for content in (before, after)
        )
        said += [f"{name}: added." for name in new if name not in old]
        said += [f"{name}: removed." for name in old if name not in new]
        for name in old.keys() & new.keys():
            said += [
                f"{name}: {field} “{old[name][field]}” → “{value}”."
                for field, value in new[name].items()
                if old[name].get(field) != value
            ]
    old, new = before["tables"], after["tables"]
    said += [f"{name} {old.get(name)} → {new[name]}." for name in new if old.get(name) != new[name]]
    return said


def _name(row: Mapping[str, Any], names: Iterable[str]) -> str:
    return " ".join(str(row[name]) for name in names if row[name])


def _rows(found: Iterable[models.Model]) -> list[dict[str, Any]]:
    return [
        {
            name: value.isoformat() if hasattr(value, "isoformat") else value
            for name, value in model_to_dict(row).items()
            if name != "id"
        }
        for row in found
    ]


def overdue(today: date) -> list[Policy | HolidayChange]:
    """Return the rules that somebody should have looked at again by now, the oldest first."""
    late: list[Policy | HolidayChange] = [
        *Policy.objects.filter(review_on__lt=today).exclude(last_day__lt=today),
        *HolidayChange.objects.filter(review_on__lt=today, day__gte=today),
    ]
    return sorted(late, key=lambda row: row.review_on)
