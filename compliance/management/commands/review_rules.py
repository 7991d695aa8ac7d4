"""`manage.py review_rules`: name the sending rules whose sources must be looked up again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from compliance.policies import versions


class Command(BaseCommand):
    help = "List the sending rules that are past their day of review; fails if there are any."

    def handle(self, *args: Any, **options: Any) -> None:
        overdue = versions.overdue(timezone.localdate())
        for row in overdue:
            self.stdout.write(f"{row.review_on}  {row}  ({row.source})")
        if overdue:
            raise CommandError(f"{len(overdue)} past their day of review.")
        self.stdout.write("Every rule is within its day of review.")
