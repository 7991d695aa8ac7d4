"""`manage.py reset_two_factor NAME`: for an administrator who lost the app and the codes."""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.two_factor.actions import reset


class Command(BaseCommand):
    help = "Let somebody sign in with the password alone again, after they lost their app."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"There is no login named {options['username']}.")
        if not reset([user], by=None):
            raise CommandError(f"{user} signs in with the password alone already.")
        self.stdout.write(f"{user} signs in with the password alone.")
