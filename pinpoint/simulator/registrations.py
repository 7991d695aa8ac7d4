"""Registrations: drafts, versions, submission, and what becomes of them (aws-sms.md 2.7).

What will happen is planned when a version is submitted; its status is what the plan says by now.
"""

import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from . import registration_forms as forms
from . import registration_review as review
from .account import Account, arn
from .errors import conflict, not_found, quota, validation
from .holdings import Record
from .numbers import Numbers
from .pages import Item, filtered, named, page
from .registration_checks import required, said
from .registration_links import RegistrationLinks
from .registration_records import identified, new_version, seeds
from .state import State
from .tags import Tags

Request = dict[str, Any]
QUOTA = 25
STAMPS = {
    "DRAFT": "DraftTimestamp", "SUBMITTED": "SubmittedTimestamp",
    "AWS_REVIEWING": "AwsReviewingTimestamp", "REVIEWING": "ReviewingTimestamp",
    "REQUIRES_AUTHENTICATION": "RequiresAuthenticationTimestamp", "APPROVED": "ApprovedTimestamp",
    "DISCARDED": "DiscardedTimestamp", "DENIED": "DeniedTimestamp",
}  # fmt: skip
UNDER_WAY = frozenset({"SUBMITTED", "AWS_REVIEWING", "REVIEWING", "REQUIRES_AUTHENTICATION"})


