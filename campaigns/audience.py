"""Who gets a run: the segment written into the message queue, slice by slice.

Every slice is committed with the count and the place it came to, so that the first texts leave
while the rest is being written, a killed builder is carried on from there, and every count that
is ever read adds up.
"""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max, QuerySet, Value
from django.utils import timezone

from campaigns import arms, local_times
from campaigns.models import Campaign, Message, Run
from contacts import segments
from contacts.models import Contact

FIRST_SLICE = 1_000  # contacts: the first text leaves at once
SLICE = 20_000  # contacts: some tenths of a second where the segment takes all of them


def build(run_id: int) -> bool:
    """Write what is missing of a run's audience; False if there was nothing to write.

    Several at a time take turns. Raises segments.RuleError if a rule no longer holds.
    """
    if not extend(run_id):
        return False
    while extend(run_id):
        pass
    return True


def extend(run_id: int) -> bool:
    """Write and commit the next slice of a run's audience; False if it is complete or has ended.

    One message per (run, contact), whoever writes it and however often.
    """
    with transaction.atomic():
        run = Run.objects.select_for_update(of=["self"]).select_related("campaign").get(pk=run_id)
        if run.audience_complete or run.finished_at is not None:
            return False
        if run.campaign.status == Campaign.Status.CANCELLED:
            return False
        upto = _end_of_slice(run.audience_upto)
        if upto is None:
            run.audience_complete = True
        else:
            run.audience += _write(run, upto)
            run.audience_upto = upto
        run.save(update_fields=["audience", "audience_upto", "audience_complete"])
    return True


def _end_of_slice(after: int) -> int | None:
    """Return the id of the last contact of the slice that begins after an id; None at the end.

    A slice is so many contacts, whether the segment takes them or not: taking so many *matching*
    ones would look for them among all contacts, anew for every slice.
    """
    size = SLICE if after else FIRST_SLICE
    ids = Contact.objects.filter(pk__gt=after).order_by("pk").values("pk")[:size]
    last: int | None = ids.aggregate(last=Max("pk"))["last"]
    return last


def _write(run: Run, upto: int) -> int:
    """Insert a slice; return how many messages are new.

    Who is held out is on record too, as blocked, so that the counts add up to the audience.
    """
    people = segments.matching(run.rules).filter(pk__gt=run.audience_upto, pk__lte=upto)
    groups, instants = _due(run, people)
    select, params = (
        people.order_by("pk")
        .annotate(whereabouts=local_times.WHEREABOUTS if groups else Value(""))
        .values("pk", "phone", "whereabouts")
        .query.sql_with_params()
    )
    ends = arms.bounds(run.holdout_percent, [one["percent"] for one in run.treatments])
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {Message._meta.db_table}
                (run_id, campaign_id, purpose, contact_id, phone, state, reason, detail, due_at,
                 arm, attempts, body, rules, aws_id, country, created_at, changed_at, final_at)
            SELECT %s, %s, 'campaign', person.pk, person.phone,
                   CASE WHEN span.nth = 0 THEN 'blocked' ELSE 'queued' END,
                   CASE WHEN span.nth = 0 THEN %s ELSE '' END, '',
                   greatest(due.at, %s), span.nth %% %s, 0, '', '', '', '', %s, %s,
                   CASE WHEN span.nth = 0 THEN %s END
            FROM ({select}) AS person
            -- 0 is the hold-out, then come the treatments, last the campaign's own text.
            CROSS JOIN LATERAL (
                SELECT width_bucket({arms.PLACE_SQL}, %s::bigint[]) AS nth
            ) AS span
            LEFT JOIN unnest(%s::text[], %s::timestamptz[]) AS due(whereabouts, at)
                ON due.whereabouts = person.whereabouts
            ON CONFLICT (run_id, contact_id) DO NOTHING
            """,  # noqa: S608 - the inner query is Django's own, with bound parameters
            [
                *(run.pk, run.campaign_id, arms.HELD_OUT, now, len(ends), now, now, now),
                *(*params, run.campaign_id, ends, groups, instants),
            ],
        )
        return int(cursor.rowcount)


def _due(run: Run, people: QuerySet[Contact]) -> tuple[list[str], list[datetime]]:
    """Return groups of people and when their texts are due, where each has their own hour."""
    if run.local_day is None or run.local_clock is None:
        return [], []
    found = local_times.due_times(people, run.local_day, run.local_clock, run.local_zone)
    return [group for group, _ in found], [instant for _, instant in found]
