"""In whose name, for what, and from which number."""

from datetime import time

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class MessageClass(models.TextChoices):
    """What a text is for; it decides which consent it needs and whether quiet hours apply."""

    PROMOTIONAL = "promotional", _("promotional")
    TRANSACTIONAL = "transactional", _("transactional")


class Program(models.Model):
    """The named seller and purpose that a person says yes to."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    brand = models.CharField(
        _("brand"), max_length=100, help_text=_("The name people know you by.")
    )
    description = models.TextField(_("what is sent"), blank=True)
    window_start = models.TimeField(
        _("earliest"), default=time(8), help_text=_("Promotional texts: recipient's local time.")
    )
    window_end = models.TimeField(_("latest"), default=time(21))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(window_start__lt=F("window_end")), name="program_window_is_a_day_window"
            ),
            # 47 CFR 64.1200(c)(1): no solicitation before 8 a.m. or after 9 p.m. local time.
            models.CheckConstraint(
                condition=Q(window_start__gte=time(8)) & Q(window_end__lte=time(21)),
                name="program_window_within_federal_hours",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Say in words what the constraints hold."""
        if self.window_start < time(8) or self.window_end > time(21):
            raise ValidationError(_("The window must lie within 8:00 and 21:00 (47 CFR 64.1200)."))
        if self.window_start >= self.window_end:
            raise ValidationError(_("The window must open before it closes."))


class Originator(models.Model):
    """A phone number, pool or sender ID that texts go out from."""

    class Kind(models.TextChoices):
        """AWS's number types, and the two identities that are not numbers."""

        TEN_DLC = "TEN_DLC", "10DLC"
        SHORT_CODE = "SHORT_CODE", _("short code")
        TOLL_FREE = "TOLL_FREE", _("toll-free")
        LONG_CODE = "LONG_CODE", _("long code")
        SIMULATOR = "SIMULATOR", _("AWS simulator number")
        POOL = "POOL", _("pool")
        SENDER_ID = "SENDER_ID", _("sender ID")

    identity = models.CharField(
        _("number, pool or sender ID"), max_length=256, unique=True, help_text=_("As AWS names it.")
    )
    label = models.CharField(_("label"), max_length=100, blank=True)
    kind = models.CharField(_("type"), max_length=12, choices=Kind.choices)
    message_class = models.CharField(_("sends"), max_length=13, choices=MessageClass.choices)
    country = models.CharField(_("country"), max_length=2, default="US")
    parts_per_second = models.PositiveIntegerField(
        _("parts per second"), help_text=_("AWS's limit for this originator (MPS).")
    )
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(parts_per_second__gte=1), name="originator_sends_at_least_one_part"
            )
        ]

    def __str__(self) -> str:
        return f"{self.label} ({self.identity})" if self.label else self.identity
