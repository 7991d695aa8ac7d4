"""Forms of registrations: their definitions, what was filled in, and files (aws-sms.md 2.7)."""

import base64
import binascii
import secrets
from collections.abc import Callable
from typing import Any

from . import registration_forms as forms
from .account import arn
from .errors import not_found, quota, validation
from .holdings import Record
from .pages import Item, filtered, named, page
from .registration_checks import check_value
from .registrations import Registrations
from .state import State
from .tags import Tags

Request = dict[str, Any]
QUOTA = 25
MOST_BYTES = 500 * 1024
KINDS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff")


class RegistrationValues:
    """Answers what is asked about the forms."""

    def __init__(self, state: State, registrations: Registrations, tags: Tags) -> None:
        self._holdings = state.holdings
        self._registrations = registrations
        self._tags = tags
        self.by_name: dict[str, Callable[[Request], Item]] = {
            "DescribeRegistrationTypeDefinitions": self._types,
            "DescribeRegistrationSectionDefinitions": self._sections,
            "DescribeRegistrationFieldDefinitions": self._fields,
            "PutRegistrationFieldValue": self._put,
            "DeleteRegistrationFieldValue": self._drop,
            "DescribeRegistrationFieldValues": self._values,
            "CreateRegistrationAttachment": self._attach,
            "DescribeRegistrationAttachments": self._attachments,
            "DeleteRegistrationAttachment": self._detach,
        }

    # --- definitions ----------------------------------------------------------------------------

    def _types(self, request: Request) -> Item:
        kinds = request.get("RegistrationTypes") or list(forms.TYPES)
        items = [forms.type_definition(_known(kind)) for kind in kinds]
        for wanted in request.get("Filters") or []:
            member = {
                "supported-association-resource-type": "ResourceType",
                "supported-association-iso-country-code": "IsoCountryCode",
            }[wanted["Name"]]
            items = [
                item
                for item in items
                if any(one[member] in wanted["Values"] for one in item["SupportedAssociations"])
            ]
        kept, more = page(request, items, "RegistrationType")
        return {"RegistrationTypeDefinitions": kept, **more}

    def _sections(self, request: Request) -> Item:
        kind = _known(request["RegistrationType"])
        items = forms.sections(kind)
        if wanted := request.get("SectionPaths"):
            items = [item for item in items if item["SectionPath"] in wanted]
            if len(items) < len(wanted):
                raise validation("UNKNOWN_REGISTRATION_SECTION", "There is no such section.")
        kept, more = _ordered_page(request, items)
        return {"RegistrationType": kind, "RegistrationSectionDefinitions": kept, **more}

    def _fields(self, request: Request) -> Item:
        kind = _known(request["RegistrationType"])
        items = list(forms.FIELDS[kind])
        if section := request.get("SectionPath"):
            items = [item for item in items if item["SectionPath"] == section]
        if wanted := request.get("FieldPaths"):
            items = [item for item in items if item["FieldPath"] in wanted]
            if len(items) < len(wanted):
                raise validation("UNKNOWN_REGISTRATION_FIELD", "There is no such field.")
        kept, more = _ordered_page(request, items)
        return {"RegistrationType": kind, "RegistrationFieldDefinitions": kept, **more}

    # --- values ---------------------------------------------------------------------------------

    def _put(self, request: Request) -> Item:
        record = self._registrations.find(request["RegistrationId"])
        draft, path = self._registrations.draft(record), request["FieldPath"]
        check_value(_field(record["type"], path), request)
        if attachment := request.get("RegistrationAttachmentId"):
            self._attachment(attachment)
        kinds = ("SelectChoices", "TextValue", "RegistrationAttachmentId")
        value = {name: request[name] for name in kinds if name in request}
        changed = {**draft, "values": {**draft["values"], path: value}}
        self._registrations.keep({**record, "versions": [*record["versions"][:-1], changed]})
        return {**_value_of(record, changed), "FieldPath": path, **value}

    def _drop(self, request: Request) -> Item:
        record = self._registrations.find(request["RegistrationId"])
        draft, path = self._registrations.draft(record), request["FieldPath"]
        _field(record["type"], path)
        values = dict(draft["values"])
        value = values.pop(path, {})
        changed = {**draft, "values": values}
        self._registrations.keep({**record, "versions": [*record["versions"][:-1], changed]})
        return {**_value_of(record, changed), "FieldPath": path, **value}

    def _values(self, request: Request) -> Item:
        record = self._registrations.find(request["RegistrationId"])
        number = request.get("VersionNumber") or record["versions"][-1]["number"]
        version = next((v for v in record["versions"] if v["number"] == number), None)
        if version is None:
            raise validation("UNKNOWN_REGISTRATION_VERSION", "There is no such version.")
        shown = self._registrations.is_denied(version)
        denied = {one["path"]: one for one in version["denied"]} if shown else {}
        items = []
        for path, value in version["values"].items():
            item = {"FieldPath": path, **value}
            if why := denied.get(path):
                item |= {"DeniedReason": why["code"], "Feedback": why["says"]}
            items.append(item)
        section = request.get("SectionPath", "")
        items = [item for item in items if item["FieldPath"].startswith(section)]
        if wanted := request.get("FieldPaths"):
            items = [item for item in items if item["FieldPath"] in wanted]
        kept, more = page(request, items, "FieldPath")
        return {**_value_of(record, version), "RegistrationFieldValues": kept, **more}

    # --- files ----------------------------------------------------------------------------------

    def _attach(self, request: Request) -> Item:
        if ("AttachmentBody" in request) == ("AttachmentUrl" in request):
            raise validation("INVALID_REQUEST", "Give AttachmentBody or AttachmentUrl.")
        if len(self._holdings.attachments) >= QUOTA:
            raise quota("REGISTRATION_ATTACHMENTS_PER_ACCOUNT", "The account has its most files.")
        if "AttachmentBody" in request:
            _check_file(request["AttachmentBody"])
        members = {
            "RegistrationAttachmentId": f"registration-attachment-{secrets.token_hex(16)}",
            "AttachmentStatus": "UPLOAD_COMPLETE",
            "CreatedTimestamp": self._holdings.now(),
        }
        name = str(members["RegistrationAttachmentId"])
        members["RegistrationAttachmentArn"] = arn("registration-attachment", name)
        self._holdings.attachments.put(name, Record(members))
        self._tags.put(str(members["RegistrationAttachmentArn"]), request.get("Tags") or [])
        return members

    def _attachments(self, request: Request) -> Item:
        items = named(
            request, "RegistrationAttachmentIds", "registration-attachment",
            [dict(one.members) for one in self._holdings.attachments],
            lambda item: (item["RegistrationAttachmentId"], item["RegistrationAttachmentArn"]),
        )  # fmt: skip
        kept, more = page(request, filtered(request, items, {}), "RegistrationAttachmentId")
        return {"RegistrationAttachments": kept, **more}

    def _detach(self, request: Request) -> Item:
        members = self._attachment(request["RegistrationAttachmentId"])
        self._holdings.attachments.drop(members["RegistrationAttachmentId"])
        return {**members, "AttachmentStatus": "DELETED"}

    def _attachment(self, name: str) -> dict[str, Any]:
        found = self._holdings.attachments.get(name.rpartition("/")[2])
        if found is None:
            raise not_found("registration-attachment", name)
        return found.members


