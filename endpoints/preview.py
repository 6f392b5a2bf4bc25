"""What follows from a tumour assessment while it is typed: the server's own arithmetic, nothing saved."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from accounts.access import SignedInRequest
from accounts.roles import Permission
from assessments.catalogue import CATALOGUE
from assessments.entering.entry import Entry
from assessments.models import CaseForm
from cohorts.models import Subject
from components.addresses import key_named
from endpoints.arithmetic.baseline import is_measurable
from endpoints.arithmetic.lesions import LIMITS, count_problems, size
from endpoints.arithmetic.outcomes import AssessmentResult
from endpoints.arithmetic.recist import preview
from endpoints.arithmetic.records import Assessment, Measurement
from endpoints.records import NON_TARGET, examined, measurement, new_lesion_of, non_target_of, scans_of
from protocol import current
from protocol.plan import AnalysisPlan

Row = dict[str, Any]


@dataclass(frozen=True)
class PreviewColumn:
    """The sum of an earlier assessment, above its diameters on the page."""

    case_form_id: str
    total: Decimal | None
    complete: bool
    is_nadir: bool


@require_POST
def lesion_preview(request: SignedInRequest, pk: int) -> HttpResponse:
    """At baseline what may be chosen; later the sums and the response."""
    subject = request.access.load(Subject.objects.all(), Permission.ENTER_DATA, pk=pk)
    entry = _entry(request, subject)
    rows = typed_rows(entry)
    if entry.form_type.chooses_lesions:
        return render(request, "endpoints/lesion_choice.html", choice_of(rows, current().analysis))
    context = response_of(subject, entry, rows)
    shown = request.GET.get("columns", "").split(",")
    context["columns"] = [column for column in context.get("columns", ()) if column.case_form_id in shown]
    return render(request, "endpoints/lesion_preview.html", context)


def _entry(request: SignedInRequest, subject: Subject) -> Entry:
    code, form_id = request.GET.get("code", ""), key_named(request.GET, "form")
    if code not in CATALOGUE or not CATALOGUE[code].has_lesions:
        raise Http404
    case_form = CaseForm.objects.filter(subject=subject, code=code, pk=form_id).first() if form_id else None
    entry = Entry(CATALOGUE[code], subject=subject, case_form=case_form, data=request.POST)
    entry.is_valid()
    return entry


def typed_rows(entry: Entry) -> list[Row]:
    """What is typed of each lesion, as the tables have it; the entry's `is_valid` has run."""
    return [_as_result(row) for row in entry.rows or () if _counts(row)]


def _counts(row: Any) -> bool:
    """A row that says something; one whose diameter is half typed counts as not yet typed."""
    return bool(row.cleaned_data and not row.cleaned_data.get("struck_out") and row.cleaned_data.get("kind"))


def _as_result(row: Any) -> Row:
    """A typed row as the table's row reads, so that both become a measurement by one way."""
    values = row.cleaned_data
    return {
        "prefix": row.prefix,
        "lesion__label": values.get("label") or row.prefix,
        "lesion__kind": values["kind"],
        "lesion__location": values.get("location") or "",
        "state": values.get("state") or "",
        "diameters_mm": values.get("diameters_mm") or [],
        "method": values.get("method") or "",
        "examined_on": values.get("examined_on") or "",
    }


def choice_of(rows: Iterable[Row], plan: AnalysisPlan) -> Row:
    """Of the lesions typed at baseline: how many targets, whether each is measurable, the sum, what is wrong."""
    targets = [(row, measurement(row)) for row in rows if row["lesion__kind"] == "TARGET"]
    sizes = [size(target, plan) for _, target in targets]
    most, in_organ = LIMITS[plan.recist_version]
    return {
        "notes": [(row["prefix"], _note(target, plan)) for row, target in targets],
        "count": len(targets),
        "most": most,
        "in_organ": in_organ,
        "version": plan.recist_version,
        "problems": count_problems(version=plan.recist_version, organs=[target.organ for _, target in targets]),
        "measurable": any(is_measurable(target, plan) for _, target in targets),
        "total": sum((mm for mm in sizes if mm is not None), Decimal(0)) if any(sizes) else None,
    }


def _note(target: Measurement, plan: AnalysisPlan) -> str:
    if not target.diameters:
        return ""
    if not target.method:
        return "Choose the method: it decides whether the lesion is measurable."
    return (
        ""
        if is_measurable(target, plan)
        else f"Not measurable at this size by this method (RECIST {plan.recist_version})."
    )


def response_of(subject: Subject, entry: Entry, rows: list[Row]) -> Row:
    plan = current().analysis
    baselines, assessments = scans_of(subject.pk)
    ref = f"tumour:{entry.case_form.pk}" if entry.case_form else ""
    earlier = [record for record in assessments if record.ref != ref]
    if not baselines:
        return {"result": None}
    baseline = baselines[0]
    typed = _typed(entry, rows)
    # The reason is asked of the lesions alone: the investigator's response stands beside it on the page.
    result = preview(baseline, earlier, typed, replace(plan, response_source="derived"))
    return {
        "result": result,
        "investigator": typed.investigator,
        "differs": bool(typed.investigator and typed.investigator != result.derived),
        "columns": _columns(baseline, earlier, result, plan),
    }


def _typed(entry: Entry, rows: list[Row]) -> Assessment:
    values = entry.record_form.cleaned_data
    known = [row for row in rows if row["lesion__kind"] != "NEW"]
    seen = [row for row in known if row["state"]]
    on = values.get("assessment_date") or ""
    return Assessment(
        ref="typed",
        date=on,
        measurements=tuple(measurement(row) for row in known if row["lesion__kind"] == "TARGET"),
        non_target=NON_TARGET.get(values.get("non_target_response") or "") or non_target_of(seen),
        new_lesion=new_lesion_of(values.get("new_lesions"), rows),
        investigator=values.get("overall_response") or None,
        **(examined(rows, on) if on else {}),
    )


def _columns(
    baseline: Assessment, earlier: Iterable[Assessment], result: AssessmentResult, plan: AnalysisPlan
) -> list[PreviewColumn]:
    lesions = {measured.lesion for measured in baseline.measurements}
    columns = []
    for record in (baseline, *earlier):
        sizes = {
            measured.lesion: size(measured, plan) for measured in record.measurements if measured.lesion in lesions
        }
        known = [mm for mm in sizes.values() if mm is not None]
        complete = len(known) == len(lesions)
        total = sum(known, Decimal(0)) if known else None
        columns.append(PreviewColumn(record.ref.partition(":")[2], total, complete, complete and total == result.nadir))
    return _first_nadir_only(columns)


def _first_nadir_only(columns: list[PreviewColumn]) -> list[PreviewColumn]:
    marked = next((column for column in columns if column.is_nadir), None)
    return [replace(column, is_nadir=column is marked) for column in columns]
