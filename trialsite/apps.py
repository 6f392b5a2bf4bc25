from django.apps import AppConfig


class TrialsiteConfig(AppConfig):
    name = "trialsite"

    def ready(self) -> None:
        # Here and not in trialsite/__init__: the pure arithmetic reads protocol and must not pull in Celery.
        from django.db.backends.signals import connection_created

        from trialsite import celery, starting  # noqa: F401
        from trialsite.connections import opened
        from trialsite.system_checks import refuse_unsafe_settings

        # Here, and so for the site, the worker, the clock and every command alike.
        refuse_unsafe_settings()
        connection_created.connect(opened)
