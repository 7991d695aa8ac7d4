"""The inbox: what people text us, answered from here."""

import uuid
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from campaigns import actions, reasons, threads
from campaigns.admin.records import RecordAdmin
from campaigns.models import CannedReply, Conversation, KeywordRule
from compliance.models import Program, Suppression
from contacts import national
from contacts.admin.guarded import GuardedAdmin
from contacts.names import name_of
from contacts.phones import BadPhone
from pinpoint.parts import count_parts

SHOWN = 50
VIEWS = (
    ("all", gettext_lazy("All")),
    ("unread", gettext_lazy("Unread")),
    ("mine", gettext_lazy("Assigned to me")),
    ("opted_out", gettext_lazy("Opted out")),
)


@admin.register(Conversation)
class ConversationAdmin(RecordAdmin):
    """A list that renews itself, and a page for each conversation."""

    export_columns = (
        *("id", "phone", "ours", "preview", "last_at", "last_inbound_at", "unread"),
        "assigned_to__username",
    )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the newest conversations, unread ones first."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        fragment = request.headers.get("hx-target") == "inbox-list"
        template = "campaigns/inbox_list.html" if fragment else "campaigns/inbox.html"
        page = {
            **self.admin_site.each_context(request),
            "title": _("Inbox"),
            "opts": self.opts,
            "export_address": f"{self.export_address}?{request.GET.urlencode()}",
        }
        return render(request, template, page | _inbox(request))

    def exported(self, request: HttpRequest) -> tuple[QuerySet[Conversation], str]:
        """Hand out what the inbox finds, all of it."""
        q, show = _asked(request)
        said = [f"search is {q}" if q else "", f"show is {show}" if show != "all" else ""]
        return _found(request).order_by("-last_at"), "; ".join(filter(None, said))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show a conversation with the box to answer in; looking at it is reading it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        talk = get_object_or_404(Conversation, pk=object_id)
        actions.mark_read(talk.pk, request.user)
        return render(request, "campaigns/conversation.html", self._page(request, talk))

    def _page(self, request: HttpRequest, talk: Conversation, **typed: Any) -> dict[str, Any]:
        people = get_user_model().objects.filter(is_active=True, is_staff=True)
        return {
            **self.admin_site.each_context(request),
            "title": talk.phone,
            "opts": self.opts,
            "talk": talk,
            "called": _called(talk),
            "opted_out": Suppression.objects.filter(phone=talk.phone).first(),
            "lines": _lines(talk),
            "may_reply": request.user.has_perm("campaigns.reply_conversation"),
            "people": people.order_by("username"),
            "canned": CannedReply.objects.all(),
            "programs": Program.objects.order_by("name"),
            "once": uuid.uuid4().hex,  # a second click sends nothing more
            **typed,
        }

    def get_urls(self) -> list[URLPattern]:
        """Add the buttons' addresses and the fragments that the page asks for."""
        view = self.admin_site.admin_view
        name = "campaigns_conversation_{}".format
        post = require_POST
        return [
            path("parts/", view(post(self.parts_view)), name=name("parts")),
            path("canned/", view(self.canned_view), name=name("canned")),
            path("<int:talk_id>/lines/", view(self.lines_view), name=name("lines")),
            path("<int:talk_id>/reply/", view(post(self.reply_view)), name=name("reply")),
            path("<int:talk_id>/assign/", view(post(self.assign_view)), name=name("assign")),
            *super().get_urls(),
        ]

    def lines_view(self, request: HttpRequest, talk_id: int) -> HttpResponse:
        """Show the texts anew; the page asks every other second."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        talk = get_object_or_404(Conversation, pk=talk_id)
        actions.mark_read(talk.pk, request.user)
        page = {"talk": talk, "lines": _lines(talk)}
        return render(request, "campaigns/conversation_lines.html", page)

    def reply_view(self, request: HttpRequest, talk_id: int) -> HttpResponse:
        """Send an answer; what was typed stays when it cannot be sent."""
        talk = get_object_or_404(Conversation, pk=talk_id)
        body = request.POST.get("body", "")
        program = request.POST.get("program", "")
        promotional = "promotional" in request.POST
        try:
            actions.reply(
                talk.pk,
                body,
                program_id=int(program) if program.isdecimal() else 0,
                promotional=promotional,
                user=request.user,
                once=request.POST.get("once", ""),
            )
        except actions.Refused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            typed = {"body": body, "promotional": promotional, "chosen_program": program}
            return render(
                request, "campaigns/conversation.html", self._page(request, talk, **typed)
            )
        return redirect("admin:campaigns_conversation_change", talk_id)

    def assign_view(self, request: HttpRequest, talk_id: int) -> HttpResponse:
        """Hand a conversation to somebody."""
        talk = get_object_or_404(Conversation, pk=talk_id)
        assignee = request.POST.get("assignee", "")
        try:
            actions.assign(talk.pk, int(assignee) if assignee.isdecimal() else None, request.user)
        except actions.Refused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
        return redirect("admin:campaigns_conversation_change", talk_id)

    def parts_view(self, request: HttpRequest) -> HttpResponse:
        """Say in how many message parts an answer would go."""
        _check_may_reply(request)
        body = request.POST.get("body", "")
        if not body.strip():
            return HttpResponse("")
        parts = count_parts(body)
        words = ngettext(
            "{units} characters in {encoding}: {parts} message part",
            "{units} characters in {encoding}: {parts} message parts",
            parts.parts,
        )
        return HttpResponse(
            words.format(units=parts.units, encoding=parts.encoding, parts=parts.parts)
        )

    def canned_view(self, request: HttpRequest) -> HttpResponse:
        """Put words that are kept ready into the box."""
        _check_may_reply(request)
        number = request.GET.get("canned", "")
        words = CannedReply.objects.filter(pk=int(number)).first() if number.isdecimal() else None
        page = {"body": words.body if words else ""}
        return render(request, "campaigns/conversation_box.html", page)


def _check_may_reply(request: HttpRequest) -> None:
    if not request.user.has_perm("campaigns.reply_conversation"):
        raise PermissionDenied


def _asked(request: HttpRequest) -> tuple[str, str]:
    q = request.GET.get("q", "").replace("\0", "").strip()
    return q, request.GET.get("show", "all")


def _found(request: HttpRequest) -> QuerySet[Conversation]:
    q, show = _asked(request)
    found = Conversation.objects.select_related("assigned_to", "contact")
    if show == "unread":
        found = found.filter(unread__gt=0)
    elif show == "mine":
        found = found.filter(assigned_to=request.user.pk)
    elif show == "opted_out":
        found = found.filter(Exists(Suppression.objects.filter(phone=OuterRef("phone"))))
    return _searched(found, q) if q else found


def _inbox(request: HttpRequest) -> dict[str, Any]:
    q, show = _asked(request)
    newest = list(_found(request).order_by("-last_at")[:SHOWN])
    phones = [talk.phone for talk in newest]
    gone = set(Suppression.objects.filter(phone__in=phones).values_list("phone", flat=True))
    shown = sorted(newest, key=lambda talk: not talk.unread)
    return {
        "conversations": [(talk, _called(talk), talk.phone in gone) for talk in shown],
        "q": q,
        "show": show,
        "views": VIEWS,
        "list_url": request.get_full_path(),
    }


def _called(talk: Conversation) -> str:
    person = talk.contact
    return name_of(person.user_attributes, person.attributes) if person else ""


def _searched(found: QuerySet[Conversation], q: str) -> QuerySet[Conversation]:
    try:
        return found.filter(phone=national.read(q).e164)
    except BadPhone:
        return found.filter(phone=q) | threads.search(found, q)


def _lines(talk: Conversation) -> list[dict[str, Any]]:
    return [
        {
            "at": line.at,
            "body": line.body,
            "inbound": line.inbound,
            "state": line.state,
            "why": reasons.in_words(line.why) if line.why else "",
        }
        for line in threads.lines(talk)
    ]


@admin.register(CannedReply)
class CannedReplyAdmin(GuardedAdmin):
    """Words kept ready for answers."""

    nothing_yet = gettext_lazy("Keep words ready that answers often need.")
    list_display = ("name", "body")


@admin.register(KeywordRule)
class KeywordRuleAdmin(GuardedAdmin):
    """What happens by itself when somebody texts a certain word."""

    nothing_yet = gettext_lazy(
        "Say what happens by itself when somebody texts a word such as HOURS."
    )
    list_display = ("name", "match", "keyword", "originator", "campaign", "place", "active")
    list_filter = ("active", "match")
    list_select_related = ("originator", "campaign")
    autocomplete_fields = ("campaign",)
    search_fields = ("name", "keyword")
