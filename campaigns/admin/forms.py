"""The form a campaign is written in; every mistake is named beside its field."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns import actions, templating
from campaigns.admin.composer import TextWidget
from campaigns.admin.event_rules import EventRulesField
from campaigns.models import Campaign
from contacts import attributes


class CampaignForm(forms.ModelForm[Campaign]):
    """Checks what can be checked before anybody is texted."""

    # The version that the page was opened with.
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    event_rules = EventRulesField(
        label=gettext_lazy("Of these events"),
        help_text=gettext_lazy(
            "What must come with an event besides its name, all of it. Blank: every such event. "
            "Programs send attributes and metrics by PutEvents; opt_in and changes of attributes "
            "come with none."
        ),
    )

    class Meta:
        model = Campaign
        widgets = {"body": TextWidget}
        fields = (
            "version",
            "name",
            "program",
            "segment",
            "originator",
            "message_class",
            "body",
            "india_entity",
            "india_template",
            "daily_limit",
            "total_limit",
            "messages_per_second",
            "expires_after_hours",
            "budget_usd",
            "max_audience",
            "holdout_percent",
            "timing",
            "event",
            "event_rules",
            "first_day",
            "clock",
            "zone",
            "everyones_own",
            "window_start",
            "window_end",
            "ends_at",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("daily_limit", "total_limit", "messages_per_second"):
            if name in self.fields:
                self.fields[name].error_messages["min_value"] = self._too_small()
                for validator in self.fields[name].validators:
                    if getattr(validator, "code", "") == "min_value":
                        validator.message = self._too_small()  # type: ignore[attr-defined]
        if "event_rules" in self.fields:
            self.fields["event_rules"].stored = self.instance.event_rules  # type: ignore[attr-defined]
        if "zone" in self.fields:
            said = _(
                "Of day and time, such as America/Chicago. Blank: {}, that of the installation."
            )
            self.fields["zone"].help_text = said.format(settings.TIME_ZONE)
        if "originator" in self.fields:
            field = self.fields["originator"]
            field.queryset = field.queryset.filter(active=True)  # type: ignore[attr-defined]

    @staticmethod
    def _too_small() -> str:
        return _("A limit of 0 would send nothing. Use 1 or more.")

    def clean_body(self) -> str:
        """Parse the text and look its fields up in the catalogue."""
        body: str = self.cleaned_data["body"]
        try:
            templating.check(body, attributes.merge_field_paths())
        except templating.TemplateProblem as problem:
            raise forms.ValidationError(str(problem)) from problem
        return body

    def clean_version(self) -> int:
        """A new campaign's page has none to send."""
        return self.cleaned_data["version"] or Campaign.FIRST_VERSION

    def clean_zone(self) -> str:
        """Take only names that the time zone database knows."""
        zone: str = self.cleaned_data["zone"].strip()
        if zone and zone not in available_timezones():
            raise forms.ValidationError(
                _("“{}” is not a time zone. Write one such as America/Chicago.").format(zone)
            )
        return zone

    def clean(self) -> dict[str, Any] | None:
        """Check the fields that depend on each other, and that nobody else was faster."""
        cleaned = super().clean() or self.cleaned_data
        if self.instance.pk:
            try:
                actions.check_editable(self.instance.pk, cleaned["version"])
            except actions.Refused as refusal:
                raise forms.ValidationError(str(refusal)) from refusal
        originator = cleaned.get("originator")
        message_class = cleaned.get("message_class")
        if originator and message_class and originator.message_class != message_class:
            self.add_error(
                "originator",
                _("This sender sends {} texts only.").format(
                    originator.get_message_class_display()
                ),
            )
        daily, total = cleaned.get("daily_limit"), cleaned.get("total_limit")
        if daily and total and daily > total:
            self.add_error("daily_limit", _("The limit per day is above the limit in total."))
        self._check_schedule(cleaned)
        self._check_window(cleaned)
        return cleaned

    def _check_window(self, cleaned: dict[str, Any]) -> None:
        opens, closes = cleaned.get("window_start"), cleaned.get("window_end")
        if not opens and not closes:
            return
        if not opens or not closes:
            name = "window_end" if opens else "window_start"
            self.add_error(name, _("Hours have a beginning and an end."))
            return
        program = cleaned.get("program")
        begin, end = (program.window_start, program.window_end) if program else (opens, closes)
        if max(opens, begin) >= min(closes, end):
            self.add_error("window_start", _("Within the program's hours nothing is left."))

    def _check_schedule(self, cleaned: dict[str, Any]) -> None:
        timing = cleaned.get("timing")
        if timing == Campaign.Timing.EVENT and not cleaned.get("event"):
            self.add_error("event", _("It answers an event, so its name is needed."))
        if timing and timing not in {Campaign.Timing.NOW, Campaign.Timing.EVENT}:
            for name in ("first_day", "clock"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _("It begins at a time, so this is needed."))
        if timing == Campaign.Timing.HOURLY and cleaned.get("everyones_own"):
            self.add_error(
                "everyones_own", _("Every hour comes everywhere at once: leave this off.")
            )
        ends_at = cleaned.get("ends_at")
        if ends_at and ends_at <= timezone.now() and "ends_at" in self.changed_data:
            self.add_error("ends_at", _("This is past."))
