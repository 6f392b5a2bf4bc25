"""What the page of a case form posts."""

from typing import Any

from assessments.catalogue import CATALOGUE
from assessments.entering.entry import Entry, typed
from assessments.models import CaseForm, UntakenText

CONSENT = {"consent_given": "Y", "consent_date": "2007-12-20", "consent_version": "2.0"}
HISTORY = {
    "diagnosis_date": "2004",
    "metastatic_date": "2006-03",
    "histology": "INVASIVE DUCTAL CARCINOMA",
    "her2_ihc": "3+",
    "her2_fish": "POSITIVE",
}
THERAPY = {"kind": "TRASTUZUMAB", "setting": "METASTATIC", "outcome": "PD"}


def posted(record: dict[str, Any], rows: Any = (), **more: Any) -> dict[str, Any]:
    """The items, the rows, the version seen and the button pressed."""
    return typed(record, rows) | {"action": "complete"} | more


def on_screen(case_form: CaseForm) -> dict[str, Any]:
    """The form as its page shows it now, ready to be posted back with a change or two."""
    entry = Entry(CATALOGUE[case_form.code], subject=case_form.subject, case_form=case_form)
    data = {bound.html_name: bound.value() for bound in entry.record_form}
    for row in entry.rows or ():
        data |= {bound.html_name: bound.value() for bound in row}
    if entry.rows is not None:
        data |= {"rows-TOTAL_FORMS": len(entry.rows.forms), "rows-INITIAL_FORMS": len(entry.rows.forms)}
    shown = {name: "on" if value is True else value for name, value in data.items() if value not in (None, False)}
    return shown | {"version": case_form.version, "action": "complete"}


def new_form(subject, code: str, visit: str | None = "SCR") -> str:
    parameters = f"?visit={subject.visits.get(code=visit).pk}" if visit else ""
    return f"/subjects/{subject.pk}/forms/{code}/{parameters}"


def consent_of(trial):
    subject = trial.subject()
    return trial.fill(subject, "consent", CONSENT, visit="SCR")


def untaken_texts() -> dict[str, str]:
    """What was typed that no item takes, by item."""
    return dict(UntakenText.objects.values_list("item", "text"))
