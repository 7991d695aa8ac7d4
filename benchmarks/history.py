"""Months of texts that went out, made by PostgreSQL itself; the same seed gives the same texts."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from campaigns.models import Campaign, Run
from compliance.models import Originator, Program
from contacts.models import Segment

NOW = datetime(2026, 11, 24, 17, 20, tzinfo=UTC)
DAYS = 90
CAMPAIGNS = 90  # one a day, ten hours each
TEXTS = """
    INSERT INTO campaigns_message
        (run_id, campaign_id, purpose, phone, state, reason, detail, due_at, arm, attempts, body,
         rules, aws_id, country, carrier, receipt, created_at, changed_at, sent_at, final_at,
         parts, price, carrier_fee, expected_usd)
    SELECT (%(runs)s::bigint[])[of], (%(campaigns)s::bigint[])[of], 'campaign',
           '+1' || (2000000000 + n), state,
           CASE state WHEN 'failed' THEN (ARRAY['UNREACHABLE', 'SPAM', 'INVALID'])[1 + dice %% 3]
                      WHEN 'blocked' THEN (ARRAY['no_consent', 'opted_out'])[1 + dice %% 2]
                      ELSE '' END,
           '', at, dice / 1200 %% 2, 1, '', '', CASE WHEN gone THEN 'a-' || n ELSE '' END,
           CASE WHEN gone THEN (ARRAY['US', 'US', 'CA'])[1 + dice / 2400 %% 3] ELSE '' END,
           CASE WHEN gone THEN 'Carrier ' || dice / 100 %% 12 ELSE '' END, '', at, at,
           CASE WHEN gone THEN at END,
           CASE WHEN state <> 'accepted' THEN at + dice %% 900 * interval '0.3 s' END,
           CASE WHEN gone THEN 1 + dice %% 3 END,
           CASE WHEN gone AND dice %% 10 > 0 THEN (dice %% 700) / 100000.0 END,
           CASE WHEN gone AND dice %% 10 > 0 THEN 0.003 END,
           CASE WHEN gone THEN 0.00885 END
    FROM generate_series(1, %(count)s) AS n
    CROSS JOIN LATERAL (
        SELECT ('x' || left(md5(n || ':' || %(seed)s), 7))::bit(28)::int AS dice,
               1 + ((n - 1) * %(of)s::bigint / %(count)s)::int AS of,
               %(start)s::timestamptz + interval '1 day' * ((n - 1) * %(of)s::bigint / %(count)s)
                   + interval '10 hours' * ((n - 1) * %(of)s::float / %(count)s
                       - (n - 1) * %(of)s::bigint / %(count)s) AS at
    ) AS thrown
    CROSS JOIN LATERAL (
        SELECT CASE WHEN dice %% 100 < 88 THEN 'delivered' WHEN dice %% 100 < 94 THEN 'failed'
                    WHEN dice %% 100 < 97 THEN 'blocked' WHEN dice %% 100 < 98 THEN 'unknown'
                    ELSE 'accepted' END AS state
    ) AS stands
    CROSS JOIN LATERAL (SELECT state <> 'blocked' AS gone) AS whether
"""
ANSWERS = """
    INSERT INTO campaigns_inboundmessage
        (inbound_id, sender, recipient, answers_id, body, intent, rule, rules_version,
         received_at, created_at)
    SELECT 'in-' || id, phone, '+12065550100', id, '', CASE id %% 3 WHEN 0 THEN 'stop'
           ELSE 'other' END, '', '', sent_at + interval '7 minutes', sent_at
    FROM campaigns_message WHERE id %% 100 = 1 AND sent_at IS NOT NULL
"""
SECONDARY = """
    SELECT indexname, indexdef FROM pg_indexes
    WHERE tablename = 'campaigns_message' AND indexdef NOT LIKE 'CREATE UNIQUE%'
"""


def load(count: int) -> None:
    """Fill as one restores a dump: the indexes afterwards, the keys unchecked."""
    with connection.cursor() as cursor:
        cursor.execute(SECONDARY)
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        cursor.execute("SET session_replication_role = replica")
        fill(count)
        cursor.execute("SET session_replication_role = DEFAULT")
        for _name, definition in indexes:
            cursor.execute(definition)
        cursor.execute("VACUUM ANALYZE")


def fill(count: int, seed: int = 7, campaigns: int = CAMPAIGNS) -> list[Run]:
    """Store so many texts of so many campaigns, one a day up to now, and one answer in 100."""
    runs = _runs(campaigns)
    given: dict[str, Any] = {
        "count": count,
        "seed": seed,
        "of": campaigns,
        "runs": [run.pk for run in runs],
        "campaigns": [run.campaign_id for run in runs],
        "start": NOW - timedelta(days=campaigns),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TEXTS, given)
        cursor.execute(ANSWERS, {})
        # Or it would be planned as for an empty table: nobody else sees what is not committed.
        cursor.execute("ANALYZE campaigns_message, campaigns_inboundmessage")
    return runs


def _runs(count: int) -> list[Run]:
    program = Program.objects.create(name="History", brand="Acme")
    segment = Segment.objects.create(name="History", rules={"match": "all", "rules": []})
    originators = [
        Originator.objects.create(
            identity=f"+1206555010{n}",
            kind="TEN_DLC",
            message_class="promotional",
            parts_per_second=100,
        )
        for n in range(5)
    ]
    runs = []
    for n in range(count):
        campaign = Campaign.objects.create(
            name=f"Campaign {n}",
            program=program,
            segment=segment,
            originator=originators[n % len(originators)],
            body="Hi",
            status="completed",
        )
        at = NOW - timedelta(days=count - n)
        runs.append(
            Run.objects.create(
                campaign=campaign,
                number=1,
                body="Hi",
                rules=segment.rules,
                program=program,
                originator=campaign.originator,
                message_class=campaign.message_class,
                launched_at=at,
                expires_at=at + timedelta(days=3),
                finished_at=at + timedelta(days=3),
            )
        )
    return runs
