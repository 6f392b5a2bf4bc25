"""Invented samples for the style guide: every component with something in it."""

import datetime as dt
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest

from components.days import TypedDayField
from components.emptiness import Emptiness
from components.numbers import NumberField

SUBJECTS = [
    {"number": f"10{n % 3 + 1}-{n:03}", "cohort": "P2-10D", "age": 41 + n % 30, "state": state}
    for n, state in enumerate(["complete", "in-progress", "overdue", "signed", "locked"] * 12, start=1)
]
MATRIX = [
    ("101-001", [("complete", 0), ("verified", 0), ("signed", 0), ("query", 2), ("overdue", 0), ("planned", 0)]),
    ("101-002", [("locked", 0), ("frozen", 0), ("complete", 0), ("in-progress", 0), ("due", 0), ("planned", 0)]),
    ("102-001", [("complete", 0), ("not-done", 0), ("query-answered", 1), ("due", 0), ("planned", 0), ("planned", 0)]),
]
REASONS = [("transcription", "Data entry error"), ("source", "Source corrected"), ("late", "Result received later")]


class FilterSample(forms.Form):
    q = forms.CharField(label="Subject", required=False)
    state = forms.ChoiceField(
        label="State", required=False, choices=[("", "Any"), ("overdue", "Overdue"), ("complete", "Complete")]
    )


class FormSample(forms.Form):
    """Vital signs, to show each kind of row."""

    use_required_attribute = False
    measured_on = TypedDayField(label="Date measured")
    weight = NumberField(label="Weight", help_text="Without shoes.", min_value=20, max_value=300)
    who_status = forms.TypedChoiceField(
        label="WHO performance status",
        widget=forms.RadioSelect,
        choices=[("0", "0 Fully active"), ("1", "1 Restricted"), ("2", "2 In bed less than half the day")],
    )
    method = forms.ChoiceField(
        label="Method", required=False, choices=[("", "Choose one"), ("ct", "CT"), ("mri", "MRI")]
    )
    signs = forms.MultipleChoiceField(
        label="Signs",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("oedema", "Oedema"), ("rash", "Rash"), ("stomatitis", "Stomatitis")],
    )
    fasting = forms.BooleanField(label="Fasting", required=False)
    comment = forms.CharField(label="Comment", required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        vars(self.fields["weight"]).update(unit="kg", expected="40 to 150")
        self.markers = {
            "weight": {
                "query": {"url": "#query", "label": "1 open query on Weight", "state": "open", "count": 1},
                "sdv": {"url": "#sdv", "label": "Weight is not verified yet", "state": "needed"},
                "history": {"url": "#history", "label": "History of Weight: 3 entries", "count": 3},
            },
            "who_status": {
                "sdv": {"url": "#sdv", "label": "WHO performance status is verified", "state": "verified"},
                "history": {"url": "#history", "label": "History of WHO performance status"},
            },
        }


STORED = {"measured_on": dt.date(2008, 3, 4), "weight": "61.5", "who_status": "1", "method": "ct", "signs": ["rash"]}


def samples(request: HttpRequest) -> dict[str, Any]:
    return {
        "page": Paginator(SUBJECTS, 5).get_page(request.GET.get("page")),
        "filter_form": FilterSample(request.GET),
        "empty": Emptiness("Every complete form is signed.", 2650, ("unsigned form", "unsigned forms")),
        "matrix": MATRIX,
        "visits": ["Screening", "C1 D1", "C1 D8", "C1 D15", "C1 D22", "TA 1"],
        "form": FormSample({"weight": "615", "measured_on": ""}, initial=STORED),
        "facts": {"Sex": "female", "Age at consent": "58 years", "HER2": "IHC 3+", "Date of death": None},
        "tab_items": [
            {"label": "Visits", "url": "#visits", "current": True},
            {"label": "Queries", "url": "#queries", "count": 3},
        ],
        "downloads": [("SVG", "#svg"), ("PNG", "#png"), ("PDF", "#pdf")],
        "conflicts": [{"label": "Weight (kg)", "theirs": "61.5", "mine": "65.1"}],
        "entry": _trail_entry(),
        "reasons": REASONS,
    }


def form_page_sample() -> dict[str, Any]:
    done = {"label": "Demography", "url": "#", "state": "complete"}
    here = {"label": "Vital signs", "url": "#", "state": "in-progress", "current": True, "queries": 1}
    return {
        "form": FormSample(initial=STORED),
        "form_title": "Vital signs",
        "form_key": "form-12",
        "form_version": 3,
        "subject": {"number": "101-001"},
        "visit_label": "C1 D1",
        "window_text": "4 Mar 2008, 2 days either side",
        "states": ["complete", "query"],
        "reasons": REASONS,
        "next_url": "#",
        "rail": [
            {"label": "Screening", "state": "complete", "forms": [done]},
            {"label": "C1 D1", "state": "in-progress", "note": "within the window", "forms": [here]},
        ],
    }


def _trail_entry() -> dict[str, Any]:
    return {
        "what": "Vital signs changed",
        "when": dt.datetime(2008, 3, 5, 14, 2, 7, tzinfo=dt.UTC),
        "actor": "m.keller",
        "role": "coordinator",
        "channel": "screen",
        "reason": "Data entry error",
        "changes": [("Weight", "615", "61.5"), ("Comment", None, "checked with the chart")],
    }
