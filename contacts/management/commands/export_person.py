"""`manage.py export_person NUMBER --user NAME`: everything held about one person, as JSON."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError, CommandParser

from contacts import export, people
from contacts.phones import BadPhone, parse_phone


class Command(BaseCommand):
    help = "Print everything held about the person with a number, as JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", help="in any format; without a country code it is a US one")
        parser.add_argument("--user", required=True, help="who asks, by login name")

    def handle(self, *args: Any, **options: Any) -> None:
        user = get_user_model().objects.filter(username=options["user"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active user {options['user']}.")
        try:
            number = parse_phone(options["number"], "US").e164
            found = export.everything(people.by_number(number), user)
        except BadPhone as problem:
            raise CommandError(str(problem)) from problem
        except PermissionDenied as refusal:
            raise CommandError(f"{options['user']} may not export people.") from refusal
        self.stdout.write(export.as_json(found))
