"""How the texts of one sender fared in the last days, for its page."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from analytics.kpis import facts, totals

DAYS = 7


def lately(originator_id: int, now: datetime) -> list[tuple[str, str]]:
    """Return the figures of the last seven days; none where nothing went out."""
    of = totals(facts(start=now - timedelta(days=DAYS)).filter(originator=originator_id))
    if not of.attempted:
        return []
    return [
        (_("handed to AWS"), f"{of.attempted:,}"),
        (_("delivered"), _share(of.delivered, of.sent)),
        (_("failed"), _share(of.failed, of.sent)),
        (_("without a final word"), f"{of.pending:,}"),
        (_("fate unclear"), f"{of.unknown:,}"),
        (_("answers"), f"{of.replies:,}"),
        (_("opt-outs"), _share(of.opt_outs, of.delivered)),
        (_("spent"), f"${of.spend:,.2f}"),
    ]


def _share(part: int, whole: int) -> str:
    return f"{part:,} ({part / whole:.1%})" if whole else f"{part:,}"
