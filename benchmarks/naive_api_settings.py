"""Sendpoint's settings, with the naive interface in the place of ours."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.naive_api"
