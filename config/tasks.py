"""Celery tasks of the installation; each calls one function."""

from celery import shared_task
from django.conf import settings

from config.endpoint_jobs import running
from pinpoint.clients import bucket_client


@shared_task(name="config.work_on_endpoint_jobs")
def work_on_endpoint_jobs() -> None:
    """Go on with imports and exports of endpoints for some seconds. Twice changes nothing."""
    if running.work(lambda: bucket_client(region=settings.AWS_REGION)):
        work_on_endpoint_jobs.delay()
