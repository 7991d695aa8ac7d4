"""Our campaigns and their runs → a CampaignResponse and ActivityResponses of Pinpoint."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.db.models import Count

from campaigns import arms
from campaigns.models import Campaign, CampaignVersion, Message, Run, Treatment
from campaigns.pinpoint_v1 import quiet_time, schedules
from campaigns.pinpoint_v1.campaigns import HOUR
from compliance.models import Originator
from compliance.reasons import Reason

# What Pinpoint told of each campaign, whether it was asked for or not.
ALWAYS_THERE: dict[str, Any] = {"HoldoutPercent": 0, "Limits": {}}
STATUSES = {
    Campaign.Status.DRAFT: "PAUSED",  # nothing goes until somebody says so
    Campaign.Status.REVIEW: "PENDING_NEXT_RUN",  # waits for a person's yes
    Campaign.Status.APPROVED: "PENDING_NEXT_RUN",
    Campaign.Status.SCHEDULED: "SCHEDULED",
    Campaign.Status.SENDING: "EXECUTING",
    Campaign.Status.PAUSED: "PAUSED",
    Campaign.Status.COMPLETED: "COMPLETED",
    Campaign.Status.CANCELLED: "COMPLETED",
    Campaign.Status.FAILED: "INVALID",
}

NOT_TOLD = frozenset(
    {"IsPaused", "tags"}
)  # of a request: the first changes, the second is kept elsewhere
# Why a text did not go → Pinpoint's name for it; others are told by our own.
METRICS: dict[str, str] = {
    **dict.fromkeys(
        (
            *(Reason.NO_CONSENT, Reason.CONSENT_REVOKED, Reason.CONSENT_EXPIRED),
            *(Reason.CONSENT_PENDING, Reason.SUPPRESSED, Reason.LISTED, Reason.ANSWER_TO_READ),
        ),
        "ENDPOINT_OPT_OUT",
    ),
    Reason.ZONE_UNKNOWN: "ENDPOINT_MISSING_TIMEZONE",
    Reason.STATE_UNKNOWN: "ENDPOINT_MISSING_TIMEZONE",
    arms.HELD_OUT: "TREATMENT_HOLDOUT",
}
State = Message.State


def is_deleted(campaign: Campaign) -> bool:
    """Whether it was deleted, and nobody has launched it again since."""
    return campaign.deleted_at is not None and campaign.status == Campaign.Status.CANCELLED


def status_of(campaign: Campaign, *, has_run: bool, paused: bool = False) -> str:
    """Return Pinpoint's CampaignStatus; `paused`: its program wants nothing sent for now."""
    if is_deleted(campaign):
        return "DELETED"
    if has_run and campaign.status == Campaign.Status.SCHEDULED:
        return "PENDING_NEXT_RUN"
    if has_run and not paused and campaign.status == Campaign.Status.DRAFT:  # edited when over
        return "COMPLETED"
    return STATUSES[Campaign.Status(campaign.status)]


def described(
    campaign: Campaign,
    then: Campaign,
    treatments: Sequence[Treatment],
    version: CampaignVersion | None,
    *,
    paused: bool,
) -> dict[str, Any]:
    """Return what a campaign is (`then`: what one version of it was) by Pinpoint's names.

    What the interface was given comes back as it was; what was written here is translated. Ids,
    ARN and dates are the caller's to add. `campaign` has been annotated with `has_run`; `paused`
    is what its program said last.
    """
    has_run: bool = campaign.has_run  # type: ignore[attr-defined]
    state = {"CampaignStatus": status_of(campaign, has_run=has_run, paused=paused)}
    written = version.written if version else None
    texts = version.texts if version else {}
    content = request_of(then, treatments, texts)
    if written:
        content = {name: value for name, value in written.items() if name not in NOT_TOLD}
    shares = zip(content.pop("AdditionalTreatments", []), treatments, strict=False)
    more = [share | {"Id": str(one.pk), "State": state} for share, one in shares]
    return (
        ALWAYS_THERE
        | content
        | {
            "AdditionalTreatments": more,
            "DefaultState": state,
            "IsPaused": state["CampaignStatus"] == "PAUSED",
            "SegmentId": then.segment.pinpoint_id,
            "SegmentVersion": then.segment.version,
            "State": state,
            "Version": then.version,
        }
    )


