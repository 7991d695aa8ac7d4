"""`manage.py rebuild_consent`: derive from the ledger anew who may be texted."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance import rebuilding


class Command(BaseCommand):
    help = (
        "Derive from the consent ledger who may be texted, and put it in place. Nothing can be "
        "recorded while it runs, some ten seconds for a million entries."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check",
            action="store_true",
            help="change nothing and hold nobody up; exit 1 where something would change",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            wrong = rebuilding.rebuild(write=not options["check"])
        except rebuilding.UnknownNumber as problem:
            raise CommandError(str(problem)) from problem
        if wrong and options["check"]:
            raise CommandError(f"{wrong} rows are not what the ledger says.")
        self.stdout.write(
            f"{wrong} rows were not what the ledger says; they are now."
            if wrong
            else "Everything is as the ledger says."
        )
