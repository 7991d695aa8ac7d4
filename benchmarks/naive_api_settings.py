"""Sendpoint's settings, with the naive interface in the place of ours."""

from config.settings import *  # noqa: F403

# Ours answers before all others.
MIDDLEWARE = [one for one in MIDDLEWARE if not one.startswith("config.pinpoint_api")]  # noqa: F405
ROOT_URLCONF = "benchmarks.naive_api"
