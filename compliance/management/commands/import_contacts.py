"""`manage.py import_contacts FILE`: what the pages of an import do, from the command line."""

import json
import sys
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from compliance.imports import Statement, begin, consent_recorder, rejected_csv, take
from compliance.models import ImportAttestation, MessageClass, Program
from contacts import dry_run, imports, national
from contacts.models import Import

HELP = """Import a list of contacts: CSV, JSON Lines, or what Pinpoint exported (.gz too).
Exit codes: 0 every line is stored; 1 the file is refused, or the import failed;
2 the options are wrong; 3 some lines are rejected."""
FAILED, REJECTED = 1, 3
POLL_SECONDS = 0.2
WIDTH = 40
GOING_ON: dict[str, str] = {
    Import.Status.EXAMINING: "Dry run",
    Import.Status.QUEUED: "Import",
    Import.Status.RUNNING: "Import",
}


class Command(BaseCommand):
    help = HELP

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--country", default=national.COUNTRY, help="of numbers without a country code"
        )
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="NAME=TARGET",
            help="where a column is stored: phone, city, attributes.Plan, or nothing; see the page",
        )
        consent = parser.add_argument_group("consent: none, or how these people opted in")
        consent.add_argument("--consent", choices=["none"], help="nobody is known to have opted in")
        consent.add_argument("--program", help="the name of what they opted in to")
        consent.add_argument("--class", dest="message_class", choices=MessageClass.values)
        consent.add_argument("--basis", choices=ImportAttestation.Basis.values)
        consent.add_argument("--origin", default="", help="the form's address, the shop, the event")
        consent.add_argument("--wording", help="the words they agreed to, exactly")
        consent.add_argument("--attested-by", metavar="USER", help="the login of who vouches")
        parser.add_argument("--dry-run", action="store_true", help="tell only what would become")
        parser.add_argument("--rejected", type=Path, help="write the rejected lines to this CSV")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        job = self._taken(options)
        self._settle(job, dry_run.examine)
        if job.status == Import.Status.CHECKED and not options["dry_run"]:
            begin(job, self._user(options), _nothing)
            job.refresh_from_db()
            self._settle(job, lambda pk: imports.run(pk, consent_recorder(pk)))
        if job.status == Import.Status.FAILED:
            raise CommandError(job.error, returncode=FAILED)
        self._tell(job, options)
        if job.forecast["rejected"]:
            sys.exit(REJECTED)

    def _taken(self, options: dict[str, Any]) -> Import:
        chosen = dict(column.partition("=")[::2] for column in options["column"])
        path: Path = options["file"]
        try:
            with path.open("rb") as file:
                job = take(
                    File(file, name=path.name),
                    country=str(options["country"]).upper(),
                    stated=self._statement(options),
                    user=self._user(options),
                    then=_nothing,
                    chosen=chosen,
                )
        except OSError as problem:
            raise CommandError(f"{path}: {problem.strerror}", returncode=FAILED) from problem
        except (imports.ImportRefused, PermissionDenied) as problem:
            raise CommandError(str(problem), returncode=FAILED) from problem
        if job.status == Import.Status.UNMAPPED:
            names = ", ".join(f"“{name}”" for name in job.header)
            raise CommandError(
                f"No column is known to hold phone numbers. There are {names}; "
                "say which it is: --column NAME=phone",
                returncode=FAILED,
            )
        return job

    def _statement(self, options: dict[str, Any]) -> Statement | None:
        needed = ("program", "basis", "wording", "attested_by")
        given = [name for name in needed if options[name]]
        if options["consent"] == "none":
            if given:
                raise CommandError("--consent none and an opt-in exclude each other.", returncode=2)
            return None
        if missing := [f"--{name.replace('_', '-')}" for name in needed if name not in given]:
            raise CommandError(
                f"Say how these people opted in ({', '.join(missing)}), or --consent none.",
                returncode=2,
            )
        program = Program.objects.filter(name=options["program"]).first()
        if program is None:
            names = ", ".join(Program.objects.values_list("name", flat=True)) or "none"
            raise CommandError(f"There is no such program. There are: {names}.", returncode=2)
        return Statement(
            program=program,
            message_class=options["message_class"] or MessageClass.PROMOTIONAL,
            basis=options["basis"],
            origin=options["origin"],
            wording=options["wording"],
        )

    def _user(self, options: dict[str, Any]) -> User | None:
        name = options["attested_by"]
        if not name:
            return None
        user = get_user_model().objects.filter(username=name, is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active user {name}.", returncode=2)
        return user

    def _settle(self, job: Import, work: Callable[[int], object]) -> None:
        """Do the work here; should a worker have taken it up, wait until that is done."""
        before = job.status
        with self._progress(job.pk):
            work(job.pk)
            job.refresh_from_db()
            while job.status in GOING_ON and (GOING_ON[job.status] == GOING_ON[before]):
                time.sleep(POLL_SECONDS)
                work(job.pk)
                job.refresh_from_db()

    @contextmanager
    def _progress(self, job_id: int) -> Iterator[None]:
        """Draw a bar while the work goes on, if somebody is looking."""
        if not self.stderr.isatty():
            yield
            return
        done = threading.Event()
        drawing = threading.Thread(target=self._draw, args=(job_id, done))
        drawing.start()
        try:
            yield
        finally:
            done.set()
            drawing.join()

    def _draw(self, job_id: int, done: threading.Event) -> None:
        title = ""
        while not done.wait(POLL_SECONDS):
            job = Import.objects.get(pk=job_id)
            title = GOING_ON.get(job.status, title)
            percent = imports.percent(job)
            bar = "█" * (percent * WIDTH // 100)
            self.stderr.write(f"\r{title:8}{bar:░<{WIDTH}}{percent:4} %", ending="")
        connection.close()
        self.stderr.write(f"\r{' ' * (WIDTH + 16)}\r", ending="")

    def _tell(self, job: Import, options: dict[str, Any]) -> None:
        if options["rejected"]:
            with options["rejected"].open("w", newline="", encoding="utf-8") as file:
                file.writelines(rejected_csv(job))
        counts = {name: getattr(job, name) for name in dry_run.COUNTS}
        counts = job.forecast if options["dry_run"] else counts
        if options["json"]:
            found = {"import": job.pk, "status": job.status, "lines": job.lines}
            self.stdout.write(json.dumps(found | {"forecast": job.forecast, "counts": counts}))
            return
        what = "would be" if options["dry_run"] else "are"
        self.stdout.write(
            f"{job.lines:,} lines: {counts['created']:,} {what} new, "
            f"{counts['changed']:,} changed, {counts['unchanged']:,} unchanged, "
            f"{counts['duplicates']:,} duplicate, {counts['rejected']:,} rejected."
        )
        if not options["dry_run"] and counts != job.forecast:
            self.stdout.write("Contacts were changed between the dry run and the import.")
        for line in job.rejected_lines.order_by("number")[:10]:
            self.stdout.write(f"Line {line.number}: {line.reason}")
        if counts["rejected"] > 10 and not options["rejected"]:
            self.stdout.write("There are more; --rejected FILE writes them all.")


def _nothing(job_id: int) -> None:
    """The command does the work itself."""
