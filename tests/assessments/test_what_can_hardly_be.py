"""What does not happen is refused or asked about at its field, on every form, before anybody saves it."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest

from assessments.entering.entry import typed
from tests.assessments.test_answers_to_what_is_typed import AT_DAY_8
from tests.cast import BASELINE_LESIONS, ELIGIBLE, FIRST_DOSE, Trial
from tests.examples import EXAMPLES
from tests.laboratory.samples import BLOOD, SERUM, rows

pytestmark = pytest.mark.django_db
Rows = Iterable[dict[str, Any]] | None
PLAUSIBLE: dict[str, dict[str, Any]] = {code: record for code, (record, _) in EXAMPLES.items()} | {
    "consent": {"consent_given": "Y", "consent_date": "2007-12-20"},
    "demography": {"birth_date": "1953-05", "age": "54", "sex": "F", "race": "WHITE"},
    "history": {
        "diagnosis_date": "2004",
        "metastatic_date": "2006-03",
        "histology": "INVASIVE DUCTAL CARCINOMA",
        "her2_ihc": "3+",
        "her2_fish": "POSITIVE",
    },
    "eligibility": ELIGIBLE,
    "infusion": AT_DAY_8,
    "everolimus": {"any_taken": "Y"},
    "tumour_baseline": {"assessment_date": "2008-01-02", "disease_measurable": "Y"},
    "tumour": {
        "assessment_date": "2008-03-03",
        "non_target_response": "NON-CR/NON-PD",
        "new_lesions": "N",
        "overall_response": "SD",
    },
    "end_of_treatment": {"end_date": "2008-03-01", "reason": "ADVERSE EVENT"},
    "follow_up": {"contact_date": "2008-06-01", "vital_status": "ALIVE", "new_therapy_given": "N"},
    "death": {"death_date": "2009-03-01", "cause": "DISEASE UNDER STUDY"},
}
# Forms that a subject has once: what is typed is a change of what is there.
CHANGED = ("consent", "demography", "history", "eligibility", "tumour_baseline", "medical_history")
FAR = "2199-01-01"


def taken(**other: str) -> list[dict[str, str]]:
    return [{"start_date": "2008-01-07", "end_date": "2008-02-03", "dose_mg": "10", "frequency": "QD"} | other]


def sized(*diameters: str) -> list[dict[str, str]]:
    targets = zip(("T01", "T02"), ("LIVER", "LUNG"), diameters, strict=True)
    lesions = [{"label": label, "kind": "TARGET", "location": at, "diameters_mm": mm} for label, at, mm in targets]
    return [*lesions, {"label": "NT01", "kind": "NON-TARGET", "location": "BONE", "state": "PRESENT"}]


PLAUSIBLE_ROWS: dict[str, Rows] = {
    "haematology": rows(BLOOD),
    "chemistry": rows(SERUM),
    "everolimus": taken(),
    "tumour_baseline": BASELINE_LESIONS,
    "tumour": sized("60", "40"),
    "dispensing": EXAMPLES["dispensing"][1],
    "medical_history": EXAMPLES["medical_history"][1],
}
# (form, what is typed otherwise, rows if they differ, the item that answers)
CASES: list[tuple[str, dict[str, str], Rows, str]] = [
    ("vital_signs", {"height_cm": "1.65"}, None, "height_cm"),
    ("vital_signs", {"height_cm": "16.5"}, None, "height_cm"),
    ("vital_signs", {"weight_kg": "650"}, None, "weight_kg"),
    ("vital_signs", {"weight_kg": "6.5"}, None, "weight_kg"),
    ("vital_signs", {"temperature_c": "98.6"}, None, "temperature_c"),
    ("vital_signs", {"temperature_c": "39.5"}, None, "temperature_c"),
    ("vital_signs", {"systolic_mmhg": "78", "diastolic_mmhg": "128"}, None, "diastolic_mmhg"),
    ("vital_signs", {"systolic_mmhg": "12", "diastolic_mmhg": "8"}, None, "systolic_mmhg"),
    ("vital_signs", {"systolic_mmhg": "100", "diastolic_mmhg": "98"}, None, "diastolic_mmhg"),
    ("vital_signs", {"pulse_per_min": "7"}, None, "pulse_per_min"),
    ("vital_signs", {"pulse_per_min": "180"}, None, "pulse_per_min"),
    ("vital_signs", {"who_status": "9"}, None, "who_status"),
    ("vital_signs", {"who_status": "5"}, None, "who_status"),
    ("vital_signs", {"vital_signs_date": FAR}, None, "vital_signs_date"),
    ("vital_signs", {"vital_signs_date": "2005-01-01"}, None, "vital_signs_date"),
    ("ecg", {"heart_rate_per_min": "720"}, None, "heart_rate_per_min"),
    ("ecg", {"qtcf_ms": "42"}, None, "qtcf_ms"),
    ("ecg", {"qtcf_ms": "550"}, None, "qtcf_ms"),
    ("ecg", {"pr_ms": "400"}, None, "pr_ms"),
    ("ecg", {"qrs_ms": "200"}, None, "qrs_ms"),
    ("ecg", {"qrs_ms": "120", "pr_ms": "110", "qtcf_ms": "100"}, None, "qtcf_ms"),
    ("ecg", {"qtcf_ms": "560", "interpretation": "NORMAL"}, None, "qtcf_ms"),
    ("lvef", {"lvef_percent": "6"}, None, "lvef_percent"),
    ("lvef", {"lvef_percent": "0.62"}, None, "lvef_percent"),
    ("lvef", {"lvef_percent": "45", "lower_limit_percent": "50"}, None, "lvef_percent"),
    ("lvef", {"lower_limit_percent": "69"}, None, "lower_limit_percent"),
    (
        "pregnancy_test",
        {"childbearing": "Y", "why_not": "", "test_date": "2007-12-28", "specimen": "SERUM", "result": "POSITIVE"},
        None,
        "result",
    ),
    ("pregnancy_test", {"childbearing": "N", "why_not": "MALE"}, None, "why_not"),
    (
        "pregnancy_test",
        {"childbearing": "Y", "why_not": "", "test_date": "2005-12-28", "specimen": "SERUM", "result": "NEGATIVE"},
        None,
        "test_date",
    ),
    ("haematology", {}, rows(BLOOD, HGB={"value": "125", "unit": "g/dL"}), "HGB"),
    ("haematology", {}, rows(BLOOD, HGB={"value": "12.5", "unit": "g/L"}), "HGB"),
    ("haematology", {}, rows(BLOOD, WBC={"value": "6100", "unit": "10^9/L"}), "WBC"),
    ("haematology", {}, rows(BLOOD, NEUT={"value": "8", "unit": "10^9/L"}), "NEUT"),
    ("haematology", {}, rows(BLOOD, LYM={"value": "7", "unit": "10^9/L"}), "LYM"),
    ("haematology", {}, rows(BLOOD, PLAT={"value": "2.4", "unit": "10^9/L"}), "PLAT"),
    ("haematology", {"sample_date": "2005-01-01"}, rows(BLOOD), "sample_date"),
    ("chemistry", {}, rows(SERUM, K={"value": "41"}), "K"),
    ("chemistry", {}, rows(SERUM, SODIUM={"value": "14"}), "SODIUM"),
    ("chemistry", {}, rows(SERUM, CREAT={"value": "70", "unit": "mg/dL"}), "CREAT"),
    ("chemistry", {}, rows(SERUM, CREAT={"value": "0.9", "unit": "umol/L"}), "CREAT"),
    ("chemistry", {}, rows(SERUM, BILI={"value": "0.7", "unit": "umol/L"}), "BILI"),
    ("chemistry", {}, rows(SERUM, GLUC={"value": "95", "unit": "mmol/L"}), "GLUC"),
    ("chemistry", {}, rows(SERUM, GLUC={"value": "5.1", "unit": "mg/dL"}), "GLUC"),
    ("chemistry", {}, rows(SERUM, CA={"value": "9.2", "unit": "mmol/L"}), "CA"),
    ("chemistry", {}, rows(SERUM, MG={"value": "8"}), "MG"),
    ("chemistry", {}, rows(SERUM, PHOS={"value": "11"}), "PHOS"),
    ("chemistry", {}, rows(SERUM, UREA={"value": "50"}), "UREA"),
    ("chemistry", {}, rows(SERUM, ALB={"value": "4.2"}), "ALB"),
    ("chemistry", {}, rows(SERUM, ALB={"value": "420"}), "ALB"),
    ("chemistry", {}, rows(SERUM, AST={"value": "28000"}), "AST"),
    ("chemistry", {}, rows(SERUM, ALT={"value": "0.3"}), "ALT"),
    ("chemistry", {}, rows(SERUM, ALP={"value": "8"}), "ALP"),
    ("chemistry", {}, rows(SERUM, CHOL={"value": "185", "unit": "mmol/L"}), "CHOL"),
    ("chemistry", {}, rows(SERUM, TRIG={"value": "106", "unit": "mmol/L"}), "TRIG"),
    ("chemistry", {}, [*rows(SERUM), {"analyte": "INR", "value": "11", "unit": "RATIO"}], "INR"),
    ("chemistry", {}, [*rows(SERUM), {"analyte": "INR", "value": "0.1", "unit": "RATIO"}], "INR"),
    ("chemistry", {}, [*rows(SERUM), {"analyte": "GGT", "value": "2", "unit": "U/L"}], "GGT"),
    ("chemistry", {}, [*rows(SERUM), {"analyte": "LDH", "value": "18", "unit": "U/L"}], "LDH"),
    ("infusion", {"trastuzumab_dose_mg": "4"}, None, "trastuzumab_dose_mg"),
    ("infusion", {"paclitaxel_dose_mg": "13.7"}, None, "paclitaxel_dose_mg"),
    ("infusion", {"paclitaxel_level_mg_m2": "8", "paclitaxel_dose_mg": "14"}, None, "paclitaxel_change"),
    ("infusion", {"paclitaxel_level_mg_m2": "175", "paclitaxel_dose_mg": "299"}, None, "paclitaxel_dose_mg"),
    ("infusion", {"paclitaxel_dose_mg": "0"}, None, "paclitaxel_dose_mg"),
    ("infusion", {"infusion_date": "2007-12-01"}, None, "infusion_date"),
    ("infusion", {"infusion_date": FAR}, None, "infusion_date"),
    ("infusion", {"weight_kg": "46"}, None, "weight_kg"),
    ("infusion", {"height_cm": "156"}, None, "height_cm"),
    (
        "infusion",
        {
            "paclitaxel_given": "N",
            "paclitaxel_level_mg_m2": "",
            "paclitaxel_dose_mg": "",
            "trastuzumab_given": "N",
            "trastuzumab_loading": "",
            "trastuzumab_dose_mg": "",
        },
        None,
        "trastuzumab_given",
    ),
    ("everolimus", {}, taken(dose_mg="100"), "dose_mg"),
    ("everolimus", {}, taken(dose_mg="1"), "dose_mg"),
    ("everolimus", {}, taken(start_date="2007-12-01"), "start_date"),
    ("everolimus", {}, taken(start_date=FAR, end_date=""), "start_date"),
    ("everolimus", {}, taken(end_date="2008-01-01"), "end_date"),
    ("everolimus", {}, taken(missed_days="100"), "missed_days"),
    ("dispensing", {}, [EXAMPLES["dispensing"][1][0] | {"tablets_returned": "90"}], "tablets_returned"),
    ("dispensing", {}, [EXAMPLES["dispensing"][1][0] | {"dispensed_on": "2007-01-07"}], "dispensed_on"),
    ("dispensing", {}, [EXAMPLES["dispensing"][1][0] | {"returned_on": "2008-01-01"}], "returned_on"),
    ("dispensing", {}, [EXAMPLES["dispensing"][1][0] | {"tablets_dispensed": "6000"}], "tablets_dispensed"),
    ("dispensing", {}, [EXAMPLES["dispensing"][1][0] | {"strength_mg": "50"}], "strength_mg"),
    ("consent", {"consent_date": "2008-02-01"}, None, "consent_date"),
    ("consent", {"consent_date": FAR}, None, "consent_date"),
    ("consent", {"consent_date": "1990-02-01"}, None, "consent_date"),
    ("consent", {"consent_given": "N"}, None, "consent_given"),
    ("demography", {"birth_date": "2010", "age": "54"}, None, "birth_date"),
    ("demography", {"birth_date": "2008-01", "age": ""}, None, "birth_date"),
    ("demography", {"birth_date": "1850", "age": ""}, None, "birth_date"),
    ("demography", {"birth_date": "1902", "age": "105"}, None, "age"),
    ("demography", {"age": "5"}, None, "age"),
    ("demography", {"birth_date": "1990", "age": "17"}, None, "age"),
    ("demography", {"birth_date": "1925", "age": "82", "menopausal_status": "PREMENOPAUSE"}, None, "menopausal_status"),
    ("history", {"her2_ihc": "1+", "her2_fish": "NOT DONE"}, None, "her2_ihc"),
    ("history", {"her2_ihc": "2+", "her2_fish": "NEGATIVE"}, None, "her2_ihc"),
    ("history", {"diagnosis_date": "2009"}, None, "diagnosis_date"),
    ("history", {"diagnosis_date": "1940"}, None, "diagnosis_date"),
    ("history", {"metastatic_date": "2003"}, None, "metastatic_date"),
    ("history", {"stage_at_diagnosis": "STAGE IV", "diagnosis_date": "2000"}, None, "stage_at_diagnosis"),
    (
        "history",
        {},
        [{"kind": "TRASTUZUMAB", "setting": "METASTATIC", "outcome": "PD", "start_date": "2007", "end_date": "2006"}],
        "end_date",
    ),
    ("medical_history", {}, [EXAMPLES["medical_history"][1][0] | {"start_date": "1930"}], "start_date"),
    ("medical_history", {}, [EXAMPLES["medical_history"][1][0] | {"grade": "5"}], "grade"),
    ("medical_history", {"history_date": "2005-01-01"}, EXAMPLES["medical_history"][1], "history_date"),
    ("eligibility", {"sex": "M"}, None, "sex"),
    ("eligibility", {"age_at_consent": "5"}, None, "age_at_consent"),
    ("eligibility", {"who_status": "9"}, None, "who_status"),
    ("eligibility", {"who_status": "5"}, None, "who_status"),
    ("eligibility", {"haemoglobin": "121"}, None, "haemoglobin"),
    ("eligibility", {"platelets": "2"}, None, "platelets"),
    ("eligibility", {"bilirubin": "0.5"}, None, "bilirubin"),
    ("eligibility", {"bilirubin_uln": "1.2"}, None, "bilirubin_uln"),
    ("eligibility", {"bilirubin_uln": "0"}, None, "bilirubin_uln"),
    ("eligibility", {"creatinine": "0.9"}, None, "creatinine"),
    ("eligibility", {"creatinine_uln": "1.1"}, None, "creatinine_uln"),
    ("eligibility", {"ast_uln": "190"}, None, "ast_uln"),
    ("eligibility", {"alt_uln": "3.5"}, None, "alt_uln"),
    ("eligibility", {"planned_first_dose_date": "2007-10-01"}, None, "planned_first_dose_date"),
    ("eligibility", {"planned_first_dose_date": "2010-10-01"}, None, "planned_first_dose_date"),
    ("eligibility", {"last_chemotherapy_date": "2008-02-01"}, None, "last_chemotherapy_date"),
    ("eligibility", {"last_chemotherapy_date": "1940-02-01"}, None, "last_chemotherapy_date"),
    ("eligibility", {"her2_ihc": "1+", "her2_fish": "NOT DONE"}, None, "her2_ihc"),
    ("adverse_event", {"end_date": "2008-01-01"}, None, "end_date"),
    ("adverse_event", {"start_date": "2007-01-01"}, None, "start_date"),
    ("adverse_event", {"start_date": FAR, "end_date": "", "ongoing": "Y"}, None, "start_date"),
    ("adverse_event", {"grade": "5"}, None, "outcome"),
    ("adverse_event", {"outcome": "FATAL", "grade": "5", "serious": "N"}, None, "serious"),
    ("adverse_event", {"action_trastuzumab": "DOSE REDUCED"}, None, "action_trastuzumab"),
    ("adverse_event", {"dose_limiting": "Y", "grade": "1"}, None, "dose_limiting"),
    ("adverse_event", {"dose_limiting": "Y", "related_everolimus": "N"}, None, "dose_limiting"),
    ("adverse_event", {"treatment_given": "N", "action_everolimus": "DRUG WITHDRAWN"}, None, "action_everolimus"),
    ("medication", {"end_date": "2008-01-01"}, None, "end_date"),
    ("medication", {"dose": "99999", "dose_unit": "mg"}, None, "dose"),
    ("medication", {"dose": "500", "dose_unit": ""}, None, "dose_unit"),
    ("medication", {"start_date": FAR, "ongoing": "Y", "end_date": ""}, None, "start_date"),
    ("new_therapy", {"start_date": "2007-06-01"}, None, "start_date"),
    ("new_therapy", {"start_date": FAR}, None, "start_date"),
    ("deviation", {"deviation_date": "2005-01-01"}, None, "deviation_date"),
    ("deviation", {"deviation_date": FAR}, None, "deviation_date"),
    ("dlt_evaluation", {"evaluation_date": "2008-01-08"}, None, "evaluation_date"),
    ("dlt_evaluation", {"everolimus_percent": "9.6"}, None, "everolimus_percent"),
    ("dlt_evaluation", {"everolimus_percent": "150"}, None, "everolimus_percent"),
    ("end_of_treatment", {"end_date": "2007-12-31"}, None, "end_date"),
    ("end_of_treatment", {"end_date": FAR}, None, "end_date"),
    ("end_of_treatment", {"last_paclitaxel_date": "2008-02-20"}, None, "last_paclitaxel_date"),
    ("end_of_treatment", {"last_trastuzumab_date": "2008-04-20"}, None, "last_trastuzumab_date"),
    ("end_of_treatment", {"last_everolimus_date": "2008-04-20"}, None, "last_everolimus_date"),
    ("end_of_treatment", {"clinical_progression_date": "2007-04-20"}, None, "clinical_progression_date"),
    ("end_of_treatment", {"reason": "DEATH"}, None, "reason"),
    ("follow_up", {"contact_date": "2007-06-01"}, None, "contact_date"),
    ("follow_up", {"contact_date": FAR}, None, "contact_date"),
    ("follow_up", {"vital_status": "DEAD"}, None, "vital_status"),
    (
        "follow_up",
        {"new_therapy_given": "Y", "new_therapy_name": "x", "new_therapy_date": "2007"},
        None,
        "new_therapy_date",
    ),
    ("death", {"death_date": "2008-01-10"}, None, "death_date"),
    ("death", {"death_date": "2007-01-10"}, None, "death_date"),
    ("death", {"death_date": FAR}, None, "death_date"),
    ("death", {"cause": "STUDY TREATMENT", "cause_detail": "x"}, None, "cause"),
    ("tumour_baseline", {}, [BASELINE_LESIONS[0] | {"diameters_mm": "0.5"}, *BASELINE_LESIONS[1:]], "diameters_mm"),
    ("tumour_baseline", {}, [BASELINE_LESIONS[0] | {"diameters_mm": "600"}, *BASELINE_LESIONS[1:]], "diameters_mm"),
    ("tumour_baseline", {"assessment_date": "2007-06-01"}, BASELINE_LESIONS, "assessment_date"),
    ("tumour_baseline", {"assessment_date": "2008-02-01"}, BASELINE_LESIONS, "assessment_date"),
    ("tumour_baseline", {"disease_measurable": "N"}, BASELINE_LESIONS, "disease_measurable"),
    ("tumour", {"assessment_date": "2007-06-01"}, None, "assessment_date"),
    ("tumour", {}, sized("0.6", "0.4"), "diameters_mm"),
]


def test_what_hardly_happens_is_answered_at_its_field_and_what_does_is_not(desk: Any, trial: Trial) -> None:
    subject = trial.treated_subject()
    trial.infuse(subject, FIRST_DOSE + timedelta(14), visit="C1D15")
    trial.fill(subject, "vital_signs", PLAUSIBLE["vital_signs"] | {"vital_signs_date": "2008-02-15"})
    forms = {form.code: form.pk for form in subject.forms.all()}

    def answered(code: str, record: dict[str, Any], of: Rows) -> dict[str, list[str]]:
        where = f"?form={forms[code]}" if code in CHANGED else ""
        fields = typed({name: str(value) for name, value in record.items()}, list(of or ()))
        reply = desk.post(f"/subjects/{subject.pk}/forms/{code}/answers/{where}", fields)
        assert reply.status_code == 200, (code, record)
        return reply.json()["errors"] | reply.json()["asks"]

    plausible = {code: answered(code, PLAUSIBLE[code], PLAUSIBLE_ROWS.get(code)) for code in PLAUSIBLE}
    silent = []
    for code, change, of, item in CASES:
        questions = answered(code, PLAUSIBLE[code] | change, PLAUSIBLE_ROWS.get(code) if of is None else of)
        if not _new_at(item, questions, plausible[code]):
            silent.append((code, change, of, item, questions))
    assert silent == []


def _new_at(item: str, questions: dict[str, list[str]], plausible: dict[str, list[str]]) -> bool:
    """Whether the field says something that it does not say of a plausible entry. Of a result the row is not known."""
    suffix = "-value" if item.isupper() else item
    return any(name.endswith(suffix) and words != plausible.get(name) for name, words in questions.items())
