"""End every session, API token and password link of everybody, as after a restore from a backup."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.actor import SYSTEM
from accounts.standing import end_all_access


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reason", required=True, help="kept in the trail")

    def handle(self, *args: Any, **options: Any) -> None:
        end_all_access(by=SYSTEM, reason=options["reason"])
        self.stdout.write("Every session, API token and password link is ended.")
