"""What we know of AWS's opt-out lists, and what they should hold."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class ListedNumber(models.Model):
    """One number on one of AWS's lists: whether it should be there, and whether it is.

    A row in which the two differ is work to be done, however often that is tried: the outbox.
    """

    list_name = models.CharField(_("list"), max_length=64)
    phone = models.CharField(_("phone"), max_length=20)
    wanted = models.BooleanField(_("should be there"))
    known = models.BooleanField(_("is there"), null=True)  # NULL until AWS has said
    end_user = models.BooleanField(_("by the person's own STOP"), null=True)
    # Of the opt-out that put it here; the highest of all says how far the ledger was read.
    entry_id = models.PositiveBigIntegerField(default=0)
    wanted_at = models.DateTimeField()  # when `wanted` changed last
    due_at = models.DateTimeField(_("next try"))
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    error = models.CharField(_("AWS's answer"), max_length=100, blank=True)
    seen_at = models.DateTimeField(null=True)  # start of the check that saw it on the list
    pushed_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)  # AWS removes a number once in 30 days

    class Meta:
        verbose_name = _("number on an opt-out list of AWS")
        verbose_name_plural = _("numbers on AWS's opt-out lists")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["phone", "list_name"], name="one_row_per_list_number")
        ]
        indexes = [
            # The outbox: what is to be told to AWS, oldest first.
            models.Index(
                fields=["due_at"],
                name="listed_due",
                condition=Q(known__isnull=True) | ~Q(known=F("wanted")),
            ),
            # How far the ledger was read.
            models.Index(fields=["-entry_id"], name="listed_entry"),
        ]

    def __str__(self) -> str:
        return f"{self.list_name} {self.pk}"


class ListCheck(models.Model):
    """One reading of a whole list, which finds what differs; it may take hours, page by page."""

    list_name = models.CharField(_("list"), max_length=64)
    started_at = models.DateTimeField(_("begun"))
    finished_at = models.DateTimeField(_("ended"), null=True)
    next_token = models.CharField(max_length=1024, blank=True)
    seen = models.PositiveIntegerField(_("numbers on the list"), default=0)
    learned = models.PositiveIntegerField(_("opt-outs that only AWS knew"), default=0)
    missing = models.PositiveIntegerField(_("ours that AWS did not have"), default=0)
    error = models.CharField(_("AWS's answer"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("check of an opt-out list")
        verbose_name_plural = _("checks of AWS's opt-out lists")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["list_name"], condition=Q(finished_at=None), name="one_open_check_per_list"
            )
        ]

    def __str__(self) -> str:
        return f"{self.list_name} {self.pk}"
