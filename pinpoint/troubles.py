"""What AWS, or the way to it, answered instead of what was asked for; in words for a person."""

from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)

NO_ACCESS = frozenset({"AccessDeniedException", "AccessDenied", "UnauthorizedOperation"})
BAD_KEY = frozenset(
    {
        "UnrecognizedClientException",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "MissingAuthenticationTokenException",
        "ExpiredToken",
        "ExpiredTokenException",
    }
)
TOO_FAST = frozenset(
    {"ThrottlingException", "Throttling", "TooManyRequestsException", "LimitExceededException"}
)
NOT_THERE = frozenset({"ResourceNotFoundException", "NotFoundException"})


def in_words(trouble: BotoCoreError | ClientError) -> str:
    """Say what went wrong and who can mend it. Pure."""
    if isinstance(trouble, ClientError):
        return _of_answer(trouble)
    if isinstance(trouble, NoCredentialsError):
        return "There are no AWS credentials."
    if isinstance(trouble, (EndpointConnectionError, ConnectTimeoutError)):
        return "AWS is out of reach."
    if isinstance(trouble, ReadTimeoutError):
        return "AWS did not answer in time."
    return f"{type(trouble).__name__}: {trouble}"


def _of_answer(trouble: ClientError) -> str:
    response: Any = trouble.response
    error = response.get("Error", {})
    code, said = str(error.get("Code", "")), str(error.get("Message") or "").strip()
    call = trouble.operation_name
    if code in NO_ACCESS:
        return f"AWS does not allow {call}: give the credentials that permission."
    if code in BAD_KEY:
        return f"AWS does not accept the credentials ({code})."
    if code in TOO_FAST:
        return f"AWS throttles {call}."
    if code in NOT_THERE:
        return f"AWS does not find what {call} asks for: {said or code}"
    reason = str(response.get("Reason") or code)
    return f"{call}: {reason}. {said}".strip()
