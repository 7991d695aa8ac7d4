from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from contacts import rooms


class ComplianceConfig(AppConfig):
    name = "compliance"

    def ready(self) -> None:
        """See that there are rules as soon as there are tables; add consent to people's pages.

        Importing `segment_rules` lets segments ask for consent.
        """
        post_migrate.connect(_seed, sender=self)
        import_module("compliance.segment_rules")
        rooms.contribute(
            timeline=("compliance.history.consent",),
            held={"consent": "compliance.history.held"},
            buttons=("compliance/contact_buttons.html",),
            segment_panels=("compliance/reachable_panel.html",),
        )


def _seed(**kwargs: object) -> None:
    # Models cannot be imported before the apps are ready.
    import_module("compliance.policies.seeding").seed()
