"""Registrations with carriers, as AWS has them: forms, versions, values and what belongs to them.

Shapes are AWS's own (aws-sms.md 2.7), made plain enough to be kept as JSON. Methods raise what
boto3 raises.
"""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_pinpoint_sms_voice_v2 import PinpointSMSVoiceV2Client

Plain = dict[str, Any]
AT_ONCE = 5  # ids in one Describe call


class Registrations:
    """The calls, over one client, with so many seconds between two of one kind."""

    def __init__(self, client: "PinpointSMSVoiceV2Client", pause: float) -> None:
        self._client: Any = client
        self._pause = pause

    def pause(self) -> None:
        """Let so much time pass as AWS wants between two calls of one kind."""
        time.sleep(self._pause)

    # --- forms ----------------------------------------------------------------------------------

    def types(self) -> list[Plain]:
        """Return what can be registered, as AWS describes it."""
        name = "describe_registration_type_definitions"
        return self._all(name, "RegistrationTypeDefinitions")

    def form(self, kind: str) -> tuple[list[Plain], list[Plain]]:
        """Return the sections and fields of a type."""
        self.pause()
        sections = self._all(
            "describe_registration_section_definitions",
            "RegistrationSectionDefinitions",
            RegistrationType=kind,
        )
        fields = self._all(
            "describe_registration_field_definitions",
            "RegistrationFieldDefinitions",
            RegistrationType=kind,
        )
        return sections, fields

    # --- what there is --------------------------------------------------------------------------

    def all(self, ids: Sequence[str] = ()) -> list[Plain]:
        """Return registrations, or only these."""
        if not ids:
            return self._all("describe_registrations", "Registrations")
        found: list[Plain] = []
        for start in range(0, len(ids), AT_ONCE):
            if start:
                self.pause()
            some = list(ids[start : start + AT_ONCE])
            found += self._all("describe_registrations", "Registrations", RegistrationIds=some)
        return found

    def versions(self, name: str) -> list[Plain]:
        """Return the versions of one, the oldest first: status, when it was what, why declined."""
        found = self._all(
            "describe_registration_versions", "RegistrationVersions", RegistrationId=name
        )
        return [
            {
                "number": one["VersionNumber"],
                "status": one["RegistrationVersionStatus"],
                "history": _history(one["RegistrationVersionStatusHistory"]),
                "reasons": [
                    {
                        "code": why["Reason"],
                        "says": why["ShortDescription"],
                        "more": why.get("LongDescription", ""),
                        "link": why.get("DocumentationLink", ""),
                    }
                    for why in one.get("DeniedReasons", [])
                ],
                "feedback": one.get("Feedback", ""),
            }
            for one in sorted(found, key=lambda one: one["VersionNumber"])
        ]

    def values(self, name: str) -> tuple[dict[str, Any], dict[str, str]]:
        """Return what the current version says by field, and what reviewers say to fields."""
        found = self._all(
            "describe_registration_field_values", "RegistrationFieldValues", RegistrationId=name
        )
        values, troubles = {}, {}
        for one in found:
            given = one.get("SelectChoices") or one.get("TextValue")
            values[one["FieldPath"]] = given or one.get("RegistrationAttachmentId", "")
            said = [one.get("DeniedReason", ""), one.get("Feedback", "")]
            if any(said):
                troubles[one["FieldPath"]] = ": ".join(word for word in said if word)
        return values, troubles

    def links(self, name: str) -> list[Plain]:
        """Return what belongs to one: [{"id", "type"}]."""
        found = self._all(
            "list_registration_associations", "RegistrationAssociations", RegistrationId=name
        )
        return [{"id": one["ResourceId"], "type": one["ResourceType"]} for one in found]

    def _all(self, operation: str, member: str, **members: Any) -> list[Plain]:
        pages = self._client.get_paginator(operation).paginate(**members)
        return [one for page in pages for one in page[member]]


def _history(stamps: Mapping[str, datetime]) -> list[list[str]]:
    """Return [[status, when], …] in order; names of AWS's stamps become statuses."""
    found = sorted((when, name) for name, when in stamps.items())
    return [[_status(name), when.isoformat()] for when, name in found]


def _status(stamp: str) -> str:
    words = stamp.removesuffix("Timestamp")
    return "".join(f"_{c}" if c.isupper() and n else c for n, c in enumerate(words)).upper()
