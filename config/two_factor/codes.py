"""The field for a code."""

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget


class CodeForm(forms.Form):
    """A code of the app, or one of the recovery codes."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=UnfoldAdminTextInputWidget(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={"required": _("Type the code that your app shows.")},
    )

    def refuse(self) -> None:
        """Say that the code is wrong, or comes too soon; which of them would help a guesser."""
        self.add_error(
            "code",
            _(
                "This code is not right, was used before, or comes too soon after a wrong one. "
                "Wait for the next code of your app and type that."
            ),
        )
