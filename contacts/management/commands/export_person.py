"""`manage.py export_person NUMBER --user NAME`: everything held about one person, as JSON."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError, CommandParser

from contacts import countries, export, national, people
from contacts.phones import BadPhone, parse_phone


class Command(BaseCommand):
    help = "Print everything held about the person with a number, as JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", help="in any format")
        parser.add_argument(
            "--country",
            default=national.COUNTRY,
            help="of a number without a country code (default: DEFAULT_COUNTRY)",
        )
        parser.add_argument("--user", required=True, help="who asks, by login name")

    def handle(self, *args: Any, **options: Any) -> None:
        user = get_user_model().objects.filter(username=options["user"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active user {options['user']}.")
        try:
            number = parse_phone(options["number"], options["country"].upper())
            found = export.everything(people.by_number(number.e164), user)
        except BadPhone as problem:
            raise CommandError(str(problem)) from problem
        except PermissionDenied as refusal:
            raise CommandError(f"{options['user']} may not export people.") from refusal
        # Beside the output, which may be a file.
        self.stderr.write(f"Read as a number of {countries.in_words(number.country)}.")
        self.stdout.write(export.as_json(found))
