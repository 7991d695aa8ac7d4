"""The page of the AWS account: what it may do, what is missing, and setting it up."""

import json
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from campaigns import aws_account, aws_figures, opt_out_lists, read_sources, spend
from campaigns.actions import Refused, aws_calls, setting_up
from campaigns.admin import protections
from campaigns.admin.records import RecordAdmin
from campaigns.models import AccountFact, AwsAccount, SpendLimit
from pinpoint import policy
from pinpoint.survey import partition_of

PAGE = "admin:campaigns_awsaccount_changelist"
ICONS = {"ok": "check_circle", "missing": "cancel", "warning": "warning", "unknown": "help"}
COLOURS = {
    "ok": "text-green-700 dark:text-green-400",
    "missing": "text-red-600 dark:text-red-500",
    "warning": "text-orange-700 dark:text-orange-400",
    "unknown": "text-base-500 dark:text-base-400",
}
WORDS = {
    "ok": gettext_lazy("in order"),
    "missing": gettext_lazy("missing"),
    "warning": gettext_lazy("could be better"),
    "unknown": gettext_lazy("not seen"),
}


class LimitForm(forms.Form):
    """The account's own monthly limit."""

    usd = forms.IntegerField(
        label=gettext_lazy("New monthly limit, whole US dollars"),
        min_value=0,
        max_value=1_000_000_000,
        widget=UnfoldAdminIntegerFieldWidget(attrs={"inputmode": "numeric"}),
    )


