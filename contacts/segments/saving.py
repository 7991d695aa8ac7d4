"""Saving a segment: its rules are checked, and every change of them is kept as a version."""

from typing import Any

from django.db import connection, transaction

from contacts import segments
from contacts.models import Segment, SegmentReference, SegmentVersion
from contacts.segments.tree import leaves

# Two people who let two segments ask for each other at the same moment wait for one another.
LOCK = 7_305_220


def hold() -> None:
    """Let nobody else save a segment until the transaction ends; who saves holds it anyway."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def save(
    segment: Segment,
    rules: dict[str, Any],
    user_id: int | None,
    written: dict[str, Any] | None = None,
) -> Segment:
    """Store a new or changed segment with these rules. Raises RuleError; nothing is stored then.

    `written` is what they were translated from, to be given back as it was.
    """
    with transaction.atomic():
        hold()
        segments.validate(rules, segment.pk)
        last = segment.pk and segment.versions.order_by("-number").first()
        changed = not last or last.rules != rules or (written and last.written != written)
        segment.rules = rules
        segment.version = last.number + int(bool(changed)) if last else 1
        segment.save()
        if changed:
            SegmentVersion.objects.create(
                segment=segment,
                number=segment.version,
                rules=rules,
                written=written,
                saved_by_id=user_id,
            )
            _refer(segment)
    return segment


def _refer(segment: Segment) -> None:
    """Note what the rules ask for, so that the database keeps it from being deleted."""
    asked = {
        field: {
            int(value)
            for rule in leaves(segment.rules)
            if rule["field"] == field
            for value in rule["values"]
        }
        for field in ("segment", "list")
    }
    segment.references.all().delete()
    SegmentReference.objects.bulk_create(
        [
            *(SegmentReference(segment=segment, to_segment_id=pk) for pk in asked["segment"]),
            *(SegmentReference(segment=segment, to_list_id=pk) for pk in asked["list"]),
        ]
    )
