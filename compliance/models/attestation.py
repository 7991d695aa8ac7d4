"""Who vouches for an uploaded list."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from compliance.models.program import MessageClass, Program
from contacts.models import Import


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
    origin = models.CharField(
        _("where exactly"),
        max_length=300,
        blank=True,
        help_text=_("The address of the form, the name of the shop or event."),
    )
    wording = models.TextField(_("the words they agreed to"))
    attested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    attested_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.job} → {self.program}"
