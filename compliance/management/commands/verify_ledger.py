"""`manage.py verify_ledger`: prove that no consent record was changed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from compliance import verification


class Command(BaseCommand):
    help = "Walk the consent ledger's hash chain; exits 1 and names the first broken row."

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = verification.verify()
        if verdict.broken:
            where = (
                f"Entry {verdict.broken.entry_id} is broken"
                if verdict.broken.entry_id
                else "Broken"
            )
            raise CommandError(
                f"{where}: {verdict.broken.problem}. "
                f"The {verdict.head.entries} entries before it hold."
            )
        self.stdout.write(f"{verdict.head.entries} entries hold. Head: {verdict.head.hash}")
