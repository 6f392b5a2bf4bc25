"""Types the forms of one subject, by the same entry, checks and services as the pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from accounts.actor import Actor, acting
from accounts.models import Site
from assessments.api.posted import exact
from assessments.catalogue import CATALOGUE
from assessments.entering.entry import Entry, Values, typed
from assessments.place import Place
from assessments.services import mark_not_done, save_form
from casebook.services import approve_enrolment, request_enrolment
from cohorts.models import Cohort, Subject, Visit
from cohorts.services import Refused, add_subject, add_visit, is_taken
from protocol import current
from review.services import raise_query
from sdtm import disposition, entering, keys
from sdtm.changed import remember
from sdtm.dates import WHOLE
from sdtm.faults import list_unreadable
from sdtm.filled import FilledForm, Occasion, row_of
from sdtm.ledger import Ledger
from sdtm.reading import Row
from sdtm.tumours import TumourCourse


class CannotTake(Exception):
    """The subject cannot be imported at all."""


@dataclass
class ImportTypist:
    """One subject, from its rows by domain to its saved forms. Everything happens in one transaction."""

    by: Actor
    site: Site
    rows: dict[str, list[Row]]
    ledger: Ledger
    reader: str

    def type(self) -> Subject:
        self.dm = the_row_of_dm(self.rows["DM"])
        label = label_of(self.dm)
        if len(self.dm["USUBJID"]) > LONGEST_NAME:
            raise CannotTake(f"its USUBJID is longer than {LONGEST_NAME} characters")
        with acting(self.by):
            if is_taken(label):
                raise CannotTake(f"there is a subject {label} already, who did not come from these data")
            self.subject = add_subject(site=self.site, by=self.by, source_id=self.dm["USUBJID"], label=label)
            self.visits: dict[Occasion, Visit] = {}
            remember(self.subject, self.rows, self.reader)
            self._type_forms()
        self.ledger.take([self.dm])
        return self.subject

    def _type_forms(self) -> None:
        course = TumourCourse(self.rows["TU"], self.rows["TR"], self.rows["RS"], self.ledger)
        list_unreadable([row for rows in self.rows.values() for row in rows], self.ledger)
        self._save_consent()
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

    def _enrol(self, exposed: FilledForm | None) -> None:
        arm = entering.assigned(self.dm)
        if not arm:
            return
        on, behind = entering.enrolled_on(self.dm, self.rows["DS"], exposed, self.ledger)
        try:
            if not on:
                raise Refused("no date tells when the subject was enrolled")
            enrolment = request_enrolment(subject=self.subject, cohort=cohort_of(self.dm), by=self.by)
            approve_enrolment(enrolment=enrolment, on=date.fromisoformat(on), by=self.by)
            self.ledger.take(behind)
        except Refused as refusal:
            self.ledger.refuse_value(self.dm, "ARM", f"not enrolled: {_words(refusal)}")
            self.ledger.refuse(behind, f"not enrolled: {_words(refusal)}")

    def _save_consent(self) -> None:
        """Of a subject who was in the trial and of whose consent nothing is told, that is what the form says."""
        consent = entering.consent(self.dm, self.rows["DS"], self.ledger)
        self._save(consent)
        if consent is None and entering.assigned(self.dm) and "consent" in current().forms():
            place = Place(self.subject, CATALOGUE["consent"])
            mark_not_done(place=place, why="The data do not tell when consent was given.", by=self.by)

    def _save_baseline(self, course: TumourCourse) -> None:
        baseline = course.baseline()
        if baseline is None and entering.assigned(self.dm) and "tumour_baseline" in current().forms():
            place = Place(self.subject, CATALOGUE["tumour_baseline"])
            mark_not_done(place=place, why="The data have no tumour assessment at baseline.", by=self.by)
        self._save_lesions(course, baseline)

    def _save_lesions(self, course: TumourCourse, filled: FilledForm | None) -> None:
        if saved := self._save(filled):
            values, kept = saved
            # The save gave each lesion that had no label its own.
            both = zip(values.rows, kept.rows, strict=True)
            course.name([row["label"] for row, typed_row in both if not typed_row["label"]], kept)

    def _save(self, filled: FilledForm | None) -> tuple[Values, FilledForm] | None:
        """Save a form as complete; where something is missing as a draft, and say so; what cannot be is left out."""
        if filled is None:
            return None
        entry, filled, complete = self._checked(filled)
        values = entry.values()
        visit = self._visit(filled.occasion)
        try:
            place = Place(self.subject, entry.form_type, visit)
            form = save_form(place=place, values=values, by=self.by, complete=complete)
        except Refused as refusal:
            self._refuse(filled, "", f"{entry.form_type.title} was refused: {_words(refusal)}")
            return None
        self.ledger.take(filled.sources())
        item, question = filled.question
        if question and not complete:
            raise_query(case_form=form, item=item, text=question, by=self.by)
        return values, filled

    def _checked(self, filled: FilledForm) -> tuple[Entry, FilledForm, bool]:
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

    def _without_what_is_wrong(self, filled: FilledForm) -> FilledForm:
        entry = self._entry(filled, complete=False)
        if entry.is_valid():
            return filled
        for name, messages in entry.errors.items():
            self._refuse(filled, name, f"{entry.form_type.title}: {' '.join(messages)}")
        # A row stays where it says enough without the value that is wrong.
        emptied = filled.emptied(set(entry.errors))
        left = {row_of(name) for name in self._entry(emptied, complete=True).errors} & set(map(row_of, entry.errors))
        return emptied.without({name for name in entry.errors if not row_of(name) or row_of(name) in left})

    def _refuse(self, filled: FilledForm, name: str, why: str) -> None:
        """An item, or without a name all of the form, is not taken. A row behind it may be taken for something else."""
        for row in filled.sources(name):
            variable = VARIABLES.get((row.domain, name.rsplit("-")[-1] or FIRST_ITEM.get(filled.code, "")), "")
            self.ledger.refuse(row, why, variable)

    def _entry(self, filled: FilledForm, *, complete: bool) -> Entry:
        data = typed(*exact(CATALOGUE[filled.code], filled.record, filled.rows))
        return Entry(CATALOGUE[filled.code], subject=self.subject, data=data, complete=complete, every_lesion=False)

    def _visit(self, occasion: Occasion | None) -> Visit | None:
        """A visit for each occasion that has a whole date; the protocol of imported data plans none."""
        if occasion is None or len(occasion.on) < WHOLE:
            return None
        if occasion not in self.visits:
            on = date.fromisoformat(occasion.on)
            self.visits[occasion] = add_visit(
                subject=self.subject,
                on=on,
                label=occasion.label[:LONGEST_VISIT],
                kind=occasion.kind,
                took_place=True,
                by=self.by,
            )
        return self.visits[occasion]


# The variable behind an item, by the domain that tells it.
VARIABLES = {
    ("DM", "birth_date"): "BRTHDTC",
    ("DM", "age"): "AGE",
    ("DM", "sex"): "SEX",
    ("DM", "race"): "RACE",
    ("DM", "ethnicity"): "ETHNIC",
    ("DM", "consent_date"): "RFICDTC",
    ("DM", "death_date"): "DTHDTC",
    ("DM", "contact_date"): "RFPENDTC",
    ("DS", "consent_date"): "DSSTDTC",
    ("DS", "death_date"): "DSSTDTC",
    ("DS", "contact_date"): "DSSTDTC",
    ("DS", "end_date"): "DSSTDTC",
    ("DS", "reason"): "DSDECOD",
    ("DS", "explanation"): "DSTERM",
    ("EX", "start_date"): "EXSTDTC",
    ("EX", "end_date"): "EXENDTC",
    ("EX", "dose"): "EXDOSE",
    ("EX", "dose_unit"): "EXDOSU",
    ("EX", "dose_form"): "EXDOSFRM",
    ("EX", "frequency"): "EXDOSFRQ",
    ("EX", "route"): "EXROUTE",
    ("EX", "treatment"): "EXTRT",
    ("TR", "examined_on"): "TRDTC",
    ("RS", "assessment_date"): "RSDTC",
}
# The item by which a form that was refused as a whole is told of.
FIRST_ITEM = {"consent": "consent_date", "death": "death_date", "follow_up": "contact_date"}
LONGEST_LABEL, LONGEST_NAME, LONGEST_VISIT = 40, 80, 80


def the_row_of_dm(rows: Sequence[Row]) -> Row:
    """The only one. Raises CannotTake where two of them differ: which is right, the data do not tell."""
    first, *others = rows
    for other in others:
        differing = sorted(name for name in first.values.keys() | other.values.keys() if first[name] != other[name])
        raise CannotTake(f"DM has the subject more than once, and the rows differ in {', '.join(differing)}")
    return first


def label_of(dm: Row) -> str:
    """Site and subject number, as the site's own subjects are named. Raises CannotTake for one that is too long."""
    site, number = keys.key(dm["SITEID"]), dm["SUBJID"] or dm["USUBJID"]
    label = number if number.upper().startswith(site) else f"{site}-{number}"
    if len(label) > LONGEST_LABEL:
        raise CannotTake(f"the subject's number {label} is longer than {LONGEST_LABEL} characters")
    return label


