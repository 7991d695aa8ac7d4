"""A rule, once a minute: measure, count, open or close its alert, and have it told."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from analytics.alerts import hysteresis, measures, telling
from analytics.alerts.hysteresis import Change, Runs
from analytics.models import Alert, AlertRule

# Beat comes every minute. Two that come together, or one that was doubled, count as one.
SPACING = timedelta(seconds=40)


def to_check() -> list[int]:
    """Return the rules that are to be looked at: those that watch, and those with an open alert."""
    wanted = Q(active=True) | Q(alert__closed_at=None, alert__isnull=False)
    return list(AlertRule.objects.filter(wanted).distinct().values_list("pk", flat=True))


def check(rule_id: int, now: datetime) -> None:
    """Check one rule; a no-op while another worker does, or has just done so.

    Everything that follows from a check is committed with its count, or not at all.
    """
    with transaction.atomic():
        rule = _take(rule_id, now)
        if rule is None:
            return
        alert = Alert.objects.filter(rule=rule, closed_at=None).first()
        if not rule.active:
            if alert:
                _close(rule, alert, _("The rule was turned off."), now)
            return
        change = _count(rule, now, is_open=alert is not None)
        if change is Change.OPENS:
            alert = Alert.objects.create(rule=rule, opened_at=now, says=rule.says)
        elif change is Change.CLOSES and alert:
            _close(rule, alert, rule.says, now)
            return
        if alert:
            telling.opened(rule, alert, now)


def _take(rule_id: int, now: datetime) -> AlertRule | None:
    """Lock a rule whose minute has come, and set that it was checked now."""
    due = Q(checked_at=None) | Q(checked_at__lte=now - SPACING)
    rules = AlertRule.objects.select_for_update(skip_locked=True, of=["self"])
    rule: AlertRule | None = rules.filter(due, pk=rule_id).first()
    if rule is not None:
        rule.checked_at = now
        rule.save(update_fields=["checked_at"])
    return rule


def _count(rule: AlertRule, now: datetime, *, is_open: bool) -> Change | None:
    reading = measures.read(rule, now)
    verdict = hysteresis.judge(
        reading.value,
        rule.threshold,
        rule.recovery,
        low_is_bad=rule.kind == AlertRule.Kind.DELIVERY,
    )
    runs, change = hysteresis.step(
        Runs(rule.bad_run, rule.good_run),
        verdict,
        is_open=is_open,
        bad_checks=rule.bad_checks,
        good_checks=rule.good_checks,
    )
    rule.bad_run, rule.good_run = runs.bad, runs.good
    rule.value, rule.says = reading.value, reading.says[:500]
    rule.save(update_fields=["bad_run", "good_run", "value", "says"])
    return change


def _close(rule: AlertRule, alert: Alert, words: str, now: datetime) -> None:
    alert.closed_at, alert.closing = now, words
    alert.save(update_fields=["closed_at", "closing"])
    telling.closed(rule, alert, now)
