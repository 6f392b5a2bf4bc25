"""How the values of a form come to its tables, in as few statements as it takes."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Max

from assessments.catalogue import FormType
from assessments.checks.check import CheckedCasebook, Form
from assessments.checks.exposure import planned_mg
from assessments.codelists import LesionKind
from assessments.entering.absences import store_reasons
from assessments.entering.entry import Values
from assessments.entering.untaken import store_untaken
from assessments.items import clock_times_of
from assessments.models import CaseForm, Demography, Lesion, LesionResult
from assessments.models.case_form import SAYS_NOTHING
from assessments.reading.forms import computed_of_rows, item_names
from cohorts.models import Enrolment, EnrolmentStatus, Subject
from cohorts.versions import versions_of
from database.prepared import add
from protocol import current
from values.times import instant

LABEL_OF = {LesionKind.TARGET: "T", LesionKind.NON_TARGET: "NT", LesionKind.NEW: "NEW"}
FOUND = ["state", "diameters_mm", "examined_on", "method"]
Row = dict[str, Any]


def computed(form_type: FormType, values: Values, subject: Subject) -> Values:
    """With the items of the record that follow from others: found once a save, as a term is looked up for it."""
    record, follows = values.record, form_type.computes
    if form_type.code == "exposure" and current().visits_enforced:
        plan_rows(values.rows, record, subject)
    if clock_times_of(form_type.record):
        record = record | instants(form_type.record, record, subject.site.zone)
    return replace(values, record=record | follows(record) if follows else record)


def plan_rows(rows: list[Row], record: Row, subject: Subject) -> None:
    """The planned dose of each row, nearest to the one given; None where it cannot be reckoned, or nothing was given.
    Three statements, one more where an amendment is active at the site."""
    enrolled = Enrolment.objects.filter(subject=subject, status=EnrolmentStatus.APPROVED)
    cohort = enrolled.values_list("cohort__code", flat=True).first()
    demographies = Demography.objects.filter(case_form__subject=subject).exclude(case_form__state__in=SAYS_NOTHING)
    person = demographies.values("birth_date", "age", "sex").first()
    form = Form("exposure", record, [row for row in rows if not row.get("struck_out")])
    others = [Form("demography", person)] if person else []
    book = CheckedCasebook([form, *others], cohort or "", versions_of(subject))
    for row in rows:
        row["planned_mg"] = planned_mg(row, form, book)


def instants(model: type[models.Model], record: Row, zone: ZoneInfo) -> Row:
    """`x_at` of each time of day: None where the day or the time is not known."""
    names = clock_times_of(model)
    return {f"{name}_at": _instant(record[f"{name}_date"], record[f"{name}_time"], zone) for name in names}


def _instant(day: date | None, at: str, zone: ZoneInfo) -> datetime | None:
    return instant(day, at, zone) if day and at else None


def store(form_type: FormType, case_form: CaseForm, values: Values, *, new: bool) -> None:
    """Write the record and its rows, as `computed` has completed them; a row that is not mentioned stays as it is."""
    record = values.record
    # A form that was "not done" at first has a header and no record yet.
    if new or not form_type.record._default_manager.filter(pk=case_form.pk).update(**record):
        add(form_type.record, [{"case_form": case_form.pk} | record])
    store_reasons(case_form, values.reasons, before=values.reasons_before)
    if form_type.has_lesions:
        _store_lesions(case_form, values.rows, values.lesions, new=new)
    elif form_type.rows is not None and values.rows:
        _store_rows(form_type.rows, case_form, values.rows)
    # After the rows, which have their names now.
    store_untaken(case_form, values.untaken, before=values.untaken_before)


def _store_rows(model: type[models.Model], case_form: CaseForm, rows: list[Row]) -> None:
    names = [*item_names(model), *computed_of_rows(model), "struck_out"]
    numbered = all(row.get("row") for row in rows)
    stored = model._default_manager.filter(case_form=case_form)
    last = 0 if numbered else stored.aggregate(last=Max("row"))["last"] or 0
    built = []
    for row in rows:
        # Numbers are never re-used: a struck-out row keeps its own.
        if not row.get("row"):
            last = row["row"] = last + 1
        built.append(model(case_form=case_form, row=row["row"], **{name: row[name] for name in names}))
    model._default_manager.bulk_create(
        built, update_conflicts=True, unique_fields=["case_form", "row"], update_fields=names
    )


def _store_lesions(case_form: CaseForm, rows: list[Row], standing: dict[str, Lesion], *, new: bool) -> None:
    if not all(row.get("label") for row in rows):
        # Two assessments saved at once must not give one label to two lesions: the second would overwrite the first.
        Subject.objects.select_for_update(no_key=True).values_list("pk").get(pk=case_form.subject_id)
        standing = _lesions_by_label(case_form)
    _label(rows, standing)
    _upsert_lesions(case_form, [row for row in rows if _is_told_here(standing.get(row["label"]), case_form)])
    if any(row["label"] not in standing for row in rows):
        standing = _lesions_by_label(case_form)
    filled = [row for row in rows if row.get("state") and not row.get("struck_out")]
    results = [
        {"case_form": case_form.pk, "lesion": standing[row["label"]].pk} | {name: row[name] for name in FOUND}
        for row in filled
    ]
    if new:
        add(LesionResult, results)
    else:
        _upsert_results(results)
        _take_back(case_form, [row["label"] for row in rows if row not in filled])


def _upsert_results(results: list[Row]) -> None:
    built = [
        LesionResult(case_form_id=row["case_form"], lesion_id=row["lesion"], **{name: row[name] for name in FOUND})
        for row in results
    ]
    LesionResult.objects.bulk_create(
        built, update_conflicts=True, unique_fields=["case_form", "lesion"], update_fields=FOUND
    )


def _take_back(case_form: CaseForm, labels: list[str]) -> None:
    """A finding that was emptied, or whose lesion was struck out, does not stay behind; the trail keeps it."""
    if labels:
        LesionResult.objects.filter(case_form=case_form, lesion__label__in=labels).delete()


def _lesions_by_label(case_form: CaseForm) -> dict[str, Lesion]:
    return {lesion.label: lesion for lesion in Lesion.objects.filter(subject_id=case_form.subject_id)}


def _label(rows: Iterable[Row], standing: dict[str, Lesion]) -> None:
    """Give each lesion seen for the first time the next label of its kind; labels are never re-used.

    Counted by label: a lesion whose kind was corrected keeps the label, and so the number, that it was given.
    """
    last = {begin: max(_numbers(standing, begin), default=0) for begin in LABEL_OF.values()}
    for row in rows:
        if not row.get("label"):
            begin = LABEL_OF[LesionKind(row["kind"])]
            last[begin] += 1
            row["label"] = f"{begin}{last[begin]:02d}"


def _numbers(labels: Iterable[str], begin: str) -> list[int]:
    numbers = (label.removeprefix(begin) for label in labels if label.startswith(begin))
    return [int(number) for number in numbers if number.isdecimal()]


def _is_told_here(lesion: Lesion | None, case_form: CaseForm) -> bool:
    """What a lesion is, is told where it was first seen; later assessments only say how it is."""
    return lesion is None or lesion.case_form_id == case_form.pk


def _upsert_lesions(case_form: CaseForm, rows: list[Row]) -> None:
    if not rows:
        return
    names = ["kind", "location", "location_detail", "method", "struck_out"]
    Lesion.objects.bulk_create(
        [
            Lesion(
                subject_id=case_form.subject_id,
                case_form=case_form,
                label=row["label"],
                **{name: row[name] for name in names},
            )
            for row in rows
        ],
        update_conflicts=True,
        unique_fields=["subject", "label"],
        update_fields=names,
    )
