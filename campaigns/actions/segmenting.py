"""Save and delete a segment for a program that calls the interface; people do it in the admin."""

import hashlib
import itertools
from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.actions.acting import Actor, key
from campaigns.models import ENDED, Campaign
from campaigns.refusal import Refused
from contacts import lists, segments
from contacts.models import Contact, ContactList, Segment
from contacts.segments import saving

LONGEST_NAME = 120


def save_segment(
    segment: Segment, rules: dict[str, Any], user: Actor, request: dict[str, Any]
) -> Segment:
    """Store a new or changed segment. Names are given once here: a second one gets a number.

    `request` is what the rules were translated from. Raises Refused.
    """
    new = segment.pk is None
    if not user.has_perm("contacts.add_segment" if new else "contacts.change_segment"):
        raise PermissionDenied(_("You need the permission to write segments."))
    with transaction.atomic():
        saving.hold()  # two at once would both find a name free
        segment.name = _free_name(request["Name"], segment.pk)
        if new:
            segment.created_by_id = user.pk
        try:
            written = {"request": request, "name": segment.name}
            saving.save(segment, rules, user.pk, written)
        except segments.RuleError as problem:
            raise Refused(str(problem)) from problem
        flag, said = (ADDITION, "Made") if new else (CHANGE, "Changed")
        words = f"{said} by the interface, version {segment.version}."
        LogEntry.objects.log_actions(key(user), [segment], flag, words, single_object=True)
    return segment


def save_imported_segment(
    segment: Segment,
    people: QuerySet[Contact],
    user: Actor,
    *,
    request: dict[str, Any],
    origin: str,
) -> Segment:
    """Store a segment of these people, on a list of their own, as a new one or a new version.

    Raises Refused, or ListRefused where they are none.
    """
    with transaction.atomic():
        draft = ContactList(name=_free_list_name(request["Name"], origin), origin=origin[:300])
        made = lists.make(draft, user, people=people)
        rules = {"match": "all", "rules": [{"field": "list", "op": "is", "values": [str(made.pk)]}]}
        return save_segment(segment, rules, user, request)


def delete_segment(segment_id: int, user: Actor) -> Segment:
    """Offer a segment no more. What was sent to it keeps it; what still is refuses."""
    if not user.has_perm("contacts.delete_segment"):
        raise PermissionDenied(_("You need the permission to delete segments."))
    with transaction.atomic():
        segment = Segment.objects.select_for_update().get(pk=segment_id)
        asking = Segment.objects.filter(references__to_segment=segment)
        going = Campaign.objects.filter(segment=segment).exclude(status__in=ENDED)
        if users := [*going.order_by("pk")[:5], *asking.order_by("pk").distinct()[:5]]:
            names = ", ".join(f"“{one}”" for one in users)
            raise Refused(_("It is used by {}. Change or end those first.").format(names))
        LogEntry.objects.log_actions(
            key(user), [segment], DELETION, "Deleted by the interface.", single_object=True
        )
        ending = f" ({segment.pk})"
        segment.name = segment.name[: LONGEST_NAME - len(ending)] + ending  # the name is free again
        segment.deleted_at = timezone.now()
        segment.save(update_fields=["name", "deleted_at", "updated_at"])
    return segment


def _free_name(wanted: str, segment_id: int | None) -> str:
    if not wanted.strip():
        raise Refused(_("Name: a segment needs one."))
    if len(wanted) > LONGEST_NAME:
        raise Refused(_("Name: at most {} characters.").format(LONGEST_NAME))
    others = Segment.everything.exclude(pk=segment_id or 0)
    taken = set(others.filter(name__startswith=wanted[:100]).values_list("name", flat=True))
    if wanted not in taken:
        return wanted
    tries = (f"{wanted[: LONGEST_NAME - 8]} ({n})" for n in range(2, len(taken) + 3))
    return next(name for name in tries if name not in taken)


def _free_list_name(wanted: str, origin: str) -> str:
    """Return a name that no list has; what came from elsewhere twice differs in its origin."""
    digest = hashlib.sha256(origin.encode()).hexdigest()[:8]
    tries = (f"{wanted[:90]} {digest}{f' ({n})' if n > 1 else ''}" for n in itertools.count(1))
    return next(name for name in tries if not ContactList.objects.filter(name=name).exists())
