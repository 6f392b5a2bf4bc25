"""The course of a subject in the trial of lung.toml."""

from datetime import date, timedelta
from typing import Any

from assessments.models import CaseForm
from cohorts.models import Subject
from tests.cast import Trial

ELIGIBLE: dict[str, Any] = {
    "age_at_consent": "61",
    "choice_1": "L858R",
    "number_1": "431",
    "answer_1": "N",
    "planned_first_dose_date": "2008-01-07",
    "answer_2": "N",
}
HISTORY: dict[str, Any] = {
    "diagnosis_date": "2006",
    "metastatic_date": "2007-03",
    "histology": "ADENOCARCINOMA",
    "choice_1": "L858R",
}
EARLIER = {"kind": "CHEMOTHERAPY", "setting": "METASTATIC", "outcome": "PD"}


class OtherTrial(Trial):
    def screen(self, subject: Subject, **eligibility: Any) -> None:
        self.fill(subject, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
        person = {"birth_date": "1946-05", "age": 61, "sex": "M", "race": "ASIAN"}
        self.fill(subject, "demography", person, visit="SCR")
        self.fill(subject, "eligibility", ELIGIBLE | eligibility, visit="SCR")
        self.fill(subject, "history", HISTORY, [EARLIER], visit="SCR")
        lesions = [{"kind": "TARGET", "location": "LUNG", "method": "CT SCAN", "diameters_mm": "30"}]
        baseline = {"assessment_date": "2008-01-02", "disease_measurable": "Y"}
        self.fill(subject, "tumour_baseline", baseline, lesions, visit="SCR")

    def enrolled(self, **eligibility: Any) -> Subject:
        subject = self.subject()
        self.screen(subject, **eligibility)
        self.enrol(subject, "ALL")
        return subject


FIRST = date(2008, 1, 7)
# 1.73 m² by Mosteller.
SIZES: dict[str, Any] = {"weight_kg": "65", "height_cm": "166"}
EVALUATION: dict[str, Any] = {
    "evaluation_date": "2008-01-28",
    "cycle_completed": "Y",
    "everolimus_percent": "100",
    "dose_limiting_toxicity": "N",
    "evaluable": "Y",
}


def single(drug: str, mg: Any, on: date = FIRST, **more: Any) -> dict[str, Any]:
    """One dose as it is typed."""
    day = on.isoformat()
    given = {"treatment": drug, "given": "Y", "start_date": day, "end_date": day, "dose": str(mg), "frequency": "ONCE"}
    return given | more


class PhaseOne(Trial):
    """The trial of phase1.toml."""

    def screen(self, subject: Subject) -> None:  # type: ignore[override]
        self.fill(subject, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
        person = {"birth_date": "1948-05", "age": 59, "sex": "F", "race": "WHITE"}
        self.fill(subject, "demography", person, visit="SCR")
        eligibility = {"age_at_consent": "59", "planned_first_dose_date": "2008-01-07"}
        self.fill(subject, "eligibility", eligibility, visit="SCR")
        self.fill(subject, "history", {"diagnosis_date": "2005", "metastatic_date": "2007-03", "choice_1": "OVARY"},
                  [{"kind": "CHEMOTHERAPY", "setting": "METASTATIC", "outcome": "PD"}], visit="SCR")  # fmt: skip
        lesions = [{"kind": "TARGET", "location": "LIVER", "method": "CT SCAN", "diameters_mm": "30"}]
        baseline = {"assessment_date": "2008-01-02", "disease_measurable": "Y"}
        self.fill(subject, "tumour_baseline", baseline, lesions, visit="SCR")

    def enrolled(self, cohort: str = "L1") -> Subject:
        subject = self.subject()
        self.screen(subject)
        self.enrol(subject, cohort)
        return subject

    def dose(self, subject: Subject, *rows: dict[str, Any], case_form: CaseForm | None = None) -> CaseForm:
        reason = "Doses given since" if case_form else ""
        return self.fill(subject, "exposure", {"any_given": "Y"}, rows, case_form=case_form, reason=reason)

    def evaluated(self, cohort: str = "L1", **evaluation: Any) -> Subject:
        """Past the first cycle of two doses."""
        subject = self.enrolled(cohort)
        mg = {"L1": 104, "L2": 138, "L3": 173}[cohort]
        self.dose(subject, single("lurbinostat", mg, **SIZES), single("lurbinostat", mg, FIRST + timedelta(7), **SIZES))
        self.fill(subject, "dlt_evaluation", EVALUATION | evaluation)
        return subject
