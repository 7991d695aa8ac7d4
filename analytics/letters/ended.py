"""What a campaign came to, sent when it is over to those who asked."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, Max, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from analytics import campaign_panels
from analytics import report as campaign_report
from analytics.figures import number
from analytics.letters import writing
from analytics.letters.weekly import MOST_ROWS, may_have
from analytics.letters.writing import Report, Table
from analytics.mail import outbox
from analytics.models import OutgoingMail, ReportChoice, RollupMark
from analytics.scope import of_campaign
from campaigns import runs
from campaigns.models import ENDED, Campaign, Run

# A worker that was away for longer leaves the report out.
LATE = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Ended:
    """A campaign that is over: its last run, and when that was done."""

    campaign_id: int
    number: int
    finished_at: datetime

    def key(self, choice: ReportChoice) -> str:
        """Name the report to somebody; a run that is opened again makes no second one."""
        return f"campaign:{self.campaign_id}:{self.number}:{choice.user_id}"


def send_due(now: datetime) -> int:
    """Write the reports of campaigns that have ended; return how many. Each is written once."""
    if not settings.EMAIL_ON:
        return 0
    return sum(_send(one) for one in ended(now))


def ended(now: datetime) -> list[Ended]:
    """Return the campaigns that ended lately and are counted to their end. Two queries."""
    mark = RollupMark.objects.filter(pk=1).first()
    if mark is None:
        return []
    still_open = Run.objects.filter(campaign=OuterRef("campaign"), finished_at=None)
    rows = (
        Run.objects.filter(campaign__status__in=ENDED, finished_at__gte=now - LATE)
        .exclude(Exists(still_open))
        .values("campaign")
        .annotate(number=Max("number"), last=Max("finished_at"))
        .filter(last__lt=mark.looked_until)
        .order_by("campaign")
    )
    return [Ended(row["campaign"], row["number"], row["last"]) for row in rows]


def _send(one: Ended) -> int:
    choices = ReportChoice.objects.filter(campaigns_since__lte=one.finished_at)
    wanted = choices.exclude(campaigns=ReportChoice.Campaigns.NONE).select_related("user")
    readers = {one.key(choice): choice for choice in wanted.order_by("pk") if may_have(choice)}
    written = OutgoingMail.objects.filter(key__in=readers).values_list("key", flat=True)
    for key in written:
        del readers[key]
    if not readers:
        return 0
    campaign = Campaign.objects.get(pk=one.campaign_id)
    involved = _involved(campaign)
    chosen = {
        key: choice
        for key, choice in readers.items()
        if choice.campaigns == ReportChoice.Campaigns.ALL or choice.user_id in involved
    }
    if not chosen:
        return 0
    told = report(campaign)
    with transaction.atomic():
        outbox.post(
            [writing.letter(told, key, choice.user.email) for key, choice in chosen.items()]
        )
    return len(chosen)


def _involved(campaign: Campaign) -> set[int | None]:
    launched = set(campaign.runs.values_list("launched_by", flat=True))
    return {campaign.created_by_id, campaign.edited_by_id, campaign.launched_by_id} | launched


def report(campaign: Campaign) -> Report:
    """Sum a campaign up with the figures of its dashboard."""
    scope = of_campaign(campaign)
    states = campaign_report.stands(scope).shown()
    counts = runs.totals([campaign.pk])[0]
    cards = campaign_report.cards(campaign, counts["audience"])
    reasons = campaign_panels.unreached(scope).shown()[:MOST_ROWS]
    return Report(
        subject=_("“{}” is over").format(campaign),
        opening=_("It is {}: of {} people {} were reached.").format(
            campaign.get_status_display(), number(counts["audience"]), number(counts["delivered"])
        ),
        tables=[
            Table(_("In figures"), [[card.title, card.value, card.below] for card in cards]),
            Table(_("Where each text stands"), states),
            Table(
                _("Why the others were not reached"),
                [[f"{became}: {words}", count] for _reason, count, became, words in reasons],
            ),
        ],
        link=outbox.link(campaign_report.address(campaign.pk)),
        why=_("You asked for this at the end of campaigns. None any more: {}").format(
            outbox.link(reverse("report_choices"))
        ),
    )
