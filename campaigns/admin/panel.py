"""What the panel above a campaign's form shows: how it stands, what can be done, who did what."""

from decimal import Decimal
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import (
    actions,
    contents,
    dry_runs,
    forecast,
    reasons,
    remembered_numbers,
    runs,
    spend,
)
from campaigns.actions.acting import key
from campaigns.actions.launching import LAUNCHABLE
from campaigns.admin import typed_numbers
from campaigns.models import EDITABLE, ENDED, Campaign, Run
from campaigns.progress import standing
from contacts import segments
from contacts.segments import words

BARS = (
    ("delivered", "bg-green-600"),
    ("failed", "bg-red-600"),
    ("blocked", "bg-orange-500"),
    ("expired", "bg-base-500"),
    ("cancelled", "bg-base-400"),
    ("unknown", "bg-blue-600"),
)
TIMELINE_LENGTH = 50
RUNS = 10
Status = Campaign.Status


def matches(campaign: Campaign) -> int:
    """Count the people that the segment finds now."""
    return segments.matching(campaign.segment.rules).count()


def context(campaign: Campaign, request: HttpRequest) -> dict[str, Any]:
    """Return everything that templates/campaigns/panel.html and progress.html show."""
    return {
        "campaign": campaign,
        "remembered": remembered_numbers.offered(key(request.user)),
        "timeline": timeline(campaign),
        "runs": sent_to(campaign),
        "money": money(campaign),
        "dry_run": last_dry_run(campaign),
        **typed_numbers.kept(request, campaign.pk),
        **moving(campaign, request),
    }


def moving(campaign: Campaign, request: HttpRequest) -> dict[str, Any]:
    """Return what the page asks for every second while texts go (campaigns/progress.html)."""
    return {"campaign": campaign, **progress(campaign), **_possible(campaign, request)}


def _speed(campaign: Campaign) -> dict[str, Any] | None:
    """Return how fast it goes and when it will be done; None unless it is being sent."""
    now = timezone.now()
    found = standing(now, [campaign.pk]) if campaign.status == Status.SENDING else []
    return {"now": found[0], "ends_at": found[0].ends_at(now)} if found else None


def progress(campaign: Campaign) -> dict[str, Any]:
    """Return the counts of the latest run, as numbers and as a bar."""
    totals = runs.totals([campaign.pk], latest=True)[0]
    audience = totals["audience"]
    waiting, first = runs.deferred(campaign.pk)
    return {
        "totals": totals,
        "percent": round(100 * (audience - totals["open"]) / audience) if audience else 0,
        "bars": [
            {
                "name": name,
                "label": _(name),
                "count": totals[name],
                "width": 100 * totals[name] / audience if audience else 0,
                "colour": colour,
            }
            for name, colour in BARS
        ],
        "deferred": waiting,
        "deferred_until": first,
        "moving": campaign.status == Status.SENDING,
        "speed": _speed(campaign),
    }


def _possible(campaign: Campaign, request: HttpRequest) -> dict[str, Any]:
    """Say which buttons this person has now."""
    status = Status(campaign.status)
    may_launch = request.user.has_perm("campaigns.launch_campaign")
    reviewer = request.user.has_perm("campaigns.approve_campaign")
    own = request.user.pk in {campaign.created_by_id, campaign.edited_by_id}
    waits = {Status.REVIEW, Status.SCHEDULED}
    missing = actions.approvals_missing(campaign) if status in LAUNCHABLE | waits else 0
    under_review = status in {Status.REVIEW, Status.APPROVED} or (
        status == Status.SCHEDULED and missing > 0
    )
    startable = may_launch and status in LAUNCHABLE and not missing
    may_approve = reviewer and not own and under_review and missing > 0
    return {
        "missing": missing,
        "under_review": under_review,
        "may_submit": may_launch and status in ENDED | {Status.DRAFT} and missing > 0,
        "approval_lapsed": missing > 0 and status in {Status.APPROVED, Status.SCHEDULED},
        "may_approve": may_approve,
        "seen": contents.digest(campaign) if may_approve else "",
        "waits_for_others": own and under_review and missing > 0,
        "may_send_back": reviewer and status in {Status.REVIEW, Status.APPROVED},
        "may_try": may_launch and status in EDITABLE,
        "may_launch": startable,
        "launch_now": campaign.timing == Campaign.Timing.NOW,
        "matches": matches(campaign) if startable else None,
        "may_pause": may_launch and status in {Status.SENDING, Status.SCHEDULED},
        "may_resume": may_launch and status == Status.PAUSED,
        "may_cancel": may_launch and status in {Status.SENDING, Status.PAUSED, Status.SCHEDULED},
    }


def sent_to(campaign: Campaign) -> list[tuple[Run, list[tuple[int, str]]]]:
    """Return the latest runs with the rules that each was sent with, in words."""
    latest = campaign.runs.order_by("-number")[:RUNS]
    return [(run, list(words.lines(run.rules))) for run in latest]


def timeline(campaign: Campaign) -> QuerySet[LogEntry]:
    """Return who did what to a campaign, the latest first."""
    return (
        LogEntry.objects.filter(
            content_type=ContentType.objects.get_for_model(Campaign), object_id=str(campaign.pk)
        )
        .select_related("user")
        .order_by("-action_time", "-pk")[:TIMELINE_LENGTH]
    )


def money(campaign: Campaign) -> dict[str, Any]:
    """Return what a run would cost, what was spent, and what may be, in US dollars."""
    month = spend.month(timezone.now())
    spent = spend.of_campaign(campaign.pk)
    left = [limit - month.spent for limit in (month.limit,) if limit is not None]
    if campaign.budget_usd is not None:
        left.append(campaign.budget_usd - spent)
    found: dict[str, Any] = {"spent": spent, "month": month, "left": min(left, default=None)}
    if campaign.status in EDITABLE:
        try:
            found["forecast"] = forecast.forecast(campaign)
        except segments.RuleError:  # the checklist says what is wrong with it
            return found
        found["short"] = bool(left) and found["forecast"].usd > min(left)
    return found


def last_dry_run(campaign: Campaign) -> dict[str, Any] | None:
    """Return what the last dry run came to, in words and by the hour."""
    found = campaign.dry_runs.order_by("-pk").first()
    if found is None:
        return None
    pace = min(campaign.messages_per_second, campaign.originator.pace)
    result = {**dry_runs.EMPTY, **found.result}
    return {
        "of": found,
        "outdated": found.version != campaign.version,
        "result": result,
        "usd": Decimal(result["usd"]),
        "hours": dry_runs.by_the_hour(result["hours"], pace),
        "reasons": [(reasons.in_words(name), count) for name, count in result["reasons"].items()],
        "aws": [(reasons.in_words(name), count) for name, count in result["aws"].items()],
    }
