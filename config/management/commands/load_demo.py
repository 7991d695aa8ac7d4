"""`manage.py load_demo`: people, a program, originators, and some contacts to play with."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from compliance import ledger
from compliance.models import Consent, LedgerEntry, MessageClass, Originator, Program, SignUpPage
from contacts import attributes
from contacts.models import Contact, Segment

PASSWORD = "sendpoint"  # noqa: S105 - it exists only locally, and is printed at the start
USERS = {
    "marketer": "Marketer",
    "compliance": "Compliance",
    "analyst": "Analyst",
    "admin": None,
}
ORIGINATORS = (
    ("+12065550100", "Marketing", Originator.Kind.TEN_DLC, MessageClass.PROMOTIONAL, 100),
    ("+12065550101", "Service", Originator.Kind.TOLL_FREE, MessageClass.TRANSACTIONAL, 3),
)
PEOPLE = (
    ("+16175550111", "Ana", "gold", "Boston", "America/New_York"),
    ("+16175550112", "Ben", "free", "Boston", "America/New_York"),
    ("+12065550163", "Chen", "gold", "Seattle", "America/Los_Angeles"),
    ("+12065550164", "Dana", "free", "Seattle", "America/Los_Angeles"),
    ("+13125550115", "Eli", "gold", "Chicago", "America/Chicago"),
)
WORDING = (
    "Yes, text me offers from Sendpoint Demo at this number. Consent is not a condition of "
    "purchase. Msg frequency varies. Msg & data rates may apply. Reply HELP for help, STOP to "
    "opt out."
)


class Command(BaseCommand):
    help = "Load the demo logins and a few contacts. Local installations only; safe to run again."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SENDPOINT_LOCAL:
            raise CommandError(
                "load_demo makes logins with a known password and runs only where "
                "SENDPOINT_LOCAL is set."
            )
        self._users()
        program, _ = Program.objects.get_or_create(
            name="Offers",
            defaults={
                "brand": "Sendpoint Demo",
                "description": "Weekly offers.",
                "support_contact": "help@example.com",
            },
        )
        SignUpPage.objects.get_or_create(
            program=program,
            defaults={
                "slug": "offers",
                "open": True,
                "disclosure": WORDING,
                "sent_from": "(206) 555-0100",
                "terms_url": "https://www.example.com/terms",
                "privacy_url": "https://www.example.com/privacy",
            },
        )
        for identity, label, kind, message_class, rate in ORIGINATORS:
            Originator.objects.get_or_create(
                identity=identity,
                defaults={
                    "label": label,
                    "kind": kind,
                    "message_class": message_class,
                    "parts_per_second": rate,
                    "registered": True,
                    "self_managed_opt_outs": kind != Originator.Kind.TOLL_FREE,
                },
            )
        self._people(program)
        Segment.objects.get_or_create(
            name="Everyone", defaults={"rules": {"match": "all", "rules": []}}
        )
        self.stdout.write("Demo data is there.")

    def _users(self) -> None:
        users = get_user_model()
        for name, role in USERS.items():
            if users.objects.filter(username=name).exists():
                continue
            user = users.objects.create_user(
                name, password=PASSWORD, is_staff=True, is_superuser=role is None
            )
            if role:
                user.groups.add(Group.objects.get(name=role))

    def _people(self, program: Program) -> None:
        for phone, first_name, plan, city, zone in PEOPLE:
            Contact.objects.get_or_create(
                phone=phone,
                defaults={
                    "attributes": {"Plan": [plan]},
                    "user_attributes": {"FirstName": [first_name]},
                    "city": city,
                    "country": "US",
                    "timezone": zone,
                },
            )
        phones = [person[0] for person in PEOPLE]
        known = set(
            Consent.objects.filter(phone__in=phones, program=program).values_list(
                "phone", flat=True
            )
        )
        wording = ledger.keep_wording(WORDING)
        ledger.append(
            [
                ledger.Act(
                    phone=phone,
                    act=LedgerEntry.Act.OPT_IN,
                    source=LedgerEntry.Source.OPERATOR,
                    program_id=program.pk,
                    happened_at=timezone.now(),
                    wording_sha256=wording,
                    evidence={"demo": True},
                )
                for phone in phones
                if phone not in known
            ]
        )
        attributes.refresh()
