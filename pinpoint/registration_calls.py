"""The calls that write registrations, attach to them and hand them in (aws-sms.md 2.7). Pure."""

from collections.abc import Mapping
from typing import Any

from pinpoint.calls import Call
from pinpoint.survey import SMS

MEMBERS = {
    "TEXT": "TextValue",
    "SELECT": "SelectChoices",
    "ATTACHMENT": "RegistrationAttachmentId",
}


def create(kind: str, token: str) -> Call:
    """Begin one. Said twice with one token, it makes one."""
    return Call(SMS, "CreateRegistration", {"RegistrationType": kind, "ClientToken": token})


def new_version(name: str) -> Call:
    """Begin a new version after a denial or an approval."""
    return Call(SMS, "CreateRegistrationVersion", {"RegistrationId": name})


def discard(name: str) -> Call:
    """Throw the draft of a later version away."""
    return Call(SMS, "DiscardRegistrationVersion", {"RegistrationId": name})


def fill_in(name: str, field: Mapping[str, Any], value: Any) -> Call:
    """Say what a field of the draft holds; an empty value takes it out."""
    members = {"RegistrationId": name, "FieldPath": field["FieldPath"]}
    if not value:
        return Call(SMS, "DeleteRegistrationFieldValue", members)
    given = {MEMBERS[field["FieldType"]]: value}
    return Call(SMS, "PutRegistrationFieldValue", members | given)


def attach(content: bytes, token: str) -> Call:
    """Upload a file."""
    members = {"AttachmentBody": content, "ClientToken": token}
    return Call(SMS, "CreateRegistrationAttachment", members)


def associate(name: str, resource_id: str) -> Call:
    """Make a number, or a brand's registration, belong to one."""
    members = {"RegistrationId": name, "ResourceId": resource_id}
    return Call(SMS, "CreateRegistrationAssociation", members)


def submit(name: str) -> Call:
    """Hand the draft in. It may cost."""
    return Call(SMS, "SubmitRegistrationVersion", {"RegistrationId": name})
