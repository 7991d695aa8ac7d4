"""What a person does about alerts: take one in hand, keep a rule quiet for a while, delete it."""

from datetime import timedelta

from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from analytics.alerts import telling
from analytics.alerts.telling import MAY_HANDLE
from analytics.models import Alert, AlertRule
from campaigns.actions import Actor, Refused
from campaigns.actions.acting import key

MUTES = (1, 4, 24, 168)  # hours


def acknowledge(alert_id: int, note: str, user: Actor) -> None:
    """Take an alert in hand: it leaves the home page. Who comes second finds it taken."""
    _check_may(user)
    with transaction.atomic():
        alert = Alert.objects.select_for_update(of=["self"]).get(pk=alert_id)
        if alert.acknowledged_at is not None:
            raise Refused(_("{} has taken it in hand already.").format(alert.acknowledged_by))
        alert.acknowledged_at, alert.acknowledged_by_id = timezone.now(), key(user)
        alert.note = note.strip()[:500]
        alert.save(update_fields=["acknowledged_at", "acknowledged_by", "note"])
        _audit(user, alert, f"Acknowledged. {alert.note}".strip())


def mute_rule_of(alert_id: int, hours: int, user: Actor) -> None:
    """Tell nobody of the alerts of this one's rule for some hours; 0: tell again.

    What opens meanwhile and is still open at the end is told then.
    """
    _check_may(user)
    if hours and hours not in MUTES:
        raise Refused(_("Choose for how long."))
    with transaction.atomic():
        alert = Alert.objects.get(pk=alert_id)
        rule = AlertRule.objects.select_for_update(of=["self"]).get(pk=alert.rule_id)
        rule.muted_until = timezone.now() + timedelta(hours=hours) if hours else None
        rule.save(update_fields=["muted_until"])
        _audit(user, rule, f"Muted for {hours} h." if hours else "Unmuted.")


def delete_rule(rule_id: int, user: Actor) -> None:
    """Delete a rule with its alerts; who was told of one that is open is told that it closes.

    Whoever comes second finds nothing left to delete.
    """
    if not user.has_perm("analytics.delete_alertrule"):
        raise PermissionDenied(_("You need the permission to delete alert rules."))
    with transaction.atomic():
        rule = AlertRule.objects.select_for_update(of=["self"]).filter(pk=rule_id).first()
        if rule is None:
            return
        alerts = Alert.objects.filter(rule=rule)
        if still_open := alerts.filter(closed_at=None).first():
            still_open.closed_at, still_open.closing = timezone.now(), _("The rule was deleted.")
            telling.given_up(rule, still_open, still_open.closed_at)
        said = f"Deleted, with its alerts: {alerts.count()}."
        LogEntry.objects.log_actions(key(user), [rule], DELETION, said, single_object=True)
        rule.delete()


def has_open_alert() -> Exists:
    """Return what tells of a rule, in a query, whether it has an open alert."""
    return Exists(Alert.objects.filter(rule=OuterRef("pk"), closed_at=None))


def _check_may(user: Actor) -> None:
    if not user.has_perm(MAY_HANDLE):
        raise PermissionDenied(_("You need the permission to handle alerts."))


def _audit(user: Actor, what: Alert | AlertRule, said: str) -> None:
    LogEntry.objects.log_actions(key(user), [what], CHANGE, said, single_object=True)
