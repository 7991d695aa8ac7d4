"""Fixed lists of people."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts.models.contact import Contact


class ContactList(models.Model):
    """A fixed list of people: filled once, never changed, so that what used it stays true."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    description = models.TextField(_("description"), blank=True)
    origin = models.CharField(_("made from"), max_length=300)
    people = models.PositiveIntegerField(_("people"), default=0)
    # Lines of the file with a number that is no contact's, or with none.
    unknown = models.PositiveIntegerField(_("not found"), default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("made at"), auto_now_add=True)

    class Meta:
        verbose_name = _("list")
        verbose_name_plural = _("lists")
        default_permissions = ("add", "view", "delete")

    def __str__(self) -> str:
        return self.name


class ListMember(models.Model):
    """A person on a list."""

    list = models.ForeignKey(ContactList, on_delete=models.CASCADE, related_name="members")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="lists")

    class Meta:
        default_permissions = ()
        constraints = [
            # Serves rules as well: whether a contact is on a list.
            models.UniqueConstraint(fields=["list", "contact"], name="once_on_a_list")
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} on {self.list_id}"
