"""`manage.py campaigns`: how every campaign stands."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from campaigns import runs


class Command(BaseCommand):
    help = "List the campaigns with their counts; they add up to the audience at every moment."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object per campaign")

    def handle(self, *args: Any, **options: Any) -> None:
        for campaign in runs.totals():
            if options["json"]:
                self.stdout.write(json.dumps(campaign))
            else:
                counts = ", ".join(
                    f"{name} {value}"
                    for name, value in campaign.items()
                    if name not in {"id", "name", "status", "complete"}
                )
                self.stdout.write(
                    f"{campaign['id']:>4} {campaign['name']} [{campaign['status']}] {counts}"
                )
