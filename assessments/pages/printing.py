"""Stored forms in words, many at once: for what is printed. A few statements a kind of form, whatever their number."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from assessments.catalogue import CATALOGUE, FormType
from assessments.forms.building import record_form, row_set
from assessments.forms.items import ItemForm
from assessments.models import CaseForm, Lesion
from assessments.pages.reading import sections_of, table_of
from assessments.reading.deidentified import deidentified
from assessments.reading.forms import Row, read_forms
from assessments.visits.dating import stored_days
from assessments.visits.not_asked import cohorts_of, drugs_of_items, not_of_cohort
from cohorts.following import judging
from cohorts.versions import VersionTimeline, versions_of
from protocol import under


@dataclass
class Stored:
    """A stored form as `table_of` reads an entry: its record and its rows, unbound."""

    form_type: FormType
    record_form: ItemForm
    rows: list[ItemForm] | None = None


@dataclass(frozen=True)
class FormInWords:
    """`sections` are (legend, [{"name", "label", "words"}]), `table` is {"head", "rows": [{"cells", "struck"}]}; both
    are empty where nothing was filled."""

    sections: list[tuple[str, list[dict[str, str]]]] = field(default_factory=list)
    table: dict[str, Any] | None = None


def forms_in_words(forms: Iterable[CaseForm], *, identifying: bool) -> dict[int, FormInWords]:
    """By the form's key. `identifying` False withholds what could tell who a subject is. The forms were read with their
    visits and their subjects' sites. Each is read by the version of the protocol that it stands under."""
    printed: dict[int, FormInWords] = {}
    for (code, version), of_version in _by_version(forms).items():
        with under(judging(version)):
            printed |= _of_one_kind(CATALOGUE[code], of_version, identifying)
    return printed


def _by_version(forms: Iterable[CaseForm]) -> dict[tuple[str, int | None], list[CaseForm]]:
    kinds, versions = defaultdict(list), defaultdict(list)
    for form in forms:
        kinds[form.code].append(form)
    timelines: dict[int, VersionTimeline] = {}
    for code, of_code in kinds.items():
        days = stored_days(CATALOGUE[code], [form.pk for form in of_code]) if CATALOGUE[code].is_log else {}
        for form in of_code:
            versions[code, _version(form, days.get(form.pk), timelines)].append(form)
    return versions


def _version(form: CaseForm, day: date | None, timelines: dict[int, VersionTimeline]) -> int | None:
    if form.visit is not None:
        return form.visit.protocol_id
    if day is None:
        return form.subject.protocol_id
    if form.subject_id not in timelines:
        timelines[form.subject_id] = versions_of(form.subject)
    return timelines[form.subject_id].on(day)


def _of_one_kind(form_type: FormType, forms: list[CaseForm], identifying: bool) -> dict[int, FormInWords]:
    zone_of = {form.pk: form.subject.site.time_zone for form in forms}
    methods = _methods(forms) if form_type.has_lesions else {}
    left_out = _of_other_cohorts(form_type, forms)
    return {
        key: _in_words(
            form_type,
            record,
            [_with_method(row, methods.get(key, {})) for row in rows],
            identifying,
            zone_of[key],
            left_out.get(key, ()),
        )
        for key, (record, rows) in read_forms(form_type, forms).items()
    }


def _of_other_cohorts(form_type: FormType, forms: Sequence[CaseForm]) -> dict[int, list[str]]:
    """By the key of a form the items about drugs that the subject's cohort does not get. One statement at most."""
    if not drugs_of_items(form_type):
        return {}
    cohorts = cohorts_of({form.subject_id for form in forms})
    return {form.pk: not_of_cohort(form_type, cohorts.get(form.subject_id)) for form in forms}


def _in_words(
    form_type: FormType,
    record: Row,
    rows: list[Row],
    identifying: bool,
    time_zone: str,
    left_out: Collection[str],
) -> FormInWords:
    if not record and not rows:
        return FormInWords()
    if not identifying:
        record, rows = deidentified(form_type, record, rows)
    stored = Stored(form_type, record_form(form_type)(initial=record))
    stored.record_form.leave_out(left_out)
    if form_type.rows is not None:
        stored.rows = [_row(form_type, number, row) for number, row in enumerate(rows)]
    table = table_of(stored)  # type: ignore[arg-type]
    sections = sections_of(form_type.code, stored.record_form, time_zone)
    return FormInWords(sections, table if table and table["rows"] else None)


def _row(form_type: FormType, number: int, row: Row) -> ItemForm:
    # A result is shown where it has a key: those that were only offered have none.
    known = row | {"id": row["row"]} if form_type.has_results else row
    form: ItemForm = row_set(form_type).form(prefix=f"rows-{number}", initial=known)
    return form


def _methods(forms: Sequence[CaseForm]) -> dict[int, dict[str, str]]:
    """Of each form, the method of its lesions by label: where a finding names none, the lesion's own holds."""
    methods: dict[int, dict[str, str]] = {}
    named = Lesion.objects.filter(results__case_form__in=forms).values_list("results__case_form_id", "label", "method")
    for form, label, method in named:
        methods.setdefault(form, {})[label] = method
    return methods


def _with_method(row: Row, methods: Mapping[str, str]) -> Row:
    return row | {"method": row["method"] or methods.get(row["label"], "")} if row.get("label") in methods else row
