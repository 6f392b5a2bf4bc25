"""Say what an amendment of the protocol would change: visits by subject, forms, and figures under both plans.

Nothing is written. With --propose it is registered too; it takes force by a signature on its page.
"""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.actor import SYSTEM
from amendments.dry_run import EffectLine, looked_at_once
from amendments.figures import FigureSide
from amendments.services import propose
from cohorts.models import GoesOver, ProtocolVersion
from cohorts.services import Refused
from protocol import in_force
from values.dates import shown_date

WORDS = {
    "subjects": "subjects neither frozen nor locked",
    "over": "transition",
    "added": "visits added",
    "moved": "moved",
    "withdrawn": "withdrawn",
    "asked": "requiring other forms",
    "questions": "queries that checks would raise",
}


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the protocol file of the new version")
        parser.add_argument("--goes-over", choices=GoesOver.values, default=GoesOver.VISIT)
        parser.add_argument("--active-from", type=date.fromisoformat, default=None, help="2026-12-01; today without it")
        parser.add_argument("--propose", action="store_true", help="register it")

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            version = self._proposed(options)
            self._tell(version, options["active_from"] or timezone.localdate())
            if not options["propose"]:
                transaction.set_rollback(True)
        outcome = "is proposed: sign it on its page." if options["propose"] else "was previewed: nothing is saved."
        self.stdout.write(f"{version} {outcome}")

    def _proposed(self, options: dict[str, Any]) -> ProtocolVersion:
        try:
            content = options["file"].read_bytes()
        except OSError as failure:
            raise CommandError(f"{options['file']}: {failure.strerror}") from failure
        try:
            return propose(content=content, goes_over=GoesOver(options["goes_over"]), by=SYSTEM, reason="amend")
        except Refused as refusal:
            words = "\n  ".join(word for words in refusal.errors.values() for word in words)
            raise CommandError(f"{options['file']}: {words}") from refusal

    def _tell(self, version: ProtocolVersion, active_from: date) -> None:
        look = looked_at_once(version, active_from, in_force())
        for site, lines in look.lines.items():
            for line in lines:
                self.stdout.write("\n  ".join(_told(line)))
            self.stdout.write(f"Site {site}: {_counts(look.sites[site])}.")
        self.stdout.write(f"{look.done} subjects were previewed, active from {shown_date(active_from)}.")
        for side in look.figures:
            self.stdout.write("\n  ".join(_figures(side)))


def _told(line: EffectLine) -> list[str]:
    since = f"transitions on {shown_date(line.goes_over)}" if line.goes_over else "does not transition"
    return [
        f"{line.label}, site {line.site}: {since}",
        *(f"added: {words}" for words in line.added),
        *(f"withdrawn: {words}" for words in line.withdrawn),
        *(f"moved: {words}" for words in line.moved),
        *(f"asks for: {words}" for words in line.asked),
        *(f"a check would raise a query: {words}" for words in line.questions),
    ]


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {WORDS[name]}" for name, number in counts.items())


def _figures(side: FigureSide) -> list[str]:
    return [side.title, *(f"{label}: {now} -> {then}" for label, now, then in side.rows)]
