from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from contacts import rooms


class CampaignsConfig(AppConfig):
    name = "campaigns"

    def ready(self) -> None:
        """Tell the rooms below who asks, erases texts and answers what happens; have AWS read."""
        post_migrate.connect(_seed, sender=self)
        # Modules with models cannot be imported before the apps are ready.
        import_module("campaigns.segment_rules")  # lets segments ask for engagement
        import_module("compliance.double_opt_in").register(import_module("campaigns.asking"))
        import_module("compliance.erasure").register(import_module("campaigns.erasing").erase)
        happenings = import_module("campaigns.happenings")
        import_module("compliance.joining").register(happenings.joined)
        import_module("contacts.changes").register(happenings.changed)
        import_module("campaigns.account_sync").register()
        import_module("campaigns.aws_figures").register()
        import_module("campaigns.identity_sync").register()
        import_module("campaigns.opt_out_lists").register()
        import_module("campaigns.pinpoint_figures").register()
        hand_in = import_module("campaigns.tasks").hand_in
        import_module("campaigns.registration_sync").register(hand_in.delay)
        rooms.contribute(
            timeline=("campaigns.timeline.sent", "campaigns.timeline.received"),
            held={
                "texts": "campaigns.timeline.held",
                "test_texts": "campaigns.remembered_numbers.held",
            },
        )


def _seed(**kwargs: object) -> None:
    import_module("campaigns.prices").seed()
