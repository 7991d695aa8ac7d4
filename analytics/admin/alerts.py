"""What is wrong, and the rules that say so."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from unfold.decorators import display

from analytics.alerts import acting, telling
from analytics.models import Alert, AlertRule
from campaigns.actions import Refused
from campaigns.admin.records import RecordAdmin
from campaigns.models import ENDED, Campaign
from contacts.admin.guarded import GuardedAdmin

# Where to look into an alert, and what that page asks for.
FIGURES = "campaigns.view_campaign"
PLACES: dict[str, tuple[str, list[str], str]] = {
    AlertRule.Kind.DELIVERY: ("dashboard", ["deliverability"], FIGURES),
    AlertRule.Kind.DROP: ("dashboard", ["deliverability"], FIGURES),
    AlertRule.Kind.OPT_OUTS: ("dashboard", ["compliance"], FIGURES),
    AlertRule.Kind.SPEND: ("dashboard", ["spend"], FIGURES),
    AlertRule.Kind.BACKLOG: ("dashboard", ["engine"], FIGURES),
    AlertRule.Kind.SILENT: (
        "admin:campaigns_awsaccount_changelist",
        [],
        "campaigns.view_awsaccount",
    ),
    AlertRule.Kind.SYNC: ("admin:campaigns_awssource_changelist", [], "campaigns.view_awssource"),
}
LABELS = {"bad": "danger", "ok": "success", "quiet": "warning", "off": "info"}


class OpenFilter(admin.SimpleListFilter):
    """Those that are still open."""

    title = gettext_lazy("state")
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Two choices."""
        return [("yes", gettext_lazy("open")), ("no", gettext_lazy("closed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Alert]) -> QuerySet[Alert]:
        """Keep what was asked for."""
        if self.value() not in {"yes", "no"}:
            return queryset
        return queryset.filter(closed_at__isnull=self.value() == "yes")


@admin.register(Alert)
class AlertAdmin(RecordAdmin):
    """Every alert, the newest first, each with its two buttons."""

    nothing_yet = gettext_lazy("Nothing was wrong yet. The alert rules say what is watched.")
    list_display = ("says", "rule", "state", "opened_at", "closed_at", "acknowledged_by")
    list_filter = (OpenFilter, "rule")
    list_select_related = ("rule", "acknowledged_by")
    ordering = ("-pk",)
    fields = (
        *("rule", "says", "opened_at", "told_at", "acknowledged_by", "acknowledged_at", "note"),
        *("closed_at", "closing"),
    )
    change_form_outer_before_template = "analytics/alert.html"

    @display(description=gettext_lazy("state"), label=LABELS)
    def state(self, alert: Alert) -> tuple[str, Any]:
        """Say whether it is over."""
        if alert.closed_at:
            return "ok", _("closed")
        return ("quiet", _("in hand")) if alert.acknowledged_at else ("bad", _("open"))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Offer the buttons."""
        found = Alert.objects.select_related("rule", "acknowledged_by")
        known = object_id is not None and object_id.isascii() and object_id.isdecimal()
        alert = found.filter(pk=int(object_id or 0)).first() if known else None
        context = {
            **(extra_context or {}),
            "alert": alert,
            "muted": alert is not None and telling.is_muted(alert.rule, timezone.now()),
            "may_handle": request.user.has_perm(telling.MAY_HANDLE),
            "place": _place(alert.rule, request) if alert else "",
            "mutes": [(hours, ngettext("{} hour", "{} hours", hours).format(hours))
                      for hours in acting.MUTES],
        }  # fmt: skip
        response: HttpResponse = super().changeform_view(request, object_id, form_url, context)
        return response

    def get_urls(self) -> list[URLPattern]:
        """Add the buttons' addresses."""
        view = self.admin_site.admin_view
        return [
            *(
                path(
                    f"<int:alert_id>/{name}/",
                    view(require_POST(self._button(act))),
                    name=f"analytics_alert_{name}",
                )
                for name, act in (("acknowledge", _acknowledge), ("mute", _mute))
            ),
            *super().get_urls(),
        ]

    def _button(
        self, act: Callable[[int, HttpRequest], str]
    ) -> Callable[[HttpRequest, int], HttpResponse]:
        def view(request: HttpRequest, alert_id: int) -> HttpResponse:
            try:
                self.message_user(request, act(alert_id, request), messages.SUCCESS)
            except Refused as refusal:
                self.message_user(request, str(refusal), messages.ERROR)
            except Alert.DoesNotExist:
                self.message_user(request, _("There is no such alert."), messages.ERROR)
                return redirect("admin:analytics_alert_changelist")
            return redirect("admin:analytics_alert_change", alert_id)

        return view


def _place(rule: AlertRule, request: HttpRequest) -> str:
    """Return where this person may look into what a rule says; "" = nowhere."""
    name, arguments, permission = PLACES[rule.kind]
    if not request.user.has_perm(permission):
        return ""
    scope = {"campaign": rule.campaign_id, "originator": rule.originator_id}
    chosen = {key: value for key, value in (scope | {"country": rule.country}).items() if value}
    return f"{reverse(name, args=arguments)}{'?' if chosen else ''}{urlencode(chosen)}"


def _acknowledge(alert_id: int, request: HttpRequest) -> str:
    acting.acknowledge(alert_id, request.POST.get("note", ""), request.user)
    return _("You have it in hand. It closes by itself when it is well again.")


def _mute(alert_id: int, request: HttpRequest) -> str:
    given = request.POST.get("hours", "")
    hours = int(given) if given.isascii() and given.isdecimal() else -1
    acting.mute_rule_of(alert_id, hours, request.user)
    return _("Nobody is told of it until then.") if hours else _("It is told again.")


class AlertRuleForm(forms.ModelForm[AlertRule]):
    """Offers campaigns that are not over and people who have an address."""

    class Meta:
        model = AlertRule
        fields = (
            *("name", "kind", "threshold", "recovery", "window_hours", "least", "bad_checks"),
            *("good_checks", "campaign", "originator", "country", "people", "also_to", "active"),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "campaign" in self.fields:  # not where the page is only to be read
            campaigns = Campaign.objects.exclude(status__in=ENDED)
            chosen = Campaign.objects.filter(pk=self.instance.campaign_id or 0)
            self.fields["campaign"].queryset = (campaigns | chosen).order_by("-pk")  # type: ignore[attr-defined]
            people = get_user_model().objects.filter(is_active=True).exclude(email="")
            self.fields["people"].queryset = people.order_by("username")  # type: ignore[attr-defined]

    def clean_also_to(self) -> str:
        """Take addresses apart by lines, commas or blanks."""
        found = self.cleaned_data["also_to"].replace(",", " ").split()
        for address in found:
            try:
                validate_email(address)
            except ValidationError:
                words = _("{} is no e-mail address.").format(address)
                raise ValidationError(words) from None
        return "\n".join(found)


@admin.register(AlertRule)
class AlertRuleAdmin(GuardedAdmin):
    """What is watched, with what was found a minute ago."""

    nothing_yet = gettext_lazy("Say what is to be watched, and who is told when it goes wrong.")
    unguarded_fields = ("bad_run", "good_run", "checked_at", "value", "says", "muted_until")
    form = AlertRuleForm
    list_display = ("name", "kind", "state", "says", "checked_at")
    list_filter = ("kind", "active")
    readonly_fields = ("says", "checked_at", "muted_until")
    actions = None
    fieldsets = (
        (None, {"fields": ("name", "kind", "active", "says", "checked_at", "muted_until")}),
        (
            gettext_lazy("When it opens and closes"),
            {
                "fields": (
                    *("threshold", "recovery", "window_hours", "least", "bad_checks"),
                    "good_checks",
                )
            },
        ),
        (gettext_lazy("Of what"), {"fields": ("campaign", "originator", "country")}),
        (gettext_lazy("Who is told"), {"fields": ("people", "also_to")}),
    )

    @display(description=gettext_lazy("state"), label=LABELS)
    def state(self, rule: AlertRule) -> tuple[str, Any]:
        """Say how it stands."""
        if not rule.active:
            return "off", _("off")
        if telling.is_muted(rule, timezone.now()):
            return "quiet", _("muted")
        if rule.checked_at is None:
            return "off", _("not checked yet")
        return ("bad", _("open")) if rule.is_open else ("ok", _("well"))  # type: ignore[attr-defined]

    def get_fieldsets(self, request: HttpRequest, obj: AlertRule | None = None) -> Any:
        """Say so where no e-mail goes out."""
        *others, (title, told) = super().get_fieldsets(request, obj)
        none = _("No e-mail goes out here yet: EMAIL_URL is not set. Webhooks and Home tell it.")
        return [*others, (title, told if settings.EMAIL_ON else told | {"description": none})]

    def get_queryset(self, request: HttpRequest) -> QuerySet[AlertRule]:
        """Find out at once which have an open alert."""
        rules: QuerySet[AlertRule] = super().get_queryset(request)
        return rules.annotate(is_open=acting.has_open_alert())

    def save_model(
        self, request: HttpRequest, obj: AlertRule, form: AlertRuleForm, change: bool
    ) -> None:
        """Begin counting anew; what a worker counts meanwhile is not overwritten."""
        obj.bad_run = obj.good_run = 0
        if not change:
            obj.save()
            return
        written = [name for name in form.cleaned_data if name != "people"]
        obj.save(update_fields=[*written, "bad_run", "good_run"])

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, Any, Any]:
        """Name the alerts that go too: nobody may delete one, but whoever may its rule."""
        found, counts, lacking, kept = super().get_deleted_objects(objs, request)
        return found, counts, lacking - {Alert._meta.verbose_name}, kept

    def delete_model(self, request: HttpRequest, obj: AlertRule) -> None:
        """Delete it through the action."""
        acting.delete_rule(obj.pk, request.user)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """The action has said so."""
