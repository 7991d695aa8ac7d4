"""Celery tasks of contacts; each calls one function."""

from celery import shared_task
from django.utils import timezone

from contacts import attributes


@shared_task(name="contacts.refresh_catalogue")
def refresh_catalogue() -> None:
    """Bring the attribute catalogue up to date, if contacts have changed."""
    attributes.refresh_if_changed(timezone.now())
