"""Changing the rules: one door, which checks, saves and makes the version in one transaction."""

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from compliance.models import Emergency, HolidayChange, Policy
from compliance.policies import versions

Kept = Policy | HolidayChange | Emergency
Actor = User | AnonymousUser


def keep(row: Kept, user: Actor) -> None:
    """Save a new or changed rule; the gate goes by it from its next batch on.

    The caller writes the audit row, in a transaction around this. Raises PermissionDenied, and
    ValidationError where the rule cannot be read.
    """
    _check(row, user, "add" if row._state.adding else "change")
    row.full_clean()
    with transaction.atomic():
        row.save()
        versions.make(user.get_username())


def drop(row: HolidayChange, user: Actor) -> None:
    """Remove a correction of the holidays. Other rules are ended by their last day instead."""
    _check(row, user, "delete")
    with transaction.atomic():
        row.delete()
        versions.make(user.get_username())


def _check(row: Kept, user: Actor, what: str) -> None:
    if not user.has_perm(f"compliance.{what}_{row._meta.model_name}"):
        raise PermissionDenied(_("You need the permission to change sending rules."))
