"""When beat nudges which task; a nudge that is lost or doubled changes nothing."""

from typing import Any

from celery.schedules import crontab

# Task → seconds between two nudges.
EVERY = {
    "campaigns.dispatch": 2.0,
    "campaigns.open_runs": 2.0,
    "campaigns.process_events": 2.0,
    "compliance.mirror_opt_outs": 2.0,
    "campaigns.tidy": 5.0,
    "campaigns.deliver_outgoing": 5.0,
    "analytics.roll_up": 5.0,
    "analytics.count_consents": 10.0,
    "analytics.send_mail": 10.0,
    "compliance.resume_imports": 10.0,
    "config.work_on_endpoint_jobs": 10.0,
    "campaigns.sync_aws": 15.0,
    "campaigns.settle_spending": 60.0,
    "compliance.check_opt_out_lists": 60.0,
    "contacts.refresh_catalogue": 60.0,
    "analytics.check_alerts": 60.0,
    "analytics.write_weekly_reports": 60.0,
    "analytics.write_campaign_reports": 60.0,
    "analytics.count_effects": 600.0,
    "campaigns.drop_old_events": 3600.0,
}
NIGHTLY = {
    "compliance.verify_ledger": crontab(hour=3, minute=17),
    "analytics.drop_old_mail": crontab(hour=4, minute=41),
}
LONGEST_WAIT = 600.0  # seconds that a nudge may wait for a worker
NIGHTLY_WAIT = 3600.0


def entries() -> dict[str, dict[str, Any]]:
    """Return the timetable as Celery takes it.

    A nudge that nobody took before the next one is worth nothing, hence the expiries.
    """
    often = {task: _entry(task, every, min(every, LONGEST_WAIT)) for task, every in EVERY.items()}
    return often | {task: _entry(task, when, NIGHTLY_WAIT) for task, when in NIGHTLY.items()}


def _entry(task: str, when: float | crontab, expires: float) -> dict[str, Any]:
    return {"task": task, "schedule": when, "options": {"expires": expires}}
