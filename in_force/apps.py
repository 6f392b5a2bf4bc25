from pathlib import Path

from django.apps import AppConfig
from django.conf import settings

from protocol import file_stands_at


class InForceConfig(AppConfig):
    name = "in_force"
    # The name in the database, from before this package had its own.
    label = "protocol"

    def ready(self) -> None:
        file_stands_at(lambda: Path(settings.PROTOCOL_FILE))
