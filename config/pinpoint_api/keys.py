"""Making, changing and revoking access keys. Nobody hands out more than they have themselves."""

import base64
import secrets
from collections.abc import Collection

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.auth.models import Permission, User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.refusal import Refused
from compliance.models import Program
from config.models import AccessKey, KeyAttestation
from config.pinpoint_api.granting import grantable
from contacts.sealing import seal

PREFIX = "SPAK"  # AWS's own begin with AKIA
ID_BYTES = 10
SECRET_BYTES = 30


def check_may_manage(user: User) -> None:
    """Raise PermissionDenied unless this person may make and revoke keys."""
    if not user.has_perm("config.manage_accesskey"):
        raise PermissionDenied(_("You need the permission to manage access keys."))


def permissions_of(key: AccessKey) -> list[str]:
    """Return what a key may do, by name (contacts.view_contact)."""
    held = key.user.user_permissions.values_list("content_type__app_label", "codename")
    return sorted(f"{app}.{codename}" for app, codename in held)


def make(
    name: str, permissions: Collection[str], programs: Collection[Program], *, by: User
) -> tuple[AccessKey, str]:
    """Make a key; return it and its secret, which is never shown again.

    `permissions` are names such as contacts.view_contact. Raises Refused.
    """
    check_may_manage(by)
    name = name.strip()
    if not name:
        raise Refused(_("Give the key a name that says which program uses it."))
    if AccessKey.objects.filter(name=name).exists():
        raise Refused(_("There is a key of this name."))
    wanted = _granted(permissions, by)
    secret = base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    with transaction.atomic():
        user = User.objects.create_user(_free_username(name))
        user.set_unusable_password()
        user.save(update_fields=["password"])
        user.user_permissions.set(wanted)
        key = AccessKey.objects.create(
            name=name,
            access_key=PREFIX + base64.b32encode(secrets.token_bytes(ID_BYTES)).decode(),
            sealed=seal(secret.encode()),
            user=user,
            created_by=by,
            limited=bool(programs),
        )
        key.programs.set(programs)
        _audit(by, key, f"Made {key.access_key}: {_in_words(permissions)}.", ADDITION)
    return key, secret


def change(
    key: AccessKey, permissions: Collection[str], programs: Collection[Program], *, by: User
) -> None:
    """Let a key do other things. Raises Refused.

    A key whose programs are all gone names none until others are chosen for it.
    """
    check_may_manage(by)
    wanted = _granted(permissions, by, kept=permissions_of(key))
    with transaction.atomic():
        held = AccessKey.objects.select_for_update().get(pk=key.pk)
        if held.revoked_at:
            raise Refused(_("The key was revoked; make another one."))
        held.limited = bool(programs) or (held.limited and not held.programs.exists())
        held.save(update_fields=["limited"])
        held.user.user_permissions.set(wanted)
        held.programs.set(programs)
        _audit(by, held, f"May now: {_in_words(permissions)}.")


def revoke(key: AccessKey, *, by: User) -> bool:
    """End a key, for good and at once; False where somebody did before."""
    check_may_manage(by)
    with transaction.atomic():
        still = AccessKey.objects.filter(pk=key.pk, revoked_at=None)
        if not still.update(revoked_at=timezone.now()):
            return False
        User.objects.filter(pk=key.user_id).update(is_active=False)
        _audit(by, key, "Revoked.")
    return True


def attest(attestation: KeyAttestation, *, by: User) -> KeyAttestation:
    """Put on record that the people whom a key registers said yes. Raises Refused."""
    check_may_manage(by)
    if not by.has_perm("compliance.add_ledgerentry"):
        raise PermissionDenied(_("You need the permission to record consent."))
    if not attestation.wording.strip():
        raise Refused(_("Copy the words that people agreed to."))
    with transaction.atomic():
        attestation.attested_by = by
        attestation.save()
        said = f"Attested for {attestation.program}: {attestation.get_basis_display()}."
        _audit(by, attestation.key, said)
    return attestation


def withdraw(attestation: KeyAttestation, *, by: User) -> None:
    """Attest it no longer; what was recorded by it stays on record."""
    check_may_manage(by)
    with transaction.atomic():
        _audit(by, attestation.key, f"No longer attested for {attestation.program}.")
        attestation.delete()


def _granted(
    permissions: Collection[str], by: User, kept: Collection[str] = ()
) -> list[Permission]:
    if beyond := sorted(set(permissions) - set(grantable()) - set(kept)):
        raise Refused(_("A key cannot have {}.").format(", ".join(beyond)))
    if lacking := sorted(
        name for name in permissions if not by.has_perm(name) and name not in kept
    ):
        raise PermissionDenied(_("You do not have {} yourself.").format(", ".join(lacking)))
    codenames = [name.split(".")[1] for name in permissions]
    found = Permission.objects.select_related("content_type").filter(codename__in=codenames)
    named = {f"{one.content_type.app_label}.{one.codename}": one for one in found}
    return [named[name] for name in permissions]


def _free_username(name: str) -> str:
    """Return a username that tells the key in the audit log."""
    wanted = f"key:{name}"[:140]
    taken = User.objects.filter(username=wanted).exists()
    return f"{wanted} {secrets.token_hex(3)}" if taken else wanted


def _in_words(permissions: Collection[str]) -> str:
    return ", ".join(sorted(permissions)) or "nothing"


def _audit(by: User, key: AccessKey, said: str, flag: int = CHANGE) -> None:
    LogEntry.objects.log_actions(by.pk, [key], flag, said, single_object=True)
