"""What a dashboard is asked: days of a zone, and of which texts; as it stands in the address."""

import zoneinfo
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar, cast
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db.models import DateTimeField, F, Func, IntegerField, Max, Min, QuerySet, Value
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from analytics.models import HourlyFact, HourlyReason
from campaigns.models import Campaign
from compliance.models import MessageClass, Originator

Answer = TypeVar("Answer")
DAY = timedelta(days=1)
USUAL_DAYS = 28
MOST_DAYS = 366
FIRST_YEAR, LAST_YEAR = 2000, 9000  # whose days have a midnight in every zone
OFFERED_CAMPAIGNS = 200  # the newest; any other may stand in the address
FILTERS = ("campaign", "originator", "country", "carrier", "message_class")


@dataclass(frozen=True, slots=True)
class Scope:
    """Whole days of a zone, the last one included, and what the texts must be of."""

    since: date
    until: date
    zone: ZoneInfo
    filters: dict[str, Any]
    _answers: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    def once(self, ask: Callable[..., Answer], *given: str) -> Answer:
        """Return `ask(scope, …)`, which two panels of a page share; neither may change it."""
        if (ask, given) not in self._answers:
            self._answers[ask, given] = ask(self, *given)
        return cast(Answer, self._answers[ask, given])

    @property
    def days(self) -> list[date]:
        """Every day, the first one first."""
        return [self.since + n * DAY for n in range((self.until - self.since).days + 1)]

    @property
    def start(self) -> datetime:
        """When the first day begins."""
        return datetime.combine(self.since, time(), self.zone)

    @property
    def end(self) -> datetime:
        """When the last day is over."""
        return datetime.combine(self.until + DAY, time(), self.zone)

    @property
    def day_number(self) -> Func:
        """Which of `days` the hour of a row begins in: the first one is 1.

        PostgreSQL finds it among the midnights in two thirds of the time that a zone takes it.
        """
        midnights = [datetime.combine(day, time(), self.zone) for day in self.days]
        listed = Value(midnights, output_field=ArrayField(DateTimeField()))
        return Func(F("hour"), listed, function="width_bucket", output_field=IntegerField())

    def facts(self) -> QuerySet[HourlyFact]:
        """The facts asked for. An hour belongs to the day in which it begins."""
        return HourlyFact.objects.filter(
            hour__gte=self.start, hour__lt=self.end, **self.filters
        ).order_by()

    def reasons(self) -> QuerySet[HourlyReason]:
        """Why texts of these facts did not arrive."""
        return HourlyReason.objects.filter(
            hour__gte=self.start, hour__lt=self.end, **self.filters
        ).order_by()

    def query(self) -> str:
        """Return the scope as it stands in an address."""
        given = {name: getattr(value, "pk", value) for name, value in self.filters.items()}
        return urlencode({"from": self.since, "to": self.until, "zone": self.zone.key, **given})


def of_campaign(campaign: Campaign) -> Scope:
    """Return the scope of a campaign and its days, in the zone of who looks."""
    zone = ZoneInfo(timezone.get_current_timezone_name())
    return Scope(*days_of(campaign.pk, zone), zone, {"campaign": campaign})


def days_of(campaign_id: int, zone: ZoneInfo) -> tuple[date, date]:
    """Return the first and the last day of a campaign's texts: the last year of it at most."""
    found = HourlyFact.objects.filter(campaign=campaign_id)
    ends = found.aggregate(first=Min("hour"), last=Max("hour"))
    first, last = (ends[name] or timezone.now() for name in ("first", "last"))
    until = last.astimezone(zone).date()
    return max(first.astimezone(zone).date(), until - (MOST_DAYS - 1) * DAY), until


class ScopeForm(forms.Form):
    """Reads a scope from an address, and says in words what is wrong with it."""

    zone = forms.CharField(
        label=gettext_lazy("Time zone"), required=False, widget=UnfoldAdminTextInputWidget
    )
    campaign = forms.ModelChoiceField(
        Campaign.objects.order_by("-pk"),
        label=gettext_lazy("Campaign"),
        required=False,
        empty_label=gettext_lazy("All"),
        widget=UnfoldAdminSelectWidget,
        error_messages={"invalid_choice": gettext_lazy("There is no such campaign.")},
    )
    originator = forms.ModelChoiceField(
        Originator.objects.order_by("label", "identity"),
        label=gettext_lazy("Sent from"),
        required=False,
        empty_label=gettext_lazy("All"),
        widget=UnfoldAdminSelectWidget,
        error_messages={"invalid_choice": gettext_lazy("There is no such sender.")},
    )
    country = forms.CharField(
        label=gettext_lazy("Country"),
        required=False,
        widget=UnfoldAdminTextInputWidget,
        validators=[RegexValidator("^[A-Z]{2}$", gettext_lazy("Write a country such as US."))],
    )
    carrier = forms.CharField(
        label=gettext_lazy("Carrier"),
        required=False,
        max_length=60,
        widget=UnfoldAdminTextInputWidget,
    )
    message_class = forms.ChoiceField(
        label=gettext_lazy("Kind of text"),
        required=False,
        choices=[("", gettext_lazy("All")), *MessageClass.choices],
        widget=UnfoldAdminSelectWidget,
    )

    def __init__(self, address: QueryDict) -> None:
        given = {name: value for name, value in address.items() if value}
        super().__init__({**_usual(given), **given})
        dates = {
            name: forms.DateField(
                label=label, widget=UnfoldAdminTextInputWidget(attrs={"type": "date"})
            )
            for name, label in (("from", _("From")), ("to", _("Until")))
        }
        self.fields = dates | self.fields
        offered = Campaign.objects.order_by("-pk").values_list("pk", "name")
        names = dict(offered[:OFFERED_CAMPAIGNS])
        chosen = self.data.get("campaign", "")
        if chosen.isdecimal() and int(chosen) not in names:
            names |= dict(offered.filter(pk=chosen))
        widget: Any = self.fields["campaign"].widget
        widget.choices = [("", _("All")), *names.items()]

    def clean_zone(self) -> ZoneInfo:
        """Return the zone of that name."""
        zone = _zone(self.cleaned_data["zone"])
        if zone is None:
            raise ValidationError(_("There is no such time zone."))
        return zone

    def clean(self) -> dict[str, Any]:
        """Hold the range to what can be shown."""
        found = self.cleaned_data
        since, until = found.get("from"), found.get("to")
        if since and until and not since <= until:
            raise ValidationError(_("The range ends before it begins."))
        if since and until and (until - since) >= MOST_DAYS * DAY:
            raise ValidationError(_("Ask for {} days at most.").format(MOST_DAYS))
        if (since and since.year < FIRST_YEAR) or (until and until.year > LAST_YEAR):
            raise ValidationError(_("Nothing was ever sent then."))
        return found

    def scope(self) -> Scope:
        """Return what was asked for; only of a valid form."""
        found = self.cleaned_data
        filters = {name: found[name] for name in FILTERS if found[name]}
        return Scope(found["from"], found["to"], found["zone"], filters)


def _usual(given: Mapping[str, Any]) -> dict[str, str]:
    """Return what is meant where nothing is said: the days of the campaign, or the last ones."""
    name = timezone.get_current_timezone_name()
    until = timezone.localdate()
    since = until - (USUAL_DAYS - 1) * DAY
    campaign = given.get("campaign", "")
    if campaign.isdecimal() and not given.keys() & {"from", "to"}:
        since, until = days_of(int(campaign), _zone(given.get("zone", name)) or ZoneInfo(name))
    return {"from": str(since), "to": str(until), "zone": name}


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None
