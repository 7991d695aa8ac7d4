"""The week's overview, once a week, on the day and in the zone that a person chose."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from analytics import breakdowns, kpis
from analytics.figures import dollars, number, percent
from analytics.letters import writing
from analytics.letters.writing import Report, Table
from analytics.mail import outbox
from analytics.models import Alert, ReportChoice
from analytics.panels import Panel
from analytics.scope import DAY, Scope

AT = time(8)
WEEK = 7 * DAY
# A worker that was away for longer leaves the report out: its week is over.
LATE = timedelta(days=2)
MOST_ROWS = 10


def send_due(now: datetime) -> int:
    """Write the overviews whose hour has come; return how many. Each is written once."""
    if not settings.EMAIL_ON:
        return 0
    wanted = ReportChoice.objects.filter(weekly=True).values_list("pk", flat=True)
    return sum(_send(pk, now) for pk in wanted.order_by("pk"))


def last_moment(now: datetime, weekday: int, zone: ZoneInfo) -> datetime:
    """Return when it was last eight o'clock on that day of the week in a zone. Pure."""
    today = now.astimezone(zone).date()
    day = today - (today.weekday() - weekday) % 7 * DAY
    moment = datetime.combine(day, AT, zone)
    return moment if moment <= now else datetime.combine(day - WEEK, AT, zone)


def _send(choice_id: int, now: datetime) -> bool:
    with transaction.atomic():
        # Another worker that is at it, or was, leaves nothing to do.
        choices = ReportChoice.objects.select_for_update(skip_locked=True, of=["self"])
        choice = choices.select_related("user").filter(pk=choice_id, weekly=True).first()
        if choice is None:
            return False
        moment = last_moment(now, choice.weekday, ZoneInfo(choice.zone))
        if not _is_due(choice, moment, now) or not may_have(choice):
            return False
        day = moment.date()
        scope = Scope(day - WEEK, day - DAY, ZoneInfo(choice.zone), {})
        key = f"weekly:{choice.user_id}:{day}"
        outbox.post([writing.letter(report(scope), key, choice.user.email)])
        choice.last_week = day
        choice.save(update_fields=["last_week"])
    return True


def _is_due(choice: ReportChoice, moment: datetime, now: datetime) -> bool:
    if choice.weekly_since is None or moment < choice.weekly_since or now - moment > LATE:
        return False
    return choice.last_week is None or choice.last_week < moment.date()


def may_have(choice: ReportChoice) -> bool:
    """Tell whether somebody may still see the figures, and has an address."""
    user = choice.user
    return bool(user.is_active and user.email and user.has_perm("campaigns.view_campaign"))


def report(scope: Scope) -> Report:
    """Sum a week up, beside the one before it."""
    before = Scope(scope.since - WEEK, scope.until - WEEK, scope.zone, {})
    this, last = kpis.totals(scope.facts()), kpis.totals(before.facts())
    return Report(
        subject=_("The week from {} to {}").format(scope.since, scope.until),
        opening=_("Handed to AWS: {}. Arrived: {}. Opt-outs: {}.").format(
            number(this.attempted), number(this.delivered), number(this.opt_outs)
        ),
        tables=[
            Table(
                _("In figures"),
                [[title, now, then] for (title, now), (_same, then)
                 in zip(_figures(this), _figures(last), strict=True)],
                ("", _("This week"), _("The week before")),
            ),
            _short(breakdowns.campaigns(scope), (0, 1, 2, 6)),
            _short(breakdowns.failures(scope), (2, 1)),
            Table(_("Open alerts"), _alerts()),
        ],
        link=outbox.link(f"{reverse('dashboard', args=['overview'])}?{scope.query()}"),
        why=_("You asked for this every week. Another day, or none: {}").format(
            outbox.link(reverse("report_choices"))
        ),
    )  # fmt: skip


def _figures(of: kpis.Totals) -> list[tuple[str, str]]:
    return [
        (_("Handed to AWS"), number(of.attempted)),
        (_("Delivered"), number(of.delivered)),
        (_("Delivery rate"), percent(of.delivery_rate)),
        (_("Failed"), number(of.failed)),
        (_("Held back"), number(of.blocked)),
        (_("Answers"), number(of.replies)),
        (_("Opt-outs"), number(of.opt_outs)),
        (_("Opt-out rate"), percent(of.opt_out_rate)),
        (_("Spent"), dollars(of.expected_spend)),
    ]


def _short(panel: Panel, places: tuple[int, ...]) -> Table:
    """Take the first rows and some columns of a dashboard's panel."""
    rows = [[row[n] for n in places] for row in panel.shown()[:MOST_ROWS]]
    return Table(str(panel.title), rows, [str(panel.columns[n].title) for n in places])


def _alerts() -> list[list[str]]:
    found = Alert.objects.filter(closed_at=None).select_related("rule").order_by("-pk")
    return [[str(alert)] for alert in found[:MOST_ROWS]]
