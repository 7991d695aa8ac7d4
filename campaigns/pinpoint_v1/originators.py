"""Which number, pool or sender ID a Pinpoint request means."""

from django.utils.translation import gettext as _

from campaigns.refusal import Refused
from compliance.models import MessageClass, Originator

NAMED = 10  # of the numbers that there are, in a refusal


def message_class_of(said: str | None) -> MessageClass:
    """Return the kind of a MessageType; without one it is promotional, which may less."""
    return MessageClass((said or "PROMOTIONAL").lower())


def originator_of(
    number: str | None, sender_id: str | None, message_class: MessageClass
) -> Originator:
    """Return what sends this kind of text: by its number, ARN or ID; else the only one there is.

    Raises Refused, naming the member and what there is instead.
    """
    active = Originator.objects.filter(active=True).select_related("ten_dlc_campaign")
    member, wanted = ("OriginationNumber", number) if number else ("SenderId", sender_id)
    if not wanted:
        fitting = list(active.filter(message_class=message_class).order_by("pk")[:2])
        if len(fitting) == 1:
            return fitting[0]
        message = _("OriginationNumber: say which one sends it. {}")
        raise Refused(message.format(_known()))
    found: Originator | None = active.filter(identity__in=_spellings(wanted)).first()
    if found is None:
        message = _("{member}: “{wanted}” is not one that Sendpoint sends from. {known}")
        raise Refused(message.format(member=member, wanted=wanted, known=_known()))
    if found.message_class != message_class:
        message = _("MessageType: {originator} sends {kind} texts only.")
        raise Refused(message.format(originator=found, kind=found.message_class.upper()))
    return found


def _spellings(wanted: str) -> list[str]:
    """Return how an originator may be stored: as written, by its ARN's end, with a plus."""
    name = wanted.strip().rpartition("/")[2]
    digits = "".join(sign for sign in name if sign.isdecimal())
    plain = name if any(sign.isalpha() for sign in name) else f"+{digits}"
    return [wanted.strip(), name, plain]


def _known() -> str:
    found = Originator.objects.filter(active=True).order_by("pk")
    names = [f"{one.identity} ({one.message_class.upper()})" for one in found[: NAMED + 1]]
    if not names:
        return _("There is none yet: add it in the admin, under Senders.")
    more = ["…"] if len(names) > NAMED else []
    return _("There are: {}.").format(", ".join(names[:NAMED] + more))
