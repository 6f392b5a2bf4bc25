"""Find each entry of the trail and of the log of access that was altered, removed or added since it was sealed."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management import BaseCommand, CommandError
from django.core.management.base import CommandParser

from audit.anchors import UnreadableAnchors, read_anchors
from audit.verifying import Verified, verify

MOST_NAMED = 1000
STEP = 100_000


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--anchor",
            action="append",
            type=Path,
            default=[],
            metavar="FILE",
            help="an anchor kept elsewhere (trail_anchor, or the page of the seal): the chain must still contain it",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.told = 0
        try:
            anchors = [anchor for file in options["anchor"] for anchor in read_anchors(file)]
        except (OSError, UnreadableAnchors) as error:
            raise CommandError(str(error)) from error
        try:
            verified = verify(anchors, self._tell)
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        self._say(verified, len(anchors))
        if verified.faults:
            raise CommandError(f"{len(verified.faults)} faults: the trail is not what was sealed.")

    def _tell(self, rows: int) -> None:
        if rows // STEP > self.told // STEP:
            self.stderr.write(f"{rows} entries checked")
        self.told = rows

    def _say(self, verified: Verified, anchors: int) -> None:
        for fault in verified.faults[:MOST_NAMED]:
            self.stdout.write(str(fault))
        for table, sealed in verified.sealed.items():
            self.stdout.write(f"{table}: {sealed} entries sealed, {verified.waiting[table]} wait to be.")
        if verified.last is None:
            self.stdout.write("Nothing has been sealed yet.")
            return
        made, hashed = verified.last.made_at, bytes(verified.last.hash).hex()
        self.stdout.write(f"{verified.blocks} blocks, the last of {made:%Y-%m-%d %H:%M:%S} UTC with hash {hashed}.")
        if not verified.faults:
            kept = f", and {anchors} anchors are part of it" if anchors else ""
            self.stdout.write(f"Every sealed entry is as it was sealed{kept}.")
