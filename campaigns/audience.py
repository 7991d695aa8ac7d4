"""Who gets a run: one INSERT ... SELECT from the segment into the message queue."""

from django.db import connection, transaction
from django.utils import timezone

from campaigns.models import Message, Run
from contacts import segments


def build(run_id: int) -> bool:
    """Write one message per contact of the run's segment; False if that was done before.

    The audience count and its messages appear in one transaction, so every count that is ever
    read adds up.
    """
    with transaction.atomic():
        run = Run.objects.select_for_update().get(pk=run_id)
        if run.audience is not None or run.finished_at is not None:
            return False
        people = segments.matching(run.rules).order_by("pk").values("pk", "phone")
        select, params = people.query.sql_with_params()
        now = timezone.now()
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                INSERT INTO {Message._meta.db_table}
                    (run_id, campaign_id, purpose, contact_id, phone, state, reason, detail, due_at,
                     attempts, body, rules, aws_id, country, created_at, changed_at)
                SELECT %s, %s, 'campaign', person.pk, person.phone, 'queued', '', '', %s,
                       0, '', '', '', '', %s, %s
                FROM ({select}) AS person
                """,  # noqa: S608 - the inner query is Django's own, with bound parameters
                [run.pk, run.campaign_id, now, now, now, *params],
            )
            run.audience = cursor.rowcount
        run.save(update_fields=["audience"])
    return True
