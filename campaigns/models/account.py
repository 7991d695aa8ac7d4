"""The AWS account and region that texts go through."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class AwsAccount(models.Model):
    """What was set up there for this installation, and what the last check found."""

    region = models.CharField(_("region"), max_length=30, unique=True)
    account_id = models.CharField(_("account"), max_length=12, blank=True)
    user = models.CharField(_("as"), max_length=2048, blank=True)
    # Topics that "Set up events" made: they are believed like those of SNS_TOPIC_ARNS.
    topics = ArrayField(models.CharField(max_length=256), default=list)
    # Queues that it made: `manage.py receive` reads them like those of SQS_QUEUE_URLS, at once.
    queues = ArrayField(models.CharField(max_length=512), default=list)
    points: Any = models.JSONField(_("points"), default=list)  # as checkup.Point.record gives them
    # What the last check read: names of opt-out lists, and {"id", "default", "rules", "sets"} each.
    lists = ArrayField(models.CharField(max_length=64), default=list)
    protections: Any = models.JSONField(_("protect configurations"), default=list)
    checked_at = models.DateTimeField(_("checked"), null=True)

    class Meta:
        verbose_name = _("AWS account")
        verbose_name_plural = _("AWS account")
        default_permissions = ("view",)
        permissions = [("manage_awsaccount", "Can set up the AWS account and change its limits")]

    def __str__(self) -> str:
        return f"{self.account_id or '?'} {self.region}"


class ReadSource(models.Model):
    """A queue or stream that events are taken from: when that was done last, and came something."""

    name = models.CharField(_("queue or stream"), max_length=600, unique=True)
    asked_at = models.DateTimeField(_("asked"), null=True)  # and it answered
    event_at = models.DateTimeField(_("last event"), null=True)
    trouble = models.CharField(_("what is wrong"), max_length=300, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
