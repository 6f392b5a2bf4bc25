"""From tables to the arithmetic's records, for many subjects at once in a constant number of statements.

Only complete forms count: what is still being typed is not data yet.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import F, QuerySet

from assessments.catalogue import CATALOGUE
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
    TumourAssessment,
    TumourBaseline,
)
from cohorts.models import Subject
from endpoints.arithmetic.records import Assessment, Contact, Dated, Measurement, SubjectRecords

NON_TARGET = {"CR": "CR", "NON-CR/NON-PD": "NONCR", "PD": "PD", "NE": "NE"}
Rows = dict[int, list[dict[str, Any]]]


def records_of(subject_ids: Sequence[int]) -> dict[int, SubjectRecords]:
    """The records of each of these subjects, by its key."""
    found = _Fetched(subject_ids)
    subjects = Subject.objects.filter(pk__in=subject_ids).values_list("pk", "first_dose_date")
    return {pk: found.records(pk, first_dose) for pk, first_dose in subjects}


class _Fetched:
    """One statement a table; what belongs to a subject is then looked up by its key."""

    def __init__(self, subject_ids: Sequence[int]) -> None:
        self.ids = subject_ids
        self.results = self._by(LesionResult.objects.exclude(lesion__struck_out=True), "case_form_id", _RESULT)
        self.baselines = self._rows(TumourBaseline, "assessment_date")
        self.tumours = self._rows(
            TumourAssessment, "assessment_date", "non_target_response", "new_lesions", "overall_response"
        )
        self.deaths = self._rows(Death, "death_date")
        self.ends = self._rows(EndOfTreatment, "end_date", "clinical_progression_date")
        self.follow_ups = self._rows(FollowUp, "contact_date", "vital_status", "new_therapy_given", "new_therapy_date")
        self.consents = self._rows(Consent, "consent_date")
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
            baselines=tuple(self._baseline(row) for row in self.baselines[pk] if row["assessment_date"]),
            assessments=tuple(self._assessment(row) for row in self.tumours[pk] if row["assessment_date"]),
            death=_earliest("death", self.deaths[pk], "death_date"),
            contacts=tuple(self._contacts(pk)),
            new_therapy=_earliest(
                "follow_up",
                [row for row in self.follow_ups[pk] if row["new_therapy_given"] == "Y"],
                "new_therapy_date",
            ),
            clinical_progression=_earliest("end_of_treatment", self.ends[pk], "clinical_progression_date"),
        )

    def _first_dose_ref(self, pk: int, first_dose: date | None) -> str:
        for row in self.infusions[pk]:
            if row["infusion_date"] == first_dose:
                return f"infusion:{row['case_form_id']}"
        for code, rows in (("everolimus", self.tablets[pk]), ("exposure", self.exposures[pk])):
            for row in rows:
                if row["start_date"] == first_dose:
                    return f"{code}:{row['case_form_id']}"
        return ""

    def _baseline(self, row: dict[str, Any]) -> Assessment:
        results = self.results[row["case_form_id"]]
        return Assessment(
            ref=f"tumour_baseline:{row['case_form_id']}",
            date=row["assessment_date"],
            measurements=_measurements(results),
            non_target="PRESENT" if any(result["lesion__kind"] == "NON-TARGET" for result in results) else None,
            new_lesion="N",
        )

    def _assessment(self, row: dict[str, Any]) -> Assessment:
        results = self.results[row["case_form_id"]]
        days = sorted(result["examined_on"] for result in results if result["examined_on"])
        return Assessment(
            ref=f"tumour:{row['case_form_id']}",
            date=row["assessment_date"],
            measurements=_measurements(results),
            non_target=NON_TARGET.get(row["non_target_response"]) or non_target_of(results),  # type: ignore[arg-type]
            new_lesion=row["new_lesions"] or None,
            investigator=row["overall_response"] or None,
            finding_date=days[0] if days else None,
            last_procedure=days[-1] if days else None,
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
            (self.ends, "end_date", "end_of_treatment"),
        )
        for rows, name, code in named:
            yield from (_contact(row, name, code) for row in rows[pk] if row[name])
        alive = (row for row in self.follow_ups[pk] if row["vital_status"] == "ALIVE" and row["contact_date"])
        yield from (_contact(row, "contact_date", "follow_up") for row in alive)


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


def non_target_of(results: Iterable[dict[str, Any]]) -> str | None:
    """The non-target response that the lesions' own findings give, where the investigator stated none."""
    states = {result["state"] for result in results if result["lesion__kind"] == "NON-TARGET"}
    for state, response in (("UNEQUIVOCAL PROGRESSION", "PD"), ("NOT ASSESSED", "NE"), ("PRESENT", "NONCR")):
        if state in states:
            return response
    return "CR" if states else None


def _earliest(code: str, rows: Iterable[dict[str, Any]], name: str) -> Dated | None:
    found = min(((row[name], row["case_form_id"]) for row in rows if row[name]), default=None)
    return Dated(found[0], f"{code}:{found[1]}") if found else None


def _contact(row: dict[str, Any], name: str, code: str) -> Contact:
    return Contact(str(row[name]), CATALOGUE[code].title.lower(), f"{code}:{row['case_form_id']}")