def request_of(
    campaign: Campaign, treatments: Sequence[Treatment], texts: dict[str, str]
) -> dict[str, Any]:
    """Return the WriteCampaignRequest that asks for a campaign as it is.

    A text that was written here stands in it in Liquid.
    """
    found: dict[str, Any] = {
        "Name": campaign.name,
        "SegmentId": campaign.segment.pinpoint_id,
        "MessageConfiguration": {"SMSMessage": _sms(campaign, texts)},
        "Schedule": schedules.schedule_of(campaign, settings.TIME_ZONE)
        | quiet_time.quiet_time_of(campaign),
        "Limits": {
            "Daily": campaign.daily_limit,
            "MaximumDuration": campaign.expires_after_hours * HOUR,
            "MessagesPerSecond": campaign.messages_per_second,
            "Total": campaign.total_limit,
        },
        "HoldoutPercent": campaign.holdout_percent,
    }
    if treatments:
        found["AdditionalTreatments"] = [
            {
                "TreatmentName": one.name,
                "SizePercent": one.percent,
                "MessageConfiguration": {
                    "SMSMessage": {"Body": texts.get(one.body, one.body)}
                    | _given(TemplateId=one.india_template)
                },
            }
            for one in treatments
        ]
    return found


def _sms(campaign: Campaign, texts: dict[str, str]) -> dict[str, str]:
    by_name = campaign.originator.kind == Originator.Kind.SENDER_ID
    return {
        "Body": texts.get(campaign.body, campaign.body),
        "MessageType": campaign.message_class.upper(),
        "SenderId" if by_name else "OriginationNumber": campaign.originator.identity,
        **_given(EntityId=campaign.india_entity, TemplateId=campaign.india_template),
    }


def _given(**members: str) -> dict[str, str]:
    return {name: value for name, value in members.items() if value}


def activities(campaign: Campaign, runs: Iterable[Run]) -> list[dict[str, Any]]:
    """Return runs as activities, without dates. One query for all their texts."""
    wanted = list(runs)
    counts: dict[int, Counter[tuple[str, str]]] = defaultdict(Counter)
    rows = Message.objects.filter(run__in=wanted).values_list("run", "state", "reason")
    for run_id, state, reason, count in rows.annotate(count=Count("pk")):
        counts[run_id][state, reason] += count
    return [_activity(campaign, run, counts[run.pk]) for run in wanted]


def _activity(campaign: Campaign, run: Run, counts: Counter[tuple[str, str]]) -> dict[str, Any]:
    by_state: Counter[str] = Counter()
    metrics: Counter[str] = Counter()
    for (state, reason), count in counts.items():
        by_state[state] += count
        if state in {State.BLOCKED, State.EXPIRED, State.CANCELLED}:
            metrics[METRICS.get(reason, reason.upper() or state.upper())] += count
    held = (State.QUEUED, State.BLOCKED, State.EXPIRED, State.CANCELLED)
    attempted = by_state.total() - sum(by_state[state] for state in held)
    over = run.finished_at is not None
    return {
        "State": _state(campaign, run),
        "Result": ("FAIL" if attempted and attempted == by_state[State.FAILED] else "SUCCESS")
        if over
        else "",
        "TotalEndpointCount": attempted,
        "SuccessfulEndpointCount": by_state[State.DELIVERED],
        "TimezonesTotalCount": 1,
        "TimezonesCompletedCount": int(over),
        "ExecutionMetrics": {"ENDPOINT_PRODUCED": str(run.audience)}
        | {name: str(count) for name, count in metrics.items()},
    }


def _state(campaign: Campaign, run: Run) -> str:
    if run.finished_at:
        return "COMPLETED"
    if campaign.status == Campaign.Status.CANCELLED:
        return "CANCELLED"
    if campaign.status == Campaign.Status.PAUSED:
        return "PAUSED"
    return "RUNNING" if run.audience_complete else "INITIALIZING"
