"""Who is at the other end of a request to a public page, as far as the server can tell."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest


def address(request: HttpRequest) -> str:
    """Return the visitor's IP address.

    X-Forwarded-For is believed only as far back as PROXIES_IN_FRONT says: what stands before may
    have been written by the visitor.
    """
    proxies = settings.PROXIES_IN_FRONT
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop]
    if proxies and len(hops) >= proxies:
        return hops[-proxies][:45]
    return str(request.META.get("REMOTE_ADDR") or "")[:45]


def from_our_page(request: HttpRequest) -> bool:
    """Tell whether a POST was sent by a page of ours; browsers say so and pages cannot lie."""
    origin = request.headers.get("Origin")
    if origin is None:  # an old browser; it says where the page was in the Referer
        origin = request.headers.get("Referer", "")
    if urlsplit(origin).netloc == request.get_host():
        return True
    return origin in settings.CSRF_TRUSTED_ORIGINS
