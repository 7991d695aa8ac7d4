"""Conversations with people, what answers them by itself, and words kept ready for answers."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign
from campaigns.models.outgoing import Destination
from compliance.models import Originator, Program
from compliance.recognition import Intent, recognise
from contacts.models import Contact, ContactList


class Conversation(models.Model):
    """All texts between one person and one of our numbers."""

    phone = models.CharField(_("person"), max_length=20)
    ours = models.CharField(_("our number"), max_length=256)
    contact = models.ForeignKey(Contact, on_delete=models.SET_NULL, null=True, related_name="+")
    preview = models.CharField(_("last text"), max_length=160, blank=True)
    last_at = models.DateTimeField(_("last text at"))
    last_inbound_at = models.DateTimeField(_("last heard of"), null=True)
    unread = models.PositiveIntegerField(_("unread"), default=0)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("assigned to"),
        related_name="+",
    )

    class Meta:
        default_permissions = ("view",)
        permissions = [("reply_conversation", "Can answer people and assign conversations")]
        constraints = [
            models.UniqueConstraint(fields=["phone", "ours"], name="one_conversation_per_pair")
        ]
        indexes = [
            # The inbox, and its unread part.
            models.Index(fields=["-last_at"], name="conversation_latest"),
            models.Index(
                fields=["-last_at"], name="conversation_unread", condition=Q(unread__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"conversation {self.pk}"


class CannedReply(models.Model):
    """Words kept ready for answers."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    body = models.TextField(_("text"))

    class Meta:
        verbose_name = _("canned reply")
        verbose_name_plural = _("canned replies")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class KeywordRule(models.Model):
    """What happens by itself when somebody texts a certain word. Opt-outs and HELP come first."""

    class Match(models.TextChoices):
        """How a text is compared; never minding case."""

        EXACT = "exact", _("is exactly")
        PREFIX = "prefix", _("begins with the word")
        PATTERN = "pattern", _("matches the pattern")

    name = models.CharField(_("name"), max_length=60, unique=True)
    match = models.CharField(_("the text"), max_length=8, choices=Match.choices)
    keyword = models.CharField(
        _("word or pattern"),
        max_length=200,
        help_text=_("In a pattern * stands for any text: *appointment*"),
    )
    originator = models.ForeignKey(
        Originator,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        verbose_name=_("texted to"),
        help_text=_("Any number of ours, if it is left empty."),
    )
    campaign = models.ForeignKey(
        Campaign,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        verbose_name=_("by people texted by"),
        help_text=_("Only people who had a text of this campaign."),
    )
    within_hours = models.PositiveIntegerField(
        _("within (hours)"),
        default=72,
        help_text=_("How long after the campaign's text it counts."),
    )
    program = models.ForeignKey(
        Program,
        on_delete=models.PROTECT,
        verbose_name=_("program"),
        help_text=_("In whose name the answer goes."),
    )
    reply = models.TextField(
        _("answer"),
        blank=True,
        help_text=_("May hold contact fields, such as {{Attributes.Status}}. Empty: none."),
    )
    set_attribute = models.CharField(
        _("set the attribute"), max_length=50, blank=True, help_text=_("The name: Confirmed")
    )
    set_value = models.CharField(_("to the value"), max_length=100, blank=True)
    add_to_list = models.ForeignKey(
        ContactList,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("put on the list"),
        limit_choices_to={"grows": True},
        help_text=_("A list on which people come and go."),
        related_name="+",
    )
    tell = models.ForeignKey(
        Destination,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("tell the webhook"),
    )
    opt_in_to = models.ForeignKey(
        Program,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("sign up for"),
        help_text=_("Texting this word is then the person's opt-in."),
        related_name="+",
    )
    wording = models.TextField(
        _("words they agree to"), blank=True, help_text=_("As shown where the word is advertised.")
    )
    place = models.PositiveIntegerField(
        _("order"), default=100, help_text=_("The first rule that matches acts, and no other.")
    )
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("keyword rule")
        ordering = ("place", "pk")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Keep the words that law and carriers reserve, and rules that do nothing, out."""
        problems: dict[str, object] = {}
        free = {Intent.OTHER, Intent.YES}
        if self.match != self.Match.PATTERN and recognise(self.keyword).intent not in free:
            problems["keyword"] = _("This word is reserved for opting out or in, or for help.")
        if self.set_value and not self.set_attribute:
            problems["set_attribute"] = _("Name the attribute that gets the value.")
        if self.tell and self.tell.kind != Destination.Kind.WEBHOOK:
            problems["tell"] = _("Choose a webhook.")
        if self.opt_in_to and not self.wording.strip():
            problems["wording"] = _("Without the words there would be no proof of the opt-in.")
        if self.add_to_list and not self.add_to_list.grows:
            problems["add_to_list"] = _("This list holds the same people for ever.")
        acts = (self.reply, self.set_attribute, self.add_to_list, self.tell, self.opt_in_to)
        if not any(acts):
            problems["reply"] = _("The rule does nothing: give it an answer or another action.")
        if problems:
            raise ValidationError(problems)


class KeywordAnswer(models.Model):
    """When a rule last answered a person: once an hour is enough for anybody but a machine."""

    rule = models.ForeignKey(KeywordRule, on_delete=models.CASCADE)
    phone = models.CharField(max_length=20)
    answered_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["rule", "phone"], name="one_answer_per_rule_and_person")
        ]

    def __str__(self) -> str:
        return f"answer {self.pk}"
