"""A planned visit that never took place: all that the protocol asks for at it is marked as not done, in one act."""

from collections import defaultdict
from collections.abc import Iterable

from django.db import IntegrityError
from django.utils import timezone

from accounts.actor import Actor, acting
from assessments.catalogue import CATALOGUE
from assessments.models import CaseForm, FormState
from assessments.place import Place
from assessments.sequence import obstacles
from assessments.services import mark_not_done
from assessments.visits.applicable import NONE, not_applicable
from assessments.visits.placing import due_at
from cohorts.models import Visit
from cohorts.services import Refused, lock_subject
from values.dates import shown_date

# Screening, the end of treatment and the evaluation of toxicity are told on their forms, whoever came or did not.
MISSABLE = frozenset({"cycle", "tumour", "follow_up"})


def mark_missed(*, visit: Visit, why: str, by: Actor) -> list[CaseForm]:
    """Mark each form of the visit that nobody has begun as not done, for one reason; those forms.

    Raises Refused for a visit that took place, that is still to come, or that lacks nothing, and without a reason.
    """
    try:
        with acting(by, reason=why):
            lock_subject(visit.subject)
            places = [Place(visit.subject, CATALOGUE[code], visit) for code in missed_forms(visit)]
            return [mark_not_done(place=place, why=why, by=by) for place in places]
    except IntegrityError:  # a form that does not move the subject is begun without holding it
        raise Refused(f"A form of {visit.label} was begun meanwhile.") from None


def missed_forms(visit: Visit) -> list[str]:
    """The codes of the forms that would be marked. Raises Refused as `mark_missed` does."""
    states = dict(visit.forms.values_list("code", "state"))
    against = _against(visit, states)
    if against:
        raise Refused(against)
    spared = not_applicable([visit.subject_id]).get(visit.subject_id, NONE)
    codes = [code for code in due_at(visit, spared) if code not in states]
    lacking = [code for code in codes if not obstacles(visit.subject, CATALOGUE[code])]
    if not lacking:
        raise Refused(f"{visit.label} lacks no form.")
    return lacking


def missed_among(visits: Iterable[Visit]) -> set[int]:
    """The keys of those that nobody came to: all that the protocol asks for there is marked as not done, and nothing
    else was begun. Two statements."""
    dateless = {visit.pk: visit for visit in visits if visit.visit_date is None}
    states: dict[int, dict[str, str]] = defaultdict(dict)
    for key, code, state in CaseForm.objects.filter(visit__in=dateless).values_list("visit_id", "code", "state"):
        states[key][code] = state
    spared = not_applicable({dateless[key].subject_id for key in states})
    return {
        key
        for key, states_of_visit in states.items()
        if set(states_of_visit.values()) == {FormState.NOT_DONE}
        and states_of_visit.keys() >= {*due_at(dateless[key], spared.get(dateless[key].subject_id, NONE))}
    }


def _against(visit: Visit, states: dict[str, str]) -> str:
    if visit.kind not in MISSABLE:
        return f"{visit.label} is told on its forms, each for itself."
    begun = [CATALOGUE[code].title for code, state in states.items() if state != FormState.NOT_DONE]
    if visit.visit_date is not None or begun:
        return f"{visit.label} took place: {', '.join(begun) or f'on {shown_date(visit.visit_date)}'}."
    if visit.window_from is not None and visit.window_from > timezone.localdate():
        return f"{visit.label} is still to come: its window opens on {shown_date(visit.window_from)}."
    return ""
