"""Celery tasks of the reports."""

import time

from celery import shared_task
from django.utils import timezone

from analytics import consents, effects, rollups
from analytics.alerts import checking
from analytics.letters import ended, weekly
from analytics.mail import delivery

MAIL_SECONDS = 20.0


@shared_task(name="analytics.roll_up")
def roll_up() -> None:
    """Bring the hourly facts up to date; a no-op while another process does it."""
    rollups.roll_up(timezone.now())


@shared_task(name="analytics.count_effects")
def count_effects() -> None:
    """Count what the people of recent runs did; running it twice changes nothing."""
    effects.count_recent(timezone.now())


@shared_task(name="analytics.count_consents")
def count_consents() -> None:
    """Count what the ledger has taken down since the last time."""
    consents.count()


@shared_task(name="analytics.send_mail")
def send_mail() -> None:
    """Send the e-mails that are due, for some seconds."""
    end = time.monotonic() + MAIL_SECONDS
    while time.monotonic() < end and delivery.deliver_next(timezone.now()):
        continue


@shared_task(name="analytics.drop_old_mail")
def drop_old_mail() -> None:
    """Drop the e-mails that were sent long ago."""
    delivery.drop_old(timezone.now())


@shared_task(name="analytics.check_alerts")
def check_alerts() -> None:
    """Have every rule looked at."""
    for rule_id in checking.to_check():
        check_alert.delay(rule_id)


@shared_task(name="analytics.check_alert")
def check_alert(rule_id: int) -> None:
    """Look at one rule; a no-op while another worker does, or has just done so."""
    checking.check(rule_id, timezone.now())


@shared_task(name="analytics.write_weekly_reports")
def write_weekly_reports() -> None:
    """Write the overviews that are due; each is written once."""
    weekly.send_due(timezone.now())


@shared_task(name="analytics.write_campaign_reports")
def write_campaign_reports() -> None:
    """Write the reports of campaigns that have ended; each is written once."""
    ended.send_due(timezone.now())
