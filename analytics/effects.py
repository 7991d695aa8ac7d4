"""Messages, answers and events → what the people of each arm did; counted anew, never added to.

All arms and the hold-out are watched over the same days, from when their rows were written: that
moment alone is the same for those who got a text and those who were kept from it.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from analytics.models import ArmOutcome
from campaigns.arms import HELD_OUT
from campaigns.models import Run

WATCHED = timedelta(days=7)  # each person
LOCK = 0x53504146  # of PostgreSQL's advisory locks: one counts at a time
COUNT = """
    INSERT INTO analytics_armoutcome (run_id, arm, outcome, people)
    WITH member AS MATERIALIZED (
        SELECT id, contact_id, phone, created_at,
               CASE WHEN state = 'blocked' AND reason = %(held_out)s THEN NULL ELSE arm END AS arm
        FROM campaigns_message WHERE run_id = %(run)s
    )
    SELECT %(run)s, arm, 'people', count(*) FROM member GROUP BY arm
    UNION ALL
    SELECT %(run)s, arm, 'answered', count(DISTINCT member.id)
    FROM member JOIN campaigns_inboundmessage inbound ON inbound.sender = member.phone
    WHERE inbound.received_at >= member.created_at
      AND inbound.received_at < member.created_at + %(watched)s
    GROUP BY arm
    UNION ALL
    SELECT %(run)s, arm, 'opted_out', count(DISTINCT member.id)
    FROM member JOIN campaigns_inboundmessage inbound ON inbound.sender = member.phone
    WHERE inbound.received_at >= member.created_at
      AND inbound.received_at < member.created_at + %(watched)s AND inbound.intent = 'stop'
    GROUP BY arm
    UNION ALL
    SELECT %(run)s, arm, 'event:' || happened.kind, count(DISTINCT member.id)
    FROM member JOIN campaigns_personevent happened ON happened.contact_id = member.contact_id
    WHERE happened.happened_at >= member.created_at
      AND happened.happened_at < member.created_at + %(watched)s
    GROUP BY arm, happened.kind
"""


def count_recent(now: datetime) -> int:
    """Count the runs whose people are still being watched; return how many."""
    # A day more, for answers that came in late. A run that answers events stays open.
    recent = Q(launched_at__gte=now - WATCHED - timedelta(days=1)) | Q(finished_at=None)
    runs = list(Run.objects.filter(recent).order_by("pk").values_list("pk", flat=True))
    for run_id in runs:
        count(run_id)
    return len(runs)


def count(run_id: int) -> None:
    """Count one run anew. Readers see the old counts until the new ones are there."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        ArmOutcome.objects.filter(run=run_id).delete()
        given: dict[str, Any] = {"run": run_id, "held_out": HELD_OUT, "watched": WATCHED}
        cursor.execute(COUNT, given)
