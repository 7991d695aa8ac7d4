"""`manage.py verify_ledger`: prove that no consent record was changed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from compliance import ledger


class Command(BaseCommand):
    help = "Walk the consent ledger's hash chain; exits 1 and names the first broken row."

    def handle(self, *args: Any, **options: Any) -> None:
        count, broken = ledger.verify()
        if broken:
            raise CommandError(
                f"Entry {broken.entry_id} is broken: {broken.problem}. "
                f"The {count} entries before it hold."
            )
        self.stdout.write(f"{count} entries hold. Head: {ledger.head()}")
