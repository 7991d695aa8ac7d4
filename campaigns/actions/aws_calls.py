"""Calls that change the account as a whole: asked for by a permitted person, on record.

    made = make_call(Call("pinpoint-sms-voice-v2", "CreateConfigurationSet", {...}), user)

Whoever shows a button for a call that costs money or is hard to undo asks once more, with
`call.costs` and `call.command`, before coming here.
"""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import aws_account, aws_audit, spend
from campaigns.actions.acting import Actor, key
from campaigns.aws_audit import audited, said
from campaigns.models import AwsAccount, SpendLimit
from campaigns.refusal import Refused
from compliance import list_checks, mirroring
from pinpoint.calls import Call, Made
from pinpoint.survey import SMS


def check_may_manage(user: Actor) -> None:
    """Raise PermissionDenied unless this person may change the account."""
    if not user.has_perm("campaigns.manage_awsaccount"):
        raise PermissionDenied(_("You need the permission to set up the AWS account."))


def make_call(call: Call, user: Actor) -> Made:
    """Make one call about the account as a whole; its history shows it as a command line."""
    check_may_manage(user)
    account = aws_account.here()
    return audited(call, key(user), account, said(account, f"{call.command};"))


def note(user: Actor, words: str) -> None:
    """Write an audit row of the account."""
    aws_audit.note(key(user), aws_account.here(), words)


def limit_call(usd: int) -> Call:
    """Return the call that sets the account's own monthly limit."""
    return Call(SMS, "SetTextMessageSpendLimitOverride", {"MonthlyLimit": usd})


def list_call(name: str) -> Call:
    """Return the call that makes an opt-out list."""
    return Call(SMS, "CreateOptOutList", {"OptOutListName": name})


def make_list(name: str, user: Actor) -> None:
    """Make an opt-out list that originators use and AWS does not have."""
    check_may_manage(user)
    if name not in mirroring.lists():
        raise Refused(_("No sender uses the list {}.").format(name))
    make_call(list_call(name), user)
    with transaction.atomic():
        account = AwsAccount.objects.select_for_update().get(pk=aws_account.here().pk)
        account.lists = [*dict.fromkeys([*account.lists, name])]
        account.save(update_fields=["lists"])


def read_lists(user: Actor) -> int:
    """Have AWS's opt-out lists read at once; return how many begin."""
    check_may_manage(user)
    with transaction.atomic():
        count = list_checks.begin(timezone.now())
        note(user, "Had the opt-out lists read at once.")
    return count


def override_limit(usd: int, user: Actor) -> int:
    """Set the account's own monthly limit, in whole US dollars; return what is enforced now."""
    made = make_call(limit_call(usd), user)
    enforced = int(made.answer["MonthlyLimit"])
    SpendLimit.objects.filter(name=spend.AWS_LIMIT).update(enforced_usd=enforced, overridden=True)
    return enforced
