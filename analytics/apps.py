from importlib import import_module

from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    name = "analytics"

    def ready(self) -> None:
        """Tell the room below how the texts of a sender and of a campaign fared."""
        import_module("campaigns.sender_figures").register("analytics.senders.lately")
        import_module("campaigns.run_figures").register("analytics.last_runs.of_campaigns")
