"""Numbers, pools and sender IDs as AWS has them, and the originators that texts go out from."""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns import syncing
from campaigns.models import AwsIdentity
from compliance.models import MessageClass, Originator, TenDlcCampaign
from pinpoint import identities, number_types
from pinpoint.clients import sms_client
from pinpoint.identities import POOL, SENDER_ID, Identity
from pinpoint.provisioning import words

if TYPE_CHECKING:
    from mypy_boto3_pinpoint_sms_voice_v2 import PinpointSMSVoiceV2Client

IDENTITIES, WORDS = "identities", "keywords"
ACTIVE = "ACTIVE"
# What sends nothing in the US before it is registered.
REGISTERED_KINDS = frozenset({Originator.Kind.TEN_DLC, Originator.Kind.TOLL_FREE})
WORDS_EVERY = timedelta(hours=6)
FACTS = (
    "arn", "status", "capabilities", "monthly_usd", "two_way", "two_way_channel", "international",
    "protected", "registration_id", "daily_cap", "since", "read_at", "gone_at",
)  # fmt: skip


def register() -> None:
    """Have them read."""
    for source in (
        syncing.Source(IDENTITIES, _("Numbers and sender IDs"), timedelta(minutes=10), read),
        syncing.Source(WORDS, _("Keywords and tags"), timedelta(minutes=30), read_words),
    ):
        syncing.register(source)


def client() -> "PinpointSMSVoiceV2Client":
    """Return the process's client."""
    return sms_client(
        region=settings.AWS_REGION,
        connect_timeout=settings.AWS_CONNECT_TIMEOUT_SECONDS,
        read_timeout=settings.AWS_READ_TIMEOUT_SECONDS,
        connections=settings.SEND_CONCURRENCY,
    )


def read(now: datetime) -> None:
    """Keep everything that the account can send from; what AWS no longer tells of is gone."""
    found = identities.identities(client(), settings.AWS_SETUP_PAUSE_SECONDS)
    with transaction.atomic():
        for one in found:
            keep(one, now)
        # What was bought while AWS was asked is newer than its answer.
        gone = AwsIdentity.objects.filter(gone_at=None, read_at__lt=now).exclude(
            aws_id__in=[one.aws_id for one in found]
        )
        for row in gone:
            drop(row, now)
        for one in found:
            if one.kind == POOL:
                _sum_up(one)


def keep(found: Identity, now: datetime) -> AwsIdentity:
    """Write down what AWS says of one thing, and make or change its originator."""
    row = AwsIdentity.objects.select_for_update(of=["self"]).filter(aws_id=found.aws_id).first()
    if row and row.read_at > now:
        return row  # what a person changed while AWS was asked is newer than its answer
    originator = row.originator if row else _originator(found)
    _change(originator, found, row)
    facts = {name: getattr(found, name) for name in FACTS if hasattr(found, name)}
    facts |= {"read_at": now, "gone_at": None, "capabilities": list(found.capabilities)}
    if row and row.status == ACTIVE and found.status != ACTIVE:
        facts["resumes"] = originator.active
    row, _made = AwsIdentity.objects.update_or_create(
        aws_id=found.aws_id, defaults=facts, create_defaults={**facts, "originator": originator}
    )
    if found.kind not in {POOL, SENDER_ID}:
        row.pools.set(AwsIdentity.objects.filter(aws_id=found.pool_id))
    return row


def drop(row: AwsIdentity, now: datetime) -> None:
    """Write down that AWS no longer has something: nothing goes out from it."""
    resumes = row.originator.active if row.status == ACTIVE else row.resumes
    AwsIdentity.objects.filter(pk=row.pk).update(gone_at=now, status="DELETED", resumes=resumes)
    row.pools.clear()
    row.members.clear()
    Originator.objects.filter(pk=row.originator_id).update(active=False)


def _originator(found: Identity) -> Originator:
    """Return the originator of that name, which somebody may have entered before AWS told of it."""
    others = AwsIdentity.objects.exclude(aws_id=found.aws_id)  # another worker may be as far
    taken = others.filter(originator__identity=found.name).exists()
    name = found.arn if taken else found.name  # one sender ID in two countries
    made, _new = Originator.objects.get_or_create(
        identity=name,
        defaults={
            "kind": found.kind,
            "message_class": _message_class(found),
            "country": found.country or "US",
            "parts_per_second": _pace(found),
            "active": found.status == ACTIVE,
        },
    )
    return made


