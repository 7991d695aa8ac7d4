"""Who may come in, and as what. Nobody can hand out, or take over, more than they have."""

from typing import Any, cast

from axes.utils import reset
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, Permission, User
from django.db import transaction
from django.db.models import ManyToManyField, QuerySet
from django.forms import ModelMultipleChoiceField
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from config import audit as audit  # registers its page
from config.endpoint_jobs import admin as endpoint_jobs  # noqa: F401 - so does this
from config.on_record import delete_together
from config.pinpoint_api import admin as pinpoint_api  # noqa: F401 - so does this
from config.two_factor.actions import forgive
from config.two_factor.actions import reset as reset_factors
from contacts.admin.guarded import GuardedAdmin

# What runs by itself stands in the settings; edited here, any code of ours could be run at will.
for timetable in (PeriodicTask, ClockedSchedule, CrontabSchedule, IntervalSchedule, SolarSchedule):
    admin.site.unregister(timetable)
admin.site.unregister((User, Group))
# Called as in the sidebar, on their own pages too; migrations read what Django calls them.
for model, one, many in (
    (LogEntry, _("audit entry"), _("audit log")),
    (Group, _("role"), _("roles")),
):
    model._meta.verbose_name, model._meta.verbose_name_plural = one, many
admin.site.add_action(delete_together, "delete_selected")


def permissions_of(user: Any) -> QuerySet[Permission]:
    """Return the permissions that somebody has, by roles or by themselves."""
    if user.is_superuser:
        return Permission.objects.all()
    by_role = Permission.objects.filter(group__user=user)
    return (by_role | Permission.objects.filter(user=user)).distinct()


def groups_within(user: Any) -> QuerySet[Group]:
    """Return the roles that give nothing which this person does not have."""
    beyond = Permission.objects.exclude(pk__in=permissions_of(user).values("pk"))
    return Group.objects.exclude(permissions__in=beyond)


def has_more(other: User, user: Any) -> bool:
    """Tell whether somebody has a permission that this person lacks."""
    if user.is_superuser:
        return False
    beyond = permissions_of(other).exclude(pk__in=permissions_of(user).values("pk"))
    return other.is_superuser or beyond.exists()


@admin.register(User)
class UserAdmin(DjangoUserAdmin[User], GuardedAdmin):  # type: ignore[misc] # get_form's **kwargs
    """People with a login, and their roles."""

    nothing_yet = _("Add the people who work here.")
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "email", "roles", "two_factor", "is_active", "last_login")
    list_filter = ("is_active", "is_superuser", "groups")
    list_select_related = ("authenticator_app",)
    actions = ("unlock", "reset_two_factor")
    unguarded_fields = ("last_login",)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """People are not deleted in bulk."""
        found: dict[str, Any] = super().get_actions(request)
        found.pop("delete_selected", None)
        return found

    @admin.action(description=_("Unlock the login"), permissions=["change"])
    def unlock(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Forget the wrong passwords of people who locked themselves out."""
        names = list(queryset.values_list("username", flat=True))
        with transaction.atomic():
            for name in names:
                reset(username=name)
            forgive(queryset)
            said = "Unlocked the login."
            LogEntry.objects.log_actions(request.user.pk or 0, queryset, CHANGE, said)
        said = ngettext("{} login is open again.", "{} logins are open again.", len(names))
        self.message_user(request, said.format(len(names)), messages.SUCCESS)

    @admin.action(description=_("Reset the two-factor sign-in"), permissions=["change"])
    def reset_two_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Let people who lost their app in by the password alone; never those who may do more."""
        people = [user for user in queryset if user != request.user]
        if len(people) < queryset.count():
            own = _("Turn your own off on your own page, with a code.")
            self.message_user(request, own, messages.ERROR)
            return
        if beyond := [str(user) for user in people if has_more(user, request.user)]:
            no = _("{} may do more than you: nothing was reset.").format(", ".join(beyond))
            self.message_user(request, no, messages.ERROR)
            return
        count = reset_factors(people, by=cast(User, request.user))
        said = ngettext("{} login was reset.", "{} logins were reset.", count).format(count)
        self.message_user(request, said, messages.SUCCESS)

    @method_decorator(sensitive_post_parameters())
    def user_change_password(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002 - as Django calls it
        form_url: str = "",
    ) -> HttpResponse:
        """Set somebody's password and say so in the audit log, both or neither."""
        with transaction.atomic():
            answer: HttpResponse = super().user_change_password(request, id, form_url)
        return answer

    @admin.display(description=_("two factors"), boolean=True)
    def two_factor(self, user: User) -> bool:
        """Tell whether a code is asked for."""
        app = getattr(user, "authenticator_app", None)
        return app is not None and app.confirmed

    @admin.display(description=_("roles"))
    def roles(self, user: User) -> str:
        """List them."""
        return ", ".join(group.name for group in user.groups.all())

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Fetch all roles at once."""
        users: QuerySet[User] = super().get_queryset(request)
        return users.prefetch_related("groups")

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Only a superuser makes another, or gives permissions one by one."""
        fields = (*super().get_readonly_fields(request, obj), "last_login", "date_joined")
        return fields if _is_super(request) else (*fields, "is_superuser", "user_permissions")

    def formfield_for_manytomany(
        self, db_field: ManyToManyField[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelMultipleChoiceField[Any] | None:
        """Offer the roles that this person may give."""
        if db_field.name == "groups":
            kwargs["queryset"] = groups_within(request.user)
        found: ModelMultipleChoiceField[Any] | None = super().formfield_for_manytomany(
            db_field, request, **kwargs
        )
        return found

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """A new password takes a login over: so never that of somebody who may do more."""
        allowed = bool(super().has_change_permission(request, obj))
        return allowed and (obj is None or not has_more(obj, request.user))

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nor delete them, nor themselves."""
        allowed = bool(super().has_delete_permission(request, obj))
        return allowed and (obj is None or not (obj == request.user or has_more(obj, request.user)))


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, GuardedAdmin):
    """Roles: those that the product makes (docs/roles.md), and your own."""

    nothing_yet = _("manage.py migrate makes the four roles; add your own.")
    list_display = ("name", "people")
    actions = None

    @admin.display(description=_("people"))
    def people(self, group: Group) -> int:
        """Count them."""
        return group.user_set.count()

    def formfield_for_manytomany(
        self, db_field: ManyToManyField[Any, Any], request: HttpRequest | None = None, **kwargs: Any
    ) -> ModelMultipleChoiceField[Any] | None:
        """Offer the permissions that this person has."""
        if request is not None:
            kwargs["queryset"] = permissions_of(request.user).select_related("content_type")
        found: ModelMultipleChoiceField[Any] | None = super().formfield_for_manytomany(
            db_field, request, **kwargs
        )
        return found

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        """A role that may do more than this person is not theirs to change."""
        allowed = bool(super().has_change_permission(request, obj))
        return allowed and (obj is None or _is_within(obj, request))

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        """Nor to delete."""
        allowed = bool(super().has_delete_permission(request, obj))
        return allowed and (obj is None or _is_within(obj, request))


def _is_super(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))


def _is_within(group: Group, request: HttpRequest) -> bool:
    return groups_within(request.user).filter(pk=group.pk).exists()
