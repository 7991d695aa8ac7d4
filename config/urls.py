"""Where each page is."""

from django.contrib import admin
from django.urls import path
from django.views.generic import RedirectView

from campaigns.webhooks import sns
from config.health import healthz

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("healthz/", healthz, name="healthz"),
    path("aws/sns/", sns, name="sns"),
]
