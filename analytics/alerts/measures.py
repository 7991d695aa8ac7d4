"""What each kind of rule looks at: a figure, and the sentence that people are told."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics import kpis
from analytics.figures import dollars, number
from analytics.models import AlertRule
from campaigns import progress, spend, syncing
from campaigns.models import AwsSource, Event, Message
from contacts.masking import mask

MINUTE = timedelta(minutes=1)
A_DAY = timedelta(days=1)
BEFORE = timedelta(days=7)  # what a drop is measured against
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found; no value where there is too little to go by."""

    value: Decimal | None
    says: str


def read(rule: AlertRule, now: datetime) -> Reading:
    """Measure what a rule watches."""
    return MEASURES[AlertRule.Kind(rule.kind)](rule, now)


def _percent(part: int, of: int) -> Decimal:
    return (Decimal(100) * part / of).quantize(CENT)


def _minutes(span: timedelta) -> Decimal:
    return Decimal(max(span, timedelta(0)) / MINUTE).quantize(CENT)


def _totals(rule: AlertRule, start: datetime, end: datetime) -> kpis.Totals:
    """Add up the hours from the one in which `start` lies to the one before that of `end`."""
    chosen: dict[str, Any] = {
        "campaign": rule.campaign_id,
        "originator": rule.originator_id,
        "country": rule.country,
    }
    found = kpis.facts(kpis.hour_of(start), kpis.hour_of(end))
    return kpis.totals(found.filter(**{name: key for name, key in chosen.items() if key}))


def _window(rule: AlertRule, now: datetime) -> tuple[datetime, datetime]:
    """Return the window's begin and end; the hour under way counts."""
    return now - (rule.window_hours - 1) * kpis.HOUR, now + kpis.HOUR


def _settled(of: kpis.Totals) -> int:
    """Count the texts with a final word; those that AWS itself refused did not arrive either."""
    return of.attempted - of.pending


def _too_few(count: int, rule: AlertRule) -> Reading:
    words = _("Too few texts to tell: {} of {}.")
    return Reading(None, words.format(number(count), number(rule.least)))


def _delivery(rule: AlertRule, now: datetime) -> Reading:
    of = _totals(rule, *_window(rule, now))
    settled = _settled(of)
    if settled < rule.least:
        return _too_few(settled, rule)
    value = _percent(of.delivered, settled)
    words = _("{} % of {} texts have arrived over the last {} h.")
    return Reading(value, words.format(value, number(settled), rule.window_hours))


def _drop(rule: AlertRule, now: datetime) -> Reading:
    begin, end = _window(rule, now)
    of, before = _totals(rule, begin, end), _totals(rule, begin - BEFORE, begin)
    fewest = min(_settled(of), _settled(before))
    if fewest < rule.least:
        return _too_few(fewest, rule)
    rate = _percent(of.delivered, _settled(of))
    usual = _percent(before.delivered, _settled(before))
    words = _("{} % of {} texts have arrived over the last {} h; in the week before it was {} %.")
    shown = words.format(rate, number(_settled(of)), rule.window_hours, usual)
    return Reading(usual - rate, shown)


def _opt_outs(rule: AlertRule, now: datetime) -> Reading:
    of = _totals(rule, *_window(rule, now))
    if of.delivered < rule.least:
        return _too_few(of.delivered, rule)
    value = _percent(of.opt_outs, of.delivered)
    words = _("{} opted out over the last {} h, with {} texts delivered: {} %.")
    shown = words.format(number(of.opt_outs), rule.window_hours, number(of.delivered), value)
    return Reading(value, shown)


def _spend(rule: AlertRule, now: datetime) -> Reading:
    month = spend.month(now)
    if not month.limit:
        return Reading(None, _("Neither AWS's limit nor a budget of our own is known."))
    value = (100 * month.spent / month.limit).quantize(CENT)
    words = _("This month has cost {} of {} ({} %): campaigns pause when it is used up.")
    return Reading(value, words.format(dollars(month.spent), dollars(month.limit), value))


def _backlog(rule: AlertRule, now: datetime) -> Reading:
    patience = timedelta(minutes=float(rule.threshold)) + MINUTE
    found = progress.stalled(now, patience, rule.campaign_id)
    if not found:
        return Reading(Decimal(0), _("What is due leaves."))
    longest = min(found, key=lambda one: one.since)
    value = _minutes(now - longest.since)
    if value < 1:
        return Reading(value, _("What is due leaves."))
    named = f"“{longest.campaign}”" if longest.campaign_id else _("Direct texts")
    words = _("{}: texts are due, and for {} min none has left.").format(named, round(value))
    if len(found) > 1:
        more = ngettext("So it is with {} other.", "So it is with {} others.", len(found) - 1)
        words = f"{words} {more.format(len(found) - 1)}"
    return Reading(value, words)


def _silent(rule: AlertRule, now: datetime) -> Reading:
    heard = Event.objects.order_by("-pk").values_list("received_at", flat=True).first()
    since = max(heard, now - A_DAY) if heard else now - A_DAY
    # The expression and the condition of the index message_hour.
    sent = (
        Message.objects.annotate(gone_at=Coalesce("sent_at", "final_at"))
        .exclude(state__in=[Message.State.QUEUED, Message.State.SENDING])
        .filter(gone_at__gt=since, gone_at__lte=now, sent_at__isnull=False)
        .exclude(aws_id="")
        .order_by("gone_at")
        .values_list("gone_at", flat=True)[: rule.least]
    )
    moments = list(sent)
    if len(moments) < rule.least:
        return Reading(None, _("AWS speaks, or little was sent since it last did."))
    value = _minutes(now - moments[0])
    words = _(
        "AWS took {} texts or more and has said nothing of them for {} min. Is the receiver "
        "running, and does “AWS account” show every point green?"
    )
    return Reading(value, words.format(number(rule.least), round(value)))


def _sync(rule: AlertRule, now: datetime) -> Reading:
    wanted = syncing.sources()
    failing = AwsSource.objects.filter(name__in=wanted, failing_since__isnull=False)
    longest = failing.order_by("failing_since").first()
    if longest is None or longest.failing_since is None:
        return Reading(Decimal(0), _("All is read."))
    value = _minutes(now - longest.failing_since)
    words = _("“{}” has not been read from AWS for {} min: {}")
    label = wanted[longest.name].label
    return Reading(value, words.format(label, round(value), mask(longest.error))[:500])


MEASURES: dict[AlertRule.Kind, Callable[[AlertRule, datetime], Reading]] = {
    AlertRule.Kind.DELIVERY: _delivery,
    AlertRule.Kind.DROP: _drop,
    AlertRule.Kind.OPT_OUTS: _opt_outs,
    AlertRule.Kind.SPEND: _spend,
    AlertRule.Kind.BACKLOG: _backlog,
    AlertRule.Kind.SILENT: _silent,
    AlertRule.Kind.SYNC: _sync,
}
