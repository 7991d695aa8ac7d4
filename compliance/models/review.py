"""Answers that a person must read: is it an opt-out?"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class AnswerReview(models.Model):
    """One text of a person that somebody must read.

    While one that `holds` is open, its number gets nothing promotional: suppress first, review
    later (compliance.md D3).
    """

    class Status(models.TextChoices):
        """What became of it."""

        OPEN = "open", _("to be read")
        OPT_OUT = "opt_out", _("is an opt-out")
        NOT_OPT_OUT = "not_opt_out", _("is not an opt-out")
        READ = "read", _("read")

    phone = models.CharField(_("from"), max_length=20)
    inbound_id = models.CharField(max_length=100, unique=True)  # AWS's number of the text
    recipient = models.CharField(_("to"), max_length=20)
    text = models.TextField(_("text"))
    received_at = models.DateTimeField(_("received"))
    rule = models.CharField(_("rule"), max_length=40)
    rules_version = models.CharField(max_length=20)
    legal = models.BooleanField(_("speaks of lawyers, regulators or in anger"), default=False)
    holds = models.BooleanField(_("holds back promotional texts"))
    status = models.CharField(
        _("state"), max_length=12, choices=Status.choices, default=Status.OPEN
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("answer to read")
        verbose_name_plural = _("answers to read")
        default_permissions = ("view",)
        permissions = [("decide_answerreview", "Can decide whether an answer is an opt-out")]
        indexes = [
            # The gate: is this number held?
            models.Index(
                fields=["phone"], name="answer_holds", condition=Q(status="open", holds=True)
            ),
            # The list, and the count on the home page: what is to be read, oldest first.
            models.Index(fields=["received_at"], name="answer_open", condition=Q(status="open")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="open", decided_at=None)
                | (~Q(status="open") & Q(decided_at__isnull=False)),
                name="answer_decided_has_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"answer {self.pk}"
