"""The panels about one campaign: its funnel, whom it did not reach, its treatments and effects."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlencode

from django.db.models import F, Max, Min, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from analytics import breakdowns, proportions
from analytics.effects import WATCHED
from analytics.kpis import HOUR, SUMS, Totals, totals, totals_of
from analytics.models import ArmOutcome
from analytics.panels import Cell, Column, Kind, Panel
from analytics.report import choose
from analytics.scope import Scope
from campaigns import reasons
from campaigns.models import Message, Run

MOST_HOURS = timedelta(days=7) // HOUR  # that are shown one by one
Counts = Mapping[tuple[str, int | None], int]  # people by outcome and arm; no arm: held out


def funnel(scope: Scope) -> Panel:
    """From the attempt to the answer."""
    of = totals(scope.facts())
    rows: list[list[Cell]] = [
        [name, count, count / of.attempted if of.attempted else None]
        for name, count in (
            (_("Handed to AWS"), of.attempted),
            (_("Taken by AWS"), of.sent),
            (_("Delivered"), of.delivered),
            (_("Answers"), of.replies),
            (_("Opt-outs"), of.opt_outs),
        )
    ]
    columns = [
        Column(_("Step"), Kind.WORDS),
        Column(_("Texts"), drawn=True),
        Column(_("Of those handed over"), Kind.RATE),
    ]
    return Panel("funnel", _("From the attempt to the answer"), columns, rows)


def hours(scope: Scope) -> Panel:
    """What became of the texts of each hour of a week at most, from the first one on."""
    facts = scope.facts()
    ends = facts.aggregate(first=Min("hour"), last=Max("hour"))
    found: dict[str, Totals] = {}
    if (first := ends["first"]) is not None:
        many = min(int((ends["last"] - first) / HOUR) + 1, MOST_HOURS)
        within = facts.filter(hour__lt=first + many * HOUR).annotate(key=F("hour"))
        rows = {row["key"]: totals_of(row) for row in within.values("key").annotate(**SUMS)}
        for n in range(many):
            hour = first + n * HOUR
            # With the offset: when clocks are put back, an hour comes twice.
            found[f"{hour.astimezone(scope.zone):%m-%d %H:%M %z}"] = rows.get(hour, Totals())
    panel = breakdowns.delivery_panel("hours", _("Texts by hour"), _("Hour"), found, upright=True)
    return panel if ends["first"] else Panel(panel.name, panel.title, panel.columns, [])


def unreached(scope: Scope) -> Panel:
    """Why the others were not reached, most frequent first, each with the list of its people."""
    found = scope.reasons().values("state", "reason").annotate(count=Sum("texts"))
    rows, links = [], []
    for row in found.order_by("-count", "state", "reason")[: breakdowns.MOST_ROWS]:
        became = str(Message.State(row["state"]).label).capitalize()
        words = str(reasons.in_words(row["reason"]))
        rows.append([row["reason"] or _("none told"), row["count"], became, words])
        links.append(_texts(scope, row["state"], row["reason"]))
    columns = [
        Column(_("Reason"), Kind.WORDS),
        Column(_("Texts"), drawn=True),
        Column(_("What became of them"), Kind.WORDS),
        Column(_("In words"), Kind.WORDS),
    ]
    title = _("Why the others were not reached")
    note = _("A reason leads to the campaign's texts of it, those of other days too.")
    return Panel("unreached", title, columns, rows, note=note, links=links)


def _texts(scope: Scope, state: str, reason: str) -> str:
    campaign = scope.filters.get("campaign")
    asked = {"campaign__id__exact": campaign.pk} if campaign else {}
    asked |= {"state__exact": state, "reason__exact": reason}
    return f"{reverse('admin:campaigns_message_changelist')}?{urlencode(asked)}"


def _latest(scope: Scope) -> tuple[Run | None, Counts]:
    """Return the last run and what its people did; runs are not added up.

    A person who is in several would count several times, and no interval would hold.
    """
    campaign = scope.filters.get("campaign")
    run = Run.objects.filter(campaign=campaign).order_by("-number").first() if campaign else None
    rows = ArmOutcome.objects.filter(run=run).values_list("outcome", "arm", "people") if run else ()
    return run, defaultdict(int, {(outcome, arm): people for outcome, arm, people in rows})


def _arms(run: Run | None, counts: Counts) -> dict[int, str]:
    if run is None:
        return {}
    names = [_("The campaign's own text"), *(str(one["name"]) for one in run.treatments)]
    return {arm: name for arm, name in enumerate(names) if counts["people", arm]}


def _outcomes(counts: Counts) -> dict[str, str]:
    """Return what was done by somebody, with its words."""
    known = {
        ArmOutcome.ANSWERED: _("Answered"),
        ArmOutcome.OPTED_OUT: _("Opted out"),
    }
    kinds = sorted({outcome for outcome, _arm in counts if outcome.startswith(ArmOutcome.EVENT)})
    return known | {kind: kind.removeprefix(ArmOutcome.EVENT) for kind in kinds}


def treatments(scope: Scope) -> Panel:
    """Each arm of the last run, beside the campaign's own text."""
    run, counts = _latest(scope)
    arms = _arms(run, counts)
    rows: list[list[Cell]] = []
    if len(arms) > 1:
        for outcome, words in _outcomes(dict(counts)).items():
            for arm, name in arms.items():
                hits, people = counts[outcome, arm], counts["people", arm]
                base = (counts[outcome, 0], counts["people", 0])
                rows.append(
                    [
                        f"{words}: {name}",
                        *(people, hits, hits / people, *proportions.wilson(hits, people)),
                        *_difference((hits, people), base if arm else None),
                    ]
                )
    title = _("Treatments of the last run compared")
    nothing = _("Its last run had one text only.") if run else choose()
    columns = _compared(_("What people did: text"))
    return Panel("treatments", title, columns, rows, note=_note(), nothing=nothing)