def _check_file(body: str) -> None:
    try:
        data = base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise validation("CANNOT_PARSE", "AttachmentBody is not base64.") from error
    if not data.startswith(KINDS):
        raise validation("ATTACHMENT_TYPE_NOT_SUPPORTED", "PDF, PNG or JPEG.")
    if len(data) > MOST_BYTES:
        raise validation("MAXIMUM_SIZE_EXCEEDED", "500 KB at most.")


def _known(kind: str) -> str:
    if kind not in forms.TYPES:
        raise validation("UNKNOWN_REGISTRATION_TYPE", f"There is no type {kind}.")
    return kind


def _field(kind: str, path: str) -> Item:
    for field in forms.FIELDS[kind]:
        if field["FieldPath"] == path:
            return field
    raise validation("UNKNOWN_REGISTRATION_FIELD", f"There is no field {path}.")


def _value_of(record: dict[str, Any], version: dict[str, Any]) -> Item:
    return {
        "RegistrationArn": arn("registration", record["id"]),
        "RegistrationId": record["id"],
        "VersionNumber": version["number"],
    }


def _ordered_page(request: Request, items: list[Item]) -> tuple[list[Item], Item]:
    """Page what has an order of its own."""
    numbered = [{**item, "_key": f"{place:05}"} for place, item in enumerate(items)]
    kept, more = page(request, numbered, "_key")
    return [{k: v for k, v in item.items() if k != "_key"} for item in kept], more
