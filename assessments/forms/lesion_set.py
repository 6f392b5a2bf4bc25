"""The rows of a tumour assessment taken together."""

from typing import Any

from django.core.exceptions import ValidationError

from assessments.forms.sharing import RowSet
from assessments.models import Lesion, LesionResult
from assessments.models.case_form import SAYS_NOTHING


def is_carried(lesion: Lesion) -> bool:
    """Whether every later assessment asks for the lesion: chosen at baseline, and that baseline still counts."""
    return lesion.kind != "NEW" and not lesion.struck_out and lesion.first_form_state not in SAYS_NOTHING


class LesionSet(RowSet):
    """`entry` is what the rows belong to."""

    entry: Any
    asks_every_lesion = False

    def clean(self) -> None:
        """A complete assessment says of every lesion that it carries on what was found; what was stored stays."""
        if not self.asks_every_lesion or self.entry.form_type.chooses_lesions:
            return
        labels = {str(form["label"].value() or "") for form in self.forms}
        missing = {lesion.label for lesion in self.entry.lesions if is_carried(lesion)} - labels
        if missing and self.entry.case_form is not None:
            results = LesionResult.objects.filter(case_form=self.entry.case_form, lesion__label__in=missing)
            missing -= set(results.values_list("lesion__label", flat=True))
        if missing:
            raise ValidationError(f"The finding for {', '.join(sorted(missing))} is required.")
