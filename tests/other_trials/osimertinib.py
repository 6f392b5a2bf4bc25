"""Subjects of docs/examples/osimertinib.toml, typed by the services."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from cohorts.models import Subject
from protocol import load
from tests.cast import FIRST_DOSE, Trial
from tests.examples import EXAMPLES
from tests.laboratory.samples import BLOOD, SERUM, rows

OSIMERTINIB = Path(__file__).parents[2] / "docs/examples/osimertinib.toml"
ELIGIBLE: dict[str, Any] = {
    "age_at_consent": "61",
    "who_status": "1",
    "choice_1": "L858R",
    "choice_2": "POSITIVE",
    "answer_1": "Y",
    "measurable_disease": "Y",
    "answer_2": "N",
    "answer_3": "N",
    "number_1": "431",
    "neutrophils": "3.2",
    "platelets": "240",
    "haemoglobin": "12.1",
    "liver_metastases": "Y",
    "bilirubin": "9",
    "bilirubin_uln": "20",
    "alt": "30",
    "alt_uln": "35",
    "creatinine": "70",
    "creatinine_uln": "95",
    "consent_date": "2007-12-20",
    "planned_first_dose_date": "2008-01-07",
    "prior_chemotherapy": "N",
    "answer_4": "Y",
    "date_1": "2007-12-10",
    "prior_radiotherapy": "N",
}
HISTORY: dict[str, Any] = {
    "diagnosis_date": "2006",
    "metastatic_date": "2007-03",
    "histology": "ADENOCARCINOMA",
    "choice_1": "L858R",
    "choice_2": "POSITIVE",
}
EARLIER = {"kind": "EGFR INHIBITOR", "setting": "METASTATIC", "outcome": "PD", "end_date": "2007-12-10"}
SERUM_HERE = {code: SERUM[code] for code in load(OSIMERTINIB).panel("chemistry").analytes}
SCREENED: dict[str, Any] = {
    "history": (HISTORY, [EARLIER]),
    **{code: EXAMPLES[code] for code in ("medical_history", "vital_signs", "ecg", "lvef")},
    "haematology": ({"sample_date": "2007-12-28"}, rows(BLOOD)),
    "chemistry": ({"sample_date": "2007-12-28", "fasting": "Y"}, rows(SERUM_HERE)),
}
# Two lesions of the lung and two of one node station: at most two of an organ, and all nodes are one organ.
LESIONS = (
    {"kind": "TARGET", "location": "LUNG", "method": "CT SCAN", "diameters_mm": "42"},
    {"kind": "TARGET", "location": "LIVER", "method": "CT SCAN", "diameters_mm": "28"},
    {"kind": "TARGET", "location": "LYMPH NODE", "method": "CT SCAN", "diameters_mm": "20"},
    {"kind": "NON-TARGET", "location": "BONE", "method": "SCINTIGRAPHY", "state": "PRESENT"},
)
EVENT: dict[str, Any] = {
    "term": "Loose stools",
    "grade": "2",
    "start_date": "2008-01-20",
    "ongoing": "N",
    "end_date": "2008-02-02",
    "outcome": "RECOVERED/RESOLVED",
    "related_drug_1": "Y",
    "action_drug_1": "DOSE NOT CHANGED",
    "treatment_given": "Y",
    "serious": "N",
}
SERIOUS = EVENT | {
    "term": "Pneumonitis",
    "dictionary_term": "Pneumonitis",
    "grade": "3",
    "ongoing": "Y",
    "end_date": "",
    "outcome": "NOT RECOVERED/NOT RESOLVED",
    "serious": "Y",
    **dict.fromkeys(
        ("results_in_death", "life_threatening", "disability", "congenital_anomaly", "medically_important"), "N"
    ),
    "hospitalisation": "Y",
    "aware_date": "2008-01-22",
    "narrative": "Admitted with breathlessness, on oxygen.",
}


class LungTrial(Trial):
    def screen(self, subject: Subject, lesions: Any = LESIONS, **eligibility: Any) -> None:
        self.fill(subject, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
        person = {"birth_date": "1946-05", "age": 61, "sex": "M", "race": "ASIAN"}
        self.fill(subject, "demography", person, visit="SCR")
        self.fill(subject, "eligibility", ELIGIBLE | eligibility, visit="SCR")
        for code, (record, listed) in SCREENED.items():
            self.fill(subject, code, record, listed, visit="SCR")
        baseline = {"assessment_date": "2008-01-02", "disease_measurable": "Y"}
        self.fill(subject, "tumour_baseline", baseline, lesions, visit="SCR")

    def treated(self, lesions: Any = LESIONS) -> Subject:
        """Screened, enrolled, and on 80 mg a day from the first day on."""
        subject = self.subject()
        self.screen(subject, lesions)
        self.enrol(subject, "OSI")
        self.fill(subject, "exposure", {"any_given": "Y"}, [dose()])
        subject.refresh_from_db()
        return subject

    def scan(self, subject: Subject, day: int, sizes: dict[str, str], overall: str, *, new: str = "N") -> None:
        """A tumour assessment on a day of treatment; the sizes of target lesions by their names, or TOO SMALL."""
        held = {lesion.label: lesion for lesion in subject.lesions.all()}
        rows: list[dict[str, Any]] = [
            {
                "label": label,
                "kind": "TARGET",
                "location": held[label].location,
                "state" if size == "TOO SMALL" else "diameters_mm": size,
            }
            for label, size in sizes.items()
        ]
        rows += [
            {"label": label, "kind": "NON-TARGET", "location": lesion.location, "state": "PRESENT"}
            for label, lesion in held.items()
            if lesion.kind == "NON-TARGET"
        ]
        record = {
            "assessment_date": on(day).isoformat(),
            "non_target_response": "NON-CR/NON-PD" if len(rows) > len(sizes) else "NA",
            "new_lesions": new,
            "overall_response": overall,
        }
        self.fill(subject, "tumour", record, rows)


def on(day: int) -> date:
    """The date of a day of treatment, the first being day 1."""
    return FIRST_DOSE + timedelta(day - 1)


def dose(amount: str = "80", start: int = 1, **others: Any) -> dict[str, Any]:
    return {
        "treatment": "osimertinib",
        "given": "Y",
        "start_date": on(start).isoformat(),
        "dose": amount,
        "frequency": "QD",
        **others,
    }
