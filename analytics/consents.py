"""The ledger → hourly counts of consents gained and lost, and how soon a STOP was on record.

Entries are never changed, and their numbers have no gaps and are given in the order in which they
are committed: so what lies above the mark is new, and the mark moves in the same transaction.
"""

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from analytics.models import ConsentHour, LedgerMark
from analytics.models.facts import DELAYS

MOST = 500_000  # entries at once
COUNT = """
    INSERT INTO analytics_consenthour (hour, program_id, act, source, delay, entries)
    SELECT date_trunc('hour', happened_at, 'UTC'), program_id, act, source,
           CASE WHEN act = 'opt_out' AND source = 'keyword' THEN width_bucket(
               greatest(extract(epoch FROM recorded_at - happened_at), 0),
               %(delays)s::numeric[]) END,
           count(*)
    FROM compliance_ledgerentry WHERE id > %(after)s AND id <= %(upto)s
    GROUP BY 1, 2, 3, 4, 5
    ON CONFLICT (hour, program_id, act, source, delay)
    DO UPDATE SET entries = analytics_consenthour.entries + excluded.entries
"""


def count(most: int = MOST) -> int:
    """Count the entries that are new, so many at most; return how many."""
    LedgerMark.objects.get_or_create(pk=1)
    with transaction.atomic(), connection.cursor() as cursor:
        mark = LedgerMark.objects.select_for_update().get(pk=1)  # one at a time
        cursor.execute("SELECT coalesce(max(id), 0) FROM compliance_ledgerentry")
        upto = min(cursor.fetchone()[0], mark.counted_upto + most)
        given: dict[str, Any] = {"delays": list(DELAYS), "after": mark.counted_upto, "upto": upto}
        cursor.execute(COUNT, given)
        found = int(upto - mark.counted_upto)
        mark.counted_upto = upto
        mark.save()
    return found


def recount() -> None:
    """Forget the counts, so that the next ones begin with the first entry."""
    with transaction.atomic():
        LedgerMark.objects.select_for_update().filter(pk=1).update(counted_upto=0)
        ConsentHour.objects.all().delete()


def between(start: datetime, end: datetime) -> Any:
    """Return the counts of a range."""
    return ConsentHour.objects.filter(hour__gte=start, hour__lt=end).order_by()
