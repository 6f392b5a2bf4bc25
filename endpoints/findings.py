"""From what the arithmetic finds odd to a question at the form behind it."""

from collections.abc import Iterator

from assessments.catalogue import CATALOGUE
from assessments.checks import derived
from endpoints.arithmetic.outcomes import Finding as Odd
from endpoints.arithmetic.outcomes import SubjectOutcome
from review.services import Finding

# By the code of the arithmetic's finding: the item that the question is put at.
ITEM_OF = {check.id: check.items[0] for check in derived.CHECKS}
DERIVED_CHECKS = tuple(ITEM_OF)


def findings_of(outcome: SubjectOutcome) -> Iterator[Finding]:
    """A question for each finding, at the latest of the forms that it rests on; one without a form is only shown."""
    for odd in outcome.findings:
        form_code, case_form_id = _form_behind(odd)
        if case_form_id is not None:
            item = ITEM_OF.get(odd.code, "")
            item = CATALOGUE[form_code].date_item if item == derived.ITS_DATE else item
            yield Finding(case_form_id, item, odd.code, odd.text)


def _form_behind(odd: Odd) -> tuple[str, int | None]:
    """The code and the key of the form."""
    forms = [(code, int(key)) for code, _, key in (ref.partition(":") for ref in odd.refs) if key and code != "subject"]
    return forms[-1] if forms else ("", None)
