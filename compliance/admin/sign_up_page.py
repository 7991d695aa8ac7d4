"""A program's public sign-up page: written beside the program, previewed as people will see it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Field, URLField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_sameorigin
from unfold.admin import StackedInline

from compliance.forms.fields import SignUpForm
from compliance.forms.recording import BUTTON
from compliance.models import SignUpPage


class SignUpPageInline(StackedInline):
    """What the page says and what it lacks, where it is, how it looks, and how to embed it."""

    model = SignUpPage
    extra = 1
    max_num = 1
    can_delete = False
    readonly_fields = ("lacks", "where", "embed", "look")

    def formfield_for_dbfield(
        self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        """Take an address that was typed without its scheme for https."""
        if isinstance(db_field, URLField):
            kwargs["assume_scheme"] = "https"
        found: forms.Field | None = super().formfield_for_dbfield(db_field, request, **kwargs)
        return found

    @admin.display(description=gettext_lazy("must still say"))
    def lacks(self, page: SignUpPage) -> str:
        """List what the page must say before it can open."""
        if page._state.adding:
            return _("Save, and this names what the page must still say before it can open.")
        missing = page.missing()
        if not missing:
            return _("Nothing: it says all that it must.")
        return format_html_join("", "<p>{}</p>", ((sentence,) for sentence in missing))

    @admin.display(description=gettext_lazy("where it is"))
    def where(self, page: SignUpPage) -> str:
        """Link the page and the opt-out page."""
        if page._state.adding:
            return "—"
        return format_html(
            '<a class="underline" href="{}">{}</a><br><a class="underline" href="{}">{}</a>',
            *(reverse("sign_up", args=[page.slug]),) * 2,
            *(reverse("opt_out", args=[page.slug]),) * 2,
        )

    @admin.display(description=gettext_lazy("to embed it"))
    def embed(self, page: SignUpPage) -> str:
        """Give the line of HTML for another site; only listed sites may use it."""
        if page._state.adding or not page.frame_ancestors:
            return _("Name the sites that may embed it, then save.")
        return '<iframe src="https://…{}" title="{}" width="100%" height="640"></iframe>'.format(
            reverse("sign_up", args=[page.slug]), page.words().heading
        )

    @admin.display(description=gettext_lazy("as people see it"))
    def look(self, page: SignUpPage) -> str:
        """Show the page as stored, with its button switched off."""
        if page._state.adding:
            return "—"
        return format_html(
            '<iframe src="{}" title="{}" width="100%" height="560"></iframe>',
            reverse("admin:compliance_program_sign_up", args=[page.program_id]),
            _("Preview of the sign-up page"),
        )


@xframe_options_sameorigin
def preview(request: HttpRequest, program_id: int) -> HttpResponse:
    """Show a program's sign-up page, open or not, to those who may see programs."""
    if not request.user.has_perm("compliance.view_program"):
        raise PermissionDenied
    page = get_object_or_404(SignUpPage.objects.select_related("program"), program_id=program_id)
    context = {
        "page": page,
        "words": page.words(),
        "form": SignUpForm(country=page.country),
        "button": BUTTON,
        "preview": True,
    }
    return render(request, "forms/sign_up.html", context)
