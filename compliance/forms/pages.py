"""The public pages: sign up for a program, opt out of it, opt out of everything."""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import redis
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from compliance import ledger
from compliance.forms import limits, recording, tokens
from compliance.forms.fields import OptOutForm, SignUpForm, VisitorForm
from compliance.forms.recording import Visit
from compliance.forms.visitors import address, from_our_page
from compliance.models import SignUpPage

LEAST_SECONDS = 2  # nobody reads the words and types a number faster
STYLE = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'"


def _public(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Say what holds for every public page. The token and the Origin stand for Django's CSRF."""
    return never_cache(
        xframe_options_exempt(csrf_exempt(require_http_methods(["GET", "HEAD", "POST"])(view)))
    )


@_public
def sign_up(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a program's form; record the sign-up and its evidence."""
    page = _page(slug)
    words = page.words()
    form = SignUpForm(request.POST or None, country=page.country)
    status = 200
    if request.method == "POST" and page.open and form.is_valid() and form.number:
        number = form.number
        answer = _take(
            request,
            form,
            page=f"join:{slug}",
            wording=words.sha256(),
            record=lambda visit: recording.sign_up(page, number, visit),
        )
        if not answer:
            return _framed(redirect("sign_up_done", slug), page)
        status = answer
    context = {
        "page": page,
        "words": words,
        "form": form,
        "token": tokens.issue(
            f"join:{slug}",
            words.sha256(),
            time.time(),
            request.headers.get("Referer", ""),
        ),
        "button": recording.BUTTON,
    }
    return _framed(render(request, "forms/sign_up.html", context, status=status), page)


@_public
def opt_out(request: HttpRequest, slug: str = "") -> HttpResponse:
    """Show the opt-out page of a program, or of everything; record the opt-out."""
    page = _page(slug) if slug else None
    form = OptOutForm(
        request.POST or None,
        country=page.country if page else "US",
        program=page.program.name if page else "",
        brand=page.program.brand if page else "",
    )
    status = 200
    if request.method == "POST" and form.is_valid() and form.number:
        number = form.number
        narrow = page is not None and form.cleaned_data.get("scope") == "program"
        program = page.program if page and narrow else None
        answer = _take(
            request,
            form,
            page=f"stop:{slug}",
            wording="",
            record=lambda visit: recording.opt_out(number, visit, program),
            must_be_counted=False,
        )
        if not answer:
            done = redirect("opt_out_done", slug) if slug else redirect("opt_out_all_done")
            return _framed(done, page)
        status = answer
    token = tokens.issue(f"stop:{slug}", "", time.time(), request.headers.get("Referer", ""))
    context = {"page": page, "form": form, "token": token}
    return _framed(render(request, "forms/opt_out.html", context, status=status), page)


@_public
def sign_up_done(request: HttpRequest, slug: str) -> HttpResponse:
    """Say that the sign-up was recorded, and how to undo it."""
    page = _page(slug)
    return _framed(render(request, "forms/sign_up_done.html", {"page": page}), page)


@_public
def opt_out_done(request: HttpRequest, slug: str = "") -> HttpResponse:
    """Say that the opt-out was recorded."""
    page = _page(slug) if slug else None
    return _framed(render(request, "forms/opt_out_done.html", {"page": page}), page)


def _page(slug: str) -> SignUpPage:
    return get_object_or_404(SignUpPage.objects.select_related("program"), slug=slug)


def _framed(response: HttpResponse, page: SignUpPage | None) -> HttpResponse:
    """Let only the page's own list of sites show it in a frame."""
    ancestors = (page.frame_ancestors if page else "") or "'none'"
    response["Content-Security-Policy"] = f"{STYLE}; frame-ancestors {ancestors}"
    return response


def _take(
    request: HttpRequest,
    form: VisitorForm,
    *,
    page: str,
    wording: str,
    record: Callable[[Visit], object],
    must_be_counted: bool = True,
) -> int:
    """Record what a valid form asks for; 0, or an HTTP status with the reason on the form.

    Where Valkey is away a sign-up has to wait, an opt-out (`must_be_counted=False`) does not.
    """
    token = tokens.read(form.cleaned_data["token"], page)
    problem = _problem(request, token, wording)
    if problem or token is None:
        form.add_error(None, problem or "")
        return 400
    person = ledger.subject_key(form.cleaned_data["phone"])
    visit = _visit(request, form, token)
    try:
        if wait := limits.too_many(
            {
                f"address {visit.ip}": (settings.FORM_LIMIT_PER_ADDRESS, limits.HOUR),
                f"number {page} {person}": (settings.FORM_LIMIT_PER_NUMBER, limits.DAY),
            }
        ):
            form.add_error(None, _too_many(wait))
            return 429
        use = tokens.take(token, person)
    except redis.RedisError:
        if must_be_counted:
            form.add_error(None, _("This does not work right now. Try again in a few minutes."))
            return 503
        use = tokens.Use.FIRST
    if use is tokens.Use.OTHER:
        form.add_error(None, _("This page was used for another number. Send it again."))
        return 400
    if use is tokens.Use.FIRST:
        _record(record, visit, token)
    return 0


def _record(record: Callable[[Visit], object], visit: Visit, token: tokens.Token) -> None:
    try:
        record(visit)
    except BaseException:
        # The person will press the button again, and that must count as the first time.
        with suppress(redis.RedisError):
            tokens.give_back(token)
        raise


def _problem(request: HttpRequest, token: tokens.Token | None, wording: str) -> str:
    if token is None or not from_our_page(request):
        return _("This page was not sent by us, or only in part. Send it again.")
    if token.wording != wording:
        return _("The words on this page have changed. Read them again, then tick the box.")
    # A no counts however fast it comes, and however old the page is.
    if wording and not LEAST_SECONDS <= time.time() - token.shown_at <= tokens.DAY:
        return _("Please read the page once more, then send it again.")
    return ""


def _too_many(wait: int) -> str:
    minutes = (wait + 59) // 60
    return _("That was tried too often. Try again in {} minutes.").format(minutes)


def _visit(request: HttpRequest, form: VisitorForm, token: tokens.Token) -> Visit:
    return Visit(
        url=request.build_absolute_uri(request.path),
        ip=address(request),
        user_agent=request.headers.get("User-Agent", "")[:300],
        referrer=token.referrer,
        shown_at=datetime.fromtimestamp(token.shown_at, UTC),
        submitted_at=datetime.fromtimestamp(time.time(), UTC),
        typed=str(form.data.get("phone", ""))[:40],
    )
