"""Seal what of the trail is not sealed yet, as the worker does every few seconds."""

from typing import Any

from django.core.management import BaseCommand

from audit.sealing import seal_trail
from audit.verifying import entries


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{entries(seal_trail())} sealed.")
