"""Bring in sites, people or reference ranges from a file: all of it, or nothing where a line is wrong."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.access import access_for
from accounts.models import User
from accounts.planned import NotBroughtIn
from activation.files import KINDS, actor_for, bring_in_all, look_through
from values.counts import counted
from values.unreadable import UnreadableValue


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=tuple(KINDS))
        parser.add_argument("file", type=Path)
        parser.add_argument("--by", required=True, metavar="USER", help="who imports it, with the right to")
        parser.add_argument("--dry-run", action="store_true", help="check the file only")

    def handle(self, *args: Any, **options: Any) -> None:
        kind = KINDS[options["kind"]]
        user = User.objects.filter(username=options["by"].strip().lower()).first()
        if user is None or not access_for(user).can(kind.permission):
            raise CommandError(f"{options['by']} may not import {kind.title.lower()}.")
        try:
            preview = look_through(kind, options["file"].read_bytes(), access_for(user))
        except (UnreadableValue, OSError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(" ".join(preview.notes))
        for planned_line in preview.planned:
            self.stdout.write(
                f"line {planned_line.line.number}: {' '.join(planned_line.line.errors) or planned_line.does}"
            )
        if preview.wrong:
            wrong, all_lines = len(preview.wrong), counted(len(preview.lines), "line")
            raise CommandError(f"Nothing was imported: {wrong} of {all_lines} cannot be imported as they are.")
        if options["dry_run"]:
            self.stdout.write(f"{counted(len(preview.new), 'line')} would be imported.")
            return
        try:
            number = bring_in_all(preview, by=actor_for(kind, access_for(user)), name=options["file"].name)
        except NotBroughtIn as refusal:
            raise CommandError(f"Nothing was imported. {refusal}") from None
        self.stdout.write(f"{counted(number, 'line')} imported. {kind.after if number else ''}".rstrip())
