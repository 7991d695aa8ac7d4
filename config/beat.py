"""The scheduler that beat runs (apart from config.celery: its models need the apps loaded)."""

from typing import Any

from django_celery_beat.schedulers import DatabaseScheduler

from config.celery import beat_heart


class BeatScheduler(DatabaseScheduler):
    """django-celery-beat's scheduler, which also says that it is alive."""

    max_interval = 5

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Run what is due, as Celery does, and leave a heartbeat."""
        beat_heart("beat")
        return float(super().tick(*args, **kwargs))
