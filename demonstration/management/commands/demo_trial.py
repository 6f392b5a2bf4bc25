"""Type a synthetic trial: the design of the real one, nobody's data."""

from argparse import ArgumentParser
from random import Random
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from accounts.roles import Role
from cohorts.models import Subject
from cohorts.services import sync_protocol
from demonstration.design import PLANNED
from demonstration.people import appoint, who_logs_in
from demonstration.room import room_for
from demonstration.steps import trial
from demonstration.typist import Typist
from endpoints.refresh import refresh_marked

SEED = 2007


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=SEED, help="same seed, same trial (default: %(default)s)")
        parser.add_argument("--subjects", type=int, default=PLANNED, help="how many (default: %(default)s)")
        parser.add_argument("--forms", choices=("full", "light"), default="full", help="light: first infusion only")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.ENVIRONMENT != "training":
            raise CommandError("A demonstration is typed where ENVIRONMENT is training, nowhere else.")
        if Subject.objects.exists():
            self.stdout.write(f"There are subjects already: nothing was typed.\n{who_logs_in()}")
            return
        with room_for(options["subjects"]):
            self._type(options["seed"], options["subjects"], light=options["forms"] == "light")
        self.stdout.write(who_logs_in())

    def _type(self, seed: int, subjects: int, *, light: bool) -> None:
        people = appoint()
        sync_protocol(by=people.of(Role.DATA_MANAGER))
        typist = Typist(people, Random(f"{seed}: monitoring"))  # noqa: S311  a synthetic trial, no secret
        steps = list(trial(seed, subjects, light=light))
        with _progress() as progress:
            for step in progress.track(steps, description="Typing the demonstration trial"):
                typist.perform(step)
            task = progress.add_task("Deriving endpoints", total=subjects)
            while done := refresh_marked():
                progress.advance(task, done)


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True))
