from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from contacts import rooms


class CampaignsConfig(AppConfig):
    name = "campaigns"

    def ready(self) -> None:
        """Tell compliance who sends its questions and who erases texts; add texts to people."""
        post_migrate.connect(_seed, sender=self)
        # Modules with models cannot be imported before the apps are ready.
        import_module("campaigns.segment_rules")  # lets segments ask for engagement
        import_module("compliance.double_opt_in").register(import_module("campaigns.asking"))
        import_module("compliance.erasure").register(import_module("campaigns.erasing").erase)
        rooms.contribute(
            timeline=("campaigns.timeline.sent", "campaigns.timeline.received"),
            held={"texts": "campaigns.timeline.held"},
        )


def _seed(**kwargs: object) -> None:
    import_module("campaigns.prices").seed()
