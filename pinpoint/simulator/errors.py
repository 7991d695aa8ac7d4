"""The errors that the service answers with, as they look on the wire (aws-sms.md 2.10)."""

from collections.abc import Iterable
from typing import Any

SERVICE = "com.amazonaws.pinpointsmsvoicev2"
FRAMEWORK = "com.amazon.coral.service"  # what AWS's front door answers before the service sees it


class AwsError(Exception):
    """One refusal: its exception type, its words, and the extra members of that type."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int = 400,
        namespace: str = SERVICE,
        **members: Any,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.members = members
        self.namespace = namespace

    @property
    def label(self) -> str:
        """The shortest name that tells refusals apart, for counting."""
        return str(self.members.get("Reason") or self.code)

    def body(self) -> dict[str, Any]:
        """Return the JSON body of the answer."""
        return {
            "__type": f"{self.namespace}#{self.code}",
            "Message": str(self),
            **self.members,
        }


def validation(reason: str, message: str, fields: Iterable[tuple[str, str]] = ()) -> AwsError:
    """Say that the request is wrong; `fields` are (member, problem) pairs."""
    error = AwsError("ValidationException", message, Reason=reason)
    if named := [{"Name": name, "Message": problem} for name, problem in fields]:
        error.members["Fields"] = named
    return error


def conflict(reason: str, message: str, resource_type: str, resource_id: str) -> AwsError:
    """Say that the request does not agree with the state of the account."""
    return AwsError(
        "ConflictException",
        message,
        Reason=reason,
        ResourceType=resource_type,
        ResourceId=resource_id,
    )


def not_found(resource_type: str, resource_id: str) -> AwsError:
    """Say that the account has no such thing."""
    return AwsError(
        "ResourceNotFoundException",
        f"The {resource_type} was not found.",
        ResourceType=resource_type,
        ResourceId=resource_id,
    )


def quota(reason: str, message: str) -> AwsError:
    """Say that a quota is used up."""
    return AwsError("ServiceQuotaExceededException", message, Reason=reason)


def throttled() -> AwsError:
    """Say that requests, or message parts, come too fast."""
    return AwsError("ThrottlingException", "Rate exceeded")


def server_fault(request_id: str) -> AwsError:
    """Say that the service itself failed."""
    return AwsError("InternalServerException", "Internal failure", status=500, RequestId=request_id)


def front_door(code: str, message: str, status: int = 400) -> AwsError:
    """Refuse before the service sees the request: signature, operation name or JSON."""
    return AwsError(code, message, status=status, namespace=FRAMEWORK)
