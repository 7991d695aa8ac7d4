"""What a person does in the inbox: answer, assign, and read."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import direct, threads
from campaigns.actions.acting import Actor, key
from campaigns.models import Conversation, Message
from campaigns.refusal import Refused
from compliance import gate
from compliance.models import Originator, Program


def reply(
    conversation_id: int,
    body: str,
    *,
    program_id: int,
    promotional: bool,
    user: Actor,
    once: str = "",
) -> Message:
    """Answer a person from the number they texted; the gate decides when it is handed over.

    An answer to what somebody has just asked needs no other consent; one that promotes anything
    needs all that a campaign needs, and waits for the hours. With the same `once` (a page's own
    token) nothing is sent again. Raises Refused.
    """
    _may(user)
    with transaction.atomic():
        conversation = Conversation.objects.select_for_update().get(pk=conversation_id)
        purpose = _purpose(conversation, promotional=promotional)
        message = _send(conversation, body.strip(), program_id, purpose, once)
        threads.note_reply(conversation, message)
        _audit(user, conversation, f"Answered with message {message.pk}.")
    return message


def _purpose(conversation: Conversation, *, promotional: bool) -> Message.Purpose:
    """An answer is one only while what was asked is fresh."""
    if promotional:
        return Message.Purpose.OFFER
    heard = conversation.last_inbound_at
    fresh = heard is not None and timezone.now() - heard < gate.ASKED_WITHIN
    return Message.Purpose.REPLY if fresh else Message.Purpose.NOTICE


def _send(
    conversation: Conversation, body: str, program_id: int, purpose: Message.Purpose, once: str
) -> Message:
    originator = Originator.objects.filter(identity=conversation.ours, active=True).first()
    if originator is None:
        raise Refused(_("{} is not among the active senders.").format(conversation.ours))
    if not Program.objects.filter(pk=program_id).exists():
        raise Refused(_("Choose in whose name you answer."))
    try:
        return direct.send(
            phone=conversation.phone,
            body=body,
            program_id=program_id,
            originator_id=originator.pk,
            purpose=purpose,
            key=f"reply:{conversation.pk}:{once}"[:100] if once else None,
        )
    except direct.NotPossible as problem:
        raise Refused(str(problem)) from problem


def assign(conversation_id: int, assignee_id: int | None, user: Actor) -> None:
    """Hand a conversation to somebody, or to nobody."""
    _may(user)
    with transaction.atomic():
        conversation = Conversation.objects.select_for_update().get(pk=conversation_id)
        people = get_user_model().objects.filter(is_active=True, is_staff=True)
        assignee = people.filter(pk=assignee_id).first() if assignee_id else None
        if assignee_id and assignee is None:
            raise Refused(_("This person is not here any more."))
        conversation.assigned_to = assignee
        conversation.save(update_fields=["assigned_to"])
        _audit(
            user, conversation, f"Assigned to {assignee.get_username() if assignee else 'nobody'}."
        )


def mark_read(conversation_id: int, user: Actor) -> None:
    """Note that somebody has read what there was. Looking leaves no audit row."""
    if user.has_perm("campaigns.reply_conversation"):
        Conversation.objects.filter(pk=conversation_id, unread__gt=0).update(unread=0)


def _may(user: Actor) -> None:
    if not user.has_perm("campaigns.reply_conversation"):
        raise PermissionDenied(_("You need the permission to answer people."))


def _audit(user: Actor, conversation: Conversation, said: str) -> None:
    LogEntry.objects.log_actions(key(user), [conversation], CHANGE, said, single_object=True)
