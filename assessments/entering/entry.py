"""One case form being entered: what was typed, what is wrong with it, and the values that a save takes.

Pages bind a POST, the API its JSON turned into the same shape, imports a plain mapping: one way to check all three.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from types import MappingProxyType
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.db import models
from django.db.models import F
from django.utils import timezone

from assessments.catalogue import FormType
from assessments.entering.absences import reasons_in, stored_reasons, without_reasons
from assessments.entering.row_names import OF_ROW, WAITING, row_name, waits
from assessments.entering.untaken import DROPPED, AtItem, Untaken, kept_texts
from assessments.forms.building import MOST_ROWS, record_form, row_set
from assessments.forms.lesion_set import is_carried
from assessments.forms.sharing import RowCounts
from assessments.items import items_of
from assessments.laboratory.samples import analytes_asked, offered, units_at
from assessments.models import CaseForm, Lesion, LesionResult
from assessments.visits.not_asked import not_asked, not_given, of_other_cohorts
from cohorts.models import Subject, Visit
from database.prepared import Prepared
from laboratory.analytes import ANALYTES
from values.numbers import read_key

ROWS = "rows"
LESIONS = Prepared(
    lambda subject: (
        Lesion.objects.filter(subject=subject)
        .annotate(first_form_state=F("case_form__state"))
        .order_by("-kind", "label")
    )
)


@dataclass(frozen=True)
class Values:
    """What a save takes: the record's items by name, the rows that were filled, the lesions that they name.

    `reasons` are those of needed items without a value, `untaken` the texts that could not be taken; beside each what
    was stored of them.
    """

    record: dict[str, Any]
    rows: list[dict[str, Any]] = field(default_factory=list)
    lesions: dict[str, Lesion] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    reasons_before: dict[str, str] = field(default_factory=dict)
    untaken: list[AtItem] = field(default_factory=list)
    untaken_before: dict[str, Untaken] = field(default_factory=dict)


class Entry:
    """A case form with what was typed into it. `errors` names fields as the page and the API do: `rows-2-state`.
    `visit` is that of a form that nobody saved yet: what is asked for may depend on its day.

    `every_lesion` asks a complete assessment for each lesion that it carries on; a source that is copied may be silent.
    `aside` are texts by the names of their fields that are known not to be taken: the entry is one without them, and
    keeps them beside the draft (assessments.entering.untaken).
    """

    def __init__(
        self,
        form_type: FormType,
        *,
        subject: Subject,
        case_form: CaseForm | None = None,
        data: Mapping[str, Any] | None = None,
        complete: bool = False,
        every_lesion: bool = True,
        aside: Mapping[str, Untaken] = MappingProxyType({}),
        visit: Visit | None = None,
    ) -> None:
        self.form_type, self.subject, self.case_form = form_type, subject, case_form
        self.complete, self.every_lesion, self.aside, self.visit = complete, every_lesion, aside, visit
        self.data, self.sent = data, frozenset(data or ())
        self.kept = kept_texts(case_form)
        self.lesions = lesions_of(subject) if form_type.has_lesions else []
        stored = stored_values(form_type, case_form, self.lesions)
        if form_type.has_results:
            data = _as_reported(subject, stored.rows, data)
        if data is not None and aside:
            data = {name: "" if name in aside else data[name] for name in data}
        options: dict[str, Any] = {"complete": complete, "zone": subject.site.zone}
        self.record_form = record_form(form_type)(data, initial=stored.record, **options)
        self.record_form.leave_out(of_other_cohorts(form_type, subject))
        if form_type.drugs:
            unplanned = not_asked(form_type.code, case_form.visit if case_form else visit)
            self.record_form.not_asked = unplanned | not_given(form_type, subject)
        self.rows = None
        if form_type.rows is not None:
            if form_type.has_lesions:
                options["known"] = known_lesions(self.lesions, case_form)
                options["at_baseline"] = form_type.chooses_lesions
            known_rows = [*stored.rows, *self._waiting_rows()]
            initial = known_rows if data is None else _beside(data, known_rows)
            if form_type.has_results:
                options["optional"] = analytes_asked(form_type.code)[1]
            self.rows = row_set(form_type)(data, initial=initial, prefix=ROWS, form_kwargs=options)
            self.rows.entry, self.rows.asks_every_lesion = self, complete and every_lesion
            for row in self.rows.forms:
                # Only a new row may be left blank: a carried lesion without a finding is something missing.
                row.keeps = any(name.startswith(f"{row.prefix}-") for name in aside)
                row.empty_permitted = not row.keeps and (
                    waits(row.initial.get("label")) or (row.empty_permitted and not row.initial)
                )
            self._name_what_waits()
        if data is None:
            self._show_kept()
        else:
            self._mark_unread()

    def without(self, aside: Mapping[str, Untaken]) -> "Entry":
        """The same entry without the texts of these fields, which it keeps."""
        return Entry(
            self.form_type,
            subject=self.subject,
            case_form=self.case_form,
            data=self.data,
            complete=self.complete,
            every_lesion=self.every_lesion,
            aside=aside,
            visit=self.visit,
        )

    def is_valid(self) -> bool:
        """Both are checked, whatever the other says: what is beside a form reads its rows."""
        valid = all([self.record_form.is_valid(), self.rows is None or self.rows.is_valid()])
        standing = self._standing() if self.complete else {}
        for item, untaken in standing.items():
            form, name = self._field(item) or (self.record_form, None)
            sentence = f"“{untaken.text}” was not accepted. {untaken.why}".strip()
            if sentence not in form.errors.get(name or NON_FIELD_ERRORS, ()):
                form.add_error(name, sentence)
        return valid and not standing

    @property
    def errors(self) -> dict[str, list[str]]:
        by_field = {name: [str(error) for error in errors] for name, errors in self.record_form.errors.items()}
        for row in self.rows or ():
            by_field |= {row.add_prefix(name): [str(error) for error in errors] for name, errors in row.errors.items()}
        if self.rows is not None and self.rows.non_form_errors():
            by_field[ROWS] = [str(error) for error in self.rows.non_form_errors()]
        return by_field

    def values(self) -> Values:
        """The checked values; rows that were left blank are not among them."""
        rows = [row.cleaned_data for row in self.rows or () if row.counts]
        for row in rows:
            if waits(row.get("label")):
                row["label"] = ""  # it has a kind now, and gets a label of its own
        lesions = {lesion.label: lesion for lesion in self.lesions}
        cleaned = self.record_form.cleaned_data
        return Values(
            record=without_reasons(cleaned),
            rows=rows,
            lesions=lesions,
            reasons=reasons_in(cleaned),
            reasons_before=reasons_in(self.record_form.initial),
            untaken=self._untaken(),
            untaken_before=self.kept,
        )

    @property
    def keeps_otherwise(self) -> bool:
        """Whether a save changes what waits beside the draft."""
        return {text.item: text.untaken for text in self._untaken()} != self.kept

    def _untaken(self) -> list[AtItem]:
        return [
            *(AtItem(item, untaken) for item, untaken in self._standing().items()),
            *(
                AtItem(name, self.aside[form.add_prefix(name)], self._named(form))
                for form in ([self.record_form, *(self.rows or ())] if self.aside else ())
                for name in form.fields
                if self.aside.get(form.add_prefix(name), DROPPED).text
            ),
        ]

    def _named(self, form: Any) -> dict[str, Any] | None:
        """What names a row, by the time that it is stored."""
        if form is self.record_form:
            return None
        return form.cleaned_data if form.counts else {"label": form.waits_as}

    def _waiting_rows(self) -> list[dict[str, Any]]:
        """The rows of which everything waits, because nothing could name them."""
        rows = (OF_ROW.fullmatch(item) for item in self.kept)
        return [{"label": label} for label in sorted({row[1] for row in rows if row and waits(row[1])})]

    def _name_what_waits(self) -> None:
        """Give each row the name by which it waits, if it has to: its own, or the next one."""
        taken = {row["label"] for row in self._waiting_rows()}
        free = (name for number in count(1) if (name := f"{WAITING}{number}") not in taken)
        for row in self.rows:
            row.waits_as = row.initial["label"] if waits(row.initial.get("label")) else next(free)

    def _standing(self) -> dict[str, Untaken]:
        """What waits at fields that were not sent: nobody mended them."""
        places = {item: self._field(item) for item in self.kept}
        return {
            item: untaken
            for item, untaken in self.kept.items()
            if (place := places[item]) is None or place[0].add_prefix(place[1]) not in self.sent
        }

    def _field(self, item: str) -> tuple[Any, str] | None:
        """The form and the name of the field of an item, as queries name it."""
        of_row = OF_ROW.fullmatch(item)
        if of_row is None:
            return (self.record_form, item) if item in self.record_form.fields else None
        rows = (row for row in self.rows or () if row_name(row.initial) == of_row[1] and of_row[2] in row.fields)
        row = next(rows, None)
        return None if row is None else (row, of_row[2])

    def _show_kept(self) -> None:
        for item, untaken in self.kept.items():
            if place := self._field(item):
                place[0].show_untaken(place[1], untaken)

    def _mark_unread(self) -> None:
        """At each form, the items whose text waits: those set aside now, and those of before that were not sent."""
        for item in self.kept:
            place = self._field(item)
            if place and place[0].add_prefix(place[1]) not in self.sent:
                place[0].unread.add(place[1])
        for form in (self.record_form, *(self.rows or ())) if self.aside else ():
            form.unread |= {name for name in form.fields if form.add_prefix(name) in self.aside}

    def changes(self) -> list[tuple[str, Any, Any]]:
        """(label, old, new) of each item of the record and its rows that differs from what is stored."""
        forms = [self.record_form, *(self.rows or ())]
        return [
            (form.label_of(name), form.get_initial_for_field(form.fields[name], name), form.cleaned_data.get(name))
            for form in forms
            for name in form.changed_data
        ]


def _beside(data: Mapping[str, Any], stored: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The stored rows in the order in which they were posted, {} beside a new one: a row is known by its name."""
    by_name = {row_name(row): row for row in stored}
    rows = read_key(str(data.get(f"{ROWS}-TOTAL_FORMS", "0"))) or 0
    return [by_name.get(_name_of(data, number), {}) for number in range(min(rows, MOST_ROWS))]


