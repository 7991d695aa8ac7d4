"""Where Django's admin changes things without a transaction, or without an audit row."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.views.decorators.debug import sensitive_post_parameters


@admin.action(permissions=["delete"], description=delete_selected.short_description)  # type: ignore[attr-defined]
def delete_together(
    pages: admin.ModelAdmin[Any], request: HttpRequest, queryset: QuerySet[Any]
) -> TemplateResponse | None:
    """Delete what is selected and say so in the audit log, both or neither."""
    with transaction.atomic():
        return delete_selected(pages, request, queryset)


@sensitive_post_parameters()
def own_password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; Django's page leaves no trace of it."""
    with transaction.atomic():
        answer: HttpResponse = admin.site.password_change(request)
        if isinstance(answer, HttpResponseRedirect):  # what it answers once that is done
            user = cast(User, request.user)
            said = "Changed their own password."
            LogEntry.objects.log_actions(user.pk, [user], CHANGE, said, single_object=True)
    return answer
