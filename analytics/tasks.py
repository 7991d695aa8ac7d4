"""Celery tasks of the reports."""

from celery import shared_task
from django.utils import timezone

from analytics import rollups


@shared_task(name="analytics.roll_up")
def roll_up() -> None:
    """Bring the hourly facts up to date; a no-op while another process does it."""
    rollups.roll_up(timezone.now())
