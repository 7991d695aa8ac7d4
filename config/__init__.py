"""Project configuration: settings, URLs, Celery, and the local services of `make run`."""

from config.celery import app as celery_app

__all__ = ("celery_app",)