def effects(scope: Scope) -> Panel:
    """What the last run brought about: everybody who was to get a text against the hold-out."""
    run, counts = _latest(scope)
    arms = _arms(run, counts)
    held = counts["people", None]
    people = sum(counts["people", arm] for arm in arms)
    rows: list[list[Cell]] = []
    if held and people:
        for outcome, words in _outcomes(dict(counts)).items():
            hits = sum(counts[outcome, arm] for arm in arms)
            base = (counts[outcome, None], held)
            for name, one, other in (
                (_("with a text"), (hits, people), base),
                (_("held out"), base, None),
            ):
                seen = [one[1], one[0], one[0] / one[1], *proportions.wilson(*one)]
                rows.append([f"{words}: {name}", *seen, *_difference(one, other)])
    title = _("What the last run brought about")
    nothing = _("Its last run held nobody out.") if run else choose()
    columns = _compared(_("What people did"))
    return Panel("effects", title, columns, rows, note=_note(), nothing=nothing)


def _difference(one: tuple[int, int], other: tuple[int, int] | None) -> list[Cell]:
    if other is None or not other[1]:
        return [None, None, None]
    return [one[0] / one[1] - other[0] / other[1], *proportions.newcombe(*one, *other)]


def _compared(of: str) -> list[Column]:
    return [
        Column(of, Kind.WORDS),
        Column(_("People")),
        Column(_("Did it")),
        Column(_("Share"), Kind.RATE, drawn=True),
        Column(_("At least (95 %)"), Kind.RATE),
        Column(_("At most (95 %)"), Kind.RATE),
        Column(_("Difference"), Kind.RATE),
        Column(_("Difference, at least (95 %)"), Kind.RATE),
        Column(_("Difference, at most (95 %)"), Kind.RATE),
    ]


def _note() -> str:
    return _(
        "Of everybody in the arm, reached or not, in the {} days after the run was written; the "
        "whole run, whatever else is filtered. A difference whose bounds lie on both sides of 0 "
        "may be chance."
    ).format(WATCHED.days)
