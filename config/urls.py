"""Where each page is."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from analytics import views
from campaigns.webhooks import firehose, sns
from config.health import healthz
from config.metrics import metrics

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
    path("admin/", admin.site.urls),
    path("forms/", include("compliance.forms.urls")),
    path("healthz/", healthz, name="healthz"),
    path("metrics", metrics, name="metrics"),
    path("aws/sns/", sns, name="sns"),
    path("aws/firehose/", firehose, name="firehose"),
]
