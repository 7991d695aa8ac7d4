"""Who is told that an alert has opened or closed: people by e-mail, programs by webhook."""

from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils.translation import gettext as _

from analytics.mail import outbox
from analytics.models import Alert, AlertRule
from campaigns.outgoing.outbox import Told, announce

MAY_HANDLE = "analytics.handle_alert"
BACKEND = "django.contrib.auth.backends.ModelBackend"  # the one that knows permissions


def opened(rule: AlertRule, alert: Alert, now: datetime) -> None:
    """Tell that an alert is open, once, as soon as its rule is not muted."""
    if alert.told_at is not None or is_muted(rule, now):
        return
    subject = _("Alert: {}").format(rule)
    _post(rule, alert, "opened", subject, [alert.says, page_of(alert)])
    announce(_event(rule, alert, "alert.opened", now, page_of(alert)))
    alert.told_at = now
    alert.save(update_fields=["told_at"])


def closed(rule: AlertRule, alert: Alert, now: datetime) -> None:
    """Tell that it has closed, to those who were told that it was open."""
    if alert.told_at is None:
        return
    subject = _("Well again: {}").format(rule)
    was = _("It was: {}").format(alert.says)
    _post(rule, alert, "closed", subject, [alert.closing, was, page_of(alert)])
    announce(_event(rule, alert, "alert.closed", now, page_of(alert)))


def given_up(rule: AlertRule, alert: Alert, now: datetime) -> None:
    """Tell those who were told that it was open that it is watched no more, and has no page."""
    if alert.told_at is None:
        return
    subject = _("Watched no more: {}").format(rule)
    was = _("It was: {}").format(alert.says)
    place = outbox.link(reverse("admin:analytics_alert_changelist"))
    _post(rule, alert, "closed", subject, [alert.closing, was, place])
    announce(_event(rule, alert, "alert.closed", now, place))


def is_muted(rule: AlertRule, now: datetime) -> bool:
    """Tell whether nobody is to be told now."""
    return rule.muted_until is not None and rule.muted_until > now


def addresses(rule: AlertRule) -> list[str]:
    """Return whom a rule e-mails, each address once."""
    extra = rule.also_to.split()
    people = get_user_model().objects.filter(is_active=True).exclude(email="")
    chosen = people.filter(pk__in=rule.people.values("pk"))
    if not extra and not rule.people.exists():
        chosen = people & get_user_model().objects.with_perm(MAY_HANDLE, backend=BACKEND)
    emails = chosen.order_by("pk").values_list("email", flat=True)
    return list({email.lower(): email for email in (*extra, *emails)}.values())


def _post(rule: AlertRule, alert: Alert, what: str, subject: str, words: list[str]) -> None:
    text = "\n\n".join(words)
    outbox.post(
        [
            outbox.Letter(f"alert:{alert.pk}:{what}:{to.lower()}"[:200], to, subject, text)
            for to in addresses(rule)
        ]
    )


def page_of(alert: Alert) -> str:
    """Return the address of an alert's page."""
    return outbox.link(reverse("admin:analytics_alert_change", args=[alert.pk]))


def _event(rule: AlertRule, alert: Alert, event_type: str, now: datetime, url: str) -> Told:
    payload: dict[str, Any] = {
        "event_type": event_type,
        "event_timestamp": int(now.timestamp() * 1000),
        "alert": {
            "id": alert.pk,
            "rule": rule.name,
            "kind": rule.kind,
            "says": alert.closing if alert.closed_at else alert.says,
            "value": None if rule.value is None else str(rule.value),
            "limit": str(rule.threshold),
            "opened_at": alert.opened_at.isoformat(),
            "closed_at": alert.closed_at.isoformat() if alert.closed_at else None,
            "url": url,
        },
    }
    program_id = rule.campaign.program_id if rule.campaign else None
    return Told(program_id, event_type, payload)
