"""May it go out: programs, originators, the consent ledger and what is derived from it."""

from datetime import time

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contacts.models import Import


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


class Consent(models.Model):
    """What a number may be sent now, per program and class. Derived from the ledger."""

    class State(models.TextChoices):
        """Yes, or no longer."""

        ACTIVE = "active", _("opted in")
        REVOKED = "revoked", _("opted out")

    phone = models.CharField(_("phone"), max_length=20)
    program = models.ForeignKey(Program, on_delete=models.PROTECT)
    message_class = models.CharField(max_length=13, choices=MessageClass.choices)
    state = models.CharField(max_length=10, choices=State.choices)
    entry = models.ForeignKey(LedgerEntry, on_delete=models.PROTECT)
    since = models.DateTimeField()

    class Meta:
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                # Serves the gate: consent of a batch of numbers.
                fields=["phone", "program", "message_class"],
                name="one_consent_per_phone_program_class",
            )
        ]

    def __str__(self) -> str:
        return f"{self.phone} {self.state}"


class Suppression(models.Model):
    """A number that gets nothing from us at all. Derived from the ledger."""

    phone = models.CharField(_("phone"), max_length=20, primary_key=True)
    entry = models.ForeignKey(LedgerEntry, on_delete=models.PROTECT)
    since = models.DateTimeField()

    class Meta:
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.phone


class ImportAttestation(models.Model):
    """Who says that the people on an uploaded list said yes, how, and to what words."""

    class Basis(models.TextChoices):
        """How the people on the list opted in."""

        WEB_FORM = "web_form", _("web form")
        KEYWORD = "keyword", _("they texted a keyword")
        PAPER = "paper", _("paper form")
        CHECKOUT = "checkout", _("checkbox at checkout")
        OTHER = "other", _("another way (describe it)")

    job = models.OneToOneField(Import, on_delete=models.CASCADE, related_name="attestation")
    program = models.ForeignKey(Program, on_delete=models.PROTECT, verbose_name=_("program"))
    message_class = models.CharField(
        _("for"), max_length=13, choices=MessageClass.choices, default=MessageClass.PROMOTIONAL
    )
    basis = models.CharField(_("they opted in by"), max_length=10, choices=Basis.choices)
    wording = models.TextField(_("the words they agreed to"))
    attested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    attested_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.job} → {self.program}"
