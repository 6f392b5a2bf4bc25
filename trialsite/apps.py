from django.apps import AppConfig


class TrialsiteConfig(AppConfig):
    name = "trialsite"

    def ready(self) -> None:
        # Here and not in trialsite/__init__: the pure arithmetic reads trialsite.protocol and must not pull in Celery.
        from trialsite import celery, checks  # noqa: F401
