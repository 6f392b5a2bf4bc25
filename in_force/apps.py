from django.apps import AppConfig


class InForceConfig(AppConfig):
    name = "in_force"
    # The name in the database, from before this package had its own.
    label = "protocol"