def _message_class(found: Identity) -> str:
    types = found.message_types
    promotional = not types or "PROMOTIONAL" in types
    return MessageClass.PROMOTIONAL if promotional else MessageClass.TRANSACTIONAL


def _pace(found: Identity) -> int:
    known = found.parts_per_second
    return known or number_types.parts_per_second(found.kind, found.country)


def _change(originator: Originator, found: Identity, before: AwsIdentity | None) -> None:
    """Let an originator be what AWS says; what people decide (label, active) stays theirs."""
    changed: dict[str, object] = {"kind": found.kind}
    if found.kind != SENDER_ID:  # one of these sends both kinds of texts
        changed["message_class"] = _message_class(found)
        changed["self_managed_opt_outs"] = found.self_managed_opt_outs
        changed["opt_out_list"] = found.opt_out_list
    if found.country:
        changed["country"] = found.country
    if found.parts_per_second:
        changed["parts_per_second"] = found.parts_per_second
    if found.status != ACTIVE:
        changed["active"] = False
    elif before and (before.status != ACTIVE or before.gone_at):
        changed["active"] = before.resumes
    if found.kind in REGISTERED_KINDS:
        changed |= _registered(found, before)
    elif found.kind == SENDER_ID:
        changed["registered"] = found.registered
    if found.kind == Originator.Kind.TEN_DLC and found.registration_id:
        _share_pace(originator, found)
    Originator.objects.filter(pk=originator.pk).update(**changed)


def _registered(found: Identity, before: AwsIdentity | None) -> dict[str, object]:
    """AWS names the registration of a number, but not of every old one: there the tick stays."""
    if found.status == ACTIVE and found.registration_id:
        return {"registered": True}
    lost = before is not None and bool(before.registration_id)
    return {"registered": False} if found.status != ACTIVE or lost else {}


def _share_pace(originator: Originator, found: Identity) -> None:
    """Count all numbers of a 10DLC campaign together, unless somebody entered it differently."""
    shared = originator.ten_dlc_campaign
    if shared and shared.name != found.registration_id:
        return
    campaign, made = TenDlcCampaign.objects.get_or_create(
        name=found.registration_id, defaults={"parts_per_second": _pace(found)}
    )
    if not made and found.parts_per_second:
        TenDlcCampaign.objects.filter(pk=campaign.pk).update(
            parts_per_second=found.parts_per_second
        )
    if not shared:
        Originator.objects.filter(pk=originator.pk).update(ten_dlc_campaign=campaign)


def _sum_up(found: Identity) -> None:
    """A pool is as fast as its numbers together, and registered when all of them are."""
    pool = AwsIdentity.objects.get(aws_id=found.aws_id)
    members = list(
        AwsIdentity.objects.filter(aws_id__in=found.members).select_related("originator")
    )
    pool.members.set(members)
    able = [one.originator for one in members if one.status == ACTIVE]
    numbers = [one for one in able if one.kind in REGISTERED_KINDS]
    campaigns = {one.ten_dlc_campaign_id for one in able}
    shared = campaigns.pop() if len(campaigns) == 1 else None
    Originator.objects.filter(pk=pool.originator_id).update(
        parts_per_second=max(1, sum(one.parts_per_second for one in able)),
        registered=all(one.registered for one in numbers),
        country=able[0].country if able else "US",
        ten_dlc_campaign=shared,
    )


def read_words(now: datetime) -> None:
    """Keep the keywords and tags of what was not read for some hours, at AWS's pace."""
    stale = Q(words_read_at=None) | Q(words_read_at__lt=now - WORDS_EVERY)
    rows = AwsIdentity.objects.filter(stale, gone_at=None).select_related("originator")
    for place, row in enumerate(rows):
        time.sleep(settings.AWS_SETUP_PAUSE_SECONDS if place else 0)
        keep_words([row], now)


def keep_words(rows: Sequence[AwsIdentity], now: datetime) -> None:
    """Read keywords and tags of these now. Two calls each."""
    for row in rows:
        keywords, tags = words(client(), row.originator.kind, row.aws_id, row.arn)
        AwsIdentity.objects.filter(pk=row.pk).update(
            keywords=keywords, tags=tags, words_read_at=now
        )
