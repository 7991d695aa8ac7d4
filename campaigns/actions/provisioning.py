"""Buying, changing and giving back numbers, pools and sender IDs at AWS.

Every call goes through `campaigns.aws_audit`: it is on record with its request id.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from django.contrib.admin.models import ADDITION, DELETION
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import aws_account, identity_sync, tasks
from campaigns.actions.acting import Actor, key
from campaigns.aws_audit import Keep, Kept, Unclear, audited
from campaigns.models import ENDED, AwsIdentity, AwsSource, Campaign, Message
from campaigns.refusal import Refused
from compliance.models import Originator, Program
from pinpoint import number_types
from pinpoint import provisioning as calls
from pinpoint.calls import Call, Made
from pinpoint.identities import POOL, SENDER_ID, Identity
from pinpoint.provisioning import Wanted

Kind = Originator.Kind


def check_may(user: Actor) -> None:
    """Raise PermissionDenied unless this person may buy, change and give back numbers."""
    if not user.has_perm("campaigns.manage_awsidentity"):
        raise PermissionDenied(_("You need the permission to manage numbers at AWS."))


def buy(wanted: Wanted, user: Actor) -> AwsIdentity:
    """Buy a number. It costs from now on."""
    check_may(user)
    check_offered(wanted)
    return _made(calls.buy(wanted), user, None, lambda new: f"Bought, ${new.monthly_usd} a month.")


def check_offered(wanted: Wanted) -> None:
    """Raise Refused for what AWS does not offer, before anybody is asked to pay for it."""
    kind = number_types.TYPES.get(wanted.kind)
    if kind is None:
        raise Refused(_("AWS has no such type of number to buy."))
    if kind.countries and wanted.country not in kind.countries:
        raise Refused(_("{} numbers are for the US only.").format(kind.title))
    if wanted.kind == Kind.LONG_CODE and wanted.country == "US":
        raise Refused(_("In the US, texts come from 10DLC or toll-free numbers, not long codes."))
    if wanted.registration_id and wanted.kind != Kind.TEN_DLC:
        raise Refused(_("Only 10DLC numbers belong to a 10DLC campaign."))
    if wanted.kind == Kind.SIMULATOR and wanted.message_type != "TRANSACTIONAL":
        raise Refused(_("AWS has simulator numbers for transactional texts only."))


def take_sender_id(
    name: str, country: str, types: list[str], token: str, user: Actor
) -> AwsIdentity:
    """Ask for a sender ID."""
    check_may(user)
    call = calls.take_sender_id(name, country, types, token)
    return _made(call, user, None, lambda new: "Taken.")


def release(pk: int, user: Actor) -> AwsIdentity:
    """Give a number or sender ID back, or take a pool apart. It cannot be undone."""
    check_may(user)
    with transaction.atomic():
        row = row_of(pk)
        check_releasable(row)
        was_active = row.originator.active
        # From here on nobody can pick it, so that no campaign begins while AWS is asked.
        Originator.objects.filter(pk=row.originator_id).update(active=False)
    try:
        ask(calls.release(row.originator.kind, row.aws_id), user, row, partial(_released, row))
    except Unclear:
        raise  # AWS may have it no more, so it stays off until it is read again
    except Refused:
        # Unless another click was faster, and it is gone.
        kept = Originator.objects.filter(pk=row.originator_id, aws__gone_at=None)
        kept.update(active=was_active)
        _read_again()
        raise
    return row


def _released(row: AwsIdentity, _made: Made) -> Kept:
    identity_sync.drop(row, timezone.now())
    _read_again()
    return Kept(row, "Released.", DELETION)


def check_releasable(row: AwsIdentity) -> None:
    """Raise Refused, in words, while something needs it or protects it."""
    if row.gone_at:
        raise Refused(_("AWS no longer has {}.").format(row))
    if row.protected:
        raise Refused(_("{} is protected from release. Take the protection off first.").format(row))
    if pool := row.pools.first():
        raise Refused(_("{} is in the pool {}. Take it out first.").format(row, pool))
    using = Campaign.objects.filter(originator=row.originator).exclude(status__in=ENDED)
    if names := list(using.order_by("name").values_list("name", flat=True)[:5]):
        raise Refused(
            _("Campaigns are to be sent from {}: {}. Give them another number first.").format(
                row, ", ".join(names)
            )
        )
    if Message.objects.filter(run=None, originator=row.originator, state="queued").exists():
        raise Refused(_("Texts wait to be sent from {}. Wait until they are.").format(row))
    asking = Program.objects.filter(confirmation_originator=row.originator, double_opt_in=True)
    if program := asking.first():
        raise Refused(_("“{}” asks for the YES from {}.").format(program, row))


def set_two_way(pk: int, topic: str, user: Actor) -> AwsIdentity:
    """Have answers go to an SNS topic; without one they go nowhere."""
    row = changeable(pk, user)
    if row.originator.kind == SENDER_ID:
        raise Refused(_("Nobody can answer a sender ID."))
    if not topic and row.originator.self_managed_opt_outs:
        raise Refused(
            _("Sendpoint answers STOP for {}: without answers nobody could opt out.").format(row)
        )
    if not topic:
        return _update(row, user, "Answers go nowhere.", TwoWayEnabled=False)
    said = f"Answers go to {topic}."
    return _update(row, user, said, TwoWayEnabled=True, TwoWayChannelArn=topic)


def set_own_opt_outs(pk: int, on: bool, user: Actor) -> AwsIdentity:
    """Let Sendpoint, or AWS, answer STOP and HELP."""
    row = changeable(pk, user)
    if on and row.originator.kind == Kind.TOLL_FREE:
        raise Refused(_("On toll-free numbers the carriers answer STOP; nobody else can."))
    if on and not row.two_way:
        raise Refused(_("Have answers come in first: otherwise nobody would read STOP."))
    said = "Sendpoint answers STOP and HELP." if on else "AWS answers STOP and HELP."
    return _update(row, user, said, SelfManagedOptOutsEnabled=on)


def set_international(pk: int, on: bool, user: Actor) -> AwsIdentity:
    """Let a number text people in other countries, at the price there, or no longer."""
    row = changeable(pk, user)
    if row.originator.kind in {POOL, SENDER_ID, Kind.TOLL_FREE, Kind.SHORT_CODE, Kind.SIMULATOR}:
        raise Refused(_("{} sends within its own country only.").format(row))
    said = "May send to other countries." if on else "Sends within its country only."
    return _update(row, user, said, InternationalSendingEnabled=on)


def set_protected(pk: int, on: bool, user: Actor) -> AwsIdentity:
    """Protect something from release, or no longer."""
    check_may(user)
    said = "Protected from release." if on else "No longer protected from release."
    return _update(row_of(pk), user, said, DeletionProtectionEnabled=on)


def make_pool(pk: int, token: str, user: Actor) -> AwsIdentity:
    """Make a pool that begins with this number."""
    row = changeable(pk, user)
    sends = row.originator.message_class.upper()
    call = calls.make_pool(row.originator.kind, row.aws_id, sends, token)
    return _made(call, user, row, lambda new: f"Made of {row}.")


def join(pk: int, pool_pk: int, user: Actor) -> AwsIdentity:
    """Put a number or sender ID into a pool."""
    row, pool = changeable(pk, user), row_of(pool_pk)

    def keep(_made: Made) -> Kept:
        row.pools.add(pool)
        _read_again()
        return Kept(row, f"Put into {pool}.")

    ask(calls.join(pool.aws_id, row.originator.kind, row.aws_id), user, row, keep)
    return row


def leave_pool(pk: int, pool_pk: int, user: Actor) -> AwsIdentity:
    """Take a number or sender ID out of a pool."""
    check_may(user)
    row, pool = row_of(pk), row_of(pool_pk)

    def keep(_made: Made) -> Kept:
        row.pools.remove(pool)
        _read_again()
        return Kept(row, f"Taken out of {pool}.")

    ask(calls.leave(pool.aws_id, row.originator.kind, row.aws_id), user, row, keep)
    return row


# --- what they share ----------------------------------------------------------------------------


def row_of(pk: int) -> AwsIdentity:
    """Return what is to be changed."""
    return AwsIdentity.objects.select_related("originator").get(pk=pk)


def changeable(pk: int, user: Actor) -> AwsIdentity:
    """Return something that AWS lets be changed by itself."""
    check_may(user)
    row = row_of(pk)
    if row.gone_at:
        raise Refused(_("AWS no longer has {}.").format(row))
    is_number = row.originator.kind not in {POOL, SENDER_ID}
    if is_number and (pool := row.pools.first()):
        raise Refused(
            _("{} is in the pool {}, which decides for all its numbers.").format(row, pool)
        )
    return row


def ask(call: Call, user: Actor, row: AwsIdentity | None, keep: Keep) -> Made:
    """Make a call, on record; have everything read again where its fate is unclear."""
    try:
        # Of what was refused before there is a row, the account's history tells.
        return audited(call, key(user), row or aws_account.here(), keep)
    except Unclear:
        _read_again()
        raise


def _made(
    call: Call, user: Actor, row: AwsIdentity | None, said: Callable[[Identity], str]
) -> AwsIdentity:
    """Ask for something new, and write it down."""
    new: list[AwsIdentity] = []

    def keep(made: Made) -> Kept:
        found = calls.identity_of(call, made.answer)
        new.append(identity_sync.keep(found, timezone.now()))
        _read_again()
        return Kept(new[0], said(found), ADDITION)

    ask(call, user, row, keep)
    return new[0]


def _update(row: AwsIdentity, user: Actor, said: str, **members: Any) -> AwsIdentity:
    call = calls.update(row.originator.kind, row.aws_id, **members)

    def keep(made: Made) -> Kept:
        found = calls.identity_of(call, made.answer)
        identity_sync.keep(_whole(found, row), timezone.now())
        _read_again()
        return Kept(row, said)

    ask(call, user, row, keep)
    return row


def _whole(found: Identity, row: AwsIdentity) -> Identity:
    """Add what the answer to a change leaves out."""
    pool = row.pools.first() if row.originator.kind not in {POOL, SENDER_ID} else None
    return replace(found, pool_id=pool.aws_id if pool else "", daily_cap=row.daily_cap)


def _read_again() -> None:
    """Have AWS say how everything is now, soon after."""
    for name in (identity_sync.IDENTITIES, identity_sync.WORDS):
        AwsSource.objects.filter(name=name).update(due_at=timezone.now())
        transaction.on_commit(partial(tasks.sync_source.delay, name))
