"""No page, fragment or file shows a phone number to somebody who may not see them."""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from compliance.models import Originator
from contacts.masking import TYPED, mask
from contacts.search import numbers

TEXTS = ("text/", "application/json", "application/x-ndjson", "application/javascript")


class HideNumbers:
    """Middleware: whatever a view puts into its answer, it is looked through on the way out.

    Pages come and go; a rule that each of them would have to keep would be broken by the next.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, without the numbers where they are not to be seen."""
        response = self._get_response(request)
        user = getattr(request, "user", None)
        if user is None or not user.is_authenticated or user.has_perm("contacts.see_numbers"):
            return response
        if not response.get("Content-Type", "").startswith(TEXTS):
            return response
        known = _known(request)
        if isinstance(response, StreamingHttpResponse):
            pieces = response.streaming_content
            if isinstance(pieces, AsyncIterator):
                raise TypeError("what is streamed asynchronously cannot be masked here")
            response.streaming_content = _lines_masked(pieces, response.charset, known)
        elif isinstance(response, HttpResponse):
            response.content = _masked(response.content, response.charset, known)
            if response.has_header("Content-Length"):
                response["Content-Length"] = str(len(response.content))
        return response


def _known(request: HttpRequest) -> frozenset[str]:
    """Return the digits of the numbers that are no secret: our own, and what was asked for."""
    ours = Originator.objects.values_list("identity", flat=True)
    terms = [*request.GET.values(), *getattr(request, TYPED, ())]
    asked = [number for term in terms for number in numbers(str(term).strip())]
    return frozenset(number.lstrip("+") for number in (*ours, *asked))


def _lines_masked(pieces: Iterable[bytes], charset: str, known: frozenset[str]) -> Iterator[bytes]:
    """Mask a file line by line: a number may come in two pieces, but never on two lines."""
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            yield _masked(line, charset, known) + b"\n"
    yield _masked(rest, charset, known)


def _masked(content: bytes, charset: str, known: frozenset[str]) -> bytes:
    """Mask what can be read; bytes that are no text, as in somebody's file, stay what they are."""
    text = content.decode(charset, "surrogateescape")
    return mask(text, known).encode(charset, "surrogateescape")
