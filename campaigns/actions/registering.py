"""Writing registrations, handing them in, and giving numbers to approved ones."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import identity_sync, registration_sync, tasks
from campaigns.actions.acting import Actor, key
from campaigns.aws_audit import Kept, audited
from campaigns.models import AwsIdentity, AwsSource, Registration, RegistrationForm
from campaigns.refusal import Refused
from compliance.models import Originator
from compliance.registering import Doubt, doubts, tax_id
from pinpoint import registration_calls as calls
from pinpoint import troubles
from pinpoint.calls import Made
from pinpoint.registration_fields import gaps, plain

Step = Registration.Step
AFTER = "ASSOCIATE_AFTER_COMPLETE"
MOST_BYTES = 500 * 1024
FILES = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff")


def check_may(user: Actor) -> None:
    """Raise PermissionDenied unless this person may write and hand in registrations."""
    if not user.has_perm("campaigns.manage_registration"):
        raise PermissionDenied(_("You need the permission to write registrations."))


def begin(kind: str, label: str, user: Actor) -> Registration:
    """Begin a draft; AWS hears of it when it is handed in."""
    check_may(user)
    if not RegistrationForm.objects.filter(kind=kind).exists():
        raise Refused(_("AWS has not told what it asks for this; see Readings from AWS."))
    if not label.strip():
        raise Refused(_("Give it a name by which you find it again."))
    with transaction.atomic():
        row = Registration.objects.create(
            kind=kind, label=label.strip()[:100], created_by_id=key(user)
        )
        _audit(user, row, ADDITION, "Begun.")
    return row


def write(
    pk: int,
    values: Mapping[str, Any],
    brand_id: int | None,
    number_ids: Sequence[int],
    user: Actor,
) -> Registration:
    """Keep a draft as it is, finished or not."""
    check_may(user)
    with transaction.atomic():
        row = _draft(pk)
        row.values = {path: value for path, value in values.items() if value}
        form = RegistrationForm.objects.get(kind=row.kind)
        row.brand = others_for(row).filter(pk=brand_id or 0).first()
        row.save()
        row.numbers.set(numbers_for(form).filter(pk__in=number_ids))
        _audit(user, row, CHANGE, "Written.")
    return row


def attach(pk: int, path: str, name: str, content: bytes, user: Actor) -> str:
    """Upload a file for a field to AWS; return the id that AWS gave it."""
    check_may(user)
    with transaction.atomic():
        row = _draft(pk)
    if len(content) > MOST_BYTES or not content.startswith(FILES):
        raise Refused(_("{}: a PDF, PNG or JPEG of 500 KB at most.").format(name))

    def keep(made: Made) -> Kept:
        row, found = _draft(pk), made.answer["RegistrationAttachmentId"]
        row.files = {**row.files, found: name[:100]}
        row.values = {**row.values, path: found}
        row.save()
        return Kept(row, "Attached a file.")

    made = audited(calls.attach(content, str(uuid4())), key(user), row, keep)
    return str(made.answer["RegistrationAttachmentId"])


def wrong_with(row: Registration) -> dict[str, str]:
    """Return what AWS would not take, by field path; "" is what is wrong with the whole."""
    form = RegistrationForm.objects.get(kind=row.kind)
    found = gaps(form.fields, row.values)
    before = {
        one["ResourceType"]
        for one in form.associations
        if one["AssociationBehavior"] == "ASSOCIATE_BEFORE_SUBMIT"
    }
    if "registration" in before and row.brand is None:
        found[""] = _("Choose the registration that it belongs to; it must be approved.")
    if "phone-number" in before and not row.numbers.exists():
        found[""] = _("Choose the number that it is for; request one first if there is none.")
    return found


def doubts_of(row: Registration) -> list[Doubt]:
    """Return what reviewers would likely decline."""
    if row.kind not in registration_sync.US_KINDS:
        return []  # what reviewers in other countries decline is not known here
    values = plain(row.values)
    brand = row.brand or row
    others = {
        tax_id(plain(one.values)): one.label
        for one in Registration.objects.filter(kind=row.kind).exclude(pk=row.pk)
    }
    others.pop("", None)
    return doubts(values, registration_sync.name_of(brand) if brand.values else "", others)


def submit(pk: int, user: Actor) -> Registration:
    """Hand a draft in; a worker makes the calls. It costs what AWS and the carriers ask."""
    check_may(user)
    with transaction.atomic():
        row = _draft(pk)
        if wrong_with(row):
            raise Refused(_("Something is missing, or has not the form that AWS wants."))
        row.step, row.problem, row.submitted_by_id = Step.HANDING_IN, "", key(user)
        row.save()
        _audit(user, row, CHANGE, "To be handed in.")
        transaction.on_commit(partial(tasks.hand_in.delay, row.pk))
    return row


def rewrite(pk: int, user: Actor) -> Registration:
    """Begin a new version of one that was declined, or that has changed."""
    check_may(user)
    with transaction.atomic():
        row = _locked(pk)
        if row.step != Step.AT_AWS or row.status not in {"REQUIRES_UPDATES", "COMPLETE"}:
            raise Refused(_("A new version is possible after AWS has declined or approved it."))
        row.step = Step.DRAFT
        row.save(update_fields=["step", "changed_at"])
        _audit(user, row, CHANGE, "A new version is being written.")
    return row


def discard(pk: int, user: Actor) -> bool:
    """Throw a draft away; True: the registration stays as AWS has it, without the new version."""
    check_may(user)
    with transaction.atomic():
        row = _draft(pk)
        if not row.aws_id:
            _audit(user, row, DELETION, "Discarded.")
            row.delete()
            return False
    if row.status not in {"REQUIRES_UPDATES", "COMPLETE"}:
        raise Refused(_("AWS has it already."))
    try:
        last = registration_sync.client().versions(row.aws_id)[-1]["status"]
    except (ClientError, BotoCoreError) as trouble:
        raise Refused(troubles.in_words(trouble)) from trouble
    # One that could not be handed in may have come as far as AWS.
    if last == "DRAFT":
        audited(calls.discard(row.aws_id), key(user), row, lambda _made: _without_draft(pk))
        return True
    with transaction.atomic():
        kept = _without_draft(pk)
        _audit(user, row, CHANGE, kept.said)
    return True


def _without_draft(pk: int) -> Kept:
    row = _draft(pk)
    row.step, row.problem, row.check_at = Step.AT_AWS, "", timezone.now()
    row.save()
    transaction.on_commit(partial(tasks.sync_source.delay, registration_sync.REGISTRATIONS))
    return Kept(row, "The new version is discarded.")


def associate(pk: int, number_pk: int, user: Actor) -> Registration:
    """Give a number to an approved 10DLC campaign; carriers need about two weeks for it."""
    check_may(user)
    with transaction.atomic():
        row = _locked(pk)
    number = AwsIdentity.objects.select_related("originator").get(pk=number_pk)
    form = RegistrationForm.objects.filter(kind=row.kind).first()
    if form is None or not takes_numbers(form, AFTER) or row.status != "COMPLETE":
        raise Refused(_("It must be approved first, and be one that takes numbers."))
    if number.registration_id or not numbers_for(form).filter(pk=number.pk).exists():
        raise Refused(_("Choose a number of its type and country that belongs to no registration."))

    def keep(_made: Made) -> Kept:
        row.numbers.add(number)
        AwsIdentity.objects.filter(pk=number.pk).update(registration_id=row.aws_id)
        AwsSource.objects.filter(name=identity_sync.IDENTITIES).update(due_at=timezone.now())
        transaction.on_commit(partial(tasks.sync_source.delay, identity_sync.IDENTITIES))
        return Kept(row, f"Given {number}.")

    audited(calls.associate(row.aws_id, number.aws_id), key(user), row, keep)
    return row


def takes_numbers(form: RegistrationForm, behavior: str) -> bool:
    """Tell whether numbers belong to registrations of a type, before or after it is approved."""
    return any(
        one["ResourceType"] == "phone-number" and one["AssociationBehavior"] == behavior
        for one in form.associations
    )


def numbers_for(form: RegistrationForm) -> QuerySet[AwsIdentity]:
    """Return the numbers that a type of registration is for: of its country, or US type."""
    found = AwsIdentity.objects.filter(gone_at=None).select_related("originator")
    if form.kind in registration_sync.US_KINDS:
        toll_free = form.kind == registration_sync.TOLL_FREE
        kind = Originator.Kind.TOLL_FREE if toll_free else Originator.Kind.TEN_DLC
        return found.filter(originator__kind=kind)
    countries = {
        one.get("IsoCountryCode")
        for one in form.associations
        if one["ResourceType"] == "phone-number"
    }
    found = found.exclude(originator__kind__in=[Originator.Kind.POOL, Originator.Kind.SENDER_ID])
    # AWS may leave the country out: then any may be right, and it says if one is not.
    return found if None in countries else found.filter(originator__country__in=countries)


def others_for(row: Registration) -> QuerySet[Registration]:
    """Return the approved registrations that one may belong to; in the US that is a brand."""
    found = Registration.objects.filter(status="COMPLETE").exclude(pk=row.pk)
    if row.kind in registration_sync.US_KINDS:
        return found.filter(kind=registration_sync.BRAND)
    return found


def _locked(pk: int) -> Registration:
    row = Registration.objects.select_for_update(of=["self"]).filter(pk=pk).first()
    if row is None:
        raise Refused(_("This registration is gone."))
    return row


def _draft(pk: int) -> Registration:
    row = _locked(pk)
    if not row.editable:
        raise Refused(_("It is no draft now, so it cannot be written."))
    return row


def _audit(user: Actor, row: Registration, flag: int, said: str) -> None:
    LogEntry.objects.log_actions(key(user), [row], flag, said, single_object=True)
