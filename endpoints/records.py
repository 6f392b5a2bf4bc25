"""From tables to the arithmetic's records, for many subjects at once in a constant number of statements.

Only complete forms count: what is still being typed is not data yet. Dates may be partial: they are compared by the
days that they can mean, never as text, in which 2008-04 would come before 2008-04-03.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import Case, F, QuerySet, When

from assessments.catalogue import CATALOGUE
from assessments.codelists import EndReason, LesionState, VitalStatus
from assessments.models import (
    Consent,
    Death,
    EndOfTreatment,
    EverolimusInterval,
    ExposureInterval,
    FollowUp,
    FormState,
    InfusionVisit,
    LesionResult,
    NewAnticancerTherapy,
    TumourAssessment,
    TumourBaseline,
)
from assessments.plan.drugs import COLUMNS
from cohorts.models import Subject
from endpoints.arithmetic.dates import resolve
from endpoints.arithmetic.records import (
    Assessment,
    Contact,
    Dated,
    Measurement,
    NewLesion,
    NonTarget,
    SubjectRecords,
)
from endpoints.signs_of_life import signs_of_life
from protocol import current

# The forms that the arithmetic rests on, beside those that show no more than that the subject was alive.
FORMS = (
    *("consent", "tumour_baseline", "tumour", "infusion", "everolimus", "exposure"),
    *("end_of_treatment", "follow_up", "new_therapy", "death"),
)
NON_TARGET: dict[str, NonTarget] = {"CR": "CR", "NON-CR/NON-PD": "NONCR", "PD": "PD", "NE": "NE"}
# A treatment so ended says nothing of its last day: nobody saw the subject, or saw it alive.
UNSEEN_END = (EndReason.LOST, EndReason.DEATH)
# A lesion so recorded was not looked at.
UNSEEN = frozenset(("", LesionState.NOT_ASSESSED))
LAST_DOSES = tuple(f"last_{end}_date" for end in COLUMNS)
PROVEN = frozenset((LesionState.UNEQUIVOCAL, LesionState.MEASURED))
# The day of the enrolment where a list gave its cohort, that cohort and the stratum of the list.
RANDOMISED = (
    Case(When(allocation__isnull=False, then=F("enrolment__enrolled_on"))),
    "allocation__cohort__code",
    "allocation__stratum",
)
Rows = dict[int, list[dict[str, Any]]]


def records_of(subject_ids: Sequence[int]) -> dict[int, SubjectRecords]:
    """The records of each of these subjects, by its key."""
    fetched = _Fetched(subject_ids)
    subjects = Subject.objects.filter(pk__in=subject_ids).values_list("pk", "first_dose_date", *RANDOMISED)
    return {pk: replace(fetched.records(pk, first_dose), **_randomised(*given)) for pk, first_dose, *given in subjects}


def _randomised(on: date | None, arm: str | None, stratum: str | None) -> dict[str, Any]:
    return {"randomisation": on, "arm": arm or "", "stratum": stratum or ""}


def scans_of(subject_id: int) -> tuple[list[Assessment], list[Assessment]]:
    """The baselines and the later assessments of a subject, without all that the rest of its record holds."""
    fetched = _Fetched([subject_id], scans_alone=True)
    return list(fetched.baselines_of(subject_id)), list(fetched.assessments_of(subject_id))


class _Fetched:
    """One statement a table; what belongs to a subject is then looked up by its key."""

    def __init__(self, subject_ids: Sequence[int], *, scans_alone: bool = False) -> None:
        self.ids = subject_ids
        self.results = self._by(LesionResult.objects.exclude(lesion__struck_out=True), "case_form_id", _RESULT)
        self.baselines = self._rows(TumourBaseline, "assessment_date")
        self.tumours = self._rows(
            TumourAssessment, "assessment_date", "non_target_response", "new_lesions", "overall_response"
        )
        if not scans_alone:
            self._fetch_the_rest()

    def _fetch_the_rest(self) -> None:
        self.deaths = self._rows(Death, "death_date")
        self.ends = self._rows(EndOfTreatment, "end_date", "reason", "clinical_progression_date", *LAST_DOSES)
        self.therapies = self._rows(NewAnticancerTherapy, "start_date")
        self.signs = signs_of_life(self.ids)
        self.follow_ups = self._rows(FollowUp, "contact_date", "vital_status", "new_therapy_given", "new_therapy_date")
        self.consents = self._rows(Consent, "consent_date", "consent_given")
        self.infusions = self._rows(InfusionVisit, "infusion_date", "paclitaxel_given", "trastuzumab_given")
        self.tablets = self._by(
            EverolimusInterval.objects.filter(struck_out=False, dose_mg__gt=0),
            "subject",
            ("case_form_id", "start_date", "end_date"),
        )
        self.exposures = self._by(
            ExposureInterval.objects.filter(struck_out=False, given="Y"),
            "subject",
            ("case_form_id", "start_date", "end_date"),
        )

    def _rows(self, model: Any, *names: str) -> Rows:
        return self._by(model.objects.all(), "subject", ("case_form_id", *names))

    def _by(self, rows: QuerySet, key: str, names: Iterable[str]) -> Rows:
        complete = rows.filter(case_form__subject__in=self.ids, case_form__state=FormState.COMPLETE)
        grouped: Rows = defaultdict(list)
        for row in complete.annotate(subject=F("case_form__subject_id")).values("subject", *names):
            grouped[row[key]].append(row)
        return grouped

    def records(self, pk: int, first_dose: date | None) -> SubjectRecords:
        return SubjectRecords(
            ref=f"subject:{pk}",
            treatment_start=first_dose,
            treatment_ref=self._first_dose_ref(pk, first_dose),
            consent=_earliest(
                "consent", [row for row in self.consents[pk] if row["consent_given"] == "Y"], "consent_date"
            ),
            baselines=tuple(self.baselines_of(pk)),
            assessments=tuple(self.assessments_of(pk)),
            death=_earliest("death", self.deaths[pk], "death_date"),
            contacts=tuple(self._contacts(pk)),
            signs_of_life=tuple(self._signs_of_life(pk)),
            new_therapies=tuple(self._new_therapies(pk)),
            clinical_progression=_earliest("end_of_treatment", self.ends[pk], "clinical_progression_date"),
            treatment_end=_earliest("end_of_treatment", self.ends[pk], "end_date"),
            reported_deaths=tuple(
                Dated(row["contact_date"], f"follow_up:{row['case_form_id']}")
                for row in self.follow_ups[pk]
                if row["vital_status"] == VitalStatus.DEAD
            ),
            other_days=tuple(self._other_days(pk)),
        )

    def _new_therapies(self, pk: int) -> Iterator[Dated]:
        """All that the forms of new therapies and the follow-ups tell of."""
        for row in self.therapies[pk]:
            if row["start_date"]:
                yield Dated(row["start_date"], f"new_therapy:{row['case_form_id']}")
        for row in self.follow_ups[pk]:
            if row["new_therapy_given"] == "Y" and row["new_therapy_date"]:
                yield Dated(row["new_therapy_date"], f"follow_up:{row['case_form_id']}")

    def _signs_of_life(self, pk: int) -> Iterator[Contact]:
        yield from self.signs[pk]
        for therapy in self._new_therapies(pk):
            yield Contact(therapy.date, CATALOGUE["new_therapy"].title.lower(), therapy.ref)
        for row in self.ends[pk]:
            yield from (_contact(row, name, "end_of_treatment", "last dose") for name in LAST_DOSES if row[name])

    def _first_dose_ref(self, pk: int, first_dose: date | None) -> str:
        for row in self.infusions[pk]:
            if row["infusion_date"] == first_dose and "Y" in (row["paclitaxel_given"], row["trastuzumab_given"]):
                return f"infusion:{row['case_form_id']}"
        for code, rows in (("everolimus", self.tablets[pk]), ("exposure", self.exposures[pk])):
            for row in rows:
                if row["start_date"] == first_dose:
                    return f"{code}:{row['case_form_id']}"
        return ""

    def baselines_of(self, pk: int) -> Iterator[Assessment]:
        return (self._baseline(row) for row in self.baselines[pk] if row["assessment_date"])

    def _baseline(self, row: dict[str, Any]) -> Assessment:
        results = self.results[row["case_form_id"]]
        return Assessment(
            ref=f"tumour_baseline:{row['case_form_id']}",
            date=row["assessment_date"],
            measurements=_measurements(results),
            non_target="PRESENT" if any(result["lesion__kind"] == "NON-TARGET" for result in results) else None,
            new_lesion="N",
        )

    def assessments_of(self, pk: int) -> Iterator[Assessment]:
        """By date, so that each new lesion's first sight is known when it is proven."""
        sights: dict[str, str] = {}
        rows = [row for row in self.tumours[pk] if row["assessment_date"]]
        for row in sorted(rows, key=lambda row: (_day(row["assessment_date"]), row["case_form_id"])):
            results = self.results[row["case_form_id"]]
            yield Assessment(
                ref=f"tumour:{row['case_form_id']}",
                date=row["assessment_date"],
                measurements=_measurements(results),
                non_target=NON_TARGET.get(row["non_target_response"]) or non_target_of(results),
                new_lesion=new_lesion_of(row["new_lesions"], results),
                investigator=row["overall_response"] or None,
                first_seen=_first_seen(results, row["assessment_date"], sights),
                **examined(results, row["assessment_date"]),
            )

    def _contacts(self, pk: int) -> Iterator[Contact]:
        named = (
            (self.consents, "consent_date", "consent"),
            (self.baselines, "assessment_date", "tumour_baseline"),
            (self.tumours, "assessment_date", "tumour"),
            (self.infusions, "infusion_date", "infusion"),
            (self.tablets, "start_date", "everolimus"),
            (self.tablets, "end_date", "everolimus"),
            (self.exposures, "start_date", "exposure"),
            (self.exposures, "end_date", "exposure"),
        )
        for rows, name, code in named:
            yield from (_contact(row, name, code) for row in rows[pk] if row[name])
        alive = (row for row in self.follow_ups[pk] if row["vital_status"] == "ALIVE" and row["contact_date"])
        yield from (_contact(row, "contact_date", "follow_up") for row in alive)
        # the day on which a site gave up looking for a subject is none on which anybody saw the subject
        seen = (row for row in self.ends[pk] if row["reason"] not in UNSEEN_END and row["end_date"])
        yield from (_contact(row, "end_date", "end_of_treatment") for row in seen)

    def _other_days(self, pk: int) -> Iterator[Contact]:
        """The days of follow-ups and of an end of treatment that are no contacts."""
        seen = (row for row in self.follow_ups[pk] if row["vital_status"] != "ALIVE" and row["contact_date"])
        yield from (_contact(row, "contact_date", "follow_up") for row in seen)
        lost = (row for row in self.ends[pk] if row["reason"] in UNSEEN_END and row["end_date"])
        yield from (_contact(row, "end_date", "end_of_treatment") for row in lost)


