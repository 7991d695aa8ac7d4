"""The panels about consent: gained, lost, and how soon a STOP was on record."""

from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from analytics import consents
from analytics.models.facts import DELAYS
from analytics.panels import Cell, Column, Kind, Panel
from analytics.scope import Scope
from compliance.models import LedgerEntry

Act = LedgerEntry.Act


def gained_and_lost(scope: Scope) -> Panel:
    """What the ledger took down of each day."""
    kinds = {"gained": [Act.OPT_IN], "lost": [Act.OPT_OUT], "erased": [Act.ERASURE]}
    sums = {name: Sum("entries", filter=Q(act__in=acts)) for name, acts in kinds.items()}
    hours = consents.between(scope.start, scope.end)
    found = hours.annotate(key=scope.day_number).values("key")
    rows = {row["key"]: row for row in found.annotate(**sums)}
    shown: list[list[Cell]] = [
        [str(day), *(rows.get(n, {}).get(name) or 0 for name in kinds)]
        for n, day in enumerate(scope.days, 1)
    ]
    columns = [
        Column(_("Day"), Kind.WORDS),
        Column(_("Consents gained"), drawn=True),
        Column(_("Opt-outs"), drawn=True),
        Column(_("Erasures"), drawn=True),
    ]
    title = _("Consents gained and lost")
    return Panel("consents", title, columns, shown if rows else [], upright=True, note=_note())


def stops(scope: Scope) -> Panel:
    """How long it took until a STOP by text was on record."""
    found = (
        consents.between(scope.start, scope.end)
        .filter(delay__isnull=False)
        .values("delay")
        .annotate(count=Sum("entries"))
    )
    counts = {row["delay"]: row["count"] for row in found}
    total, seen = sum(counts.values()), 0
    rows: list[list[Cell]] = []
    for n in range(max(counts, default=-1) + 1):
        seen += counts.get(n, 0)
        within = _("{} s").format(DELAYS[n]) if n < len(DELAYS) else _("more")
        rows.append([within, counts.get(n, 0), seen / total])
    columns = [
        Column(_("Within"), Kind.WORDS),
        Column(_("STOPs"), drawn=True),
        Column(_("So far"), Kind.RATE),
    ]
    title = _("From a STOP to the ledger")
    return Panel("stops", title, columns, rows, note=_note())


def _note() -> str:
    return _("Of the whole ledger in these days, whatever else is filtered.")
