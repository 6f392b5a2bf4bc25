"""Load a MedDRA distribution that the sponsor holds a licence for: manage.py load_meddra FOLDER [--release 27.1]."""

from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from accounts.actor import SYSTEM
from terminology.meddra import NotMeddra, release, rows
from terminology.services import AlreadyLoaded, TooFewTerms, load_dictionary


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="the folder with llt.asc, pt.asc and mdhier.asc")
        parser.add_argument("--release", default="", help="such as 27.1, where the distribution does not say it")

        parser.add_argument(
            "--fewer-terms", action="store_true", help="load it although it has far fewer terms than the one in force"
        )

    def handle(self, *args: Any, folder: Path, release: str, fewer_terms: bool, **options: Any) -> None:
        if not folder.is_dir():
            raise CommandError(f"{folder} is not a folder.")
        try:
            held, count = load_dictionary(
                name="MedDRA",
                version=release or _own_release(folder),
                rows=rows(folder),
                by=SYSTEM,
                may_be_smaller=fewer_terms,
            )
        except TooFewTerms as refusal:
            anew = "If the files are whole, say --fewer-terms; else unpack the distribution anew. Nothing was changed."
            raise CommandError(f"{refusal} {anew}") from None
        except (NotMeddra, AlreadyLoaded) as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{held}: {count} current terms. Adverse events are coded with it from now on.")


def _own_release(folder: Path) -> str:
    named_release = release(folder)
    if named_release is None:
        raise CommandError("The distribution does not say its release: give it, such as --release 27.1.")
    return named_release
