"""Write the public oncology data of the pharmaverse as SDTM datasets, ready for import_sdtm."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from sdtm import people, public_data
from sdtm.importing import countries
from sdtm.reading import read_folder


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--format", choices=tuple(public_data.WRITERS), default="parquet")
        parser.add_argument("--files-only", action="store_true", help="no sites, no people")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            names = public_data.write(folder, options["format"])
        except public_data.NotInstalled as missing:
            raise CommandError(str(missing)) from missing
        self.stdout.write(f"{', '.join(names)} are in {folder}.")
        if options["files_only"] or settings.ENVIRONMENT != "training":
            return
        people.appoint(countries(read_folder(folder)))
        self.stdout.write(people.WHO_LOGS_IN)
