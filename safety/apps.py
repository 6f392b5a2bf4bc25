from django.apps import AppConfig


class SafetyConfig(AppConfig):
    name = "safety"

    def ready(self) -> None:
        from audit.wording import UNUSED
        from safety.levels import unused_tables

        UNUSED.append(unused_tables)