def _name_of(data: Mapping[str, Any], number: int) -> str:
    return row_name({name: data.get(f"{ROWS}-{number}-{name}") for name in ("label", "analyte", "row")})


def _as_reported(subject: Subject, rows: list[dict[str, Any]], data: Mapping[str, Any] | None) -> Any:
    """What was sent, with the results that were left out of it: each depends on the sample and some on each other.

    Where nothing was sent yet, rows that were never saved propose the unit that the site's laboratory uses.
    """
    if data is None:
        units = units_at(subject.site_id, timezone.localdate())
        for row in rows:
            row["unit"] = row["unit"] or ("" if "id" in row else units.get(row["analyte"], ""))
        return None
    if not RowCounts(data, prefix=ROWS).is_valid():
        return data
    sent = _beside(data, rows)
    left_out = [row for row in rows if row not in sent]
    added = typed({}, left_out)
    whole = {str(name): data[name] for name in data}
    for name in [name for name in added if "_FORMS" not in name]:
        _, number, item = name.split("-", 2)
        whole[f"{ROWS}-{len(sent) + int(number)}-{item}"] = added[name]
    whole |= {f"{ROWS}-TOTAL_FORMS": str(len(sent) + len(left_out)), f"{ROWS}-INITIAL_FORMS": "0"}
    return whole | dict(_units_by_code(whole, len(sent)))


