"""The course of a subject in the trial of lung.toml."""

from typing import Any

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