def cohort_of(dm: Row) -> Cohort:
    """The cohort that the arm names by code or label; the only one, where the protocol has no more."""
    plans = current().cohorts
    named = {name.upper() for name in (dm["ACTARMCD"], dm["ACTARM"], dm["ARMCD"], dm["ARM"]) if name}
    codes = [plan.code for plan in plans if plan.code.upper() in named or plan.label.upper() in named]
    if not codes and len(plans) == 1:
        codes = [plans[0].code]
    if not codes:
        raise Refused(f"no cohort of the protocol is called {dm['ARM'] or dm['ARMCD']}")
    return Cohort.objects.get(code=codes[0])


def _words(refusal: Refused) -> str:
    return " ".join(message for messages in refusal.errors.values() for message in messages)


def by_subject(rows: dict[str, list[Row]]) -> dict[str, dict[str, list[Row]]]:
    """The rows of each subject by domain, by their names; rows of nobody in DM stand under ""."""
    known = {row.subject for row in rows["DM"]} - {""}
    subjects: dict[str, dict[str, list[Row]]] = {name: _empty(rows) for name in sorted(known)}
    nobody = subjects.setdefault("", _empty(rows))
    for domain, of_domain in rows.items():
        for row in of_domain:
            subjects.get(row.subject, nobody)[domain].append(row)
    return subjects


def _empty(domains: Sequence[str] | dict[str, list[Row]]) -> dict[str, list[Row]]:
    return {domain: [] for domain in domains}
