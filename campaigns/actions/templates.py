"""Write, use and delete templates: the admin and the interface do it alike."""

from dataclasses import dataclass, field

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from campaigns.actions.acting import Actor, key
from campaigns.models import MessageTemplate, TemplateVersion
from campaigns.refusal import Refused


@dataclass(frozen=True, slots=True)
class Words:
    """What a version says."""

    body: str  # in Liquid
    description: str = ""
    written: str = ""  # in Handlebars, where it was
    defaults: dict[str, str] = field(default_factory=dict)


def write_template(template: MessageTemplate, words: Words, user: Actor, by: str = "") -> None:
    """Store a new template, as version 1. Raises ValidationError."""
    _check_may(user, "add")
    with transaction.atomic():
        template.created_by_id = key(user)
        template.description, template.body = words.description, words.body
        template.active_version = 1
        template.full_clean()
        template.save()
        _keep(template, 1, words, user)
        _audit(user, template, ADDITION, f"Made{by}.")


def rewrite_template(
    template_id: int, words: Words, user: Actor, *, new: bool, active: bool, by: str = ""
) -> TemplateVersion:
    """Store other words: as a `new` version, else in the place of the latest one.

    `active` makes it the one in use; the latest that is in use already stays so.
    """
    _check_may(user, "change")
    with transaction.atomic():
        template = MessageTemplate.objects.select_for_update().get(pk=template_id)
        number = latest(template) + int(new)
        version = _keep(template, number, words, user)
        if active or number == template.active_version:
            _use(template, version)
        _audit(user, template, CHANGE, f"Wrote version {number}{by}.")
    return version


def use_template_version(template_id: int, number: int, user: Actor) -> None:
    """Make a version the one in use. Raises TemplateVersion.DoesNotExist."""
    _check_may(user, "change")
    with transaction.atomic():
        template = MessageTemplate.objects.select_for_update().get(pk=template_id)
        _use(template, template.versions.get(number=number))
        _audit(user, template, CHANGE, f"Version {number} is in use.")


def delete_template(template_id: int, user: Actor, number: int | None = None) -> None:
    """Delete a template, or one version of it that is not in use. What was sent keeps its text."""
    _check_may(user, "delete")
    with transaction.atomic():
        template = MessageTemplate.objects.select_for_update().get(pk=template_id)
        if number is None:
            _audit(user, template, DELETION, "Deleted.")
            template.delete()
            return
        if number == template.active_version:
            raise Refused(_("Version {} is in use. Use another one first.").format(number))
        template.versions.get(number=number).delete()
        _audit(user, template, CHANGE, f"Deleted version {number}.")


def latest(template: MessageTemplate) -> int:
    """Return the number of a template's latest version."""
    return int(template.versions.aggregate(last=Max("number"))["last"] or 0)


def _keep(template: MessageTemplate, number: int, words: Words, user: Actor) -> TemplateVersion:
    version, _made = TemplateVersion.objects.update_or_create(
        template=template,
        number=number,
        defaults={
            "body": words.body,
            "written": words.written,
            "defaults": words.defaults,
            "description": words.description,
            "saved_by_id": key(user),
        },
    )
    return version


def _use(template: MessageTemplate, version: TemplateVersion) -> None:
    template.active_version = version.number
    template.body, template.description = version.body, version.description
    template.save(update_fields=["active_version", "body", "description", "updated_at"])


def _check_may(user: Actor, what: str) -> None:
    if not user.has_perm(f"campaigns.{what}_messagetemplate"):
        raise PermissionDenied(_("You need the permission to write templates."))


def _audit(user: Actor, template: MessageTemplate, flag: int, said: str) -> None:
    LogEntry.objects.log_actions(key(user), [template], flag, said, single_object=True)
