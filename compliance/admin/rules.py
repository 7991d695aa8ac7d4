"""The sending rules: by place, with their source, and who changed what."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import display

from compliance.admin.records import ReadOnlyAdmin
from compliance.admin.whereabouts import check_number
from compliance.models import Emergency, HolidayChange, Policy, RulesVersion
from compliance.policies import changing, versions
from compliance.policies.places import name_of, with_name_like
from contacts.admin.guarded import GuardedAdmin


class RuleAdmin(GuardedAdmin):
    """What is changed here makes a version of the rules, and says so in the history."""

    actions = None
    show_full_result_count = False
    list_per_page = 100

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        """Save through the one door; the admin writes the audit row in the same transaction."""
        changing.keep(obj, request.user)
        self.message_user(request, _("The gate goes by it from now on."), messages.INFO)

    def construct_change_message(
        self, request: HttpRequest, form: forms.ModelForm[Any], formsets: Any, add: bool = False
    ) -> str | list[dict[str, Any]]:
        """Keep what it was and what it became, not only which field it was."""
        if add:
            return list(super().construct_change_message(request, form, formsets, add))
        return " ".join(
            f"{form.fields[name].label}: “{form.initial.get(name)}” → “{form.cleaned_data[name]}”."
            for name in form.changed_data
        )

    @display(description=gettext_lazy("where"), ordering="jurisdiction")
    def where(self, row: Policy | Emergency) -> str:
        """Name the place."""
        name = name_of(row.jurisdiction)
        return name if name == row.jurisdiction else f"{name} ({row.jurisdiction})"

    @display(description=gettext_lazy("source"))
    def read_in(self, row: Any) -> str:
        """Show the beginning of the source; the row's page has all of it."""
        return Truncator(row.source).chars(60)

    @display(
        description=gettext_lazy("review by"),
        ordering="review_on",
        label={"overdue": "danger", "fresh": ""},
    )
    def review(self, row: Any) -> tuple[str, str]:
        """Show the day of review, red when it is over."""
        overdue = row.review_on < timezone.localdate()
        return "overdue" if overdue else "fresh", row.review_on.isoformat()


@admin.register(Policy)
class PolicyAdmin(RuleAdmin):
    """What each country and state allows."""

    nothing_yet = gettext_lazy(
        "Without rules nothing promotional goes out: manage.py migrate brings those we know."
    )
    list_display = (
        *("where", "hours", "no_texts_on", "most_in_day", "in_force", "read_in", "review"),
    )
    list_filter = ("covers", "review_on")
    search_fields = ("jurisdiction", "source", "note")
    search_help_text = gettext_lazy("A country, a state or a word of the source")
    list_before_template = "compliance/rules_before.html"
    fieldsets = (
        (
            None,
            {"fields": ("jurisdiction", "covers", "hours", "calendars", "most_in_day")},
        ),
        (gettext_lazy("In force"), {"fields": ("first_day", "last_day")}),
        (gettext_lazy("Why"), {"fields": ("source", "note", "review_on")}),
    )

    @display(description=gettext_lazy("no texts on holidays of"), empty_value="–")
    def no_texts_on(self, policy: Policy) -> str:
        """Show the calendars."""
        return policy.calendars

    @display(description=gettext_lazy("in force"))
    def in_force(self, policy: Policy) -> str:
        """Show from when to when, where that is limited."""
        if policy.first_day and policy.last_day:
            return f"{policy.first_day} – {policy.last_day}"
        if policy.first_day:
            return _("from {}").format(policy.first_day)
        return _("until {}").format(policy.last_day) if policy.last_day else _("always")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Policy], search_term: str
    ) -> tuple[QuerySet[Policy], bool]:
        """Find places by their names as well."""
        found, duplicates = super().get_search_results(request, queryset, search_term)
        if term := search_term.strip():
            found = found | queryset.filter(Q(jurisdiction__in=with_name_like(term)))
        return found, duplicates

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Say how many rules are past their review."""
        if count := len(versions.overdue(timezone.localdate())):
            said = ngettext(
                "{} rule is past its day of review: look its source up again.",
                "{} rules are past their day of review: look their sources up again.",
                count,
            )
            messages.warning(request, said.format(count))
        page: HttpResponse = super().changelist_view(request, extra_context)
        return page

    def get_urls(self) -> list[URLPattern]:
        """Add the page that tells what holds for a number now."""
        view = self.admin_site.admin_view(check_number)
        return [path("check/", view, name="compliance_policy_check"), *super().get_urls()]


@admin.register(HolidayChange)
class HolidayChangeAdmin(RuleAdmin):
    """Holidays that the library does not know, and those that do not count."""

    nothing_yet = gettext_lazy(
        "Holidays come from a library. Add a day that it does not know, or take one away."
    )
    list_display = ("day", "calendar", "name", "change", "read_in", "review")
    list_filter = ("calendar", "change")
    search_fields = ("name", "calendar", "source")
    date_hierarchy = "day"

    def delete_model(self, request: HttpRequest, obj: HolidayChange) -> None:
        """Remove through the one door."""
        changing.drop(obj, request.user)


@admin.register(Emergency)
class EmergencyAdmin(RuleAdmin):
    """Places where nothing promotional goes for a time."""

    nothing_yet = gettext_lazy(
        "Where a state of emergency forbids promotional texts, stop them here for a time."
    )
    list_display = ("where", "state", "since", "until", "read_in")
    search_fields = ("jurisdiction", "source")

    @display(
        description=gettext_lazy("state"), label={"now": "danger", "later": "warning", "over": ""}
    )
    def state(self, emergency: Emergency) -> tuple[str, str]:
        """Say whether it holds."""
        now = timezone.now()
        if emergency.until <= now:
            return "over", _("over")
        return ("later", _("to come")) if emergency.since > now else ("now", _("holds now"))


@admin.register(RulesVersion)
class RulesVersionAdmin(ReadOnlyAdmin):
    """All rules as they stood, version by version."""

    nothing_yet = gettext_lazy("A version is kept whenever a sending rule is changed.")
    list_display = ("name", "made_at", "made_by", "summary")
    list_display_links = ("name",)
    ordering = ("-pk",)
    fields = ("name", "made_at", "made_by", "sha256")
    readonly_fields = ("name",)
    change_form_outer_before_template = "compliance/rules_version.html"

    @display(description=gettext_lazy("version"))
    def name(self, version: RulesVersion) -> str:
        """Show what decisions call it."""
        return version.name

    def get_queryset(self, request: HttpRequest) -> QuerySet[RulesVersion]:
        """Leave the rules themselves out of the list."""
        rows: QuerySet[RulesVersion] = super().get_queryset(request)
        return rows.defer("content")

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show what is different from the version before."""
        version = RulesVersion.objects.filter(pk=object_id).first() if object_id else None
        context = dict(extra_context or {})
        if version:
            before = RulesVersion.objects.filter(pk__lt=version.pk).order_by("-pk").first()
            context["version"] = version
            context["before"] = before
            context["differences"] = (
                versions.differences(before.content, version.content) if before else []
            )
        page: HttpResponse = super().changeform_view(request, object_id, form_url, context)
        return page
