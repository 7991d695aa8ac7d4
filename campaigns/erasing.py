"""What of a person stands in texts, answers and AWS's events, and goes when they are erased."""

from django.db.models import Q
from django.utils import timezone

from campaigns.models import (
    Conversation,
    Event,
    Happening,
    InboundMessage,
    KeywordAnswer,
    Message,
    OutgoingEvent,
    RememberedNumber,
)
from contacts.erasing import ERASED


def erase(phone: str) -> None:
    """Empty everything that names a number; what was counted still counts.

    A text that waits does not go any more. Events not yet acted on stay until they are.
    """
    now = timezone.now()
    texts = Message.objects.filter(phone=phone)
    texts.filter(state=Message.State.QUEUED).update(
        state=Message.State.CANCELLED, reason=ERASED, final_at=now, leased_until=None
    )
    texts.update(phone=ERASED, body="", detail="", contact=None, changed_at=now)
    InboundMessage.objects.filter(Q(sender=phone) | Q(recipient=phone)).update(
        sender=ERASED, body="", contact=None
    )
    Conversation.objects.filter(phone=phone).delete()
    Happening.objects.filter(phone=phone).delete()
    KeywordAnswer.objects.filter(phone=phone).delete()
    RememberedNumber.objects.filter(phone=phone).delete()
    # Others are told no more of the person; what they were told before is theirs to erase.
    OutgoingEvent.objects.filter(payload__icontains=phone).delete()
    # The log is searched from end to end, some seconds for a million events: it has no numbers
    # of its own to look up.
    Event.objects.exclude(status=Event.Status.NEW).filter(payload__contains=phone).update(
        payload=""
    )