@admin.register(AwsAccount)
class AwsAccountAdmin(RecordAdmin):
    """One page for the one account; nothing on it asks AWS before a button is pressed."""

    is_exported = False

    fields = ("region", "account_id", "user", "topics", "queues", "checked_at")
    readonly_fields = fields

    def get_urls(self) -> list[URLPattern]:
        """Add the buttons' addresses."""
        view = self.admin_site.admin_view
        return [
            path("check/", view(require_POST(self.check_now)), name="campaigns_awsaccount_check"),
            path("set-up/", view(require_POST(self.set_up)), name="campaigns_awsaccount_set_up"),
            path(
                "make-list/", view(require_POST(self.make_list)), name="campaigns_awsaccount_list"
            ),
            path("read/", view(require_POST(self.read_lists)), name="campaigns_awsaccount_read"),
            path("protections/", view(protections.page), name="campaigns_awsaccount_protections"),
            path("limit/", view(require_POST(self.limit)), name="campaigns_awsaccount_limit"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the account."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self._page(request, LimitForm())

    def check_now(self, request: HttpRequest) -> HttpResponse:
        """Ask AWS, and show the list."""
        aws_calls.check_may_manage(request.user)
        aws_account.check(timezone.now())
        return redirect(PAGE)

    def set_up(self, request: HttpRequest) -> HttpResponse:
        """Show every call that setting up events would make; make them when they were seen."""
        way, seen = request.POST.get("way", "https"), request.POST.get("seen", "")
        endpoint = request.build_absolute_uri(reverse("sns")) if way == "https" else ""
        try:
            if seen:
                return self._made(request, setting_up.set_up_events(endpoint, seen, request.user))
            plan = setting_up.plan_events(endpoint, request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(PAGE)
        title = _("Set up events")
        context = {**self.admin_site.each_context(request), "title": title, "plan": plan}
        return render(request, "campaigns/account_set_up.html", context | {"way": way})

    def _made(self, request: HttpRequest, count: int) -> HttpResponse:
        said = ngettext("{} call was made.", "{} calls were made.", count).format(count)
        messages.success(request, said)
        if request.POST.get("way") != "https":
            words = _("“manage.py receive” reads the queue within seconds; below it says whether.")
            messages.info(request, words)
        aws_account.check(timezone.now())
        return redirect(PAGE)

    def make_list(self, request: HttpRequest) -> HttpResponse:
        """Make an opt-out list at AWS."""
        name = request.POST.get("name", "")
        try:
            aws_calls.make_list(name, request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("AWS has the list {} now.").format(name))
        return redirect(PAGE)

    def read_lists(self, request: HttpRequest) -> HttpResponse:
        """Have the lists read."""
        count = aws_calls.read_lists(request.user)
        said = ngettext("{} list is being read.", "{} lists are being read.", count).format(count)
        messages.success(request, said)
        return redirect(PAGE)

    def limit(self, request: HttpRequest) -> HttpResponse:
        """Change the account's own limit, after one more question."""
        aws_calls.check_may_manage(request.user)
        form = LimitForm(request.POST)
        if not form.is_valid():
            return self._page(request, form)
        usd = form.cleaned_data["usd"]
        if "confirmed" not in request.POST:
            return render(request, "campaigns/confirm.html", self._question(request, usd))
        try:
            enforced = aws_calls.override_limit(usd, request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            said = _("AWS now stops all texts at ${} a month.").format(f"{enforced:,}")
            messages.success(request, said)
        return redirect(PAGE)

    def _question(self, request: HttpRequest, usd: int) -> dict[str, Any]:
        spent = spend.month(timezone.now()).spent
        lines = [
            _(
                "When the limit is reached, AWS refuses every text of this account in this region, "
                "of whatever program, until the month ends (UTC)."
            ),
            _("This month has cost ${} so far, as Sendpoint counts.").format(f"{spent:,.2f}"),
        ]
        if usd <= spent:
            lines.append(_("That is no less than the limit: nothing more goes out this month."))
        lines.append(_("This call is made: {}").format(aws_calls.limit_call(usd).command))
        return {
            **self.admin_site.each_context(request),
            "title": _("Change the monthly limit"),
            "question": _("Let AWS stop all texts at ${} a month?").format(f"{usd:,}"),
            "lines": lines,
            "address": reverse("admin:campaigns_awsaccount_limit"),
            "fields": [("usd", usd)],
            "button": _("Yes, change the limit"),
            "back": reverse(PAGE),
        }

    def _page(self, request: HttpRequest, form: LimitForm) -> HttpResponse:
        account = aws_account.here()
        now = timezone.now()
        facts = AccountFact.objects.all()
        month, theirs = spend.month(now), aws_figures.month_to_date(now)
        context = {
            **self.admin_site.each_context(request),
            "title": _("AWS account"),
            "account": account,
            "points": [_shown(point) for point in account.points],
            "step": _next(account.points),
            "readings": read_sources.readings(now),
            "tier": next((one.value for one in facts if one.name == AccountFact.TIER), ""),
            "quotas": [one for one in facts if one.most is not None],
            "limit": SpendLimit.objects.filter(name=spend.AWS_LIMIT).first(),
            "month": month,
            "theirs": theirs,
            "apart": _apart(theirs.usd - month.spent) if theirs else "",
            "form": form,
            "lists": opt_out_lists.compare(account.lists),
            "protections": [protections.grouped(one) for one in account.protections],
            "may_manage": request.user.has_perm("campaigns.manage_awsaccount"),
            "policy": _policy(account),
        }
        return render(request, "campaigns/account.html", context)


def _apart(usd: Decimal) -> str:
    """Say by how much AWS's figure is above ours."""
    amount = f"{abs(usd):,.2f}"
    if amount == "0.00":
        return _("the same")
    return (_("AWS counts ${} more") if usd > 0 else _("AWS counts ${} less")).format(amount)


def _shown(point: dict[str, str]) -> dict[str, Any]:
    state = point["state"]
    return {**point, "icon": ICONS[state], "colour": COLOURS[state], "word": WORDS[state]}


def _next(points: list[dict[str, str]]) -> dict[str, str] | None:
    for state in ("missing", "unknown", "warning"):
        for point in points:
            if point["state"] == state and point["step"]:
                return point
    return None


def _policy(account: AwsAccount) -> str:
    partition = partition_of(account.user)
    name = account.account_id or "123456789012"
    uses = aws_account.uses()
    return json.dumps(policy.document(name, account.region, partition, uses), indent=2)
