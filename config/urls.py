"""Where each page is."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from analytics import views
from analytics.letters.page import report_choices
from campaigns.webhooks import firehose, sns
from config import own_settings
from config.csp_report import csp_report
from config.health import healthz
from config.metrics import metrics
from config.on_record import own_password
from config.pinpoint_api.door import door
from config.two_factor import pages, signing_in

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/running/", views.running, name="running_campaigns"),
    path(
        "admin/campaigns/campaign/<int:campaign_id>/report/",
        views.campaign_report,
        name="campaign_report",
    ),
    path(
        "admin/campaigns/campaign/<int:campaign_id>/export/",
        views.campaign_export,
        name="campaign_export",
    ),
    path("admin/figures/<slug:slug>/", views.dashboard_page, name="dashboard"),
    path("admin/reports/", report_choices, name="report_choices"),
    # Before the admin's own, which knows no second step; `admin:login` leads here too.
    path("admin/login/", signing_in.PasswordStep.as_view(), name="sign_in"),
    path("admin/login/code/", signing_in.code_step, name="sign_in_code"),
    path("admin/my-settings/", admin.site.admin_view(own_settings.page), name="own_settings"),
    path("admin/two-factor/", admin.site.admin_view(pages.page), name="two_factor"),
    # Before the admin's own, which leaves no audit row.
    path("admin/password_change/", admin.site.admin_view(own_password), name="own_password"),
    path("admin/", admin.site.urls),
    path("forms/", include("compliance.forms.urls")),
    path("healthz/", healthz, name="healthz"),
    path("csp-report/", csp_report, name="csp_report"),
    path("metrics", metrics, name="metrics"),
    path("aws/sns/", sns, name="sns"),
    path("aws/firehose/", firehose, name="firehose"),
    # pinpoint_api.first answers it, before anything that pages need.
    path("v1/<path:rest>", door, name="pinpoint_api"),
]
