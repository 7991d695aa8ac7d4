"""`manage.py describe_pinpoint_api`: the table of docs/pinpoint-api.md."""

from typing import Any

from django.core.management.base import BaseCommand

from config.pinpoint_api.table import described


class Command(BaseCommand):
    help = "Print which operations of Amazon Pinpoint are answered here, and what to use instead."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write("| operation | here | what of it is not, or what to use instead |")
        self.stdout.write("| --- | --- | --- |")
        for row in described():
            self.stdout.write(f"| {' | '.join(row)} |")
