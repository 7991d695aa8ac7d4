"""What is asked before a number or a sender ID is bought."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from campaigns.models import Registration
from campaigns.registration_sync import CAMPAIGN
from pinpoint import number_types
from pinpoint.provisioning import Wanted

CLASSES = (("PROMOTIONAL", _("promotional")), ("TRANSACTIONAL", _("transactional")))
CAPABILITIES = (
    ("SMS", "SMS"),
    ("SMS,MMS", _("SMS and MMS")),
    ("SMS,VOICE", _("SMS and voice")),
    ("SMS,MMS,VOICE", _("SMS, MMS and voice")),
)


class _Purchase(forms.Form):
    """A page can be sent twice, and buys once: AWS knows its token."""

    token = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("token", str(uuid4()))
        super().__init__(*args, **kwargs)


def _country(help_text: Any) -> forms.CharField:
    return forms.RegexField(
        r"^[A-Z]{2}$",
        label=_("Country"),
        widget=UnfoldAdminTextInputWidget,
        help_text=help_text,
        error_messages={"invalid": _("Two capital letters, such as US.")},
    )


class NumberForm(_Purchase):
    """A number."""

    kind = forms.ChoiceField(
        label=_("Type"),
        choices=[(one.name, one.title) for one in number_types.TYPES.values()],
        widget=UnfoldAdminSelectWidget,
    )
    country = _country(_("Two letters; US for 10DLC, toll-free and simulator numbers."))
    message_type = forms.ChoiceField(
        label=_("Sends"),
        choices=CLASSES,
        widget=UnfoldAdminSelectWidget,
        help_text=_("It cannot be changed later: AWS refuses texts of the other class."),
    )
    capabilities = forms.ChoiceField(
        label=_("Can"), choices=CAPABILITIES, widget=UnfoldAdminSelectWidget
    )
    registration = forms.ModelChoiceField(
        Registration.objects.filter(kind=CAMPAIGN, status="COMPLETE"),
        label=_("10DLC campaign"),
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text=_("Of a 10DLC number, where it is approved. It can be given later as well."),
    )
    protected = forms.BooleanField(
        label=_("Protect it from release"), required=False, widget=UnfoldBooleanWidget
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("country", "US")

    @property
    def wanted(self) -> Wanted:
        """What was asked for."""
        said = self.cleaned_data
        campaign = said["registration"]
        return Wanted(
            kind=said["kind"],
            country=said["country"],
            message_type=said["message_type"],
            capabilities=tuple(said["capabilities"].split(",")),
            token=said["token"],
            protected=said["protected"],
            registration_id=campaign.aws_id if campaign else "",
        )


class SenderIdForm(_Purchase):
    """A sender ID."""

    name = forms.RegexField(
        r"^(?!-)(?=.*[A-Za-z])[A-Za-z0-9-]{1,11}(?<!-)$",
        label=_("Sender ID"),
        widget=UnfoldAdminTextInputWidget,
        help_text=_("What people see instead of a number. Nobody can answer it."),
        error_messages={
            "invalid": _("Up to 11 letters, digits and hyphens; a letter at least, no hyphen at "
                         "the ends.")
        },
    )  # fmt: skip
    country = _country(_("Each country has its own; the US, Canada and China have none."))
