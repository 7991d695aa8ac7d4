"""The answers that somebody must read: one at a time, with two buttons."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from compliance import reviews
from compliance.admin.records import ReadOnlyAdmin
from compliance.models import AnswerReview
from contacts.admin.numbers import NumberAdmin


@admin.register(AnswerReview)
class AnswerReviewAdmin(NumberAdmin, ReadOnlyAdmin):
    """Each button calls one action; the text itself is never changed."""

    nothing_yet = gettext_lazy("Nothing to read. Texts that may be an opt-out appear here.")
    list_display = ("words", "phone", "received_at", "holds", "legal", "status")
    list_filter = ("status", "legal", "holds")
    export_columns = (
        *("id", "phone", "recipient", "text", "received_at", "rule", "rules_version", "legal"),
        *("holds", "status", "decided_by__username", "decided_at"),
    )
    ordering = ("status", "received_at")
    fields = (
        "phone", "recipient", "received_at", "rule", "rules_version", "legal", "holds", "status",
        "decided_by", "decided_at",
    )  # fmt: skip
    change_form_outer_before_template = "compliance/answer_panel.html"

    @admin.display(description=_("text"))
    def words(self, review: AnswerReview) -> str:
        """Quote the beginning."""
        return f"“{Truncator(review.text).chars(80)}”"

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """What is to be read comes first on the list that the home page links to."""
        return ("received_at",) if "status__exact" in request.GET else ("-received_at",)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Quote the text, and offer the buttons while it is open."""
        context = dict(extra_context or {})
        if object_id and object_id.isdigit():
            review = AnswerReview.objects.filter(pk=int(object_id)).first()
            context |= {
                "review": review,
                "is_open": review is not None and review.status == AnswerReview.Status.OPEN,
                "may_decide": request.user.has_perm(reviews.PERMISSION),
            }
        response: HttpResponse = super().changeform_view(request, object_id, form_url, context)
        return response

    def get_urls(self) -> list[URLPattern]:
        """Add the buttons' addresses."""
        view = self.admin_site.admin_view
        return [
            *(
                path(
                    f"<int:review_id>/{name}/",
                    view(require_POST(self._button(act))),
                    name=f"compliance_answerreview_{name.replace('-', '_')}",
                )
                for name, act in (("opt-out", _opt_out), ("not", _not), ("read", _read))
            ),
            *super().get_urls(),
        ]

    def _button(
        self, act: Callable[[int, HttpRequest], str]
    ) -> Callable[[HttpRequest, int], HttpResponse]:
        def view(request: HttpRequest, review_id: int) -> HttpResponse:
            try:
                self.message_user(request, act(review_id, request), messages.SUCCESS)
            except reviews.Decided as answer:
                self.message_user(request, str(answer), messages.ERROR)
            except AnswerReview.DoesNotExist:
                self.message_user(request, _("This answer is gone."), messages.ERROR)
            following = AnswerReview.objects.filter(status=AnswerReview.Status.OPEN)
            if (later := following.order_by("received_at").first()) is not None:
                return redirect("admin:compliance_answerreview_change", later.pk)
            return redirect("admin:compliance_answerreview_changelist")

        return view


def _opt_out(review_id: int, request: HttpRequest) -> str:
    reviews.decide(review_id, is_opt_out=True, user=request.user)
    return _("Recorded as an opt-out of everything.")


def _not(review_id: int, request: HttpRequest) -> str:
    reviews.decide(review_id, is_opt_out=False, user=request.user)
    return _("No opt-out: this person gets promotional texts again.")


def _read(review_id: int, request: HttpRequest) -> str:
    reviews.note_read(review_id, request.user)
    return _("Noted as read.")
