"""Lists of people: fixed ones, and ones that grow."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contacts.models.contact import Contact


class ContactList(models.Model):
    """A list of people: filled once and never changed, or one that keeps who was on it when.

    So what used it stays true (docs/decisions/0013, 0018).
    """

    name = models.CharField(_("name"), max_length=120, unique=True)
    description = models.TextField(_("description"), blank=True)
    grows = models.BooleanField(
        _("people come and go"),
        default=False,
        help_text=_("By keyword rules and by hand. Otherwise it holds the same people for ever."),
    )
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


class ListMembers(models.QuerySet["ListMember"]):
    """People on lists."""

    def at(self, moment: datetime) -> Self:
        """Keep those who were on it at a moment."""
        return self.filter(
            Q(added_at=None) | Q(added_at__lte=moment),
            Q(removed_at=None) | Q(removed_at__gt=moment),
        )


class ListMember(models.Model):
    """A person on a list; on one that grows, from when until when. No row of those is taken away.

    A fixed list's people have no times: they were on it from the beginning and stay.
    """

    # Its index is those of Meta.
    list = models.ForeignKey(
        ContactList, on_delete=models.CASCADE, related_name="members", db_index=False
    )
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="lists")
    added_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    objects = ListMembers.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["list", "contact"], condition=Q(removed_at=None), name="once_on_a_list"
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None) | Q(added_at__lte=models.F("removed_at")),
                name="list_member_came_before_going",
            ),
        ]
        indexes = [
            # Rules: whether a contact is, or was at some moment, on a list.
            models.Index(
                fields=["list", "contact"],
                include=["added_at", "removed_at"],
                name="list_member_then",
            )
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} on {self.list_id}"
