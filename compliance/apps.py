from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ComplianceConfig(AppConfig):
    name = "compliance"

    def ready(self) -> None:
        """See that there are rules as soon as there are tables for them."""
        post_migrate.connect(_seed, sender=self)


def _seed(**kwargs: object) -> None:
    # Models cannot be imported before the apps are ready.
    import_module("compliance.policies.seeding").seed()
