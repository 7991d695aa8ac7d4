"""Our figures beside those of an Amazon Pinpoint application, where one still answers."""

from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from analytics import breakdowns
from analytics.panels import Cell, Column, Kind, Panel
from analytics.scope import Scope
from campaigns import pinpoint_figures
from campaigns.models import Campaign
from pinpoint import kpis

UTC = ZoneInfo("UTC")


def panels(scope: Scope) -> list[Panel]:
    """Return the panels of this installation: none where no application is read."""
    return [texts(scope), campaigns(scope)] if pinpoint_figures.wanted() else []


def _whole(scope: Scope) -> Scope:
    """All texts go through the application, and its days are those of UTC."""
    return Scope(scope.since, scope.until, UTC, {})


def texts(scope: Scope) -> Panel:
    """How many texts were sent and delivered each day, as we count and as Pinpoint does."""
    days = _whole(scope)
    sent, delivered = (
        {str(day.date()): int(value) for day, value in found.items()}
        for found in (
            pinpoint_figures.by_day(kpi, days.start, days.end)
            for kpi in (kpis.SENT, kpis.DELIVERED)
        )
    )
    columns = [
        Column(_("Day"), Kind.WORDS),
        Column(_("Sent, ours"), drawn=True),
        Column(_("Sent, Pinpoint's"), drawn=True),
        Column(_("Sent, Pinpoint's less ours")),
        Column(_("Delivered, ours"), drawn=True),
        Column(_("Delivered, Pinpoint's"), drawn=True),
        Column(_("Delivered, Pinpoint's less ours")),
    ]
    rows: list[list[Cell]] = [
        [
            *(day, of.sent, sent.get(day), _less(sent.get(day), of.sent)),
            *(of.delivered, delivered.get(day), _less(delivered.get(day), of.delivered)),
        ]
        for day, of in breakdowns.by_day(days).items()
    ]
    note = _(
        "Of all texts and days of UTC, whatever is filtered. Pinpoint counts every two hours, and "
        "what goes through its application as direct texts."
    )
    return Panel(
        "beside-pinpoint",
        _("Texts: ours beside Pinpoint's"),
        columns,
        rows,
        upright=True,
        note=note,
    )


def campaigns(scope: Scope) -> Panel:
    """Whom Pinpoint's own campaigns reached, beside those here that bear their ids."""
    days = _whole(scope)
    theirs = pinpoint_figures.people_by_campaign(days.start, days.end)
    ours = {one.pinpoint_id: one for one in Campaign.objects.filter(pinpoint_id__in=theirs)}
    counted = breakdowns.grouped(days, "campaign")
    columns = [
        Column(_("Campaign"), Kind.WORDS),
        Column(_("Delivered, ours"), drawn=True),
        Column(_("People reached, Pinpoint's"), drawn=True),
    ]
    rows: list[list[Cell]] = []
    for identifier, people in theirs.items():
        known = ours.get(identifier)
        delivered = counted[known.pk].delivered if known and known.pk in counted else None
        rows.append([str(known or identifier), delivered, int(people)])
    note = _("People are counted once a day. A campaign that Pinpoint alone has shows its id.")
    return Panel(
        "pinpoint-campaigns", _("Campaigns: ours beside Pinpoint's"), columns, rows, note=note
    )


def _less(theirs: int | None, ours: int) -> int | None:
    return None if theirs is None else theirs - ours
