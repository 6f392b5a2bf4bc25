from django.apps import AppConfig


class LaboratoryConfig(AppConfig):
    name = "laboratory"

    def ready(self) -> None:
        from laboratory import checks  # noqa: F401  registers them
