"""The public page on which people say yes to a program."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from compliance.forms.disclosure import Words, missing
from compliance.models.program import Program

ORIGIN = r"https?://(\*\.)?[a-z0-9.-]+(:[0-9]{1,5})?"


class SignUpPage(models.Model):
    """What a program's public form says, where it may be embedded, and whether it is open."""

    program = models.OneToOneField(Program, on_delete=models.CASCADE, related_name="sign_up_page")
    slug = models.SlugField(
        _("address"), unique=True, help_text=_("The last part of the page's address: spring-offers")
    )
    open = models.BooleanField(
        _("open"), default=False, help_text=_("People can sign up. The opt-out page always works.")
    )
    heading = models.CharField(_("heading"), max_length=120, default="", blank=True)
    disclosure = models.TextField(
        _("the words beside the checkbox"),
        blank=True,
        help_text=_(
            "What people agree to, word for word. Each sign-up keeps the words that it was shown."
        ),
    )
    sent_from = models.CharField(
        _("texts come from"),
        max_length=60,
        blank=True,
        help_text=_("The number or short code, as people see it."),
    )
    terms_url = models.URLField(_("terms"), blank=True)
    privacy_url = models.URLField(
        _("privacy policy"),
        blank=True,
        help_text=_("It must say that numbers and opt-ins are not shared with others."),
    )
    country = models.CharField(
        _("country"),
        max_length=2,
        default="US",
        validators=[RegexValidator("^[A-Z]{2}$", _("Two capital letters, such as US."))],
        help_text=_("For numbers that people write without a country code."),
    )
    frame_ancestors = models.CharField(
        _("may be embedded by"),
        max_length=500,
        blank=True,
        validators=[
            RegexValidator(
                rf"^{ORIGIN}( {ORIGIN})*$",
                _("Write origins with spaces between: https://www.example.com"),
            )
        ],
        help_text=_("Sites that show the page in a frame. Nobody may, when this is empty."),
    )

    class Meta:
        verbose_name = _("sign-up page")
        constraints = [
            models.CheckConstraint(
                condition=Q(open=False) | ~Q(disclosure=""), name="open_sign_up_page_says_something"
            ),
            models.CheckConstraint(condition=~Q(slug="stop"), name="sign_up_page_is_not_at_stop"),
        ]

    def __str__(self) -> str:
        return self.slug

    def words(self) -> Words:
        """Return everything the page says to the person who signs up."""
        return Words(
            heading=self.heading or _("Texts from {}").format(self.program.brand),
            sends=self.program.description,
            agreement=self.disclosure,
            sent_from=self.sent_from,
            terms_url=self.terms_url,
            privacy_url=self.privacy_url,
        )

    def missing(self) -> list[str]:
        """Return, in whole sentences, what the page must say and does not."""
        return missing(self.words(), brand=self.program.brand)

    def clean(self) -> None:
        """Refuse to open a page that does not say what it must."""
        if self.slug == "stop":
            raise ValidationError({"slug": _("That is the address of the opt-out page.")})
        if self.open and (lacks := self.missing()):
            raise ValidationError({"open": [_("The page cannot open yet."), *lacks]})
