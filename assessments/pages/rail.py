"""Every form that a subject has or should have, in the order of its visits."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from assessments.catalogue import CATALOGUE, unscheduled_forms
from assessments.models import CaseForm
from assessments.place import Place
from assessments.visits.applicable import NONE, not_applicable
from assessments.visits.placing import due_at, placed
from cohorts.following import judging
from cohorts.models import Subject, Visit
from cohorts.schedule import visit_state
from protocol import current
from protocol.forms import ONCE_A_SUBJECT

TITLED = ("screening", "end_of_treatment", "unscheduled")
GROUPS = {
    "tumour": "Tumour assessments",
    "end_of_treatment": "End of treatment",
    "follow_up": "Survival follow-up",
}


@dataclass(frozen=True)
class Slot:
    """The place of one form: filled, begun or still to be filled."""

    subject: Subject
    code: str
    visit: Visit | None
    case_form: CaseForm | None
    alone: bool
    number: int = 0

    @property
    def url(self) -> str:
        if self.case_form is not None:
            return reverse("form", args=[self.case_form.pk])
        query = f"?{urlencode({'visit': self.visit.pk})}" if self.visit else ""
        return reverse("form_add", args=[self.subject.pk, self.code]) + query

    @property
    def group(self) -> str:
        if self.visit is None:
            return "At any time"
        return GROUPS.get(self.visit.kind, self.visit.label)

    @property
    def label(self) -> str:
        title = CATALOGUE[self.code].title
        if self.is_offered:
            return f"Add: {title}"
        if self.is_of_log:
            return f"{title} {self.number}" if self.case_form else f"Add: {title.lower()}"
        if self.visit is None or not self.alone or self.visit.kind in TITLED or self.visit.cycle:
            return title
        return self.visit.label.rsplit(", ")[-1].capitalize()

    @property
    def state(self) -> str:
        if self.case_form is not None:
            return state_of(self.case_form)
        if self.visit is None or self.visit.window_from is None:
            return "planned"
        return visit_state(self.visit, None, timezone.localdate())  # type: ignore[arg-type]

    @property
    def is_offered(self) -> bool:
        """Nothing asks for it: it may be added where somebody is at an unscheduled visit."""
        return self.case_form is None and self.visit is not None and self.visit.kind == "unscheduled"

    @property
    def is_of_log(self) -> bool:
        return CATALOGUE[self.code].is_log and self.visit is None

    @property
    def queries(self) -> int:
        return getattr(self.case_form, "open_queries", 0)

    @property
    def is_open(self) -> bool:
        """Whether there is still something to enter."""
        return not self.is_offered and (self.case_form is None or self.case_form.state == "draft")


def state_of(case_form: CaseForm) -> str:
    if case_form.withdrawn_at:
        return str(case_form.state)
    if case_form.locked_at:
        return "locked"
    return "frozen" if case_form.frozen_at else str(case_form.state)


def slots(subject: Subject) -> list[Slot]:
    """In three statements."""
    every = CaseForm.every.filter(subject=subject).order_by("pk")
    known = list(every.annotate(open_queries=Count("queries", filter=Q(queries__state="open"))))
    filled = [form for form in known if not form.withdrawn_at]
    spared = not_applicable([subject.pk]).get(subject.pk, NONE)
    asked_at = partial(_asked_at, spared=spared)
    at_visits, loose = placed(subject.visits.all(), filled, asked_at)
    all_slots = [
        Slot(subject, code, visit, form, len(forms) == 1) for visit, forms in at_visits for code, form in forms
    ]
    once = {form.code: form for form in filled if form.code in ONCE_A_SUBJECT}
    all_slots += [Slot(subject, code, None, once.get(code), True) for code in current().log_forms]
    counting, count = {form.pk for form in loose}, Counter[str]()
    for form in known:
        # An entry that was entered in error keeps its number.
        if form.pk in counting or (form.withdrawn_at and form.visit_id is None):
            count[form.code] += 1
        if form.pk in counting and (form.code not in once or form.code not in current().log_forms):
            all_slots.append(Slot(subject, form.code, None, form, True, count[form.code]))
    return all_slots


def _asked_at(visit: Visit, *, spared: frozenset[str]) -> Sequence[str]:
    if visit.kind != "unscheduled":
        return due_at(visit, spared)
    return unscheduled_forms(judging(visit.protocol_id).forms() - spared)


def rail(all_slots: Iterable[Slot], here: Slot | None) -> list[dict[str, Any]]:
    """The groups of the rail: a visit with its forms, or all visits of a kind; of the logs only the one at hand, and of
    what may be added at unscheduled visits only that at the one at hand."""
    shown = [slot for slot in all_slots if _is_near(slot, here)]
    in_order = sorted(shown, key=_order(shown))
    return [
        {
            "label": name,
            "forms": [
                {
                    "label": slot.label,
                    "url": slot.url,
                    "state": slot.state,
                    "queries": slot.queries,
                    "current": slot is here,
                }
                for slot in group
            ],
        }
        for name, group in groupby(in_order, key=lambda slot: slot.group)
    ]


def _is_near(slot: Slot, here: Slot | None) -> bool:
    if slot.is_of_log and slot.case_form:
        return here is not None and slot.code == here.code
    return not slot.is_offered or (here is not None and slot.visit == here.visit)


def _order(all_slots: Iterable[Slot]) -> Any:
    """Groups stand in the order in which their first visit comes."""
    first: dict[str, int] = {}
    for number, slot in enumerate(all_slots):
        first.setdefault(slot.group, number)
    return lambda slot: first[slot.group]


def here_in(all_slots: Iterable[Slot], place: Place) -> Slot | None:
    """The slot of the form that is open."""
    form_key = place.case_form.pk if place.case_form else None
    for slot in all_slots:
        if form_key is not None and slot.case_form is not None and slot.case_form.pk == form_key:
            return slot
        if (
            form_key is None
            and slot.case_form is None
            and (slot.code, slot.visit) == (place.form_type.code, place.visit)
        ):
            return slot
    return None


def next_after(place: Place) -> Slot | None:
    """The next form of the subject that waits for an entry."""
    all_slots = slots(place.subject)
    return next_open(all_slots, here_in(all_slots, place))


def next_open(all_slots: Sequence[Slot], here: Slot | None) -> Slot | None:
    """The next form after this one that waits for an entry; after the last one, the first."""
    at = all_slots.index(here) + 1 if here in all_slots else 0
    around = [*all_slots[at:], *all_slots[:at]]
    return next((slot for slot in around if slot.is_open and slot.visit is not None and slot is not here), None)
