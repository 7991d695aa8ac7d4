"""What AWS says of each number, pool and sender ID."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from compliance.models import Originator


class AwsIdentity(models.Model):
    """One number, pool or sender ID of the account, as AWS described it last."""

    aws_id = models.CharField(_("id at AWS"), max_length=128, unique=True)
    arn = models.CharField(_("ARN"), max_length=256)
    # What texts are sent from here; made when AWS first tells of it.
    originator = models.OneToOneField(
        Originator, on_delete=models.PROTECT, related_name="aws", verbose_name=_("originator")
    )
    status = models.CharField(_("status"), max_length=20)
    capabilities = ArrayField(models.CharField(max_length=10), default=list)
    monthly_usd = models.DecimalField(
        _("a month (US dollars)"), max_digits=10, decimal_places=2, null=True
    )
    two_way = models.BooleanField(_("answers come in"), default=False)
    two_way_channel = models.CharField(_("where answers go"), max_length=2048, blank=True)
    international = models.BooleanField(_("sends to other countries"), default=False)
    protected = models.BooleanField(_("protected from release"), default=False)
    pools = models.ManyToManyField("self", symmetrical=False, related_name="members", blank=True)
    registration_id = models.CharField(_("registration"), max_length=100, blank=True)
    daily_cap = models.PositiveIntegerField(_("T-Mobile's texts a day"), null=True)
    tags: Any = models.JSONField(_("tags"), default=dict)
    # What it does when a text begins with a word: [{"word", "message", "action"}].
    keywords: Any = models.JSONField(_("keywords"), default=list)
    since = models.DateTimeField(_("since"), null=True)
    read_at = models.DateTimeField(_("as of"))
    words_read_at = models.DateTimeField(null=True)  # keywords and tags, which are read less often
    # Whether it may be picked again once AWS has it active again: not what a person switched off.
    resumes = models.BooleanField(default=True)
    gone_at = models.DateTimeField(_("gone"), null=True)  # AWS no longer tells of it

    class Meta:
        verbose_name = _("number or sender ID")
        verbose_name_plural = _("numbers and sender IDs")
        default_permissions = ("view",)
        permissions = [("manage_awsidentity", "Can buy, change and give back numbers at AWS")]

    def __str__(self) -> str:
        return str(self.originator)
