from django.apps import AppConfig


class DemonstrationConfig(AppConfig):
    """A synthetic trial, typed through the services. It has no models of its own."""

    name = "demonstration"
