"""The lesions on the page of a tumour assessment: each a row, with what earlier assessments found of it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.db.models import F

from assessments import codelists
from assessments.codelists import LesionKind, LesionState
from assessments.forms.items import ItemForm
from assessments.forms.lesions import STATES, LesionForm
from assessments.models import FormState, LesionResult, TumourAssessment, TumourBaseline
from assessments.pages.layout import blank_row
from assessments.place import Place
from assessments.visits.placing import day_of
from values.dates import middle_of
from values.numbers import written

COLUMNS = 5
SHORT = {
    LesionState.MEASURED: "Measured",
    LesionState.TOO_SMALL: "Too small",
    LesionState.PRESENT: "Present",
    LesionState.ABSENT: "Gone",
    LesionState.PROGRESSED: "Progressed",
    LesionState.UNEQUIVOCAL: "Certain",
    LesionState.EQUIVOCAL: "Equivocal",
    LesionState.NOT_ASSESSED: "Not assessed",
}
SIGN = {
    LesionState.ABSENT: "gone",
    LesionState.TOO_SMALL: "too small",
    LesionState.NOT_ASSESSED: "n/a",
    LesionState.PRESENT: "present",
    LesionState.PROGRESSED: "progr.",
}


@dataclass
class LesionFormRow:
    """A row to type into. `earlier` holds (heading, short word) of each column."""

    form: LesionForm
    label: str
    organ: str
    where: str = ""
    earlier: list[tuple[str, str]] = field(default_factory=list)
    told_here: bool = True


@dataclass
class LesionPage:
    """`columns` are (case form, heading, date) of earlier assessments, oldest first; rows by kind of lesion."""

    columns: list[tuple[int, str, str]]
    target: list[LesionFormRow]
    non_target: list[LesionFormRow]
    new: list[LesionFormRow]
    every: list[LesionFormRow]
    blank: LesionForm | None = None

    @property
    def column_keys(self) -> str:
        """The case forms of the columns, as the preview's address names them."""
        return ",".join(str(pk) for pk, *_ in self.columns)


def say_responses_by_code(form: ItemForm) -> None:
    """On this page a response is its code, as on the trial's paper: one key, one line.

    Of target lesions there is no NON-CR/NON-PD; one that was stored all the same is shown.
    """
    for name in ("target_response", "overall_response"):
        if name in form.fields:
            form.fields[name].widget.choices = [
                (code, code)
                for code in codelists.OverallResponse.values
                if name == "overall_response"
                or code != codelists.OverallResponse.NON_CR
                or form[name].value() == codelists.OverallResponse.NON_CR
            ]


def lesion_page(place: Place, rows: Any) -> LesionPage:
    at_baseline = place.form_type.chooses_lesions
    columns = [] if at_baseline else _columns(place)
    earlier = _earlier(place, [column[0] for column in columns]) if columns else {}
    every = [_row(form, columns, earlier, at_baseline) for form in rows]
    kinds: dict[str, list[LesionFormRow]] = {kind: [] for kind in LesionKind.values}
    for row in every:
        kinds[_kind(row.form) or LesionKind.NEW].append(row)
    blank = blank_row(rows)
    _offer_states(blank, LesionKind.TARGET if at_baseline else LesionKind.NEW)
    return LesionPage(
        columns, kinds[LesionKind.TARGET], kinds[LesionKind.NON_TARGET], kinds[LesionKind.NEW], every, blank
    )


def _columns(place: Place) -> list[tuple[int, str, str]]:
    """The baseline and the last assessments before this one, by its own day, else by that of its visit; all others
    count too, but need no column."""
    complete = {"case_form__subject": place.subject, "case_form__state": FormState.COMPLETE}
    names = ("case_form_id", "assessment_date")
    baselines = [(pk, "Baseline", day) for pk, day in TumourBaseline.objects.filter(**complete).values_list(*names)]
    form_key = place.case_form.pk if place.case_form else None
    dated = TumourAssessment.objects.filter(**complete).values_list("assessment_date", "case_form_id")
    later = sorted(dated, key=lambda entry: (_order(entry[0]), entry[1]))
    own_day = next(iter(TumourAssessment.objects.filter(pk=form_key).values_list("assessment_date", flat=True)), "")
    until = _order(own_day) if own_day else day_of(place.visit)
    before = [(pk, day) for day, pk in later if pk != form_key and (until is None or _order(day) < until)]
    numbered = [(pk, f"No. {number}", day) for number, (pk, day) in enumerate(before, start=1)]
    return baselines + numbered[-(COLUMNS - 1) :]


def _order(day: str) -> date:
    """An assessment without a date stands first."""
    return middle_of(day) if day else date.min


def _earlier(place: Place, case_forms: list[int]) -> dict[tuple[int, str], str]:
    results = LesionResult.objects.filter(case_form__in=case_forms).annotate(label=F("lesion__label"))
    return {
        (result["case_form_id"], result["label"]): _words(result["state"], result["diameters_mm"])
        for result in results.values("case_form_id", "label", "state", "diameters_mm")
    }


def _words(state: str, diameters: list[Any]) -> str:
    if diameters:
        return " + ".join(written(size) for size in diameters)
    return SIGN.get(LesionState(state), state.lower())


def _kind(form: LesionForm) -> str:
    label = form["label"].value()
    if label in form.known:
        return str(form.known[label][0].kind)
    kind = str(form["kind"].value() or "")
    return kind if kind in LesionKind.values else ""


def _row(form: LesionForm, columns: list[Any], earlier: dict[tuple[int, str], str], at_baseline: bool) -> LesionFormRow:
    label = form["label"].value() or ""
    lesion, told_here = form.known.get(label, (None, True))
    _offer_states(form, _kind(form) or (LesionKind.TARGET if at_baseline else LesionKind.NEW))
    return LesionFormRow(
        form=form,
        label=label,
        organ=lesion.get_location_display() if lesion else "",
        where=lesion.location_detail if lesion else "",
        earlier=[(heading, earlier.get((pk, label), "")) for pk, heading, _ in columns],
        told_here=told_here,
    )


def _offer_states(form: LesionForm, kind: str) -> None:
    """The findings that fit the kind as radio buttons; one that was stored before is offered all the same."""
    offered = list(STATES[LesionKind(kind)])
    now = form["state"].value()
    if now in LesionState.values and now not in offered:
        offered.append(LesionState(now))
    form.fields["state"].widget = forms.RadioSelect(choices=[(state.value, SHORT[state]) for state in offered])
    form.fields["diameters_mm"].widget.attrs |= {
        "inputmode": "text",
        "autocomplete": "off",
        "autocapitalize": "off",
        "class": "diameter",
    }
