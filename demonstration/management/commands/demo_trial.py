"""Type a synthetic trial: the design of the real one, nobody's data."""

from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from random import Random
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.management import BaseCommand, CommandError
from django.db import connection
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from accounts.roles import Role
from cohorts.models import Subject
from cohorts.services import sync_protocol
from demonstration.closing import review_access
from demonstration.design import PLANNED
from demonstration.people import appoint, who_logs_in
from demonstration.resuming import left_to_do
from demonstration.room import room_for
from demonstration.steps import Step
from demonstration.timetable import trial
from demonstration.typist import Typist
from endpoints.models import Mark
from endpoints.refresh import refresh_marked
from protocol import in_force

SEED = 2480
OF_TRIAL = "NCT00426556"
NOT_INVENTED = (
    "No page of this installation says that its records are invented (SYNTHETIC_DATA is false): a trial of one's own"
    " takes no demonstration. `make run` without TRIAL starts one that is for it."
)
DERIVATIONS = 8
# In the cache's table from the first step to the last: a run that finds it goes on where the one before was killed.
UNDER_WAY = "demonstration-under-way"


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=SEED, help="same seed, same trial (default: %(default)s)")
        parser.add_argument("--subjects", type=int, default=PLANNED, help="how many (default: %(default)s)")
        parser.add_argument("--forms", choices=("full", "light"), default="full", help="light: first infusion only")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.ENVIRONMENT != "training":
            raise CommandError("A demonstration is typed where ENVIRONMENT is training, nowhere else.")
        if not settings.SYNTHETIC_DATA:
            raise CommandError(NOT_INVENTED)
        if in_force().code != OF_TRIAL:
            raise CommandError(f"The demonstration is of {OF_TRIAL}, and this installation is of {in_force().code}.")
        seed, subjects, forms = options["seed"], options["subjects"], options["forms"]
        name = f"demonstration {seed} {subjects} {forms}"
        if Subject.objects.exists() and cache.get(UNDER_WAY) != name:
            self.stdout.write(f"There are subjects already: nothing was typed.\n{who_logs_in()}")
            return
        cache.set(UNDER_WAY, name, timeout=None)
        with room_for(subjects), _not_waiting_for_the_disk(), _progress() as progress:
            type_trial(name, list(trial(seed, subjects, light=forms == "light")), Random(name), progress)  # noqa: S311
        cache.delete(UNDER_WAY)
        self.stdout.write(who_logs_in())


def type_trial(name: str, steps: Sequence[Step], rng: Random, progress: Progress) -> None:
    """Type what is not there yet, deriving now and then, so that what the derivation asks is answered too."""
    people = appoint()
    sync_protocol(by=people.of(Role.DATA_MANAGER))
    typist = Typist(name, people, rng)
    left = left_to_do(typist, steps)
    pause = max(len(steps) // DERIVATIONS, 1)
    task = progress.add_task("Typing the demonstration trial", total=len(steps), completed=len(steps) - len(left))
    for number, step in enumerate(left):
        typist.perform(step)
        progress.advance(task)
        if number % pause == pause - 1:
            refresh_marked()
    review_access(people)
    marked = Mark.objects.values("subject").distinct().count()
    task = progress.add_task("Deriving the endpoints", total=marked, visible=marked > 0)
    while derived := refresh_marked():
        progress.advance(task, derived)


@contextmanager
def _not_waiting_for_the_disk() -> Iterator[None]:
    """What a power cut would take are the last steps, and the next run does them again."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET synchronous_commit")


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True))
