"""Registrations as AWS has them: forms, status by polling with growing pauses, associations."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from campaigns import identity_sync, syncing
from campaigns.models import AwsIdentity, AwsSource, Registration, RegistrationForm
from compliance.models import Brand, Originator
from pinpoint.registrations import Registrations

FORMS, REGISTRATIONS = "registration_forms", "registrations"
BRAND, CAMPAIGN = "US_TEN_DLC_BRAND_REGISTRATION", "US_TEN_DLC_CAMPAIGN_REGISTRATION"
VETTING, TOLL_FREE = "US_TEN_DLC_BRAND_VETTING", "US_TOLL_FREE_REGISTRATION"
US_KINDS = frozenset({BRAND, CAMPAIGN, VETTING, TOLL_FREE})  # of which more is known than forms
DISCOVER_EVERY = timedelta(hours=6)
# Until AWS is asked again about one that is under way, by how often it said the same.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 180, 360))
UNDER_WAY = frozenset(
    {
        "SUBMITTED",
        "AWS_REVIEWING",
        "REVIEWING",
        "REQUIRES_AUTHENTICATION",
        "PROVISIONING",
    }
)
Resume = Callable[[int], object]


def register(resume: Resume) -> None:
    """Have them read; `resume` goes on with one whose handing in was interrupted."""
    for source in (
        syncing.Source(FORMS, _("Forms of registrations"), timedelta(days=1), read_forms),
        syncing.Source(
            REGISTRATIONS, _("Registrations"), timedelta(minutes=5), lambda now: read(now, resume)
        ),
    ):
        syncing.register(source)


def client() -> Registrations:
    """Return the calls over the process's client."""
    return Registrations(identity_sync.client(), settings.AWS_SETUP_PAUSE_SECONDS)


def read_forms(now: datetime) -> None:
    """Keep what AWS asks for each type."""
    aws = client()
    for found in aws.types():
        kind = found["RegistrationType"]
        sections, fields = aws.form(kind)
        hints = found["DisplayHints"]
        RegistrationForm.objects.update_or_create(
            kind=kind,
            defaults={
                "title": hints["Title"][:200],
                "description": hints.get("LongDescription") or hints.get("ShortDescription", ""),
                "link": hints.get("DocumentationLink", "")[:500],
                "associations": found.get("SupportedAssociations", []),
                "sections": sections,
                "fields": fields,
                "read_at": now,
            },
        )


def read(now: datetime, resume: Resume) -> None:
    """Ask about those whose turn has come; now and then about all, for what others have made."""
    for pk in Registration.objects.filter(step="handing_in").values_list("pk", flat=True):
        resume(pk)
    due = list(
        Registration.objects.filter(check_at__lte=now).exclude(aws_id="").order_by("check_at")
    )
    last = Registration.objects.aggregate(at=Max("checked_at"))["at"]
    discover = last is None or last <= now - DISCOVER_EVERY
    if not due and not discover:
        return
    aws = client()
    for found in aws.all([] if discover else [one.aws_id for one in due]):
        keep(aws, found, now)


def keep(aws: Registrations, found: dict[str, Any], now: datetime) -> None:
    """Write down how one stands; its versions and links are read where that is news."""
    name, status = found["RegistrationId"], found["RegistrationStatus"]
    before = Registration.objects.filter(aws_id=name).first() or _discovered(found)
    news = before.status != status or before.check_at is not None or not before.versions
    versions = aws.versions(name) if news else before.versions
    values, troubles = aws.values(name) if news else (before.values, before.troubles)
    links = aws.links(name) if news else []
    with transaction.atomic():
        # What somebody did while AWS was asked, such as beginning a new version, stays.
        row = Registration.objects.select_for_update(of=["self"]).filter(pk=before.pk).first()
        row = row or before
        if row.pk is None or row.step == Registration.Step.AT_AWS:
            row.values, row.troubles = values, troubles
        row.same = row.same + 1 if row.status == status else 0
        row.status, row.versions, row.checked_at = status, versions, now
        pause = PAUSES[min(row.same, len(PAUSES) - 1)]
        row.check_at = now + pause if status in UNDER_WAY else None
        row.save()
        if links:
            _link(row, links)
    if news and status == "COMPLETE":
        _share_cap(row)
        # What it is for, such as a sender ID, is there now: read it soon.
        AwsSource.objects.filter(name=identity_sync.IDENTITIES).update(due_at=now)


def _discovered(found: dict[str, Any]) -> Registration:
    """Return the row of a registration that was made elsewhere."""
    is_draft = found["RegistrationStatus"] == "CREATED"
    name = found["RegistrationId"]
    return Registration(
        kind=found["RegistrationType"],
        label=f"{found['RegistrationType']} {name[-6:]}"[:100],
        step=Registration.Step.DRAFT if is_draft else Registration.Step.AT_AWS,
        aws_id=name,
    )


def _link(row: Registration, links: list[dict[str, str]]) -> None:
    ids = [one["id"] for one in links]
    brand = Registration.objects.filter(aws_id__in=ids, kind=BRAND).first()
    if brand is not None:
        row.brand = brand
        row.save(update_fields=["brand"])
    row.numbers.set(AwsIdentity.objects.filter(aws_id__in=ids))


def _share_cap(row: Registration) -> None:
    """Count all numbers of a brand against the cap that T-Mobile has for it, as AWS tells it."""
    if row.kind != CAMPAIGN or row.brand is None:
        return
    campaigns = Registration.objects.filter(kind=CAMPAIGN, brand=row.brand).values("aws_id")
    numbers = AwsIdentity.objects.filter(registration_id__in=campaigns, gone_at=None)
    cap = numbers.aggregate(cap=Max("daily_cap"))["cap"]
    if not numbers.exists():
        return
    brand, _made = Brand.objects.get_or_create(name=name_of(row.brand))
    if cap:
        Brand.objects.filter(pk=brand.pk).update(daily_parts=cap)
    # One that somebody entered by hand stays.
    Originator.objects.filter(aws__in=numbers, brand=None).update(brand=brand)


def name_of(brand: Registration) -> str:
    """Return the name that people know a registered brand by."""
    values = brand.values
    name = values.get("contactInfo.dbaName") or values.get("companyInfo.companyName")
    return str(name or brand.label)[:100]
