"""The admin's site."""

from functools import partial
from typing import Any, cast

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from unfold.sites import UnfoldAdminSite


class Site(UnfoldAdminSite):
    """Unfold's, which asks for every page of every app only where somebody reads the answer."""

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        """Return what there is when it is looked at: the sidebar has its own list.

        Django asks for it on every page, which takes a fifth of the page's time.
        """
        make = partial(super().get_app_list, request, app_label)
        return cast(list[dict[str, Any]], SimpleLazyObject(make))
