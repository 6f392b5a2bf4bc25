"""What is typed where something is begun from a casebook; the services hold the rules."""

from typing import Any

from django import forms

from assessments.catalogue import CATALOGUE, unscheduled_forms
from assessments.models.case_form import LONGEST_REASON
from casebook.enrolment import CohortOffer
from cohorts.forms import VisitForm
from protocol import current

# What stands in the form for no cohort in particular; no code of a cohort has such a sign.
RANDOMISE = "*"


class SlotForm(forms.Form):
    use_required_attribute = False
    cohort = forms.ChoiceField(widget=forms.RadioSelect)

    def __init__(self, data: Any, offers: list[CohortOffer]) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        free = [offer for offer in offers if not offer.obstacle]
        fields["cohort"].choices = [(offer.plan.code or RANDOMISE, _words(offer)) for offer in free]
        if len(free) == 1:
            fields["cohort"].initial = free[0].plan.code or RANDOMISE

    def clean_cohort(self) -> str | None:
        """The code of a cohort, None to be randomised."""
        chosen: str = self.cleaned_data["cohort"]
        return None if chosen == RANDOMISE else chosen


def _words(offer: CohortOffer) -> str:
    return f"{offer.plan.label} ({offer.plan.code})" if offer.plan.code else offer.plan.label


def unscheduled_choices() -> list[tuple[str, str]]:
    return [(code, CATALOGUE[code].title) for code in unscheduled_forms(current().forms())]


class UnscheduledForm(VisitForm):
    form = forms.ChoiceField(label="First form", choices=unscheduled_choices)


class MissedForm(forms.Form):
    """Why a planned visit did not take place."""

    use_required_attribute = False
    why = forms.CharField(label="Why it did not take place", max_length=LONGEST_REASON)
