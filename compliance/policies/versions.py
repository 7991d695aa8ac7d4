"""Making a version: the rules as they stand now, written down whole and never changed again."""

import hashlib
import importlib.metadata
import json
from collections.abc import Iterable
from typing import Any

from django.db import connection, models
from django.forms.models import model_to_dict
from django.utils import timezone

from compliance.models import Emergency, HolidayChange, Policy, RulesVersion

# Packages whose data decisions rest on besides the rules (compliance.md 12).
TABLES = ("phonenumbers", "holidays", "tzdata")
LOCK = 0x52554C45  # pg_advisory_xact_lock key: one version is made at a time


def make(summary: str, made_by: str) -> RulesVersion | None:
    """Write the rules down as they stand; None if they are what the last version says.

    Runs in the transaction of the change, so no change is ever without its version.
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
    return RulesVersion.objects.create(
        made_at=timezone.now(),
        made_by=made_by,
        summary=summary[:300],
        content=content,
        sha256=sha256,
    )


def _rows(found: Iterable[models.Model]) -> list[dict[str, Any]]:
    return [
        {
            name: value.isoformat() if hasattr(value, "isoformat") else value
            for name, value in model_to_dict(row).items()
            if name != "id"
        }
        for row in found
    ]