_RESULT = (
    "case_form_id",
    "lesion__label",
    "lesion__kind",
    "lesion__location",
    "state",
    "diameters_mm",
    "examined_on",
    "method",
)


def _measurements(results: Iterable[dict[str, Any]]) -> tuple[Measurement, ...]:
    return tuple(measurement(result) for result in results if result["lesion__kind"] == "TARGET")


def measurement(result: dict[str, Any]) -> Measurement:
    """One target lesion as the arithmetic reads it; "not assessed" has neither a diameter nor a state."""
    return Measurement(
        lesion=result["lesion__label"],
        diameters=tuple(result["diameters_mm"]) or None,
        too_small=result["state"] == "TOO SMALL",
        absent=result["state"] == "ABSENT",
        node="LYMPH NODE" in result["lesion__location"],
        organ=result["lesion__location"],
        method=result["method"],
        ref=f"lesion:{result['lesion__label']}",
    )


def non_target_of(results: Iterable[dict[str, Any]]) -> NonTarget | None:
    """The non-target response that the lesions' own findings give, where the investigator stated none."""
    states = {result["state"] for result in results if result["lesion__kind"] == "NON-TARGET"}
    if LesionState.PROGRESSED in states:
        return "PD"
    if not states:
        return None
    if states & UNSEEN:
        return "NE"
    return "CR" if states == {LesionState.ABSENT} else "NONCR"


