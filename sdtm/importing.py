"""A folder of SDTM data into the record: subject by subject, each wholly or not at all, and never twice."""

from collections.abc import Callable, Iterator
from pathlib import Path

from django.db import IntegrityError

from accounts.actor import Actor, Locked
from accounts.models import Site, User
from cohorts.models import Subject
from cohorts.services import Refused, sync_protocol
from sdtm.changed import compare, sources_of
from sdtm.ledger import Ledger, Report, Tally
from sdtm.reading import DOMAINS, Row, Unreadable
from sdtm.rights import CONSOLE, actor_at, sites_of
from sdtm.typist import CannotTake, Typist, by_subject

INVESTIGATOR = "INVESTIGATOR"
Rows = dict[str, list[Row]]


def reader_of(row: Row) -> str:
    """Who assessed the tumour: a reader by the identifier, else by the role; the site, where nothing is said."""
    return (row.own("EVALID") or row.own("EVAL") or INVESTIGATOR).upper()


def readers(rows: Rows) -> list[str]:
    return sorted({reader_of(row) for domain in ("TU", "TR", "RS") for row in rows[domain]})


def by_reader(rows: Rows, reader: str, tally: Tally) -> Rows:
    """The rows with those of other readers of tumours left out. Raises Unreadable where the reader read nothing."""
    known = readers(rows)
    if known and reader not in known:
        raise Unreadable(f"No tumour was read by {reader.lower()}; the readers are: {', '.join(known).lower()}.")
    kept = dict(rows)
    for domain in ("TU", "TR", "RS"):
        kept[domain] = [row for row in rows[domain] if reader_of(row) == reader]
        tally.count((row for row in rows[domain] if reader_of(row) != reader), "other reader")
    return kept


class Import:
    """One run over the rows of a folder."""

    def __init__(self, rows: Rows, reader: str, user: User, report: Path, tally: Tally) -> None:
        self.subjects, self.reader, self.tally = by_subject(rows), reader, tally
        self.nobodys = self.subjects.pop("")
        self.user, self.report_file = user, report
        self.sites = sites_of({row["SITEID"].upper() for row in rows["DM"]}, user)
        self.actors = {code: actor_at(site, user) for code, site in self.sites.items()}
        there = Subject.objects.filter(source_id__in=self.subjects).values_list("source_id", flat=True)
        self.there = set(there)

    @property
    def left(self) -> list[str]:
        return [subject for subject in self.subjects if subject not in self.there]

    def run(self, step: Callable[[], None]) -> list[str]:
        """Import who is not there yet; returns the identifiers of those who came in."""
        sync_protocol(by=CONSOLE)
        changed, left = self._changed_since(), self.left
        report = Report(self.report_file, redone={*left, *(row.subject for row in _all(self.nobodys))})
        try:
            for ledger in changed:
                report.add(ledger)
            self._leave_out_nobodys(report)
            return [subject for subject in left if self._take(subject, report, step)]
        finally:
            report.close()

    def _changed_since(self) -> list[Ledger]:
        """What the files now say otherwise of those who are here already: corrections are made in the record."""
        sources = sources_of(self.there)
        ledgers = []
        for name in sorted(self.there):
            self.tally.count(_all(self.subjects[name]), "there already")
            ledgers.append(compare(name, self.subjects[name], sources.get(name, []), self.reader))
            self.tally.add([], ledgers[-1])
        return ledgers

    def _leave_out_nobodys(self, report: Report) -> None:
        ledger = Ledger()
        ledger.refuse(_all(self.nobodys), "the subject is not in DM")
        self._book(_all(self.nobodys), ledger, report)

    def _take(self, name: str, report: Report, step: Callable[[], None]) -> bool:
        rows, ledger = self.subjects[name], Ledger()
        ledger.refuse(rows["DM"][1:], "the subject is in DM twice")
        try:
            self._typist(rows, ledger).type()
            taken = True
        except (Refused, CannotTake, Locked, IntegrityError) as refusal:
            ledger, taken = Ledger(), False
            ledger.refuse(_all(rows), f"the subject was not imported: {' '.join(str(refusal).split())}")
        self._book(_all(rows), ledger, report)
        step()
        return taken

    def _typist(self, rows: Rows, ledger: Ledger) -> Typist:
        code = rows["DM"][0]["SITEID"].upper()
        actor: Actor = self.actors[code]
        site: Site = self.sites[code]
        return Typist(actor, site, rows, ledger, self.reader)

    def _book(self, rows: list[Row], ledger: Ledger, report: Report) -> None:
        self.tally.add(rows, ledger)
        report.add(ledger)


def _all(rows: Rows) -> list[Row]:
    return [row for domain in DOMAINS for row in rows.get(domain, [])]


def countries(rows: Rows) -> dict[str, str]:
    """The country of each site, as DM tells it."""
    return {row["SITEID"].upper(): row["COUNTRY"] for row in rows["DM"]}


def summary(tally: Tally) -> Iterator[tuple[str, ...]]:
    """(domain, read, taken, there already, other reader, not taken) for each domain that has rows."""
    for domain in DOMAINS:
        counts = tally.counts.get(domain)
        if counts:
            told = (counts["taken"], counts["there already"], counts["other reader"], counts["not taken"])
            yield (domain, str(sum(counts.values())), *map(str, told))
