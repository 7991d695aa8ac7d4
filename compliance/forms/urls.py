"""Where the public pages are."""

from django.urls import path

from compliance.forms import pages

urlpatterns = [
    path("stop/", pages.opt_out, name="opt_out_all"),
    path("stop/done/", pages.opt_out_done, name="opt_out_all_done"),
    path("<slug:slug>/", pages.sign_up, name="sign_up"),
    path("<slug:slug>/done/", pages.sign_up_done, name="sign_up_done"),
    path("<slug:slug>/stop/", pages.opt_out, name="opt_out"),
    path("<slug:slug>/stopped/", pages.opt_out_done, name="opt_out_done"),
]
