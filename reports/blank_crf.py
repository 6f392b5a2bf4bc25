"""The blank case report form: every form of the protocol with its items, annotated with their CDASH and SDTM names."""

from pathlib import Path
from typing import Any

from assessments.catalogue import CATALOGUE, FormType
from assessments.entering.absences import lackable
from assessments.reading.dictionary import form_words
from assessments.visits.not_asked import days_of, drugs_of_items
from protocol import Protocol, current
from protocol.visits import CycleVisit, every_form
from reports.typesetting import typeset
from values.counts import counted
from values.dates import shown_date

LAYOUT = Path(__file__).with_name("blank_crf.typ")


def blank_crf() -> bytes:
    """The PDF; the same bytes for the same protocol file."""
    return typeset(LAYOUT, contents(current()), at=0)


def contents(protocol: Protocol) -> dict[str, Any]:
    """Everything that the layout prints, in the order of the catalogue."""
    forms = protocol.forms()
    return {
        "study": protocol.code,
        "study_title": protocol.title,
        "version": f"version {protocol.version} of {shown_date(protocol.date)}, file {protocol.sha256[:12]}",
        "forms": [_form(protocol, form_type) for code, form_type in CATALOGUE.items() if code in forms],
    }


def _form(protocol: Protocol, form_type: FormType) -> dict[str, Any]:
    words, may_lack = form_words(form_type), lackable(form_type.record)
    labels = {item["name"]: item["label"] for part in ("items", "rows") for item in words[part]}
    return {
        "code": form_type.code,
        "title": form_type.title,
        "when": when(protocol, form_type),
        "items": [
            _item(item, labels)
            | {"may_lack": item["name"] in may_lack}
            | _asked_where(protocol, form_type, item["name"])
            for item in words["items"]
        ],
        "rows": [_item(item, labels) | {"may_lack": False} for item in words["rows"]],
    }


def _asked_where(protocol: Protocol, form_type: FormType, name: str) -> dict[str, str]:
    """On which days, or in which cohorts alone, an item about a drug is asked for."""
    drug = drugs_of_items(form_type).get(name)
    if drug is None or not drug.cohorts:
        return _on_days(protocol, form_type, name)
    *most, last = (protocol.cohort(code).label for code in drug.cohorts)
    return {"condition": f"in {', '.join(most)} and {last}" if most else f"in {last}"}


def _on_days(protocol: Protocol, form_type: FormType, name: str) -> dict[str, str]:
    """Of a drug that is not given at every visit of the form, on which days it is asked for."""
    drug = next((drug for drug in form_type.drugs if name == f"{drug}_given"), None)
    planned = protocol.drug(drug) if drug else None
    at = {
        visit.day for visit in protocol.visits if isinstance(visit, CycleVisit) and form_type.code in every_form(visit)
    }
    if planned is None or not planned.days or at <= set(planned.days):
        return {}
    return {"condition": f"on {days_of(planned)} of the cycle"}


def when(protocol: Protocol, form_type: FormType) -> str:
    """At which visits the protocol asks for the form, in words."""
    code, places = form_type.code, []
    for visit in protocol.visits:
        label = f"{visit.label} of each cycle" if isinstance(visit, CycleVisit) else visit.label
        if code in visit.forms:
            places.append(label)
        for part in visit.at_cycles if isinstance(visit, CycleVisit) else ():
            if code in part.forms:
                after = "" if part.every is None else f" and every {counted(part.every, 'cycle')} after"
                places.append(f"{visit.label} of cycle {part.first}{after}")
    if code in protocol.log_forms:
        places.append("One form an entry, at any time" if form_type.is_log else "Once, at any time")
    return "; ".join(places)


def _item(item: dict[str, Any], labels: dict[str, str]) -> dict[str, Any]:
    return {
        "label": item["label"],
        "required": item["required"],
        "critical": item["critical"],
        "answer": _answer(item),
        "terms": [[term["label"], term["code"]] for term in item["codelist"]],
        "condition": _condition(item, labels),
        "names": " · ".join(filter(None, (item["cdash"], item["sdtm"]))),
    }


def _answer(item: dict[str, Any]) -> str:
    """What is written down: the kind of value, its unit, what can exist."""
    if item["type"] == "choice":
        return ""
    bounds = f"{item['low']} to {item['high']}" if item["low"] is not None else ""
    kind = {"date": "DD Mon YYYY", "partial date": "DD Mon YYYY, or Mon YYYY, or YYYY"}.get(item["type"], item["type"])
    return ", ".join(filter(None, (kind, f"in {item['unit']}" if item["unit"] else "", bounds)))


def _condition(item: dict[str, Any], labels: dict[str, str]) -> str:
    if not item["only_if"]:
        return ""
    answers = " or ".join(value or "empty" for value in item["only_values"])
    return f"only if {labels.get(item['only_if'], item['only_if'])} is {answers}"
