"""`manage.py export_ledger_head`: a copy of the chain's end, to be kept elsewhere."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from compliance import verification


class Command(BaseCommand):
    help = (
        "Write the end of the consent ledger's chain. Keep it where nobody who runs this database "
        "can change it; `verify_ledger --against FILE` then tells whether entries were cut off."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(verification.export_head(timezone.now()), ending="")
