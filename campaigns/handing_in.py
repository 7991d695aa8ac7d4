"""Handing a registration in, call by call, so that it can be taken up again where it stopped.

Each call is on record by itself, without the values.
"""

from datetime import datetime
from functools import partial

from botocore.exceptions import BotoCoreError, ClientError
from django.db import connection, transaction

from campaigns import registration_sync
from campaigns.aws_audit import Kept, Unclear, audited, note, said
from campaigns.models import Registration, RegistrationForm
from campaigns.refusal import Refused
from pinpoint import registration_calls as calls
from pinpoint import troubles
from pinpoint.calls import Call, Made, request_id_of
from pinpoint.registration_fields import to_send
from pinpoint.registrations import Registrations

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
        _bring(aws, row, now)
    except Unclear as unclear:
        # AWS may have taken it: it stays as it is, and the next try asks how far it came.
        Registration.objects.filter(pk=row.pk).update(problem=str(unclear)[:300])
    except Refused as refusal:  # on record already
        _give_back(row, str(refusal))
    except (ClientError, BotoCoreError) as trouble:
        words = troubles.in_words(trouble)
        with transaction.atomic():
            _give_back(row, words)
            said = f"AWS could not be asked: {words} Request {request_id_of(trouble)}."
            note(_who(row), row, said)


def _give_back(row: Registration, words: str) -> None:
    """Make it a draft again, with what is wrong."""
    rows = Registration.objects.filter(pk=row.pk)
    rows.update(step=Step.DRAFT, problem=words[:300])


def _at_aws(row: Registration, now: datetime) -> None:
    rows = Registration.objects.filter(pk=row.pk)
    rows.update(step=Step.AT_AWS, status="SUBMITTED", problem="", same=0, check_at=now)


def _who(row: Registration) -> int:
    return row.submitted_by_id or 0


def _ask(row: Registration, call: Call, words: str) -> None:
    audited(call, _who(row), row, said(row, words))


def _bring(aws: Registrations, row: Registration, now: datetime) -> None:
    """Make AWS hold what the draft says, and submit it."""
    if not row.aws_id:
        audited(calls.create(row.kind, str(row.token)), _who(row), row, partial(_begun, row))
    last = aws.versions(row.aws_id)[-1]["status"]
    if last in registration_sync.UNDER_WAY:
        with transaction.atomic():  # the worker before died after AWS had taken it
            _at_aws(row, now)
            note(_who(row), row, "Was handed in already.")
        return
    if last != "DRAFT":
        _ask(row, calls.new_version(row.aws_id), "A new version.")
    form = RegistrationForm.objects.get(kind=row.kind)
    _fill_in(aws, row, form)
    _associate(aws, row, form)

    def keep(_made: Made) -> Kept:
        _at_aws(row, now)
        return Kept(row, "Handed in.")

    audited(calls.submit(row.aws_id), _who(row), row, keep)


def _begun(row: Registration, made: Made) -> Kept:
    row.aws_id = made.answer["RegistrationId"]
    Registration.objects.filter(pk=row.pk).update(aws_id=row.aws_id)
    return Kept(row, "Begun at AWS.")


def _fill_in(aws: Registrations, row: Registration, form: RegistrationForm) -> None:
    wanted = to_send(form.fields, row.values)
    held, _troubles = aws.values(row.aws_id)
    for field in form.fields:
        path = field["FieldPath"]
        if wanted.get(path, "") != held.get(path, ""):
            aws.pause()
            _ask(row, calls.fill_in(row.aws_id, field, wanted.get(path)), f"{path}:")


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
            _ask(row, calls.associate(row.aws_id, name), f"{name} belongs to it.")
