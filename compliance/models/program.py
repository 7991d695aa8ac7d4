"""In whose name, for what, and from which number."""

from datetime import time, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Max, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from pinpoint.ids import new_id

# CTIA: who asks, how often, what it costs, how to get help and how to stop.
CONFIRMATION = (
    "{brand}: Reply YES to get our texts. Msg frequency varies. Msg & data rates may apply. "
    "Reply HELP for help, STOP to cancel."
)


class MessageClass(models.TextChoices):
    """What a text is for; it decides which consent it needs and whether quiet hours apply."""

    PROMOTIONAL = "promotional", _("promotional")
    TRANSACTIONAL = "transactional", _("transactional")


class Program(models.Model):
    """The named seller and purpose that a person says yes to."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    # What programs that were written for Amazon Pinpoint call it, and its event stream.
    application_id = models.CharField(
        _("application ID"),
        max_length=32,
        unique=True,
        default=new_id,
        editable=False,
        help_text=_("What programs that use Amazon Pinpoint's interface call this program."),
    )
    brand = models.CharField(
        _("brand"), max_length=100, help_text=_("The name people know you by.")
    )
    description = models.TextField(_("what is sent"), blank=True)
    support_contact = models.CharField(
        _("help contact"),
        max_length=100,
        blank=True,
        help_text=_("A phone number, an e-mail or a web address; the answer to HELP names it."),
    )
    window_start = models.TimeField(
        _("earliest"), default=time(8), help_text=_("Promotional texts: recipient's local time.")
    )
    window_end = models.TimeField(_("latest"), default=time(21))
    most_in_day = models.PositiveSmallIntegerField(
        _("most in 24 hours"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_(
            "Promotional texts of this program to one number, over all campaigns. Blank: only the "
            "sending rules' own limit holds."
        ),
    )
    express_days = models.PositiveSmallIntegerField(
        _("a yes ends after (days)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Empty: it counts until the person says no. Changes nothing given before."),
    )
    implied_days = models.PositiveSmallIntegerField(
        _("consent from a purchase or an inquiry ends after (days)"),
        default=90,
        validators=[MinValueValidator(1)],
        help_text=_("In the US 90 after an inquiry, 540 after a purchase, at most."),
    )
    double_opt_in = models.BooleanField(
        _("ask twice"),
        default=False,
        help_text=_("Who signs up is asked by text and joins only by answering YES."),
    )
    confirmation_text = models.TextField(
        _("text that asks"), default=CONFIRMATION, help_text=_("{brand} stands for the brand.")
    )
    confirmation_hours = models.PositiveSmallIntegerField(
        _("YES counts for (hours)"),
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(24 * 14)],
    )
    confirmation_originator = models.ForeignKey(
        "Originator",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("asked from"),
        related_name="+",
        help_text=_("A number that can be answered: no pool, no sender ID."),
    )

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
            models.CheckConstraint(
                condition=Q(double_opt_in=False) | Q(confirmation_originator__isnull=False),
                name="program_that_asks_twice_has_a_number",
            ),
            models.CheckConstraint(
                condition=Q(implied_days__gte=1) & (Q(express_days=None) | Q(express_days__gte=1)),
                name="program_consent_lasts_a_day",
            ),
            models.CheckConstraint(
                condition=Q(most_in_day=None) | Q(most_in_day__gte=1),
                name="program_lets_at_least_one_pass",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def longest_limit(self) -> timedelta:
        """How far back its texts count: a day at least. One query."""
        longest = self.limits.aggregate(days=Max("days"))["days"]
        return timedelta(days=longest or 1)

    def clean(self) -> None:
        """Say in words what the constraints hold."""
        if self.window_start < time(8) or self.window_end > time(21):
            raise ValidationError(_("The window must lie within 8:00 and 21:00 (47 CFR 64.1200)."))
        if self.window_start >= self.window_end:
            raise ValidationError(_("The window must open before it closes."))
        self._clean_double_opt_in()

    def _clean_double_opt_in(self) -> None:
        if not self.double_opt_in:
            return
        originator = self.confirmation_originator
        if originator is None:
            raise ValidationError(
                {"confirmation_originator": _("Choose the number that asks for the YES.")}
            )
        if originator.kind in {Originator.Kind.POOL, Originator.Kind.SENDER_ID}:
            raise ValidationError(
                {"confirmation_originator": _("Choose a number: this cannot be answered.")}
            )
        if "YES" not in self.confirmation_text:
            raise ValidationError({"confirmation_text": _("The text must ask to reply YES.")})


class Brand(models.Model):
    """A brand as it is registered with the carriers (10DLC); its numbers share what they allow."""

    name = models.CharField(_("registered brand"), max_length=100, unique=True)
    daily_parts = models.PositiveIntegerField(
        _("message parts a day"),
        null=True,
        blank=True,
        help_text=_(
            "T-Mobile's cap for the brand, counted from midnight Pacific time: 2,000 unvetted, "
            "10,000, 40,000 or 200,000 by score. All texts in the US count here, since the "
            "carrier of a number is not known beforehand. Blank: no cap."
        ),
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(daily_parts=None) | Q(daily_parts__gte=1),
                name="brand_sends_at_least_one_part_a_day",
            )
        ]

    def __str__(self) -> str:
        return self.name


class TenDlcCampaign(models.Model):
    """A campaign as it is registered for 10DLC: carriers count its numbers' texts together."""

    name = models.CharField(
        _("registered 10DLC campaign"),
        max_length=100,
        unique=True,
        help_text=_("Its id or name at AWS, by which you find it again."),
    )
    parts_per_second = models.PositiveIntegerField(
        _("parts per second"),
        validators=[MinValueValidator(1)],
        help_text=_(
            "What carriers allow all its numbers together; AT&T by score: 4, 40 or 75. The "
            "numbers' own limits hold as well."
        ),
    )

    class Meta:
        verbose_name = _("10DLC campaign")
        constraints = [
            models.CheckConstraint(
                condition=Q(parts_per_second__gte=1), name="ten_dlc_campaign_sends_at_least_one"
            )
        ]

    def __str__(self) -> str:
        return self.name


