"""The project itself as an app: it holds the commands that concern the whole installation."""

from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate


class SiteConfig(AdminConfig):
    default_site = "config.site.Site"


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = "Installation"

    def ready(self) -> None:
        """Bring the roles up to date once permissions exist (Django makes them after migrating).

        Tell the rooms below what jobs read and write.
        """
        post_migrate.connect(_sync_roles, sender=self)
        # Modules with models cannot be imported before the apps are ready.
        places = import_module("config.endpoint_jobs.places")
        import_module("campaigns.aws_account").register(places.named)


def _sync_roles(**kwargs: object) -> None:
    # The models of auth cannot be imported before the apps are ready.
    import_module("config.roles").sync()
