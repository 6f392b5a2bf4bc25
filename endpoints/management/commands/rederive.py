"""Derive every subject afresh, from the forms alone, and estimate every population that has one."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from endpoints.refresh import mark_everyone, refresh_marked
from values.counts import counted

BATCH = 200


class Command(BaseCommand):
    help = "Derive every subject afresh and estimate the populations; safe beside a worker and to run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--batch", type=int, default=BATCH, help="subjects at a time (default: %(default)s)")

    def handle(self, *args: Any, batch: int, **options: Any) -> None:
        marked, derived = mark_everyone(), 0
        self.stdout.write(f"{counted(marked, 'subject')} to be derived.")
        while done := refresh_marked(max(batch, 1)):
            derived += done
            self.stdout.write(f"{derived} derived")
            self.stdout.flush()
        self.stdout.write("Nothing is left to derive.")
