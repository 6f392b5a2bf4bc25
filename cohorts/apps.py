from django.apps import AppConfig


class CohortsConfig(AppConfig):
    name = "cohorts"

    def ready(self) -> None:
        from accounts import access
        from cohorts.following import follow

        access.on_protocol = lambda key: follow(key or 0)
