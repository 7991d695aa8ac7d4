"""The SMS channel of an application, and the originator that a text of it goes from."""

from collections.abc import Mapping
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction

from compliance.models import MessageClass, Originator
from config.models import SmsChannel
from config.pinpoint_api.calls import Answer, Call
from config.pinpoint_api.recent import Recent
from pinpoint.v1_api.errors import BadRequest
from pinpoint.v1_api.writing import iso

ORIGINATORS: Recent[Originator] = Recent()
CLASSES = {
    "TRANSACTIONAL": MessageClass.TRANSACTIONAL,
    "PROMOTIONAL": MessageClass.PROMOTIONAL,
}
_OF_SMS_ALONE = frozenset({"SenderId", "ShortCode"})


def get_sms_channel(call: Call) -> Answer:
    """Describe it. An application of which nobody said anything may send."""
    return {"SMSChannelResponse": described(_channel(call))}


def get_channels(call: Call) -> Answer:
    """Describe all there are: one."""
    found = described(_channel(call))
    kept = {
        name: value for name, value in found.items() if name not in {"Platform", *_OF_SMS_ALONE}
    }
    return {"ChannelsResponse": {"Channels": {"SMS": kept}}}


def update_sms_channel(call: Call) -> Answer:
    """Let the interface send for an application or not, and say from where by itself."""
    said = call.payload
    with transaction.atomic():
        channel, _made = SmsChannel.objects.select_for_update().get_or_create(program=call.program)
        channel.enabled = bool(said.get("Enabled", channel.enabled))
        channel.archived = False
        for member, field in (("SenderId", "sender_id"), ("ShortCode", "short_code")):
            if member in said:
                setattr(channel, field, _known(member, str(said[member] or "")))
        _keep(call, channel, f"Set the SMS channel: {'on' if channel.enabled else 'off'}.")
    return {"SMSChannelResponse": described(channel)}


def delete_sms_channel(call: Call) -> Answer:
    """End it: nothing goes through the interface for the application until it is enabled again."""
    with transaction.atomic():
        channel, _made = SmsChannel.objects.select_for_update().get_or_create(program=call.program)
        channel.enabled, channel.archived = False, True
        channel.sender_id = channel.short_code = ""
        _keep(call, channel, "Deleted the SMS channel.")
    return {"SMSChannelResponse": described(channel)}


def originator_for(call: Call, sms: Mapping[str, Any]) -> Originator:
    """Return where a text goes from; a change is noticed within a second. See `_originator_for`."""
    named = (sms.get("OriginationNumber"), sms.get("SenderId"), sms.get("MessageType"))
    asked = (call.program.pk, *named)
    return ORIGINATORS.get(asked, lambda: _originator_for(call, sms))


def _originator_for(call: Call, sms: Mapping[str, Any]) -> Originator:
    """Return where a text goes from: named in it, by the channel, or the only one there is.

    Raises BadRequest that says what there is.
    """
    default = default_sender(call)
    named = sms.get("OriginationNumber") or sms.get("SenderId") or default
    active = Originator.objects.filter(active=True).select_related("brand", "ten_dlc_campaign")
    if named:
        found = active.filter(identity=named).first()
        if found is None:
            raise BadRequest(
                f"{named} is not among the active numbers and sender IDs. {_listed(active)}"
            )
        return found
    wanted = CLASSES[sms.get("MessageType", "PROMOTIONAL")]
    fitting = list(active.filter(message_class=wanted)[:2]) or list(active[:2])
    if len(fitting) != 1:
        raise BadRequest(f"SMSMessage: give OriginationNumber or SenderId. {_listed(active)}")
    return fitting[0]


def default_sender(call: Call) -> str:
    """Return from where an application's texts go where they do not say; "": nobody said.

    Raises BadRequest while its channel is disabled.
    """
    channel = _channel(call)
    if not channel.enabled:
        raise BadRequest("The SMS channel of this application is disabled; use UpdateSmsChannel.")
    return channel.short_code or channel.sender_id


def described(channel: SmsChannel) -> dict[str, Any]:
    """Return a channel as Pinpoint described it."""
    found = {
        "ApplicationId": channel.program.application_id,
        "CreationDate": iso(channel.created_at),
        "Enabled": channel.enabled,
        "HasCredential": True,
        "Id": "sms",
        "IsArchived": channel.archived,
        "LastModifiedBy": channel.modified_by,
        "LastModifiedDate": iso(channel.modified_at),
        "Platform": "SMS",
        "SenderId": channel.sender_id,
        "ShortCode": channel.short_code,
        "Version": channel.version,
    }
    return {name: value for name, value in found.items() if value != ""}


def _channel(call: Call) -> SmsChannel:
    found = SmsChannel.objects.select_related("program").filter(program=call.program).first()
    return found or SmsChannel(program=call.program)


def _known(member: str, identity: str) -> str:
    if identity and not Originator.objects.filter(identity=identity).exists():
        raise BadRequest(f"SMSChannelRequest.{member}: {identity} is not known here")
    return identity


def _keep(call: Call, channel: SmsChannel, said: str) -> None:
    channel.version += 1
    channel.modified_at, channel.modified_by = call.now, call.user.get_username()
    channel.save()
    ORIGINATORS.forget()
    LogEntry.objects.log_actions(call.user.pk, [call.program], CHANGE, said, single_object=True)


def _listed(active: Any) -> str:
    names = ", ".join(active.order_by("pk").values_list("identity", flat=True)[:5])
    return f"There are: {names}." if names else "There is none; add one in the admin."
