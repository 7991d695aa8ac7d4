"""Access keys: made, changed, attested for and revoked in the admin."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.forms import BaseModelFormSet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import StackedInline

from compliance.models import Program
from config.models import AccessKey, KeyAttestation
from config.pinpoint_api import keys
from config.pinpoint_api.granting import grantable, in_words
from contacts.admin.guarded import GuardedAdmin, digest


class AccessKeyForm(forms.ModelForm[AccessKey]):
    """What a key may do; more than its maker may is not offered."""

    permissions = forms.MultipleChoiceField(
        label=gettext_lazy("It may"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("Give it what its program needs and no more."),
    )
    programs = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Applications"),
        queryset=Program.objects.order_by("name"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("The programs that it may name. None chosen: all, and new ones."),
    )

    class Meta:
        model = AccessKey
        fields = ("name",)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = keys.permissions_of(self.instance) if self.instance.pk else []
        offered = [name for name in grantable() if user.has_perm(name) or name in held]
        field = cast(forms.MultipleChoiceField, self.fields["permissions"])
        field.choices = [(name, in_words(name)) for name in offered]
        if self.instance.pk:
            self.fields.pop("name", None)
            self.initial["permissions"] = held
            self.initial["programs"] = self.instance.programs.all()
            if self.instance.limited and not self.instance.programs.exists():
                self.fields["programs"].help_text = _(
                    "The programs that it named were deleted, and it may name none. Choose others."
                )

    def clean_name(self) -> str:
        """Refuse what is there already, revoked ones too: the audit log names keys."""
        name = str(self.cleaned_data["name"]).strip()
        if AccessKey.objects.filter(name=name).exists():
            raise forms.ValidationError(_("There is a key of this name."))
        return name


class AttestationInline(StackedInline):
    """Who vouches for the people that the key registers."""

    model = KeyAttestation
    extra = 0
    fields = ("program", "message_class", "basis", "origin", "wording")
    verbose_name = gettext_lazy("attestation")
    verbose_name_plural = gettext_lazy(
        "People whom it registers with OptOut NONE have said yes; without this, NONE proves nothing"
    )

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever sees the key sees what is vouched for."""
        return request.user.has_perm("config.view_accesskey")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Recording consent takes a permission of its own."""
        return request.user.has_perm("compliance.add_ledgerentry") and request.user.has_perm(
            "config.manage_accesskey"
        )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was said stays as it was said: it is ended, and said anew."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """End it as one begins it."""
        return self.has_add_permission(request, obj)


@admin.register(AccessKey)
class AccessKeyAdmin(GuardedAdmin):
    """The keys with which programs use Pinpoint's interface."""

    nothing_yet = gettext_lazy("Make a key for each program that uses Amazon Pinpoint's interface.")
    form = AccessKeyForm
    inlines = (AttestationInline,)
    list_display = ("name", "access_key", "applications", "last_used_at", "created_at", "state")
    list_select_related = ("user",)
    search_fields = ("name", "access_key")
    ordering = ("-pk",)
    actions = ("revoke",)
    unguarded_fields = ("last_used_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[AccessKey]:
        """Fetch all programs at once."""
        found: QuerySet[AccessKey] = super().get_queryset(request)
        return found.prefetch_related("programs")

    @admin.display(description=gettext_lazy("applications"))
    def applications(self, key: AccessKey) -> str:
        """Name the programs of its scope."""
        names = ", ".join(program.name for program in key.programs.all())
        return names or (_("none, they were deleted") if key.limited else _("all"))

    @admin.display(description=gettext_lazy("state"))
    def state(self, key: AccessKey) -> str:
        """Say whether it counts."""
        return _("revoked") if key.revoked_at else _("active")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Keys are made by those who manage them."""
        return request.user.has_perm("config.manage_accesskey")

    def has_change_permission(self, request: HttpRequest, obj: AccessKey | None = None) -> bool:
        """A revoked key stays as it is."""
        revoked = obj is not None and obj.revoked_at is not None
        return request.user.has_perm("config.manage_accesskey") and not revoked

    def has_delete_permission(self, request: HttpRequest, obj: AccessKey | None = None) -> bool:
        """Keys are revoked: the audit log goes on naming them."""
        return False

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Revoke as one makes."""
        return request.user.has_perm("config.manage_accesskey")

    def get_fieldsets(self, request: HttpRequest, obj: AccessKey | None = None) -> Any:
        """A new key has a name; a made one shows what it is."""
        if obj is None:
            return [(None, {"fields": ("name", "permissions", "programs")})]
        shown = ("access_key", "user", "last_used_at", "created_by", "created_at", "revoked_at")
        writable = ("permissions", "programs") if self.has_change_permission(request, obj) else ()
        return [(None, {"fields": (*shown, *writable)})]

    def get_readonly_fields(self, request: HttpRequest, obj: AccessKey | None = None) -> Any:
        """What a key is does not change."""
        shown = ("access_key", "user", "last_used_at", "created_by", "created_at", "revoked_at")
        return shown if obj else ()

    def get_inlines(self, request: HttpRequest, obj: AccessKey | None) -> Any:
        """Vouching comes after making."""
        return self.inlines if obj else ()

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Offer what this person may hand out."""
        kwargs["fields"] = ("name",) if obj is None else ()
        made: Any = super().get_form(request, obj, change, **kwargs)

        class Bound(made):
            def __init__(self, *args: Any, **how: Any) -> None:
                super().__init__(*args, user=request.user, **how)

        return Bound

    def looks_like(self, obj: AccessKey) -> str:
        """Name what it may do too, which its user holds."""
        return digest(obj, self.unguarded_fields, keys.permissions_of(obj))

    def save_model(
        self, request: HttpRequest, obj: AccessKey, form: AccessKeyForm, change: bool
    ) -> None:
        """Make it, or let it do other things."""
        user, said = cast(User, request.user), form.cleaned_data
        wanted, programs = said["permissions"], list(said["programs"])
        if change:
            keys.change(obj, wanted, programs, by=user)
            return
        made, secret = keys.make(said["name"], wanted, programs, by=user)
        obj.__dict__.update(made.__dict__)
        request.secret_of_new_key = secret  # type: ignore[attr-defined] # shown once, and not kept

    def save_related(
        self, request: HttpRequest, form: AccessKeyForm, formsets: Any, change: bool
    ) -> None:
        """Programs were saved with the key; what is vouched for has actions of its own."""
        for formset in formsets:
            self.save_formset(request, form, formset, change)

    def save_formset(
        self,
        request: HttpRequest,
        form: AccessKeyForm,
        formset: BaseModelFormSet[Any],
        change: bool,
    ) -> None:
        """Put on record who vouches for whom."""
        user = cast(User, request.user)
        for attestation in formset.save(commit=False):
            keys.attest(attestation, by=user)
        for attestation in formset.deleted_objects:
            keys.withdraw(attestation, by=user)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """The actions wrote it down."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """The actions wrote it down."""

    def response_add(
        self, request: HttpRequest, obj: AccessKey, post_url_continue: Any = None
    ) -> HttpResponse:
        """Show the secret, this once."""
        context = {
            **self.admin_site.each_context(request),
            "title": _("The access key {}").format(obj.name),
            "secret": _environment(request, obj),
            "further": reverse("admin:config_accesskey_change", args=[obj.pk]),
        }
        response = TemplateResponse(request, "config/new_key.html", context)
        response["Cache-Control"] = "no-store"
        return response

    @admin.action(description=gettext_lazy("Revoke"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[AccessKey]) -> None:
        """End keys at once."""
        count = sum(keys.revoke(key, by=cast(User, request.user)) for key in queryset)
        said = ngettext("{} key is revoked.", "{} keys are revoked.", count).format(count)
        self.message_user(request, said, messages.SUCCESS)


def _environment(request: HttpRequest, key: AccessKey) -> str:
    """Return what the program that uses a new key needs, as it is set in its environment."""
    secret = request.secret_of_new_key  # type: ignore[attr-defined]
    values = {
        "AWS_ACCESS_KEY_ID": key.access_key,
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_ENDPOINT_URL_PINPOINT": request.build_absolute_uri("/").rstrip("/"),
    }
    return "\n".join(f"{name}={value}" for name, value in values.items())
