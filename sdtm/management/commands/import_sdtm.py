"""Import SDTM data of a trial: DM, EX, DS, TU, TR and RS as CSV, XPT, Parquet or Dataset-JSON."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from audit.files import note_written
from endpoints.models import Mark
from endpoints.refresh import refresh_marked
from sdtm.encodings import Notes, Unreadable, known
from sdtm.importing import INVESTIGATOR, Import, by_reader, countries, summary
from sdtm.ledger import ImportTally
from sdtm.reading import read_folder
from sdtm.rights import ImportNotAllowed, importer, open_sites
from sdtm.visits import named

SHOWN_REASONS = 15
WHERE_TO_LOOK = """Look at /subjects/ for the record, at /endpoints/ for what it shows."""


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="with dm, ex, ds, tu, tr and rs (or tu_onco ...), one file each")
        parser.add_argument(
            "--by", required=True, metavar="USER", help="who imports: must have the right to enter data"
        )
        parser.add_argument(
            "--reader", default=INVESTIGATOR, help='whose tumour assessments: investigator, or say "radiologist 1"'
        )
        parser.add_argument(
            "--encoding", default="", help="of files that do not say it: utf-8, windows-1252, latin-1 ... (guessed)"
        )
        parser.add_argument("--create-sites", action="store_true", help="open the sites that are missing, for USER")
        parser.add_argument("--report", type=Path, help="where to list what was not taken (FOLDER/not_taken.csv)")

    def handle(self, *args: Any, folder: Path, by: str, reader: str, **options: Any) -> None:
        tally, notes = ImportTally(), Notes()
        report = options["report"] or folder / "not_taken.csv"
        try:
            user = importer(by)
            reader = reader.strip().upper()
            domains = named(read_folder(folder, known(options["encoding"]), notes))
            rows = by_reader(domains, reader, tally)
            if options["create_sites"]:
                open_sites(countries(rows), user)
            run = Import(rows, reader, user, report, tally)
            came, here_already = self._run(run), len(run.there)
        except (Unreadable, ImportNotAllowed) as refusal:
            raise CommandError(str(refusal)) from refusal
        except OSError as failure:
            raise CommandError(f"{failure.filename}: {failure.strerror}") from failure
        for note in notes:
            self.stdout.write(note)
        self._tell(tally, came, here_already, len(run.left), report)
        if report.exists():
            note_written(self, f"what was not taken of {folder}", report.name, report.read_bytes())

    def _run(self, run: Import) -> list[str]:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True)) as progress:
            task = progress.add_task("Importing subjects", total=len(run.left))
            came = run.run(lambda: progress.advance(task))
            marked = Mark.objects.values("subject").distinct().count()
            task = progress.add_task("Deriving the endpoints", total=marked)
            while derived := refresh_marked():
                progress.advance(task, derived)
        return came

    def _tell(self, tally: ImportTally, came: list[str], known: int, left: int, report: Path) -> None:
        if not left:
            self.stdout.write(f"All {known} subjects are here already: nothing was changed.")
            self._tell_of_changes(tally, report)
            self.stdout.write(WHERE_TO_LOOK)
            return
        console = Console(file=self.stdout._out, width=160)
        console.print(_table(tally))
        number = sum(tally.reasons.values())
        console.print(f"{len(came)} subjects came in, {known} were here already, {left - len(came)} were not taken.")
        if number:
            for (what, domain, why), count in tally.reasons.most_common(SHOWN_REASONS):
                console.print(f"  {count:>6} {domain} {what}: {why}", markup=False, highlight=False)
            console.print(f"{number} lines, each row with its reason, in {report}", soft_wrap=True)
        self._tell_of_changes(tally, report)
        console.print(WHERE_TO_LOOK)

    def _tell_of_changes(self, tally: ImportTally, report: Path) -> None:
        by_domain = {domain: count for domain, count in tally.changed().items() if count}
        if by_domain:
            what = ", ".join(f"{count} in {domain}" for domain, count in by_domain.items())
            self.stdout.write(
                f"The files differ from what was imported before ({what}). None of that was taken: correct the record,"
                f" with a reason. Each difference is in {report}"
            )


def _table(tally: ImportTally) -> Table:
    table = Table(
        "Domain", "Rows", "Taken", "Partly taken", "There already", "Other reader", "Not taken", title="SDTM import"
    )
    for row in summary(tally):
        table.add_row(*row)
    return table
