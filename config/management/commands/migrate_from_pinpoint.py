"""`manage.py migrate_from_pinpoint FOLDER`: what was kept of Amazon Pinpoint comes here."""

import json
import sys
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from compliance.endpoint_consent import Attested
from compliance.models import ImportAttestation, MessageClass
from config.from_pinpoint import moving
from pinpoint import troubles
from pinpoint.clients import bucket_client

FAILED, WRONG, LEFT = 1, 2, 3


class Command(BaseCommand):
    help = """Bring across what was kept of Amazon Pinpoint: exported endpoints (JSON lines or CSV,
.gz too) and the answers of GetApps, GetSegments, GetSmsTemplate, GetCampaigns and their kin.
Campaigns become drafts. Running it again changes nothing.
Exit codes: 0 all came across; 1 nothing could be read; 2 the options are wrong; 3 something did
not come across."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("where", help="a folder, or an address such as s3://bucket/folder/")
        parser.add_argument("--by", required=True, metavar="USER", help="the login of who moves it")
        parser.add_argument("--application", default="", help="of endpoints that name none")
        parser.add_argument("--dry-run", action="store_true", help="tell only what would become")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")
        consent = parser.add_argument_group(
            "consent of those with OptOut NONE: none, or basis and wording"
        )
        consent.add_argument("--basis", choices=ImportAttestation.Basis.values)
        consent.add_argument("--wording", help="the words they agreed to, exactly")
        consent.add_argument("--origin", default="", help="the form's address, the shop, the event")
        consent.add_argument(
            "--class", dest="message_class", choices=MessageClass.values,
            default=MessageClass.PROMOTIONAL,
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        by = self._user(options["by"])
        try:
            report = moving.move(
                options["where"],
                lambda: bucket_client(region=settings.AWS_REGION),
                by,
                now=timezone.now(),
                dry_run=options["dry_run"],
                application=options["application"],
                attested=self._attested(options, by),
            )
        except OSError as problem:
            raise CommandError(str(problem), returncode=FAILED) from problem
        except (BotoCoreError, ClientError) as trouble:
            raise CommandError(troubles.in_words(trouble), returncode=FAILED) from trouble
        if not report.objects and not report.endpoints:
            raise CommandError(f"There is nothing at {options['where']}.", returncode=FAILED)
        found = json.dumps(report.as_json(), indent=2) if options["json"] else report.as_text()
        self.stdout.write(found)
        if not report.all_came:
            sys.exit(LEFT)

    def _user(self, name: str) -> User:
        by = User.objects.filter(username=name, is_active=True).first()
        if by is None:
            raise CommandError(f"There is no active user {name}.", returncode=WRONG)
        if missing := [need for need in moving.NEEDS if not by.has_perm(need)]:
            raise CommandError(
                f"{name} lacks the permissions {', '.join(missing)}.", returncode=WRONG
            )
        return by

    def _attested(self, options: dict[str, Any], by: User) -> list[Attested]:
        basis, wording = options["basis"], options["wording"]
        if not basis and not wording:
            return []
        if not (basis and wording and wording.strip()):
            raise CommandError("Give --basis and --wording both, or neither.", returncode=WRONG)
        return [
            Attested(
                message_class=options["message_class"],
                basis=basis,
                origin=options["origin"],
                wording=wording,
                by=by.get_username(),
            )
        ]
