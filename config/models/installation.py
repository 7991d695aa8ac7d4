"""What the installation remembers of itself, and of the logins."""

import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device, ThrottlingMixin
from django_otp.oath import TOTP

from compliance.models import ImportAttestation, MessageClass, Program
from config.two_factor import recovery
from contacts.sealing import seal, unseal


class Role(models.Model):
    """A role that the product knows, the group that stands for it, and what it was given.

    Without a group the site has deleted it, and it is not made again.
    """

    name = models.CharField(_("name"), max_length=60, unique=True)
    group = models.OneToOneField(Group, on_delete=models.SET_NULL, null=True, related_name="+")
    given = models.JSONField(_("permissions given so far"), default=list)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class AuthenticatorApp(ThrottlingMixin, Device):
    """What somebody signs in with besides the password; `confirmed` once a code of it was typed.

    Whoever verifies a code holds a lock on the row: of two requests with one code one is right.
    """

    SECRET_BYTES = 20
    STEPS_OFF = 1  # 30 seconds each way: clocks differ, and people type slowly

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="authenticator_app"
    )
    sealed = models.BinaryField(_("secret, encrypted"))
    last_step = models.BigIntegerField(_("step of the last code"), default=-1)
    recovery_hashes = models.JSONField(_("hashes of the recovery codes left"), default=list)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.user)

    def renew(self) -> None:
        """Take another secret; it is to be confirmed."""
        self.sealed, self.confirmed = seal(secrets.token_bytes(self.SECRET_BYTES)), False

    @property
    def secret(self) -> bytes | None:
        """The secret itself; None where SECRET_KEY was changed and the old one is not known."""
        return unseal(bytes(self.sealed))

    def verify_token(self, token: str) -> bool:
        """Take a code of the app or a recovery code, once; wrong ones make the next wait longer."""
        if not self.verify_is_allowed()[0]:
            return False
        right = self._is_of_app(token) or self._is_recovery(token)
        if right:
            self.throttle_reset(commit=False)
        else:
            self.throttle_increment(commit=False)
        self.save()
        return right

    def get_throttle_factor(self) -> float:
        """Wait 1, 2, 4, 8 ... seconds after wrong codes, wherever they come from."""
        return 1

    def _is_of_app(self, token: str) -> bool:
        digits = token.replace(" ", "")
        secret = self.secret
        if secret is None or not (digits.isascii() and digits.isdigit() and len(digits) == 6):
            return False
        codes: Any = TOTP(secret)
        if not codes.verify(int(digits), tolerance=self.STEPS_OFF, min_t=self.last_step + 1):
            return False
        self.last_step = codes.t()
        return True

    def _is_recovery(self, token: str) -> bool:
        found = recovery.hashed(token)
        if found not in self.recovery_hashes:
            return False
        self.recovery_hashes = [kept for kept in self.recovery_hashes if kept != found]
        return True


class OwnSettings(models.Model):
    """How somebody wants to see the pages."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="own_settings",
    )
    zone = models.CharField(_("time zone"), max_length=64, blank=True)  # "" = the installation's

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"settings of {self.user}"


class AccessKey(models.Model):
    """What a program signs its requests with. It acts as a user of its own, who cannot sign in.

    The secret is kept, encrypted, since a signature is checked with it; it is shown once.
    """

    name = models.CharField(_("name"), max_length=100, unique=True)
    access_key = models.CharField(_("access key ID"), max_length=20, unique=True, editable=False)
    sealed = models.BinaryField(_("secret, encrypted"))
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="access_key"
    )
    programs = models.ManyToManyField(
        Program,
        blank=True,
        verbose_name=_("programs"),
        related_name="+",
        help_text=_("The applications that it may name. None chosen: all, and new ones too."),
    )
    # Else a key whose programs were deleted would name all others.
    limited = models.BooleanField(_("names its programs only"), default=False, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)

    class Meta:
        verbose_name = _("access key")
        default_permissions = ("view",)
        permissions = [("manage_accesskey", "Can make, change and revoke access keys")]

    def __str__(self) -> str:
        return self.name


class KeyAttestation(models.Model):
    """Who says that the people whom a key registers with OptOut NONE said yes, and to what words.

    Without one such a person gets nothing promotional: OptOut NONE alone proves no consent.
    """

    key = models.ForeignKey(AccessKey, on_delete=models.CASCADE, related_name="attestations")
    program = models.ForeignKey(Program, on_delete=models.PROTECT, verbose_name=_("program"))
    message_class = models.CharField(
        _("for"), max_length=13, choices=MessageClass.choices, default=MessageClass.PROMOTIONAL
    )
    basis = models.CharField(
        _("they opted in by"), max_length=10, choices=ImportAttestation.Basis.choices
    )
    origin = models.CharField(
        _("where exactly"),
        max_length=300,
        blank=True,
        help_text=_("The address of the form, the name of the shop or event."),
    )
    wording = models.TextField(_("the words they agreed to"))
    attested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    attested_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["key", "program", "message_class"], name="one_attestation_of_a_key"
            )
        ]

    def __str__(self) -> str:
        return f"{self.key} → {self.program}"


class SmsChannel(models.Model):
    """What Pinpoint's interface was told of an application's SMS channel."""

    program = models.OneToOneField(Program, on_delete=models.CASCADE, related_name="+")
    enabled = models.BooleanField(default=True)
    archived = models.BooleanField(default=False)
    # Where a text goes from that names no originator itself.
    sender_id = models.CharField(max_length=256, blank=True)
    short_code = models.CharField(max_length=256, blank=True)
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    modified_at = models.DateTimeField(default=timezone.now)
    modified_by = models.CharField(max_length=150, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.program)


class ResourceTag(models.Model):
    """A tag that Pinpoint's interface put on something, by the thing's ARN."""

    resource = models.CharField(max_length=300)
    name = models.CharField(max_length=128)
    value = models.CharField(max_length=256, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["resource", "name"], name="one_value_of_a_tag")
        ]

    def __str__(self) -> str:
        return f"{self.name}={self.value}"
