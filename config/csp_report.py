"""Where browsers tell that something in a page was kept from running (Content-Security-Policy).

Anybody can post here, so what comes is limited in number and size, and of it only names that we
know go into the log: never an address, a value or a piece of a page.
"""

import json
import logging
from typing import Any
from urllib.parse import urlsplit

import redis
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from compliance.forms import limits
from compliance.forms.visitors import address

logger = logging.getLogger(__name__)
MOST_BYTES = 16 * 1024
MOST_OF_ONE, MOST_OF_ALL = 30, 600  # reports in an hour, from one address and altogether
KINDS = frozenset({"inline", "eval", "wasm-eval", "data", "blob", "self", "trusted-types-sink"})


@csrf_exempt
@require_POST
def csp_report(request: HttpRequest) -> HttpResponse:
    """Write a report down in a line; the browser hears nothing of what became of it."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        return HttpResponse(status=413)
    if _too_many(request):
        return HttpResponse(status=429)
    for report in _reports(request.read(MOST_BYTES)):
        logger.warning(
            "a page (%s) broke the content security policy: %s, %s",
            _page(report), _directive(report), _blocked(report, request.get_host()),
        )  # fmt: skip
    return HttpResponse(status=204)


def _too_many(request: HttpRequest) -> bool:
    uses = {
        f"csp {address(request)}": (MOST_OF_ONE, limits.HOUR),
        "csp": (MOST_OF_ALL, limits.HOUR),
    }
    try:
        return bool(limits.too_many(uses))
    except redis.RedisError:
        return True


def _reports(body: bytes) -> list[dict[str, Any]]:
    """Read both formats that browsers have: of report-uri, and of the Reporting API."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return []
    items = said if isinstance(said, list) else [said]
    found = [item.get("csp-report") or item.get("body") for item in items if isinstance(item, dict)]
    return [report for report in found if isinstance(report, dict)][:10]


def _page(report: dict[str, Any]) -> str:
    """Return the name of the page, which holds nobody's number or code as its address may."""
    place = report.get("document-uri") or report.get("documentURL")
    try:
        return resolve(urlsplit(str(place)).path).view_name or "a page"
    except (Resolver404, ValueError):
        return "an unknown page"


def _directive(report: dict[str, Any]) -> str:
    said = report.get("effective-directive") or report.get("violated-directive")
    name = str(said or report.get("effectiveDirective")).split(" ")[0]
    ours = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    known = {*ours, "script-src-elem", "script-src-attr", "style-src-elem", "style-src-attr"}
    return name if name in known else "another directive"


def _blocked(report: dict[str, Any], host: str) -> str:
    what = str(report.get("blocked-uri") or report.get("blockedURL"))
    if what in KINDS:
        return what
    try:
        return "our own file" if urlsplit(what).netloc == host else "another site's file"
    except ValueError:
        return "another site's file"
