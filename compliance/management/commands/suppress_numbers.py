"""`manage.py suppress_numbers`: put a list of numbers on the global suppression list."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from compliance import suppression
from compliance.models import SuppressedNumber
from contacts import national


class Command(BaseCommand):
    help = "Put the numbers in a file, one a line, on the global suppression list."

    def add_arguments(self, parser: CommandParser) -> None:
        reasons = [r for r in SuppressedNumber.Reason.values if r != SuppressedNumber.Reason.ERASED]
        parser.add_argument("file", type=Path)
        parser.add_argument("--reason", required=True, choices=reasons)
        parser.add_argument("--source", required=True, help="where the list is from, and its date")
        parser.add_argument(
            "--country",
            default=national.COUNTRY,
            help="of numbers without a country code (default: DEFAULT_COUNTRY)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with options["file"].open(encoding="utf-8", errors="replace") as lines:
                taken = suppression.take(
                    lines,
                    country=options["country"].upper(),
                    reason=options["reason"],
                    source=options["source"][:200],
                    user=None,
                    now=timezone.now(),
                )
        except OSError as problem:
            raise CommandError(str(problem)) from problem
        for line, why in taken.rejected:
            self.stderr.write(f"line {line}: {why}")
        self.stdout.write(
            f"{taken.added} numbers added, {taken.known} known before, {taken.refused} refused."
        )
