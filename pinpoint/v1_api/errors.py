"""What the interface answers when it does not do what was asked: a type, a status, and words."""


class ApiError(Exception):
    """A refusal; its words say what to do. Subclasses are the types that boto3 knows."""

    code = "InternalServerErrorException"
    status = 500

    def __init__(self, words: str, *, code: str = "", retry_after: int = 0) -> None:
        super().__init__(words)
        self.code = code or self.code
        self.retry_after = retry_after  # seconds; 0: it is not about time


class BadRequest(ApiError):
    """The request is wrong, or cannot be done as things are."""

    code = "BadRequestException"
    status = 400


class Forbidden(ApiError):
    """The key may not, or is not one."""

    code = "ForbiddenException"
    status = 403


class NotFound(ApiError):
    """There is no such thing."""

    code = "NotFoundException"
    status = 404


class MethodNotAllowed(ApiError):
    """The operation is not answered here; the words name what to use instead."""

    code = "MethodNotAllowedException"
    status = 405


class Conflict(ApiError):
    """Somebody else has changed it meanwhile."""

    code = "ConflictException"
    status = 409


class PayloadTooLarge(ApiError):
    """The body is larger than the interface takes."""

    code = "PayloadTooLargeException"
    status = 413


class TooManyRequests(ApiError):
    """Requests come faster than they may."""

    code = "TooManyRequestsException"
    status = 429
