from django.apps import AppConfig

from contacts import rooms


class ContactsConfig(AppConfig):
    name = "contacts"

    def ready(self) -> None:
        """Contribute where people come from."""
        rooms.contribute(
            timeline=("contacts.origins.creation", "contacts.origins.imports"),
            held={"contact": "contacts.origins.held"},
        )