def new_lesion_of(stated: str | None, results: Iterable[dict[str, Any]]) -> NewLesion | None:
    """Whether there is a new lesion: the stronger of what the form states and of what its new lesions show."""
    states = {result["state"] for result in results if result["lesion__kind"] == "NEW"}
    if stated == "Y" or states & PROVEN:
        return "Y"
    if stated == "EQUIVOCAL" or LesionState.EQUIVOCAL in states:
        return "EQUIVOCAL"
    return "N" if stated == "N" else None


def examined(results: Iterable[dict[str, Any]], on: str) -> dict[str, str | None]:
    """When the lesions of an assessment were looked at: the dates that place it, and those that prove progression.

    A lesion without a date of its own, or with a part of one that `on` can be, was looked at on that of the assessment,
    `on`.
    """
    seen = [(result, _looked_at(result, on)) for result in results if result["state"] not in UNSEEN]
    proofs = [
        day
        for result, day in seen
        if (result["lesion__kind"] == "NEW" and result["state"] != LesionState.ABSENT)
        or result["state"] == LesionState.PROGRESSED
    ]
    targets = [day for result, day in seen if result["lesion__kind"] == "TARGET"]
    persisting = [
        day for result, day in seen if result["lesion__kind"] == "NON-TARGET" and result["state"] != LesionState.ABSENT
    ]
    return {
        "finding_date": min(proofs, key=_day, default=None),
        "target_date": min(targets, key=_day, default=None),
        "non_target_date": min(persisting, key=_day, default=None),
        "last_procedure": max((day for _, day in seen), key=_day, default=None),
    }


