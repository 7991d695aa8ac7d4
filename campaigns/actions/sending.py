"""Send single texts and hear at once what became of each."""

from collections.abc import Sequence

from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.contenttypes.models import ContentType
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

    def note(messages: Sequence[Message]) -> LogEntry:
        first, last = messages[0], messages[-1]
        return LogEntry(
            user_id=key(user),
            content_type=ContentType.objects.get_for_model(Message),
            object_id=str(first.pk),
            object_repr=str(first),
            action_flag=ADDITION,
            change_message=f"Sent {len(messages)} texts: messages {first.pk} to {last.pk}.",
        )

    return at_once.send(texts, sender, note=note)
