"""Celery tasks of the reports."""

from celery import shared_task
from django.utils import timezone

from analytics import consents, effects, rollups


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
