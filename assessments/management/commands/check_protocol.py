"""Look through a protocol file: every fault at once, each with its line, its key and what is known instead."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from assessments.plan.fit import unfit, unusable
from protocol import Protocol, ProtocolError, load
from values.counts import counted


class Command(BaseCommand):
    help = __doc__
    # It says more of the installation's own file than the check that refuses it.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="the TOML file (default: PROTOCOL_FILE)")
        lenient = "it is in force already: what an older one may lack is no fault"
        parser.add_argument("--in-force", action="store_true", help=lenient)

    def handle(self, *args: Any, file: Path | None, in_force: bool, **options: Any) -> None:
        path = file or settings.PROTOCOL_FILE
        try:
            protocol = load(path, unusable if in_force else unfit)
        except ProtocolError as unsound:
            raise CommandError("\n".join(lines_of(unsound))) from None
        if options["verbosity"]:
            self.stdout.write(f"{path}: no fault. {summary(protocol)}")


def lines_of(unsound: ProtocolError) -> list[str]:
    """A line for each fault, `FILE:LINE: key: what is wrong`, as editors follow them."""
    places = [f"{unsound.path}:{fault.line}" if fault.line else str(unsound.path) for fault in unsound.faults]
    lines = [f"{place}: {fault.problem}" for place, fault in zip(places, unsound.faults, strict=True)]
    return [*lines, f"{counted(len(lines), 'fault')}: nothing starts with this file."]


def summary(protocol: Protocol) -> str:
    numbers = (
        counted(len(protocol.cohorts), "cohort"),
        counted(len(protocol.visits), "visit"),
        counted(len(protocol.forms()), "form"),
        counted(len(protocol.eligibility), "criterion", "criteria"),
    )
    return f"{protocol.code} version {protocol.version}: {', '.join(numbers)}."
