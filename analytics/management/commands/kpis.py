"""`manage.py kpis`: the figures by Pinpoint's names."""

import json
from argparse import ArgumentTypeError
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from analytics import pinpoint_kpis
from analytics.pinpoint_kpis import EVERY, Asked, NotAnswered, Row
from campaigns.models import Campaign
from compliance.models import Program


def day(text: str) -> datetime:
    """Read a day of UTC."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no day such as 2026-11-26") from error


class Command(BaseCommand):
    help = "Print the figures that Amazon Pinpoint had, by its names, per day of UTC and range."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="first", type=day, help="first day, 31 days ago")
        parser.add_argument("--to", dest="last", type=day, help="last day, today")
        parser.add_argument("--program", help="of one program (Pinpoint: application), by name")
        parser.add_argument("--campaign", type=int, help="of one campaign, by number")
        parser.add_argument("--name", action="append", choices=sorted(EVERY), help="this one alone")
        parser.add_argument("--json", action="store_true", help="one JSON object per figure")

    def handle(self, *args: Any, **options: Any) -> None:
        asked = _asked(options, timezone.now())
        for name in options["name"] or _offered(asked):
            try:
                found = pinpoint_kpis.rows(name, asked)
            except NotAnswered as refusal:
                raise CommandError(str(refusal)) from refusal
            self.stdout.write(_as_json(name, found) if options["json"] else _as_text(name, found))


def _asked(options: dict[str, Any], now: datetime) -> Asked:
    last = options["last"] or now
    first = options["first"] or last - timedelta(days=30)
    start, end = pinpoint_kpis.whole_days(first, last)
    campaign_id, name = options["campaign"], options["program"]
    if campaign_id is not None and not Campaign.objects.filter(pk=campaign_id).exists():
        raise CommandError(f"There is no campaign {campaign_id}.")
    program = Program.objects.filter(name=name).first() if name else None
    if name and program is None:
        known = ", ".join(Program.objects.order_by("name").values_list("name", flat=True))
        raise CommandError(f"There is no program named {name}. There are: {known or 'none'}.")
    try:
        return Asked.within_limits(
            start, end, now, program_id=program.pk if program else None, campaign_id=campaign_id
        )
    except NotAnswered as refusal:
        raise CommandError(str(refusal)) from refusal


def _offered(asked: Asked) -> list[str]:
    of_campaign = asked.campaign_id is not None
    return [
        name for name, kpi in EVERY.items() if (kpi.campaign if of_campaign else kpi.application)
    ]


def _as_json(name: str, found: list[Row]) -> str:
    by = EVERY[name].by
    rows = [({by.key: row.group} if by else {}) | {EVERY[name].key: row.value} for row in found]
    return json.dumps({"name": name, "rows": rows})


def _as_text(name: str, found: list[Row]) -> str:
    lines = [f"  {row.group or '-':<24} {row.value:,.3f}" for row in found]
    return "\n".join([name, *(lines or ["  nothing"])])
