"""Write out the protocol file that is in force, as it was read: to a file, or to standard output."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from audit.files import note_written
from cohorts.models import ProtocolVersion
from in_force.standing import version_in_force


class Command(BaseCommand):
    help = __doc__
    # It helps where the file of the settings is refused.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="where to write it; without, to standard output")

    def handle(self, *args: Any, file: Path | None, **options: Any) -> None:
        held = version_in_force()
        if held is None:
            raise CommandError("No protocol is in force yet: `setup_database` reads the file of PROTOCOL_FILE.")
        content = ProtocolVersion.objects.get(sha256=held.sha256).content
        what, name = f"protocol file in force, {held}", file.name if file else "protocol.toml"
        if file is None:
            self.stdout.write(content, ending="")
            note_written(self, what, name, content.encode())
            return
        try:
            # Byte for byte: its digest must be the one in force.
            file.write_bytes(content.encode())
        except OSError as failure:
            raise CommandError(f"{file}: {failure.strerror}") from failure
        note_written(self, what, name, content.encode())
        self.stderr.write(f"{held}, in force since {held.since:%Y-%m-%d}, is in {file}.")
