"""`manage.py aws_doctor`: what is missing before texts can go out through AWS, and what to do."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from campaigns import aws_account, checkup
from campaigns.checkup import State

MARKS = {State.OK: "ok", State.MISSING: "MISSING", State.WARNING: "warning", State.UNKNOWN: "?"}


class Command(BaseCommand):
    help = (
        "Check the AWS account by reading and by a dry run: nothing is changed, sent or charged. "
        "Exit code 1: something is missing; 2: AWS could not be seen."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        _found, points = aws_account.look()
        report = checkup.as_json(points)
        if options["json"]:
            self.stdout.write(json.dumps(report, indent=2))
        else:
            self._say(points)
        if code := report["exit_code"]:
            sys.exit(code)

    def _say(self, points: Any) -> None:
        for point in points:
            self.stdout.write(f"{MARKS[point.state]:>8}  {point.title}: {point.says}")
            if point.state != State.OK and point.step:
                self.stdout.write(f"{'':>8}  -> {point.step}")
        step = checkup.next_step(points)
        self.stdout.write(f"Next: {step.step}" if step else "Everything is in order.")
