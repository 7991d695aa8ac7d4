"""Sendpoint's settings with django-post_office beside it, for the benchmark alone."""

from config.settings import *  # noqa: F403

INSTALLED_APPS += ["post_office"]  # noqa: F405
EMAIL_BACKEND = "post_office.EmailBackend"
POST_OFFICE = {
    "BACKENDS": {"default": "django.core.mail.backends.dummy.EmailBackend"},
    "DEFAULT_PRIORITY": "medium",
}
