"""How the texts of one sender fared in the last days, for its page."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from analytics.figures import dollars, number, percent
from analytics.kpis import facts, totals

DAYS = 7


def lately(originator_id: int, now: datetime) -> list[tuple[str, str]]:
    """Return the figures of the last seven days; none where nothing went out."""
    of = totals(facts(start=now - timedelta(days=DAYS)).filter(originator=originator_id))
    if not of.attempted:
        return []
    return [
        (_("handed to AWS"), number(of.attempted)),
        (_("delivered"), _share(of.delivered, of.sent)),
        (_("failed"), _share(of.failed, of.sent)),
        (_("without a final word"), number(of.pending)),
        (_("fate unclear"), number(of.unknown)),
        (_("answers"), number(of.replies)),
        (_("opt-outs"), _share(of.opt_outs, of.delivered)),
        (_("spent"), dollars(of.spend)),
    ]


def _share(part: int, whole: int) -> str:
    return f"{number(part)} ({percent(part / whole)})" if whole else number(part)
