"""Handing a registration in, call by call, so that it can be taken up again where it stopped."""

from datetime import datetime

from botocore.exceptions import BotoCoreError, ClientError
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import connection, transaction

from campaigns import registration_sync
from campaigns.models import Registration, RegistrationForm
from pinpoint import troubles
from pinpoint.registration_fields import to_send
from pinpoint.registrations import Registrations, request_id

LOCK = 0x5E9F  # of PostgreSQL's advisory locks, with the registration's id beside it
BEFORE = "ASSOCIATE_BEFORE_SUBMIT"
Step = Registration.Step


def hand_in(pk: int, now: datetime) -> bool:
    """Hand one in; False: it is not to be, or another worker is at it.

    What AWS has already is not done again: a draft is brought to what is wanted, and one that is
    under review is left alone.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, pk])
        if not cursor.fetchone()[0]:
            return False
        try:
            row = Registration.objects.filter(pk=pk, step=Step.HANDING_IN).first()
            if row is None:
                return False
            _hand_in(row, now)
            return True
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, pk])


def _hand_in(row: Registration, now: datetime) -> None:
    aws = registration_sync.client()
    try:
        said = _bring(aws, row)
    except (ClientError, BotoCoreError) as trouble:
        words = troubles.in_words(trouble)
        request = request_id(getattr(trouble, "response", {}))
        _put(row, f"AWS refused: {words} Request {request}.", step=Step.DRAFT, problem=words[:300])
        return
    _put(row, said, step=Step.AT_AWS, status="SUBMITTED", problem="", same=0, check_at=now)


def _put(row: Registration, said: str, **changed: object) -> None:
    with transaction.atomic():
        Registration.objects.filter(pk=row.pk).update(**changed)
        who = row.submitted_by_id or 0
        LogEntry.objects.log_actions(who, [row], CHANGE, said, single_object=True)


def _bring(aws: Registrations, row: Registration) -> str:
    """Make AWS hold what the draft says, and submit it; return what goes on record."""
    if not row.aws_id:
        row.aws_id, _arn, _request = aws.create(row.kind, str(row.token))
        Registration.objects.filter(pk=row.pk).update(aws_id=row.aws_id)
    last = aws.versions(row.aws_id)[-1]["status"]
    if last in registration_sync.UNDER_WAY:
        return "Was handed in already."  # the worker before died after AWS had taken it
    if last != "DRAFT":
        aws.new_version(row.aws_id)
    form = RegistrationForm.objects.get(kind=row.kind)
    wanted = to_send(form.fields, row.values)
    held, _troubles = aws.values(row.aws_id)
    for field in form.fields:
        path = field["FieldPath"]
        if wanted.get(path, "") != held.get(path, ""):
            aws.pause()
            aws.fill_in(row.aws_id, field, wanted.get(path))
    _associate(aws, row, form)
    return f"Handed in. SubmitRegistrationVersion at AWS, request {aws.submit(row.aws_id)}."


def _associate(aws: Registrations, row: Registration, form: RegistrationForm) -> None:
    kinds = {
        one["ResourceType"] for one in form.associations if one["AssociationBehavior"] == BEFORE
    }
    there = {one["id"] for one in aws.links(row.aws_id)}
    wanted = [row.brand.aws_id] if row.brand and "registration" in kinds else []
    if "phone-number" in kinds:
        wanted += list(row.numbers.values_list("aws_id", flat=True))
    for name in wanted:
        if name not in there:
            aws.pause()
            aws.associate(row.aws_id, name)
