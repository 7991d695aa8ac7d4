"""`manage.py make_access_key NAME`: an access key for a program that uses Pinpoint's interface."""

from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaigns.refusal import Refused
from compliance.models import Program
from config.pinpoint_api import keys
from config.pinpoint_api.granting import grantable


class Command(BaseCommand):
    help = "Make an access key for Pinpoint's interface and print it with its secret, this once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="says which program uses it; the audit log names it so")
        parser.add_argument("--by", required=True, help="username of whoever makes it")
        parser.add_argument(
            "--permission",
            action="append",
            choices=grantable(),
            metavar="PERMISSION",
            help="what it may do, such as campaigns.send_message; may be given again. "
            "Default: all that whoever makes it may do",
        )
        parser.add_argument(
            "--program", action="append", default=[], help="a program that it may name; else all"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        by = User.objects.filter(username=options["by"], is_active=True).first()
        if by is None:
            raise CommandError(f"There is no user {options['by']}.")
        programs = [self._program(name) for name in options["program"]]
        wanted = options["permission"] or [name for name in grantable() if by.has_perm(name)]
        try:
            key, secret = keys.make(options["name"], wanted, programs, by=by)
        except (Refused, PermissionDenied) as no:
            raise CommandError(str(no)) from no
        self.stdout.write(f"AWS_ACCESS_KEY_ID={key.access_key}")
        self.stdout.write(f"AWS_SECRET_ACCESS_KEY={secret}")

    def _program(self, name: str) -> Program:
        found: Program | None = Program.objects.filter(name=name).first()
        if found is None:
            known = ", ".join(Program.objects.values_list("name", flat=True))
            raise CommandError(f"There is no program {name}. There are: {known}.")
        return found
