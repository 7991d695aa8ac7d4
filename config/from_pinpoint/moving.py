"""All that was kept of Pinpoint, brought across in its order, with a report."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from compliance.endpoint_consent import Attested
from config.from_pinpoint import definitions, drafts, finding, people
from config.from_pinpoint.definitions import Bringing
from config.from_pinpoint.finding import Found, Thing
from config.from_pinpoint.people import Moving
from config.from_pinpoint.report import Outcome, Report

# What whoever moves it must be allowed to do.
NEEDS = (
    *("compliance.add_program", "contacts.add_import", "contacts.add_contact"),
    *("contacts.change_contact", "contacts.add_segment", "contacts.change_segment"),
    *("contacts.add_contactlist", "campaigns.add_messagetemplate", "campaigns.add_campaign"),
)


def move(
    where: str,
    client: Callable[[], Any],
    by: User,
    *,
    now: datetime,
    dry_run: bool,
    application: str = "",
    attested: Sequence[Attested] = (),
) -> Report:
    """Bring across what lies in a folder or at an address in S3. Raises OSError, ClientError.

    A dry run writes nothing: definitions are made and taken back, people are only looked at.
    """
    report = Report(dry_run)
    found = finding.look_through(finding.files(where, client))
    for name, why in found.unknown:
        report.note("file", name, name, Outcome.NOT, [why])
    if not dry_run:
        _move(found, report, by, now, application, attested)
        return report
    with transaction.atomic():
        _move(found, report, by, now, application, attested)
        transaction.set_rollback(True)
    return report


def _move(
    found: Found, report: Report, by: User, now: datetime, application: str,
    attested: Sequence[Attested],
) -> None:  # fmt: skip
    bringing = Bringing(by, report, {})
    things: dict[str, list[Thing]] = {
        kind: [thing for _file, thing in all_of_it] for kind, all_of_it in found.things.items()
    }
    named = found.applications | ({application} if application else set())
    definitions.bring_programs(things.get("application", ()), sorted(named), bringing)
    only = next(iter(bringing.programs), "") if len(bringing.programs) == 1 else ""
    imported = {
        str(one["Id"]) for one in things.get("segment", ()) if one["SegmentType"] == "IMPORT"
    }
    moving = Moving(
        by, report, bringing.programs, application or only, attested, frozenset(imported)
    )
    people.move(found.endpoints, moving)
    bringing.members, bringing.named = moving.members, moving.named
    definitions.bring_templates(things.get("template", ()), bringing)
    definitions.bring_segments(things.get("segment", ()), bringing)
    drafts.bring_campaigns(things.get("campaign", ()), bringing, now)
    definitions.note_others(found.things, report)
