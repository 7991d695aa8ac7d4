"""What waits for a person at AWS, or because a rule is old: sentences with links."""

from datetime import timedelta
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.models import Alert, OutgoingMail
from campaigns.models import ENDED, AwsIdentity, Campaign, Registration
from compliance.policies import versions

Found = list[tuple[str, str]]
MAIL_DAYS = timedelta(days=7)  # for so long an e-mail that was given up is named


def registrations(request: HttpRequest) -> Found:
    """Return the registrations that go on only when a person does something."""
    if not request.user.has_perm("campaigns.manage_registration"):
        return []
    found = []
    for row in Registration.objects.exclude(problem="", status="").order_by("pk"):
        if row.status == "REQUIRES_AUTHENTICATION":
            words = _("“{}” waits for the link that AWS mailed to the business: it ends in 7 days")
        elif row.status == "REQUIRES_UPDATES" and not row.editable:
            words = _("The registration “{}” was declined")
        elif row.problem:
            words = _("The registration “{}” could not be handed in")
        else:
            continue
        place = reverse("admin:campaigns_registration_change", args=[row.pk])
        found.append((words.format(row), place))
    return found


def numbers(request: HttpRequest) -> Found:
    """Return the numbers that campaigns would send from, and AWS has no more."""
    if not request.user.has_perm("campaigns.view_awsidentity"):
        return []
    using = Campaign.objects.exclude(status__in=ENDED).values("originator")
    gone = AwsIdentity.objects.filter(gone_at__isnull=False, originator__in=using)
    return [
        (
            _("AWS no longer has {}, which campaigns send from").format(row),
            reverse("admin:compliance_originator_change", args=[row.originator_id]),
        )
        for row in gone.select_related("originator")
    ]


def rules(request: HttpRequest) -> Found:
    """Return how many sending rules are past their day of review."""
    if not request.user.has_perm("compliance.change_policy"):
        return []
    count = len(versions.overdue(timezone.localdate()))
    if not count:
        return []
    words = ngettext(
        "{} sending rule is past its day of review",
        "{} sending rules are past their day of review",
        count,
    )
    return [(words.format(count), reverse("admin:compliance_policy_changelist"))]


def alerts(request: HttpRequest) -> Found:
    """Return the open alerts that nobody has in hand, but for those of muted rules."""
    if not request.user.has_perm("analytics.view_alert"):
        return []
    muted = Q(rule__muted_until__gt=timezone.now())
    found = Alert.objects.filter(closed_at=None, acknowledged_at=None).exclude(muted)
    return [
        (str(alert), reverse("admin:analytics_alert_change", args=[alert.pk]))
        for alert in found.select_related("rule").order_by("-pk")
    ]


def mails(request: HttpRequest) -> Found:
    """Return how many e-mails no server would take lately; nobody need put them aside."""
    if not request.user.has_perm("analytics.view_outgoingmail"):
        return []
    since = timezone.now() - MAIL_DAYS
    asked = {"state__exact": OutgoingMail.State.GIVEN_UP.value, "ended_at__gte": since.isoformat()}
    count = OutgoingMail.objects.filter(**asked).count()
    if not count:
        return []
    words = ngettext(
        "{} e-mail of the last {} days could not be delivered",
        "{} e-mails of the last {} days could not be delivered",
        count,
    ).format(count, MAIL_DAYS.days)
    return [(words, f"{reverse('admin:analytics_outgoingmail_changelist')}?{urlencode(asked)}")]
