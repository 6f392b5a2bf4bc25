"""A folder of SDTM data into the record: subject by subject, each wholly or not at all, and never twice."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

from django.db.models.functions import Upper

from accounts.actor import Actor, Locked
from accounts.models import Site, User
from cohorts.models import Subject
from cohorts.services import Refused, sync_protocol
from sdtm import keys
from sdtm.changed import compare, sources_of
from sdtm.encodings import Unreadable
from sdtm.ledger import ImportReport, ImportTally, Ledger
from sdtm.order import in_order, without_repeats
from sdtm.reading import DOMAINS, Row
from sdtm.rights import CONSOLE, actor_at, sites_of
from sdtm.typist import CannotTake, ImportTypist, by_subject

log = logging.getLogger(__name__)
INVESTIGATOR = "INVESTIGATOR"
READ_BY_SOMEBODY = ("TU", "TR", "RS")
Rows = dict[str, list[Row]]


def reader_of(row: Row) -> str:
    """Who assessed the tumour: a reader by the identifier, else by the role; the site, where nothing is said."""
    role = row.term(f"{row.domain}EVAL")
    return role if role == INVESTIGATOR else row.term(f"{row.domain}EVALID") or role or INVESTIGATOR


def readers(rows: Rows) -> list[str]:
    return sorted({reader_of(row) for domain in READ_BY_SOMEBODY for row in rows[domain] if not row.damage})


def by_reader(rows: Rows, reader: str, tally: ImportTally) -> Rows:
    """The rows with those of other readers of tumours left out. Raises Unreadable where the reader read nothing."""
    known = readers(rows)
    if known and reader not in known:
        raise Unreadable(f"No tumour was read by {reader.lower()}; the readers are: {', '.join(known).lower()}.")
    kept = dict(rows)
    for domain in READ_BY_SOMEBODY:
        # A row that cannot be taken apart names nobody: it is kept, to be listed.
        kept[domain] = [row for row in rows[domain] if row.damage or reader_of(row) == reader]
        tally.count((row for row in rows[domain] if not row.damage and reader_of(row) != reader), "other reader")
    return kept


def of_one_study(rows: Rows) -> str:
    """The study that DM is of, "" where it names none. Raises Unreadable for two: their subjects must not mix."""
    studies = sorted({row.term("STUDYID") for row in rows["DM"]} - {""})
    if len(studies) > 1:
        raise Unreadable(f"DM holds subjects of {' and '.join(studies)}: put each study into a folder of its own.")
    return studies[0] if studies else ""


class Import:
    """One run over the rows of a folder."""

    def __init__(self, rows: Rows, reader: str, user: User, report: Path, tally: ImportTally) -> None:
        self.study = of_one_study(rows)
        self.subjects, self.reader, self.tally = by_subject(rows), reader, tally
        self.nobodys = self.subjects.pop("")
        self.user, self.report_file = user, report
        self.sites = sites_of(set(countries(rows)), user)
        self.actors = {code: actor_at(site, user) for code, site in self.sites.items()}
        stored = Subject.objects.annotate(key=Upper("source_id")).filter(key__in=self.subjects)
        self.there = set(stored.values_list("key", flat=True))

    @property
    def left(self) -> list[str]:
        return [subject for subject in self.subjects if subject not in self.there]

    def run(self, step: Callable[[], None]) -> list[str]:
        """Import who is not there yet; returns the identifiers of those who came in."""
        sync_protocol(by=CONSOLE)
        changed, left = self._changed_since(), self.left
        report = ImportReport(self.report_file, redone={*left, *(row.subject for row in _all(self.nobodys))})
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
            usable = self._usable(self.subjects[name], Ledger())
            ledgers.append(compare(name, usable, sources.get(name, []), self.reader))
            self.tally.add([], ledgers[-1])
        return ledgers

    def _leave_out_nobodys(self, report: ImportReport) -> None:
        ledger = Ledger()
        for row in _all(self.nobodys):
            ledger.refuse(
                row, row.damage or ("the subject is not in DM" if row.subject else "the row names no subject")
            )
        self._book(_all(self.nobodys), ledger, report)

    def _take(self, name: str, report: ImportReport, step: Callable[[], None]) -> bool:
        rows, ledger = self.subjects[name], Ledger()
        try:
            self._typist(self._usable(rows, ledger), ledger).type()
            ledger.settle(_all(rows))
            taken = True
        except Exception as fault:
            # One subject's fault is listed, and the others still come in; what broke off left nothing behind.
            ledger, taken = Ledger(), False
            ledger.refuse(_all(rows), f"the subject was not imported: {_words(fault)}")
        self._book(_all(rows), ledger, report)
        step()
        return taken

    def _usable(self, rows: Rows, ledger: Ledger) -> Rows:
        """The rows that can be read, in an order that the files cannot change, each once."""
        usable: Rows = {}
        for domain, of_domain in rows.items():
            for row in of_domain:
                if why := row.damage or self._of_another_study(row):
                    ledger.refuse(row, why)
            usable[domain] = without_repeats(in_order(ledger.taken(of_domain)), ledger)
        return usable

    def _of_another_study(self, row: Row) -> str:
        study = row.term("STUDYID")
        return f"the row is of study {row['STUDYID']}" if study and self.study and study != self.study else ""

    def _typist(self, rows: Rows, ledger: Ledger) -> ImportTypist:
        if not rows["DM"]:
            raise CannotTake("its row of DM cannot be read")
        code = keys.key(rows["DM"][0]["SITEID"])
        if not code:
            raise CannotTake("DM names no site")
        actor: Actor = self.actors[code]
        site: Site = self.sites[code]
        return ImportTypist(actor, site, rows, ledger, self.reader)

    def _book(self, rows: list[Row], ledger: Ledger, report: ImportReport) -> None:
        self.tally.add(rows, ledger)
        report.add(ledger)


def _all(rows: Rows) -> list[Row]:
    return [row for domain in DOMAINS for row in rows.get(domain, [])]


def _words(fault: Exception) -> str:
    """What the person at the terminal can do something about; the rest goes to the log, with its place in the code."""
    if isinstance(fault, (Refused, CannotTake, Locked)):
        return " ".join(str(fault).split())
    log.error("A subject could not be imported.", exc_info=fault)
    return f"an unexpected fault, which the log has in full ({type(fault).__name__})"


def countries(rows: Rows) -> dict[str, str]:
    """The country of each site, as DM tells it; a row that cannot be read, or names no site, tells none."""
    return {site: row["COUNTRY"] for row in rows["DM"] if not row.damage and (site := keys.key(row["SITEID"]))}


def summary(tally: ImportTally) -> Iterator[tuple[str, ...]]:
    """(domain, read, taken, partly taken, there already, other reader, not taken) for each domain that has rows."""
    for domain in DOMAINS:
        counts = tally.counts.get(domain)
        if counts:
            numbers = [counts[what] for what in ("taken", "partly taken", "there already", "other reader", "not taken")]
            yield (domain, str(sum(counts.values())), *map(str, numbers))
