from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AuditConfig(AppConfig):
    name = "audit"

    def ready(self) -> None:
        from audit import access_log

        access_log.listen()
        # What an app lets leave at its pages it says in a module of that name.
        autodiscover_modules("exports")
