"""Two people who edit the same thing: the second is told, and overwrites nothing."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin

SEEN = "seen"


class GuardedAdmin(ModelAdmin):
    """A form that carries what its object looked like, and is not saved over anything newer.

    Whatever runs by itself and changes a row besides (counters, what AWS told) is in
    `unguarded_fields`: nobody has to read anew because of it.
    """

    unguarded_fields: tuple[str, ...] = ()
    change_form_before_template = "contacts/seen.html"

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Let the form look whether its object is still what the person saw."""
        made: Any = super().get_form(request, obj, change, **kwargs)
        if obj is None:
            return made
        admin = self

        class Guarded(made):
            def clean(self) -> Any:
                cleaned = super().clean()
                check_unchanged(self, admin.looks_like)
                return cleaned

        return Guarded

    def looks_like(self, obj: Any) -> str:
        """Name what an object holds; extend it where a form changes more than its row."""
        return digest(obj, self.unguarded_fields)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Put what the object looks like into the page; a refused form keeps what it was shown."""
        obj = kwargs.get("obj")
        if obj is not None:
            posted = request.POST.get(SEEN, "")
            shown = request.method == "GET"
            context[SEEN] = self.looks_like(obj) if shown else posted
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response


def check_unchanged(form: forms.ModelForm[Any], looks_like: Callable[[Any], str]) -> None:
    """Hold the row until the transaction ends, and refuse if it is not what was shown."""
    seen, model = form.data.get(SEEN), type(form.instance)
    stored = model._base_manager.select_for_update(of=["self"]).filter(pk=form.instance.pk).first()
    if stored is None:
        raise ValidationError(_("It was deleted while you had it open. Nothing was saved."))
    if seen and seen != looks_like(stored):
        raise ValidationError(_conflict(stored))


def digest(row: Model, unguarded: tuple[str, ...] = (), *more: Any) -> str:
    """Name what a row holds; keyed, so that nobody finds a masked number by trying all."""
    values: list[Any] = [
        (field.attname, field.value_to_string(row))
        for field in row._meta.concrete_fields
        if field.name not in unguarded
    ]
    values += [
        (field.name, sorted(getattr(row, field.name).order_by().values_list("pk", flat=True)))
        for field in row._meta.many_to_many
        if field.name not in unguarded
    ]
    values += more
    return salted_hmac("contacts.admin.guarded", repr(values), algorithm="sha256").hexdigest()[:32]


def _conflict(row: Model) -> str:
    """Say who was faster, as far as the audit log tells."""
    kind = ContentType.objects.get_for_model(row)
    entries = LogEntry.objects.filter(content_type=kind, object_id=str(row.pk))
    last = entries.select_related("user").order_by("-pk").first()
    if last is None:
        who, when = _("Somebody"), ""
    else:
        who, when = str(last.user), date_format(timezone.localtime(last.action_time), "TIME_FORMAT")
    return _(
        "{who} changed this at {when}, while you had it open. Nothing of yours was saved. Copy "
        "what you typed, open the page anew, and compare."
    ).format(who=who, when=when or "?")
