"""Forms that are signed, for tests of what becomes of a signature."""

from assessments.models import CaseForm
from signature.models import Signature
from signature.signing import sign_forms
from tests.cast import Trial, actor


def sign(trial: Trial, *forms: CaseForm) -> list[Signature]:
    """By the investigator, as the forms stand."""
    by = actor(trial.investigator, "investigator")
    return sign_forms(seen={form.pk: form.version for form in forms}, signed_by=trial.investigator, by=by)
