"""What beat nudges is there."""

from django.conf import settings

from config.celery import app


def test_every_task_that_beat_nudges_exists():
    app.loader.import_default_modules()
    nudged = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert nudged - set(app.tasks) == set()
