"""The consent ledger."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from compliance.models.program import MessageClass, Program


class Subject(models.Model):
    """Whose ledger rows these are. Erasing a person empties `phone`; the ledger stays whole."""

    key = models.CharField(primary_key=True, max_length=64)  # HMAC-SHA256 of the number
    phone = models.CharField(max_length=20, unique=True, null=True)  # noqa: DJ001 - NULL = erased

    def __str__(self) -> str:
        return self.phone or self.key[:12]


class Wording(models.Model):
    """The exact words that people agreed to, kept once and never changed; entries name its hash."""

    sha256 = models.CharField(primary_key=True, max_length=64)
    text = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.text[:60]


class LedgerEntry(models.Model):
    """One act of consent. Append-only: the database refuses UPDATE, DELETE and TRUNCATE."""

    class Act(models.TextChoices):
        """What was done."""

        OPT_IN = "opt_in", _("opt-in")
        OPT_OUT = "opt_out", _("opt-out")

    class Scope(models.TextChoices):
        """How far the act reaches."""

        PROGRAM = "program", _("this program")
        ALL = "all", _("everything we send")

    class Source(models.TextChoices):
        """Where the act was done."""

        WEB_FORM = "web_form", _("web form")
        KEYWORD = "keyword", _("text message")
        PAPER = "paper", _("paper")
        IMPORT = "import", _("import")
        API = "api", _("API")
        CARRIER = "carrier", _("carrier or AWS")
        OPERATOR = "operator", _("operator")

    subject = models.CharField(max_length=64, db_index=True)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, null=True, blank=True)
    message_class = models.CharField(max_length=13, choices=MessageClass.choices)
    act = models.CharField(max_length=10, choices=Act.choices)
    scope = models.CharField(max_length=10, choices=Scope.choices)
    source = models.CharField(max_length=10, choices=Source.choices)
    happened_at = models.DateTimeField(_("when it was done"))
    recorded_at = models.DateTimeField(_("when it was recorded"))
    recorded_by = models.CharField(max_length=150, blank=True)
    evidence = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name = _("consent record")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.act} {self.pk}"
