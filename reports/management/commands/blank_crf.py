"""Write the blank case report form of the protocol, annotated with CDASH and SDTM names, as PDF."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from audit.files import note_written
from reports.blank_crf import blank_crf


class Command(BaseCommand):
    help = __doc__
    # Nothing is asked of a database, the models are the catalogue: without one, the file is noted in no log.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        content = blank_crf()
        file.write_bytes(content)
        note_written(self, "blank case report form", file.name, content)
        self.stdout.write(f"The blank case report form is in {file}.")
