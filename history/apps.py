from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate, pre_migrate


class HistoryConfig(AppConfig):
    name = "history"

    def ready(self) -> None:
        # An app without models is not told.
        trail = apps.get_app_config("audit")
        pre_migrate.connect(_let_tables_change, sender=trail)
        post_migrate.connect(_show_the_tables_as_they_are, sender=trail)


def _let_tables_change(plan: list[Any], using: str, **_: Any) -> None:
    """No column that a view shows can be altered or taken away."""
    from history.views import drop_views

    if plan:
        drop_views(using)


def _show_the_tables_as_they_are(using: str, **_: Any) -> None:
    from history.views import make_views

    make_views(using)
