"""A campaign played through without sending: how many would go, when, in how many parts, what for.

The gate is asked about everybody, as of the hour at which each text is due; AWS, whose DryRun
takes five parts a second, about a sample.
"""

import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from campaigns import arms, clearing, local_times, openings, prices
from campaigns.lanes import Lane
from campaigns.models import DryRun, Message, Run
from contacts import segments
from contacts.models import Contact
from pinpoint.gateway import AwsGateway, SendError

CHUNK = 1_000  # people
AWS_SAMPLE = 10  # texts
AWS_DRY_RUNS_PER_SECOND = 5  # aws-sms.md 2.2
HOUR = timedelta(hours=1)
EMPTY = {
    "people": 0,
    "held_out": 0,
    "go": 0,
    "parts": 0,
    "usd": "0",
    "reasons": {},
    "hours": {},
    "aws": {},
}


def go_on(dry_run_id: int, gateway: AwsGateway, now: datetime, *, until: float) -> bool:
    """Count on until `time.monotonic()` passes `until`; whether there is more to count."""
    while time.monotonic() < until:
        with transaction.atomic():
            found = DryRun.objects.select_for_update(of=["self"]).filter(
                pk=dry_run_id, finished_at=None
            )
            dry_run = found.select_related("campaign__originator", "campaign__program").first()
            if dry_run is None:
                return False
            if not _chunk(dry_run, gateway, now):
                dry_run.finished_at = now
            dry_run.save(update_fields=["upto", "result", "finished_at"])
    return True


def _chunk(dry_run: DryRun, gateway: AwsGateway, now: datetime) -> bool:
    """Add the next people to the result; False when there were none left."""
    campaign = dry_run.campaign
    # All chunks are of the run that came next when it was asked for.
    run, opens_at = openings.next_run(campaign, dry_run.asked_at, otherwise=now)
    people = _people(run, dry_run.upto)
    if not people:
        return False
    dry_run.upto = people[-1].pk
    lane = Lane(campaign.originator, run)
    ends = arms.bounds(run.holdout_percent, [one["percent"] for one in run.treatments])
    due = _due(run, people, opens_at)
    by_hour: dict[datetime, list[Message]] = {}
    for person in people:
        if message := _message(run, person, ends, due[person.pk]):
            by_hour.setdefault(message.due_at, []).append(message)
    answers = [
        answer
        for due_at, messages in sorted(by_hour.items(), key=lambda hour: hour[0])
        for answer in clearing.rehearse(lane, messages, due_at)
    ]
    if not dry_run.result:
        dry_run.result = {**EMPTY, "aws": _ask_aws(lane, answers, gateway)}
    _add(dry_run.result, len(people) - len(answers), answers, run)
    return True


def _people(run: Run, after: int) -> list[Contact]:
    """Return the next people of a run, by id. One query."""
    found = segments.matching(run.rules).filter(pk__gt=after).order_by("pk")
    return list(found.annotate(whereabouts=local_times.WHEREABOUTS)[:CHUNK])


def _due(run: Run, people: Sequence[Contact], opens_at: datetime) -> dict[int, datetime]:
    """Return when each person's text is due: as the run opens, or at their own hour after it."""
    if run.local_day is None or run.local_clock is None:
        return {person.pk: opens_at for person in people}
    these = Contact.objects.filter(pk__in=[person.pk for person in people])
    instants = dict(local_times.due_times(these, run.local_day, run.local_clock, run.local_zone))
    return {p.pk: max(opens_at, instants.get(vars(p)["whereabouts"], opens_at)) for p in people}


def _message(run: Run, person: Contact, ends: Sequence[int], due_at: datetime) -> Message | None:
    arm = arms.arm_at(arms.place(run.campaign_id, person.pk), ends)
    if arm is None:
        return None
    return Message(
        run=run, campaign=run.campaign, contact=person, phone=person.phone, arm=arm, due_at=due_at
    )


def _add(
    result: dict[str, Any],
    held_out: int,
    answers: Sequence[clearing.Rehearsed],
    run: Run,
) -> None:
    """Add what becomes of some people to what became of those before."""
    reasons, hours = Counter(result["reasons"]), Counter(result["hours"])
    price_list = prices.current()
    usd = Decimal(result["usd"])
    for answer in answers:
        leaves = answer.leaves_at(run)
        if leaves is None:
            reasons[answer.reason] += 1
            continue
        parts = answer.message.parts or 1
        result["go"] += 1
        result["parts"] += parts
        usd += price_list.of_text(answer.message.phone, parts)
        hours[_hour(leaves)] += parts
    result["people"] += len(answers) + held_out
    result["held_out"] += held_out
    result |= {"usd": str(usd), "reasons": dict(reasons), "hours": dict(hours)}


def _hour(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0).isoformat()


def _ask_aws(
    lane: Lane, answers: Sequence[clearing.Rehearsed], gateway: AwsGateway
) -> dict[str, int]:
    """Let AWS check some texts that may go now; count its answers, of which "" is a yes."""
    found: Counter[str] = Counter()
    ready = [one for one in answers if one.decision.clearance and not one.problem][:AWS_SAMPLE]
    for answer in ready:
        time.sleep((answer.message.parts or 1) / AWS_DRY_RUNS_PER_SECOND)
        try:
            gateway.rehearse(answer.text(lane))
            found[""] += 1
        except SendError as error:
            found[error.reason] += 1
    return dict(found)


def by_the_hour(hours: dict[str, int], per_second: float) -> list[tuple[datetime, int]]:
    """Return how many leave in each hour, when no more leave than the pace allows. Pure."""
    most, left, found = max(1, int(per_second * 3600)), 0, []
    due = {datetime.fromisoformat(hour): parts for hour, parts in hours.items()}
    hour = min(due, default=None)
    while hour is not None and (left or hour <= max(due)):
        left += due.get(hour, 0)
        leaving = min(left, most)
        if leaving:
            found.append((hour, leaving))
        left -= leaving
        hour += HOUR
    return found