def _units_by_code(sent: Mapping[str, Any], rows: int) -> Iterator[tuple[str, str]]:
    """The units that were sent as laboratories write them, `10*9/L`, `IU/L`, by the codes by which they are kept."""
    for number in range(rows):
        analyte, name = ANALYTES.get(_name_of(sent, number)), f"{ROWS}-{number}-unit"
        unit = analyte.unit_named(str(sent[name])) if analyte and sent.get(name) else None
        if unit is not None:
            yield name, unit.code


def stored_values(form_type: FormType, case_form: CaseForm | None, lesions: Sequence[Lesion]) -> Values:
    """What the database holds of a form; for a tumour assessment not yet saved, the lesions that it carries on."""
    record: dict[str, Any] = {}
    if case_form is not None:
        row = form_type.record._default_manager.filter(pk=case_form.pk).values().first() or {}
        record = {field.name: row[field.name] for field, _ in items_of(form_type.record)} if row else {}
        record |= stored_reasons(form_type.record, [case_form.pk])[case_form.pk]
    if form_type.has_lesions:
        return Values(record, lesion_rows(lesions, case_form, baseline=form_type.chooses_lesions))
    rows = _plain_rows(form_type.rows, case_form)
    return Values(record, offered(form_type.code, rows) if form_type.has_results else rows)


