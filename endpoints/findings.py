"""From what the arithmetic finds odd to a query at the form behind it."""

from collections.abc import Iterator

from assessments.catalogue import CATALOGUE
from assessments.checks import derived
from endpoints.arithmetic.outcomes import DataFinding, SubjectOutcome
from review.services import CheckFinding

# By the code of the arithmetic's finding: the items that the question is put at, the first that the form has.
ITEMS_OF = {check.id: check.items for check in derived.CHECKS}
DERIVED_CHECKS = tuple(ITEMS_OF)


def findings_of(outcome: SubjectOutcome) -> Iterator[CheckFinding]:
    """A question for each finding, at the latest of the forms that it rests on; one without a form is only shown."""
    for odd in outcome.findings:
        form_code, case_form_id = _form_behind(odd)
        if case_form_id is not None:
            yield CheckFinding(case_form_id, _item_of(form_code, odd.code), odd.code, odd.text)


def _item_of(form_code: str, check_id: str) -> str:
    """The item of the form that a question is put at; "" for the form as a whole."""
    kind, items = CATALOGUE[form_code], ITEMS_OF.get(check_id, ("",))
    if items[0] == derived.ITS_DATE:
        return kind.date_item
    names = {field.name for field in kind.record._meta.get_fields()}
    return next((item for item in items if item in names), "")


def _form_behind(odd: DataFinding) -> tuple[str, int | None]:
    """The code and the key of the form."""
    forms = [(code, int(key)) for code, _, key in (ref.partition(":") for ref in odd.refs) if key and code in CATALOGUE]
    return forms[-1] if forms else ("", None)
