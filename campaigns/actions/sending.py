"""Send single texts and hear at once what became of each."""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from campaigns import at_once
from campaigns.actions.acting import Actor, key
from campaigns.models import Message


def send_at_once(
    texts: Sequence[at_once.Text], sender: at_once.Sender, user: Actor
) -> list[Message]:
    """Hand texts over and return their messages in order (see campaigns.at_once.send)."""
    if not user.has_perm("campaigns.send_message"):
        raise PermissionDenied(_("You need the permission to send single texts."))
    return at_once.send(texts, sender, by=key(user))
