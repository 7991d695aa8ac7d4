"""How the last run of each campaign fared, for the list of campaigns."""

from collections.abc import Sequence

from django.db import connection

from analytics.figures import number, percent
from analytics.kpis import Totals
from campaigns.run_figures import Counted, Fared


def of_campaigns(campaign_ids: Sequence[int]) -> Counted:
    """Return the figures of the last run of each. One query, of the hours since it began alone."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT run.campaign_id, run.audience, fact.sent, fact.delivered, fact.opt_outs,
                   mark.looked_until
            FROM unnest(%s::bigint[]) asked (campaign_id)
            CROSS JOIN LATERAL (
                SELECT id, campaign_id, audience, launched_at FROM campaigns_run
                WHERE campaign_id = asked.campaign_id ORDER BY number DESC LIMIT 1) run
            CROSS JOIN LATERAL (
                SELECT coalesce(sum(sent), 0) AS sent, coalesce(sum(delivered), 0) AS delivered,
                       coalesce(sum(opt_outs), 0) AS opt_outs
                FROM analytics_hourlyfact
                WHERE campaign_id = run.campaign_id AND run_id = run.id
                  AND hour >= date_trunc('hour', run.launched_at)) fact
            LEFT JOIN analytics_rollupmark mark ON true
            """,
            [list(campaign_ids)],
        )
        rows = cursor.fetchall()
    found = {
        campaign: _fared(audience, Totals(sent=sent, delivered=delivered, opt_outs=opt_outs))
        for campaign, audience, sent, delivered, opt_outs, _until in rows
    }
    return Counted(found, rows[0][-1] if rows else None)


def _fared(audience: int, of: Totals) -> Fared:
    return Fared(
        people=number(audience),
        delivered=number(of.delivered),
        delivery_rate=percent(of.delivery_rate),
        opt_outs=number(of.opt_outs),
    )