class Registrations:
    """Answers what is asked about registrations; values and files are in their own module."""

    def __init__(self, account: Account, state: State, numbers: Numbers, tags: Tags) -> None:
        self._holdings = state.holdings
        self._tags = tags
        self._links = RegistrationLinks(state.holdings, self)
        numbers.associate = self._links.with_registration
        for seed in seeds(account):
            if self._holdings.registrations.get(seed["id"]) is None:
                self._holdings.registrations.put(seed["id"], Record(seed))
        self.by_name: dict[str, Callable[[Request], Item]] = {
            "CreateRegistration": self._create,
            "DescribeRegistrations": self._describe,
            "DeleteRegistration": self._delete,
            "CreateRegistrationVersion": self._new_version,
            "DescribeRegistrationVersions": self._versions,
            "DiscardRegistrationVersion": self._discard,
            "SubmitRegistrationVersion": self._submit,
            **self._links.by_name,
        }

    # --- what others need -----------------------------------------------------------------------

    def find(self, identity: str) -> dict[str, Any]:
        """Return the record of a registration by id or ARN, or refuse."""
        record = self._holdings.registrations.get(identity.rpartition("/")[2])
        if record is None:
            raise not_found("registration", identity)
        return record.members

    def keep(self, record: dict[str, Any]) -> None:
        """Make a changed registration last."""
        self._holdings.registrations.put(record["id"], Record(record))

    def draft(self, record: dict[str, Any]) -> dict[str, Any]:
        """Return the version that may be edited, or refuse."""
        version: dict[str, Any] = record["versions"][-1]
        if self._status(version) != "DRAFT":
            raise conflict(
                "EDIT_REGISTRATION_FIELD_VALUES_NOT_ALLOWED",
                "There is no draft.",
                "registration",
                record["id"],
            )
        return version

    def is_denied(self, version: dict[str, Any]) -> bool:
        """Tell whether reviewers have declined a version by now."""
        return self._status(version) == "DENIED"

    # --- registrations --------------------------------------------------------------------------

    def _create(self, request: Request) -> Item:
        kind, token = request["RegistrationType"], request.get("ClientToken", "")
        if kind not in forms.TYPES:
            raise validation("UNKNOWN_REGISTRATION_TYPE", f"There is no type {kind}.")
        if before := self._holdings.tokens.get(token):
            return self._item(self.find(before.members["id"]))
        if len(self._holdings.registrations) >= QUOTA:
            raise quota("REGISTRATIONS_PER_ACCOUNT", "The account has its most registrations.")
        now = self._holdings.now()
        record = {
            "id": f"registration-{secrets.token_hex(16)}",
            "type": kind,
            "created_at": now,
            "versions": [new_version(1, now)],
            "links": [],
        }
        self.keep(record)
        name = arn("registration", str(record["id"]))
        self._tags.put(name, request.get("Tags") or [])
        self._tags.remember(token, str(record["id"]))
        return {**self._item(record), "Tags": self._tags.of(name)}

    def _describe(self, request: Request) -> Item:
        items = named(
            request, "RegistrationIds", "registration",
            [self._item(record.members) for record in self._holdings.registrations],
            lambda item: (item["RegistrationId"], item["RegistrationArn"]),
        )  # fmt: skip
        kept, more = page(request, filtered(request, items, {}), "RegistrationId")
        return {"Registrations": kept, **more}

    def _delete(self, request: Request) -> Item:
        record = self.find(request["RegistrationId"])
        if self.status(record) in UNDER_WAY | {"PROVISIONING"}:
            raise conflict(
                "RESOURCE_DELETION_NOT_ALLOWED", "It is under way.", "registration", record["id"]
            )
        for number in self._holdings.bought:
            if number.registration_id == record["id"]:
                self._holdings.bought.put(number.number_id, replace(number, registration_id=""))
        item = self._item(record)
        self._holdings.registrations.drop(record["id"])
        return {**item, "RegistrationStatus": "DELETED"}

    # --- versions -------------------------------------------------------------------------------

    def _new_version(self, request: Request) -> Item:
        record = self.find(request["RegistrationId"])
        last = record["versions"][-1]
        if self.status(record) not in ("COMPLETE", "REQUIRES_UPDATES"):
            raise conflict(
                "CREATE_REGISTRATION_VERSION_NOT_ALLOWED",
                "Only after approval or denial.",
                "registration",
                record["id"],
            )
        version = new_version(last["number"] + 1, self._holdings.now())
        version["values"] = {
            path: {k: v for k, v in value.items() if k not in ("DeniedReason", "Feedback")}
            for path, value in last["values"].items()
        }
        self.keep({**record, "versions": [*record["versions"], version]})
        return self._version_item(record, version)

    def _versions(self, request: Request) -> Item:
        record = self.find(request["RegistrationId"])
        items = [self._long_version(version) for version in record["versions"]]
        wanted = request.get("VersionNumbers")
        if wanted:
            items = [item for item in items if item["VersionNumber"] in wanted]
            if len(items) < len(wanted):
                raise validation("UNKNOWN_REGISTRATION_VERSION", "There is no such version.")
        items = filtered(request, items, {})
        for item in items:
            item["_key"] = f"{item['VersionNumber']:09}"
        kept, more = page(request, items, "_key")
        for item in items:
            del item["_key"]
        return {**identified(record), "RegistrationVersions": kept, **more}

    def _discard(self, request: Request) -> Item:
        record = self.find(request["RegistrationId"])
        version = record["versions"][-1]
        if self._status(version) != "DRAFT" or version["number"] == 1:
            raise conflict(
                "DISCARD_REGISTRATION_VERSION_NOT_ALLOWED",
                "Only a later draft can be discarded.",
                "registration",
                record["id"],
            )
        steps = [*version["steps"], [self._holdings.now(), "DISCARDED"]]
        changed = {**version, "steps": steps}
        self.keep({**record, "versions": [*record["versions"][:-1], changed]})
        return self._version_item(record, changed)

    def _submit(self, request: Request) -> Item:
        record = self.find(request["RegistrationId"])
        version = record["versions"][-1]
        if self._status(version) in UNDER_WAY:
            raise conflict(
                "REGISTRATION_ALREADY_SUBMITTED", "It is submitted.", "registration", record["id"]
            )
        if self._status(version) != "DRAFT":
            raise conflict(
                "SUBMIT_REGISTRATION_VERSION_NOT_ALLOWED",
                "There is no draft.",
                "registration",
                record["id"],
            )
        self._check_complete(record, version)
        asked = bool(request.get("AwsReview"))
        changed = self._planned(record, version, asked)
        self.keep({**record, "versions": [*record["versions"][:-1], changed]})
        self._links.activate_numbers(record, changed)
        return {**self._version_item(record, changed), "AwsReview": asked}

    def _check_complete(self, record: dict[str, Any], version: dict[str, Any]) -> None:
        values = said(version)
        missing = [
            (field["FieldPath"], "is required")
            for field in forms.FIELDS[record["type"]]
            if field["FieldPath"] not in values and required(field, values)
        ]
        if missing:
            words = "; ".join(f"{path}: is required" for path, _ in missing)
            raise validation("MISSING_PARAMETER", words, missing)
        before = [
            link["ResourceType"]
            for link in forms.TYPES[record["type"]][2]
            if link["AssociationBehavior"] == "ASSOCIATE_BEFORE_SUBMIT"
        ]
        if before and not record["links"]:
            raise validation(
                "INVALID_REGISTRATION_ASSOCIATION", f"Associate its {before[0]} first."
            )

    def _planned(
        self, record: dict[str, Any], version: dict[str, Any], aws_review: bool
    ) -> dict[str, Any]:
        values = said(version)
        wrong = review.denials(record["type"], values, self._links.brand_name(record))
        plan = review.timetable(record["type"], values, bool(wrong), aws_review)
        steps = [[self._holdings.in_days(days), status] for days, status in plan]
        denied = [{"path": path, "code": code, "says": says} for path, code, says in wrong]
        return {**version, "steps": [*version["steps"], *steps], "denied": denied}

    # --- shapes ---------------------------------------------------------------------------------

    def _status(self, version: dict[str, Any]) -> str:
        now = self._holdings.now()
        return str([status for at, status in version["steps"] if at <= now][-1])

    def status(self, record: dict[str, Any]) -> str:
        """Return the status of a registration by now."""
        versions = [v for v in record["versions"] if self._status(v) != "DISCARDED"]
        last = versions[-1]
        status = self._status(last)
        if status == "APPROVED":
            ready = self._holdings.in_days(review.PROVISIONING_DAYS, since=last["steps"][-1][0])
            return "COMPLETE" if ready <= self._holdings.now() else "PROVISIONING"
        if status == "DENIED":
            return "REQUIRES_UPDATES"
        if status != "DRAFT":
            return status
        if len(versions) == 1:
            return "CREATED"
        return "COMPLETE" if self._status(versions[-2]) == "APPROVED" else "REQUIRES_UPDATES"

    def _item(self, record: dict[str, Any]) -> Item:
        by_end = {self._status(version): version["number"] for version in record["versions"]}
        numbers = {
            "ApprovedVersionNumber": by_end.get("APPROVED"),
            "LatestDeniedVersionNumber": by_end.get("DENIED"),
        }
        return {
            **identified(record),
            "RegistrationType": record["type"],
            "RegistrationStatus": self.status(record),
            "CurrentVersionNumber": record["versions"][-1]["number"],
            **{name: number for name, number in numbers.items() if number},
            "CreatedTimestamp": record["created_at"],
        }

    def _version_item(self, record: dict[str, Any], version: dict[str, Any]) -> Item:
        return {**identified(record), **self._short_version(version)}

    def _short_version(self, version: dict[str, Any]) -> Item:
        now = self._holdings.now()
        history = {STAMPS[status]: at for at, status in version["steps"] if at <= now}
        return {
            "VersionNumber": version["number"],
            "RegistrationVersionStatus": self._status(version),
            "RegistrationVersionStatusHistory": history,
        }

    def _long_version(self, version: dict[str, Any]) -> Item:
        item = self._short_version(version)
        if item["RegistrationVersionStatus"] != "DENIED":
            return item
        item["DeniedReasons"] = [
            {
                "Reason": one["code"],
                "ShortDescription": one["says"],
                "DocumentationTitle": "Rejection reasons",
                "DocumentationLink": forms.GUIDE + "registrations-10dlc-rejections.html",
            }
            for one in version["denied"]
        ]
        item["Feedback"] = " ".join(one["says"] for one in version["denied"])
        return item