class ProgramLimit(models.Model):
    """The most promotional texts of a program to one number in some days, over all campaigns."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="limits")
    most = models.PositiveSmallIntegerField(
        _("most texts"), validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    days = models.PositiveSmallIntegerField(
        _("in so many days"), validators=[MinValueValidator(1), MaxValueValidator(90)]
    )

    class Meta:
        verbose_name = _("limit")
        ordering = ("days",)
        constraints = [
            # Serves the gate as well: the limits of a question's program.
            models.UniqueConstraint(fields=["program", "days"], name="one_limit_for_so_many_days"),
            models.CheckConstraint(
                condition=Q(most__gte=1, days__gte=1), name="limit_lets_at_least_one_pass"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.most} / {self.days}"


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
        _("parts per second"), help_text=_("AWS's limit (MPS); taken over where AWS tells it.")
    )
    active = models.BooleanField(_("active"), default=True)
    brand = models.ForeignKey(
        Brand,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("registered brand"),
        help_text=_("Its daily cap is shared by all its numbers."),
    )
    ten_dlc_campaign = models.ForeignKey(
        TenDlcCampaign,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("registered 10DLC campaign"),
        help_text=_("Its pace is shared by all its numbers. For 10DLC numbers and their pools."),
    )
    registered = models.BooleanField(
        _("registered"),
        default=False,
        help_text=_(
            "Its 10DLC campaign or its toll-free verification is approved. US carriers block texts "
            "from numbers that are not."
        ),
    )
    self_managed_opt_outs = models.BooleanField(
        _("Sendpoint answers STOP and HELP"),
        default=False,
        help_text=_(
            "As AWS has it: tick it where self-managed opt-outs are enabled for this number or "
            "pool. Otherwise AWS itself answers STOP and HELP."
        ),
    )
    opt_out_list = models.CharField(
        _("opt-out list"),
        max_length=64,
        default="Default",
        blank=True,
        help_text=_(
            "The list in AWS that this number or pool uses; our opt-outs are copied to it. Blank: "
            "they are not. AWS refuses every text to a number on its list, an answer to HELP too."
        ),
    )

    class Meta:
        verbose_name = _("sender")
        verbose_name_plural = _("senders")
        constraints = [
            models.CheckConstraint(
                condition=Q(parts_per_second__gte=1), name="originator_sends_at_least_one_part"
            ),
            models.CheckConstraint(
                condition=Q(ten_dlc_campaign=None) | Q(kind__in=["TEN_DLC", "POOL"]),
                name="only_ten_dlc_numbers_have_a_ten_dlc_campaign",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} ({self.identity})" if self.label else self.identity

    @property
    def pace(self) -> int:
        """The most parts per second that can go from it."""
        shared = self.ten_dlc_campaign
        own = self.parts_per_second
        return min(own, shared.parts_per_second) if shared else own

    def clean(self) -> None:
        """Refuse what AWS does not offer."""
        if self.ten_dlc_campaign and self.kind not in {self.Kind.TEN_DLC, self.Kind.POOL}:
            raise ValidationError(
                {"ten_dlc_campaign": _("Only 10DLC numbers and their pools belong to one.")}
            )
        if self.kind == self.Kind.TOLL_FREE and self.self_managed_opt_outs:
            raise ValidationError(
                {
                    "self_managed_opt_outs": _(
                        "On toll-free numbers the carriers answer STOP; nobody else can."
                    )
                }
            )
