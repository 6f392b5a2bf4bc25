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
from amendments.effects import Effect, effects
from amendments.figures import Side, side_by_side
from amendments.services import propose
from cohorts.models import GoesOver, ProtocolVersion, Subject
from cohorts.services import Refused
from cohorts.versions import read
from trialsite.protocol import in_force
from values.dates import shown_date


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
        said = "is proposed: sign it on its page." if options["propose"] else "was looked at: nothing is written."
        self.stdout.write(f"{version} {said}")

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
        number = 0
        for effect in effects(version, active_from, Subject.objects.select_related("site").order_by("label")):
            number += 1
            if not effect.is_none:
                self.stdout.write("\n  ".join(_lines(effect)))
        self.stdout.write(f"{number} subjects were looked at, active from {shown_date(active_from)}.")
        for side in side_by_side(in_force(), read(version.pk)):
            self.stdout.write("\n  ".join(_figures(side)))


def _lines(effect: Effect) -> list[str]:
    since = f"goes over on {shown_date(effect.goes_over)}" if effect.goes_over else "does not go over"
    return [
        f"{effect.subject.label}, site {effect.subject.site.code}: {since}",
        *(f"added: {visit.label}, {shown_date(visit.target_date)}" for visit in effect.added),
        *(f"withdrawn: {visit.label}, {shown_date(visit.target_date)}" for visit in effect.withdrawn),
        *(f"moved: {one.label}, {_span(one)} -> {_span(other)}" for one, other in effect.moved),
        *(f"{visit.label}: asks for {_both(more, less)}" for visit, more, less in effect.asked),
    ]


def _span(visit: Any) -> str:
    return f"{shown_date(visit.target_date)} ({shown_date(visit.window_from)} to {shown_date(visit.window_to)})"


def _both(more: list[str], less: list[str]) -> str:
    return ", ".join([*(f"{title} too" for title in more), *(f"{title} no more" for title in less)])


def _figures(side: Side) -> list[str]:
    return [side.title, *(f"{label}: {now} -> {then}" for label, now, then in side.rows)]
