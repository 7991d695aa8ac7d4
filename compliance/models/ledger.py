"""The consent ledger."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from compliance.models.program import MessageClass, Program


class Subject(models.Model):
    """Whose ledger rows these are. Erasing a person empties `phone`; the ledger stays whole."""

    key = models.CharField(primary_key=True, max_length=64)  # HMAC-SHA256 of the number
    phone = models.CharField(max_length=20, unique=True, null=True)  # noqa: DJ001 - NULL = erased

    def __str__(self) -> str:
        return self.phone or self.key[:12]


class Wording(models.Model):
    """The exact words that people agreed to, kept once and never changed; entries name its hash.

    A changed wording is another row: the hash is its version.
    """

    sha256 = models.CharField(primary_key=True, max_length=64)
    text = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.text[:60]


class Attachment(models.Model):
    """A file that proves an act, such as the scan of a paper form. Erasure may remove it."""

    sha256 = models.CharField(primary_key=True, max_length=64)
    file = models.FileField(upload_to="evidence/")
    filename = models.CharField(_("file name"), max_length=255)
    size = models.PositiveBigIntegerField(_("bytes"))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.filename


class LedgerEntry(models.Model):
    """One act of consent. Append-only: the database refuses UPDATE, DELETE and TRUNCATE."""

    class Act(models.TextChoices):
        """What was done."""

        OPT_IN_REQUESTED = "opt_in_requested", _("opt-in requested")
        OPT_IN = "opt_in", _("opt-in confirmed")
        OPT_OUT = "opt_out", _("opt-out")
        SCOPE_CHANGE = "scope_change", _("change of scope")
        ERASURE = "erasure", _("erasure")
        CORRECTION = "correction", _("correction")

    class Scope(models.TextChoices):
        """How far the act reaches."""

        PROGRAM = "program", _("this program")
        MARKETING = "marketing", _("everything promotional")
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

    class Basis(models.TextChoices):
        """What an opt-in rests on."""

        EXPRESS = "express", _("the person said yes")
        IMPLIED = "implied", _("a purchase or an inquiry")

    # The entry's number in the chain: 1, 2, 3 and so on, without gaps.
    id = models.PositiveBigIntegerField(_("number"), primary_key=True)
    subject = models.CharField(max_length=64)
    program = models.ForeignKey(
        Program, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("program")
    )
    message_class = models.CharField(_("for"), max_length=13, choices=MessageClass.choices)
    act = models.CharField(_("act"), max_length=20, choices=Act.choices)
    scope = models.CharField(_("reaches"), max_length=10, choices=Scope.choices)
    source = models.CharField(_("source"), max_length=10, choices=Source.choices)
    happened_at = models.DateTimeField(_("when it was done"))
    recorded_at = models.DateTimeField(_("when it was recorded"))
    recorded_by = models.CharField(_("recorded by"), max_length=150, blank=True)
    basis = models.CharField(_("basis"), max_length=10, choices=Basis.choices, blank=True)
    expires_at = models.DateTimeField(_("ends"), null=True, blank=True)
    # Wordings are never changed nor removed, and verify_ledger sees that it is there: to check
    # and to index it for each row would cost an import dearly.
    wording = models.ForeignKey(
        Wording,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    attachment_sha256 = models.CharField(max_length=64, blank=True)
    corrects = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="corrections",
    )
    evidence = models.JSONField(_("evidence"), default=dict)  # what tells of no person
    commitment = models.CharField(max_length=64, blank=True)  # to the personal evidence
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("consent record")
        default_permissions = ("add", "view")
        permissions = [
            ("erase_person", "Can erase a person everywhere"),
            ("export_evidence", "Can export the evidence about a person"),
            ("correct_entry", "Can say that a consent record is wrong"),
        ]
        indexes = [
            # The history of one number.
            models.Index(fields=["subject", "id"], name="entry_subject"),
            # What was corrected?
            models.Index(
                fields=["corrects"], name="entry_corrects", condition=Q(corrects__isnull=False)
            ),
            # Erasure: does another entry rest on this file?
            models.Index(
                fields=["attachment_sha256"],
                name="entry_attachment",
                condition=~Q(attachment_sha256=""),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(scope="program") | Q(program__isnull=False),
                name="entry_of_a_program_names_it",
            ),
            models.CheckConstraint(
                condition=~Q(act="correction") | Q(corrects__isnull=False),
                name="entry_that_corrects_says_what",
            ),
        ]

    def __str__(self) -> str:
        return f"entry {self.pk}"


class PersonalEvidence(models.Model):
    """What an act's evidence tells of the person: address, browser, words.

    It lies outside the chain, which holds only a commitment to it, so that erasure can remove it
    and the chain still verifies. The database refuses any change, and lets a row go only once the
    ledger says that its person was erased.
    """

    entry = models.OneToOneField(
        LedgerEntry, on_delete=models.PROTECT, primary_key=True, related_name="personal"
    )
    salt = models.CharField(max_length=64)  # 32 random bytes, in hex
    fields = models.JSONField()

    class Meta:
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"evidence of entry {self.entry_id}"