def _plain_rows(model: type[models.Model] | None, case_form: CaseForm | None) -> list[dict[str, Any]]:
    if model is None or case_form is None:
        return []
    return list(model._default_manager.filter(case_form=case_form).order_by("row").values())


def lesions_of(subject: Subject) -> list[Lesion]:
    """The subject's lesions in the order of a form: target, non-target, new."""
    return LESIONS.all(subject.pk)


def known_lesions(lesions: Sequence[Lesion], case_form: CaseForm | None) -> dict[str, tuple[Lesion, bool]]:
    """The subject's lesions by label; True for one that this very form was the first to tell of."""
    form_key = case_form.pk if case_form is not None else None
    return {lesion.label: (lesion, lesion.case_form_id == form_key) for lesion in lesions}


def lesion_rows(lesions: Sequence[Lesion], case_form: CaseForm | None, *, baseline: bool) -> list[dict[str, Any]]:
    """The rows of a tumour assessment: each lesion that it carries on or first saw, with what was found of it.

    `lesions` as lesions_of gives them. What was found before the baseline was marked as not done stays in sight.
    """
    results = {
        result.lesion_id: result
        for result in (LesionResult.objects.filter(case_form=case_form) if case_form is not None else ())
    }
    form_key = case_form.pk if case_form is not None else None
    return [
        _lesion_row(lesion, results.get(lesion.pk))
        for lesion in lesions
        if lesion.case_form_id == form_key or (not baseline and (is_carried(lesion) or _was_found(lesion, results)))
    ]


def _was_found(lesion: Lesion, results: Mapping[int, LesionResult]) -> bool:
    return lesion.pk in results and lesion.kind != "NEW" and not lesion.struck_out


def _lesion_row(lesion: Lesion, result: LesionResult | None) -> dict[str, Any]:
    return {
        "label": lesion.label,
        "kind": lesion.kind,
        "location": lesion.location,
        "location_detail": lesion.location_detail,
        "method": (result and result.method) or lesion.method,
        "struck_out": lesion.struck_out,
        "state": result.state if result else "",
        "diameters_mm": result.diameters_mm if result else [],
        "examined_on": result.examined_on if result else "",
    }


def typed(record: Mapping[str, Any], rows: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """A record and rows in plain values, in the shape that a page posts them (for the API and imports)."""
    data: dict[str, Any] = {name: _typed(value) for name, value in record.items()}
    data |= {f"{ROWS}-{key}": str(number) for key, number in (("TOTAL_FORMS", len(rows)), ("INITIAL_FORMS", 0))}
    for number, row in enumerate(rows):
        data |= {f"{ROWS}-{number}-{name}": _typed(value) for name, value in row.items()}
    return data


def _typed(value: Any) -> Any:
    return "" if value is None else value
