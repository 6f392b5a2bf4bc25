"""What the derivation of the endpoints finds odd in a record and asks back about; it comes moments after a save.

The questions are found by endpoints.arithmetic.findings; here they stand for the list of checks. An item of "" is the
form as a whole, ITS_DATE the item that dates the form, whichever form it is.
"""

from assessments.catalogue import DOSES
from assessments.checks.check import Check

ITS_DATE = "its date"
TUMOUR, BASELINE, DEATH = ("tumour",), ("tumour_baseline",), ("death",)


def _derived(check_id: str, at: tuple[str, ...], item: str | tuple[str, ...], sentence: str) -> Check:
    return Check(check_id, at, (item,) if isinstance(item, str) else item, None, told=sentence)


CHECKS = (
    _derived("response-differs", TUMOUR, "overall_response", "The investigator's response is not the derived one."),
    _derived("cr-then-pr", TUMOUR, "overall_response", "A complete response is followed by a partial one."),
    _derived("cr-then-sd", TUMOUR, "overall_response", "A complete response is followed by stable disease."),
    _derived("cr-then-non-cr", TUMOUR, "overall_response", "A complete response is followed by disease that persists."),
    _derived(
        "therapy-before-start",
        ("new_therapy", "follow_up"),
        ("start_date", "new_therapy_date"),
        "A new anticancer therapy starts before the first dose, or on its day.",
    ),
    _derived(
        "clinical-before-start",
        ("end_of_treatment",),
        "clinical_progression_date",
        "Progression by symptoms is dated before the first dose.",
    ),
    _derived("non-target-unknown", TUMOUR, "non_target_response", "Non-target lesions are judged without a baseline."),
    _derived("lesion-unknown", TUMOUR, "", "A target lesion is measured that was not chosen at baseline."),
    _derived("before-start", TUMOUR, "assessment_date", "An assessment, or its progression, precedes the first dose."),
    _derived("after-death", TUMOUR, "assessment_date", "A tumour assessment is dated after death."),
    _derived("no-baseline", BASELINE, "assessment_date", "There is no complete baseline within the window."),
    _derived("two-baselines", BASELINE, "assessment_date", "Two baseline assessments are dated on one day."),
    _derived("two-assessments", TUMOUR, "assessment_date", "Two tumour assessments are dated on one day."),
    _derived("dose-before-consent", DOSES, "", "The first dose is dated before consent."),
    _derived("before-consent", (), ITS_DATE, "A contact, dose or assessment is dated before consent."),
    _derived("death-without-form", ("follow_up",), "vital_status", "A follow-up reports a death that has no form."),
    _derived("alive-after-death", DEATH, "", "The subject is known to have been alive after the date of death."),
    _derived("death-before-start", DEATH, "death_date", "Death is dated before the first dose."),
)
