"""What a page and a file show of the trail: events with names of subjects, forms and rows, as their reader may see."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import groupby
from typing import Any

from accounts.access import Access
from accounts.models import Site
from assessments.catalogue import CATALOGUE
from assessments.models import CaseForm, Lesion, LesionResult
from assessments.reading.deidentified import masked, may_identify
from audit.kinds import is_stamp
from audit.models import Event
from audit.reading import forms_of_acts
from audit.wording import Change, Named, changes, models_by_table
from audit.wording import what as what_changed
from cohorts.models import Cohort, Subject, Visit
from values.counts import counted

FOLDED_FROM = 3
MARK = "Freeze or lock of the form"
# A change of nothing that is shown, such as of a version alone.
NOTHING = Change("", "", None, None)


class RowPlaces:
    """Words for the keys that some events carry, in a few statements whatever their number."""

    def __init__(self, events: list[Event]) -> None:
        subjects = Subject.objects.filter(pk__in={event.subject_id for event in events})
        forms = CaseForm.every.filter(pk__in={event.case_form_id for event in events})
        self.subjects = dict(subjects.values_list("pk", "label"))
        self.forms = {pk: CATALOGUE[code].title for pk, code in forms.values_list("pk", "code")}
        self.forms_of_acts = forms_of_acts(events)
        self.sites = dict(Site.objects.values_list("pk", "code"))
        self.named: Named = {("cohort_id", cohort.pk): str(cohort) for cohort in Cohort.objects.all()} | {
            ("site_id", pk): code for pk, code in self.sites.items()
        }


def what(event: Event, places: "RowPlaces") -> str:
    """What an event did; of a freeze, lock or opening with its number of forms."""
    if is_stamp(event):
        return MARK
    number = places.forms_of_acts.get(event.pk)
    words = what_changed(event)
    return words if number is None else f"{words}: {counted(number, 'form')}"


def readable(access: Access, item: str, named: Named, event: Event) -> list[Change]:
    """The changes as this reader may see them."""
    changed = changes(event, item, named)
    if event.site_id is None or may_identify(access, event.site_id):
        return changed
    model = models_by_table().get(event.table_name)
    return [
        change._replace(old=masked(model, change.item, change.old), new=masked(model, change.item, change.new))
        for change in changed
    ]


def entries(events: list[Event], filters: Mapping[str, Any], access: Access) -> Iterator[dict[str, Any]]:
    """One entry a transaction and actor: what a person did at once stands together."""
    places, rows = RowPlaces(events), row_names(events)
    reading = partial(readable, access, filters.get("item") or "", places.named)
    for _, together in groupby(events, key=lambda event: (event.transaction, event.actor_name, event.reason)):
        done = list(together)
        first = done[0]
        subject, form = (_only(getattr(event, key) for event in done) for key in ("subject_id", "case_form_id"))
        yield {
            "event": first,
            "role": first.role.replace("_", " "),
            "site": places.sites.get(first.site_id or 0, ""),
            "subject": (subject, places.subjects.get(subject)) if subject in places.subjects else None,
            "form": (form, places.forms.get(form)) if form in places.forms else None,
            "parts": list(_parts(done, reading, rows, places)),
        }


def lines(events: list[Event], filters: Mapping[str, Any], access: Access) -> Iterator[dict[str, Any]]:
    """One line an event, for the table: the same words as `entries` has."""
    places, rows = RowPlaces(events), row_names(events)
    for event in events:
        yield {
            "event": event,
            "role": event.role.replace("_", " "),
            "site": places.sites.get(event.site_id or 0, ""),
            "subject": (event.subject_id, places.subjects.get(event.subject_id or 0)),
            "form": (event.case_form_id, places.forms.get(event.case_form_id or 0)),
            "what": what(event, places),
            "row": rows.get((event.table_name, event.row_id), ""),
            "changes": readable(access, filters.get("item") or "", places.named, event) or [NOTHING],
        }


def _parts(
    events: list[Event],
    reading: Callable[[Event], list[Change]],
    rows: dict[tuple[str, int], str],
    places: RowPlaces,
) -> Iterator[dict[str, Any]]:
    """The events of an entry by what they did, each with its row and changes."""
    by_what: dict[str, list[Event]] = {}
    for event in reversed(events):
        by_what.setdefault(what(event, places), []).append(event)
    for words, alike in by_what.items():
        parts = [(rows.get((event.table_name, event.row_id), ""), reading(event)) for event in alike]
        yield {"what": words, "lines": parts, "is_long": len(parts) > FOLDED_FROM}


def _only(keys: Iterable[int | None]) -> int | None:
    distinct = {key for key in keys if key is not None}
    return distinct.pop() if len(distinct) == 1 else None


def row_names(events: list[Event]) -> dict[tuple[str, int], str]:
    """The names of the rows that have one, in a statement a table."""
    names: dict[tuple[str, int], str] = {}
    for model, name in ((LesionResult, "lesion__label"), (Lesion, "label"), (Visit, "label")):
        table = model._meta.db_table
        keys = [event.row_id for event in events if event.table_name == table]
        names |= {(table, pk): label for pk, label in model.objects.filter(pk__in=keys).values_list("pk", name)}
    return names
