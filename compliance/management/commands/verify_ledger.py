"""`manage.py verify_ledger`: prove that no consent record was changed."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from compliance import verification


class Command(BaseCommand):
    help = "Walk the consent ledger's hash chain; exits 1 and names the first broken row."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--against",
            type=Path,
            metavar="FILE",
            help="a head that export_ledger_head wrote: it must still be part of the chain",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        kept = None
        if options["against"]:
            try:
                kept = verification.read_head(options["against"].read_text())
            except (OSError, ValueError) as problem:
                raise CommandError(f"{options['against']}: {problem}") from problem
        verdict = verification.check(timezone.now(), kept)
        if verdict.broken:
            raise CommandError(str(verdict))
        self.stdout.write(str(verdict))
