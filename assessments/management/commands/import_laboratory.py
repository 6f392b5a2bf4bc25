"""Enter a laboratory's file of results: all of it, or nothing where a line is wrong."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.access import access_for
from accounts.actor import Locked
from accounts.models import User
from accounts.roles import Permission
from assessments.laboratory.file import ResultLine, read_file
from assessments.laboratory.importing import import_samples, look_through
from assessments.pages.results import Found
from assessments.place import Stale
from cohorts.services import Refused
from values.counts import counted
from values.unreadable import UnreadableValue


class Command(BaseCommand):
    help = "Enter a laboratory's file of results (CSV, docs/laboratory.md): all of it, or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--by", required=True, metavar="USER", help="who enters it, with the right to at the site")
        parser.add_argument("--dry-run", action="store_true", help="check the file only")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["by"]).first()
        if user is None or not access_for(user).can(Permission.IMPORT_LABORATORY):
            raise CommandError(f"{options['by']} is nobody who may enter data.")
        access = access_for(user)
        try:
            file = read_file(options["file"].read_bytes())
        except (UnreadableValue, OSError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(" ".join(file.notes))
        preview = look_through(file.lines, access)
        for line in preview.wrong:
            self.stderr.write(f"line {line.number}: {' '.join(line.errors)}")
        if preview.wrong:
            raise CommandError(
                f"Nothing was imported: {len(preview.wrong)} wrong of {counted(len(preview.lines), 'line')}."
            )
        for sample in preview.samples:
            self.stdout.write(f"{sample.label}: {_words(sample)}")
            for line in sample.lines:
                self.stdout.write(_result(line, sample.found.get(line.analyte)))
        if options["dry_run"] or not preview.new:
            return
        try:
            saved = import_samples(
                preview,
                by=lambda site: access.actor(site, channel="import", permission=Permission.IMPORT_LABORATORY),
                reason=f"Laboratory file {options['file'].name}",
            )
        except (Refused, Stale, Locked) as error:
            raise CommandError(f"Nothing was imported: {error}") from None
        self.stdout.write(f"{len(saved)} sample{'s' if len(saved) != 1 else ''} went in.")


def _result(line: ResultLine, outcome: Found | None) -> str:
    """How a line was read: `line 2: HGB 9,5 g/dl = 95 g/L, Low (12 to 16), grade 2 Hemoglobin`."""
    read = f"  line {line.number}: {line.analyte} {line.shown} {line.values['unit']}".rstrip()
    return f"{read}: {', '.join(outcome.words)}" if outcome else read


def _words(sample: Any) -> str:
    if sample.is_there:
        return "recorded before"
    return counted(len(sample.rows), "result") + ("" if sample.complete else f", a draft: {' '.join(sample.waits_for)}")
