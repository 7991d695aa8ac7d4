"""How long the figures take to follow, and the dashboards to show them, with 10 million texts.

`python -m benchmarks.bench_rollup --help`. The peer is what a Django project does without a
rollup: the ORM aggregates the table of messages whenever somebody looks.
"""

import argparse
from collections.abc import Callable
from datetime import timedelta
from time import perf_counter

from benchmarks import installation

installation.start()

from django.contrib.auth.models import User  # noqa: E402 - needs Django set up
from django.db import connection  # noqa: E402
from django.db.models import Count, Q, Sum  # noqa: E402
from django.db.models.functions import TruncDate  # noqa: E402
from django.test import Client  # noqa: E402

from analytics import dashboards, rollups  # noqa: E402
from benchmarks import history  # noqa: E402
from benchmarks.measure import compare, note  # noqa: E402
from campaigns.models import Message  # noqa: E402

MINUTE = 60_000  # receipts: 1,000 a second
LATE = 60  # of them: of texts of days ago, anywhere
RANGE = {"from": "2026-08-20", "to": "2026-11-24"}  # all of it


def main() -> None:
    """Fill the tables, count everything once, then time what comes by the minute."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=10_000_000)
    options = parser.parse_args()
    history.load(options.texts)
    note("rollup: all from nothing", lambda: _seconds(rollups.rebuild), unit="s", n=1)
    rollups.roll_up(history.NOW)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    compare(
        "rollup: a minute's receipts",
        ours=lambda: _minute(options.texts, 0),
        peer=lambda: _seconds(_aggregate),
        peer_name="Django's ORM aggregates the messages",
        unit="s (less is better)",
        n=3,
    )
    note(
        f"rollup: a minute's receipts, {LATE} of them of texts of any day",
        lambda: _minute(options.texts, LATE),
        unit="s",
        n=3,
    )
    _dashboards()


def _minute(count: int, late: int) -> float:
    """Let a minute's receipts come, then count; return the seconds that the counting takes."""
    now = history.NOW = history.NOW + timedelta(minutes=10)
    step = max(count // max(late, 1), 1)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE campaigns_message
            SET state = CASE state WHEN 'failed' THEN 'delivered' ELSE 'failed' END,
                changed_at = %s
            WHERE state IN ('delivered', 'failed')
              AND (id > (SELECT max(id) - %s FROM campaigns_message) OR %s AND id %% %s = 0)
            """,
            [now, min(MINUTE, count), bool(late), step],
        )
    return _seconds(lambda: rollups.roll_up(now))


def _aggregate() -> None:
    """Ask for what the facts hold, of the messages themselves."""
    list(
        Message.objects.annotate(day=TruncDate("sent_at"))
        .values("day", "campaign", "run", "arm", "country", "carrier", "state", "reason")
        .annotate(Count("pk"), Sum("parts"), Sum("price"), Sum("carrier_fee"))
        .order_by()
    )


def _overview() -> None:
    """Ask the messages for what the overview shows."""
    told = {
        "texts": Count("pk"),
        "delivered": Count("pk", filter=Q(state="delivered")),
        "failed": Count("pk", filter=Q(state="failed")),
    }
    gone = Message.objects.filter(sent_at__isnull=False).order_by()
    list(gone.annotate(day=TruncDate("sent_at")).values("day").annotate(**told))
    list(gone.values("campaign").annotate(**told))
    list(gone.filter(state="failed").values("reason").annotate(**told))


def _dashboards() -> None:
    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.create_superuser("bench"))

    def ask(slug: str) -> None:
        given = RANGE | ({"campaign": "1"} if slug == "campaign" else {})
        assert client.get(f"/admin/figures/{slug}/", given).status_code == 200

    ask("overview")  # the first page also loads the templates
    compare(
        "dashboard: overview, 97 days",
        ours=lambda: 1000 * _seconds(lambda: ask("overview")),
        peer=lambda: 1000 * _seconds(_overview),
        peer_name="Django's ORM aggregates the messages",
        unit="ms (less is better)",
        n=3,
    )
    for slug in dashboards.ALL:
        note(
            f"dashboard: {slug}, 97 days",
            lambda slug=slug: 1000 * _seconds(lambda: ask(slug)),  # type: ignore[misc]
            unit="ms",
        )


def _seconds(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


if __name__ == "__main__":
    main()