def _looked_at(result: dict[str, Any], on: str) -> str:
    examined: str = result["examined_on"] or ""
    return on if on.startswith(examined) else examined


def _day(recorded: str) -> date:
    """The day that the analysis plan takes for a recorded date."""
    return resolve(recorded, current().analysis)


def _first_seen(results: Iterable[dict[str, Any]], on: str, sights: dict[str, str]) -> str | None:
    """The first sight of a new lesion that is proven now; `sights` remembers each by its label, until it is gone."""
    proven = []
    for result in results:
        label, state = result["lesion__label"], result["state"]
        if result["lesion__kind"] != "NEW" or state in UNSEEN:
            continue
        if state == LesionState.ABSENT:
            sights.pop(label, None)
            continue
        first = sights.setdefault(label, _looked_at(result, on))
        if state in PROVEN:
            proven.append(first)
    return min(proven, key=_day, default=None)


def _earliest(code: str, rows: Iterable[dict[str, Any]], name: str) -> Dated | None:
    first = min(
        ((str(row[name]), row["case_form_id"]) for row in rows if row[name]),
        key=lambda entry: (_day(entry[0]), entry[1]),
        default=None,
    )
    return Dated(first[0], f"{code}:{first[1]}") if first else None


def _contact(row: dict[str, Any], name: str, code: str, source: str = "") -> Contact:
    return Contact(str(row[name]), source or CATALOGUE[code].title.lower(), f"{code}:{row['case_form_id']}")
