"""The AWS account's own words: its spend limits, its tier and its quotas."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from campaigns import spend, syncing
from campaigns.models import AccountFact
from pinpoint import account
from pinpoint.clients import sms_client

if TYPE_CHECKING:
    from mypy_boto3_pinpoint_sms_voice_v2 import PinpointSMSVoiceV2Client

SPEND_LIMITS = "spend_limits"
ACCOUNT = "account"


def register() -> None:
    """Have them read."""
    for source in (
        syncing.Source(SPEND_LIMITS, _("Spend limits"), timedelta(minutes=10), read_limits),
        syncing.Source(ACCOUNT, _("Account tier and quotas"), timedelta(minutes=30), read_account),
    ):
        syncing.register(source)


def read_limits(now: datetime) -> None:
    """Keep the monthly limits, which no text may go over."""
    spend.note_aws_limits(account.spend_limits(_client()), now)


def read_account(now: datetime) -> None:
    """Keep the tier and the quotas; what AWS no longer tells goes."""
    client = _client()
    facts = [
        AccountFact(name=name, value=value[:300], read_at=now)
        for name, value in account.attributes(client).items()
    ] + [
        AccountFact(name=one.name, value=str(one.used), most=one.most, read_at=now)
        for one in account.quotas(client)
    ]
    with transaction.atomic():
        AccountFact.objects.bulk_create(
            facts,
            update_conflicts=True,
            unique_fields=["name"],
            update_fields=["value", "most", "read_at"],
        )
        AccountFact.objects.exclude(name__in=[fact.name for fact in facts]).delete()


def _client() -> "PinpointSMSVoiceV2Client":
    return sms_client(
        region=settings.AWS_REGION,
        connect_timeout=settings.AWS_CONNECT_TIMEOUT_SECONDS,
        read_timeout=settings.AWS_READ_TIMEOUT_SECONDS,
        connections=settings.SEND_CONCURRENCY,
    )
