"""Write the blank case report form of the protocol, annotated with CDASH and SDTM names, as PDF."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from reports.blank_crf import blank_crf


class Command(BaseCommand):
    help = __doc__
    # Nothing is asked of a database: the models are the catalogue.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        file.write_bytes(blank_crf())
        self.stdout.write(f"The blank case report form is in {file}.")
