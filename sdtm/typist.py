"""Types the forms of one subject, by the same entry, checks and services as the pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from accounts.actor import Actor, acting
from accounts.models import Site
from assessments.catalogue import CATALOGUE
from assessments.entry import Entry, Values, typed
from assessments.posted import exact
from assessments.services import Place, approve_enrolment, mark_not_done, request_enrolment, save_form
from cohorts.models import Cohort, Subject, Visit
from cohorts.services import Refused, add_subject, add_visit
from sdtm import disposition, entering, terms
from sdtm.changed import remember
from sdtm.filled import Filled, Occasion
from sdtm.ledger import Ledger
from sdtm.reading import Row
from sdtm.tumours import Course
from trialsite.protocol import current


class CannotTake(Exception):
    """The subject cannot be imported at all."""


@dataclass
class Typist:
    """One subject, from its rows by domain to its saved forms. Everything happens in one transaction."""

    by: Actor
    site: Site
    rows: dict[str, list[Row]]
    ledger: Ledger
    reader: str

    def type(self) -> Subject:
        with acting(self.by):
            self.dm = self.rows["DM"][0]
            self.subject = add_subject(site=self.site, by=self.by, source_id=self.dm.subject, label=label_of(self.dm))
            self.visits: dict[Occasion, Visit] = {}
            remember(self.subject, self.rows, self.reader)
            self._type_forms()
        return self.subject

    def _type_forms(self) -> None:
        course = Course(self.rows["TU"], self.rows["TR"], self.rows["RS"], self.ledger)
        self._save(entering.consent(self.dm, self.rows["DS"]))
        self._save(entering.demography(self.dm, self.ledger))
        self._save_baseline(course)
        exposed = entering.exposure(self.rows["EX"], self.ledger)
        self._enrol(exposed)
        self._save(exposed)
        for assessment in course.assessments():
            self._save_lesions(course, assessment)
        for form in disposition.forms(self.dm, self.rows["DS"], self.ledger):
            self._save(form)
        for lesion in course.known.values():
            if lesion.row and not lesion.label:
                self.ledger.refuse(lesion.row, "nothing was found of this lesion at any assessment")

    def _enrol(self, exposed: Filled | None) -> None:
        arm = entering.assigned(self.dm)
        if not arm:
            return
        on = entering.enrolled_on(self.dm, self.rows["DS"], exposed)
        try:
            if not on:
                raise Refused("no date tells when the subject was enrolled")
            enrolment = request_enrolment(subject=self.subject, cohort=cohort_of(self.dm), by=self.by)
            approve_enrolment(enrolment=enrolment, on=date.fromisoformat(on), by=self.by)
        except Refused as refusal:
            self.ledger.refuse_value(self.dm, "ARM", f"not enrolled: {_words(refusal)}")

    def _save_baseline(self, course: Course) -> None:
        found = course.baseline()
        if found is None and entering.assigned(self.dm) and "tumour_baseline" in current().forms():
            place = Place(self.subject, CATALOGUE["tumour_baseline"])
            mark_not_done(place=place, why="The data have no tumour assessment at baseline.", by=self.by)
        self._save_lesions(course, found)

    def _save_lesions(self, course: Course, filled: Filled | None) -> None:
        if saved := self._save(filled):
            values, kept = saved
            # The save gave each lesion that had no label its own.
            both = zip(values.rows, kept.rows, strict=True)
            course.name([row["label"] for row, typed_row in both if not typed_row["label"]], kept)

    def _save(self, filled: Filled | None) -> tuple[Values, Filled] | None:
        """Save a form as complete; where something is missing as a draft, and say so; what cannot be is left out."""
        if filled is None:
            return None
        entry, filled, complete = self._checked(filled)
        values = entry.values()
        visit = self._visit(filled.occasion)
        try:
            save_form(place=Place(self.subject, entry.form_type, visit), values=values, by=self.by, complete=complete)
        except Refused as refusal:
            self.ledger.refuse(filled.sources(), f"{entry.form_type.title} was refused: {_words(refusal)}")
            return None
        return values, filled

    def _checked(self, filled: Filled) -> tuple[Entry, Filled, bool]:
        entry = self._entry(filled, complete=True)
        if entry.is_valid():
            return entry, filled, True
        filled = self._without_what_is_wrong(filled)
        entry = self._entry(filled, complete=True)
        if entry.is_valid():
            return entry, filled, True
        missing = " ".join(message for messages in entry.errors.values() for message in messages)
        for row in self.ledger.taken(filled.sources())[:1]:
            self.ledger.remark(row, f"{entry.form_type.title} is a draft until somebody completes it: {missing}")
        entry = self._entry(filled, complete=False)
        if not entry.is_valid():
            raise CannotTake(f"{entry.form_type.title}: {entry.errors}")
        return entry, filled, False

    def _without_what_is_wrong(self, filled: Filled) -> Filled:
        entry = self._entry(filled, complete=False)
        if entry.is_valid():
            return filled
        for name, messages in entry.errors.items():
            why = f"{entry.form_type.title}: {' '.join(messages)}"
            for row in filled.sources(name):
                # A row of DM is many items: one of them that does not fit does not make the others wrong.
                if row.domain == "DM":
                    self.ledger.refuse_value(row, VARIABLES.get(name, ""), why)
                else:
                    self.ledger.refuse(row, why)
        return filled.without(set(entry.errors))

    def _entry(self, filled: Filled, *, complete: bool) -> Entry:
        data = typed(*exact(CATALOGUE[filled.code], filled.record, filled.rows))
        return Entry(CATALOGUE[filled.code], subject=self.subject, data=data, complete=complete, every_lesion=False)

    def _visit(self, occasion: Occasion | None) -> Visit | None:
        """A visit for each occasion that has a whole date; the protocol of imported data plans none."""
        if occasion is None or not terms.whole_day(occasion.on):
            return None
        if occasion not in self.visits:
            on = date.fromisoformat(occasion.on)
            self.visits[occasion] = add_visit(
                subject=self.subject, on=on, label=occasion.label, kind=occasion.kind, took_place=True, by=self.by
            )
        return self.visits[occasion]


VARIABLES = {
    "birth_date": "BRTHDTC",
    "age": "AGE",
    "sex": "SEX",
    "race": "RACE",
    "ethnicity": "ETHNIC",
    "consent_date": "RFICDTC",
    "death_date": "DTHDTC",
    "contact_date": "RFPENDTC",
}


def label_of(dm: Row) -> str:
    """Site and subject number, as the site's own subjects are named; what is longer than a label is cut."""
    site, number = dm["SITEID"], dm["SUBJID"] or dm.subject
    return (number if number.startswith(site) else f"{site}-{number}")[:40]


