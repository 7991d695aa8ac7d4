"""`manage.py verify_pack FILE`: check an evidence pack (evidence.json) by itself."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance.packs import checking


class Command(BaseCommand):
    help = "Check that nothing in an evidence pack was changed since it was made."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="evidence.json")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            content = json.loads(options["file"].read_text(encoding="utf-8"))
            found = checking.problems(content)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise CommandError(f"{options['file']} cannot be read as an evidence pack.") from error
        if found:
            raise CommandError("\n".join(found))
        head = content["chain"]["head"]
        self.stdout.write(
            f"The pack holds. Its ledger ended with entry {head['entries']}, {head['hash']}."
        )