def cohort_of(dm: Row) -> Cohort:
    """The cohort that the arm names by code or label; the only one, where the protocol has no more."""
    plans = current().cohorts
    named = {name.upper() for name in (dm["ACTARMCD"], dm["ACTARM"], dm["ARMCD"], dm["ARM"]) if name}
    found = [plan.code for plan in plans if plan.code.upper() in named or plan.label.upper() in named]
    if not found and len(plans) == 1:
        found = [plans[0].code]
    if not found:
        raise Refused(f"no cohort of the protocol is called {dm['ARM'] or dm['ARMCD']}")
    return Cohort.objects.get(code=found[0])


def _words(refusal: Refused) -> str:
    return " ".join(message for messages in refusal.errors.values() for message in messages)


def by_subject(rows: dict[str, list[Row]]) -> dict[str, dict[str, list[Row]]]:
    """The rows of each subject by domain, in the order of DM; rows of nobody in DM stand under ""."""
    subjects: dict[str, dict[str, list[Row]]] = {row.subject: _empty(rows) for row in rows["DM"] if row.subject}
    nobody = subjects.setdefault("", _empty(rows))
    for domain, of_domain in rows.items():
        for row in of_domain:
            subjects.get(row.subject, nobody)[domain].append(row)
    return subjects


def _empty(domains: Sequence[str] | dict[str, list[Row]]) -> dict[str, list[Row]]:
    return {domain: [] for domain in domains}
