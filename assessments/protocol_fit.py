"""What a protocol file names and this program does not have: items of forms, units, analytes, terms, drugs.

Each function yields one line, `path: what is wrong`, a problem, as those of trialsite.protocol.consistency do.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import DatabaseError, InterfaceError, models
from django.db.models.functions import Lower

from assessments import codelists
from assessments.catalogue import CATALOGUE
from assessments.items import Item, items_of
from assessments.models import Demography, Eligibility
from laboratory.analytes import ANALYTES, Analyte, analytes_of
from laboratory.criteria import SCALES
from laboratory.units import shown, unit_named
from terminology import ctcae
from terminology.models import LowestTerm
from trialsite.protocol import Protocol
from trialsite.protocol.eligibility import Item as PlannedItem
from trialsite.protocol.eligibility import ItemKind, LimitRule
from trialsite.protocol.fault import meant, unknown
from trialsite.protocol.guidance import EventTrigger, LaboratoryTrigger

# Filled once or as often as there is something to tell, at no visit.
AT_NO_VISIT = {"everolimus", "dispensing", "exposure", "death"} | {
    code for code, form in CATALOGUE.items() if form.is_log
}


def unfit(protocol: Protocol) -> list[str]:
    """Every problem, in the order of the file; empty for a protocol that this program can follow."""
    checks = (drugs, places_of_forms, needed_forms, not_applicable, analytes, eligibility_items, limits, guidance)
    return [problem for check in checks for problem in check(protocol)]


def drugs(protocol: Protocol) -> Iterator[str]:
    known = [drug.code for drug in protocol.regimen.drugs]
    for path, forms in _asked(protocol):
        for form in forms:
            for drug in CATALOGUE[form].drugs:
                if drug not in known:
                    yield f"{path}: the form {form} is of {drug}: {unknown('drug', drug, known)}"


def _asked(protocol: Protocol) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield "log_forms", protocol.log_forms
    for visit in protocol.visits:
        yield f"visits.{visit.code}.forms", visit.forms
        for place, part in enumerate(getattr(visit, "at_cycles", ())):
            yield f"visits.{visit.code}.at_cycles.{place}.forms", part.forms


def places_of_forms(protocol: Protocol) -> Iterator[str]:
    for path, forms in _asked(protocol):
        for form in forms:
            if path == "log_forms" and form not in AT_NO_VISIT:
                yield f"{path}: {form} is filled at a visit; forms of no visit: {', '.join(sorted(AT_NO_VISIT))}"
            if path != "log_forms" and form in AT_NO_VISIT:
                yield f"{path}: {form} is filled at no visit: name it under log_forms"


def needed_forms(protocol: Protocol) -> Iterator[str]:
    """Where no import brings them, a form can be completed only once those are that it needs."""
    there = protocol.forms()
    for form in sorted(there) if protocol.visits_enforced else ():
        for needed in CATALOGUE[form].needs:
            if needed not in there:
                yield f"visits: {form} can be completed once {needed} is, and no visit asks for {needed}"
    if protocol.dlt is None and "dlt_evaluation" in there:
        yield "dlt: missing, but the form dlt_evaluation is asked for"


def not_applicable(protocol: Protocol) -> Iterator[str]:
    terms = {field.name: [value for value, _ in field.choices or ()] for field, _ in items_of(Demography)}
    for place, rule in enumerate(protocol.not_applicable):
        for value in rule.values:
            if value not in terms[rule.item]:
                yield f"not_applicable.{place}.values: {unknown(f'value of {rule.item}', value, terms[rule.item])}"


def analytes(protocol: Protocol) -> Iterator[str]:
    for panel in protocol.laboratory:
        known = [analyte.code for analyte in analytes_of(panel.code)]
        for name, listed in (("analytes", panel.analytes), ("optional", panel.optional)):
            for code in listed:
                if code not in known:
                    yield f"laboratory.{panel.code}.{name}: {unknown(f'analyte of {panel.code}', code, known)}"
    panels = {panel.code for panel in protocol.laboratory}
    for code in sorted({"haematology", "chemistry"} & protocol.forms() - panels):
        yield f"laboratory: the form {code} is asked for, and no panel says which analytes it has"


def eligibility_items(protocol: Protocol) -> Iterator[str]:
    columns = {field.name: (field, item) for field, item in items_of(Eligibility)}
    for planned in protocol.eligibility_items:
        path = f"eligibility_items.{planned.code}"
        if planned.code not in columns:
            yield f"{path}.code: {unknown('item of the form eligibility', planned.code, columns)}"
            continue
        field, item = columns[planned.code]
        yield from _kind(path, planned, field)
        yield from _unit(path, planned, field, item)


def _kind(path: str, planned: PlannedItem, field: models.Field) -> Iterator[str]:
    kind = kind_of(field)
    if planned.kind != kind:
        yield f"{path}.kind: the form records {planned.code} as {kind}, not {planned.kind}"
    elif kind == "choice":
        recorded = [str(label).lower() for _, label in field.choices or ()]
        for choice in planned.choices:
            if choice not in recorded:
                yield f"{path}.choices: {unknown('choice', choice, recorded)}"
        if left := [choice for choice in recorded if choice not in planned.choices]:
            yield f"{path}.choices: the form can record {', '.join(left)} too"


def kind_of(field: models.Field) -> ItemKind:
    if field.choices:
        return "yes_no" if list(field.choices) == codelists.YesNo.choices else "choice"
    return "date" if isinstance(field, models.DateField) else "number"


def _unit(path: str, planned: PlannedItem, field: models.Field, item: Item) -> Iterator[str]:
    if planned.kind == kind_of(field) and planned.unit != item.unit:
        analyte = analyte_of(item)
        same = unit_named(analyte.units, planned.unit) if analyte and planned.unit else None
        here = analyte.unit_named(item.unit) if analyte else None
        told = ""
        if analyte and same and here and same != here:
            told = (
                f": 1 {same.label} is {shown(same.factor / here.factor)} {here.label}; state the limits in {item.unit}"
            )
        yield (
            f"{path}.unit: the form records {planned.code} in {item.unit or 'no unit'}, "
            f"not in {planned.unit or 'none'}{told}"
        )


def analyte_of(item: Item) -> Analyte | None:
    """Of an item that a laboratory measured, by its CDASH name, HGB_LBORRES."""
    return ANALYTES.get(item.cdash.partition("_LBORRES")[0]) if item.cdash.endswith("_LBORRES") else None


def limits(protocol: Protocol) -> Iterator[str]:
    """A limit that every value meets, or none, that the form takes or a treated patient has."""
    columns = {field.name: (field, item) for field, item in items_of(Eligibility)}
    for criterion in protocol.eligibility:
        for rule in criterion.single_rules:
            if isinstance(rule, LimitRule) and rule.item in columns:
                least, most = range_of(*columns[rule.item])
                if not least <= rule.number <= most:
                    unit = f" {columns[rule.item][1].unit}".rstrip()
                    yield (
                        f"eligibility.{criterion.code}.rule: {rule.item} {rule.operator} {rule.number}{unit} cannot be "
                        f"meant: values there are from {least} to {most}{unit}"
                    )


def range_of(field: models.Field, item: Item) -> tuple[Decimal, Decimal]:
    """What is usual of an analyte, in the item's unit; of other numbers what the form takes."""
    analyte = analyte_of(item)
    unit = analyte.unit_named(item.unit) if analyte else None
    if analyte and unit:
        low, high = (shown(bound / unit.factor) for bound in analyte.usual)
        return low, high
    bounds: dict[Any, Decimal] = {
        type(one): Decimal(one.limit_value) for one in field.validators if hasattr(one, "limit_value")
    }
    return bounds.get(MinValueValidator, Decimal("-Infinity")), bounds.get(MaxValueValidator, Decimal("Infinity"))


def guidance(protocol: Protocol) -> Iterator[str]:
    for rule in protocol.guidance:
        path = f"guidance.{rule.code}.trigger"
        if isinstance(rule.trigger, EventTrigger):
            yield from _terms(path, protocol.ctcae_version, rule.trigger.terms)
        elif isinstance(rule.trigger, LaboratoryTrigger) and rule.trigger.analyte in ANALYTES:
            yield from _grade(path, protocol.ctcae_version, rule.trigger)


def _grade(path: str, version: str, trigger: LaboratoryTrigger) -> Iterator[str]:
    grades = {cut.grade for scale in SCALES[version].get(trigger.analyte, ()) for cut in scale.cuts}
    if trigger.grade not in grades:
        known = ", ".join(map(str, sorted(grades))) or "none"
        yield f"{path}: CTCAE {version} has no grade {trigger.grade} of {trigger.analyte}; known: {known}"


def _terms(path: str, version: str, terms: Iterable[str]) -> Iterator[str]:
    known = [term.text for term in ctcae.terms(version)]
    for term in terms:
        if ctcae.exact(version, term) is None and not _is_of_a_loaded_dictionary(term):
            why = (
                f"is no term of CTCAE {version}{meant(term, known)}"
                if known
                else f"the terms of CTCAE {version} are not here"
            )
            yield f"{path}: {term!r} {why}; events are coded by the dictionary's terms alone"


def _is_of_a_loaded_dictionary(term: str) -> bool:
    """Of one that the installation has loaded; a database that does not answer has none."""
    try:
        held = LowestTerm.objects.filter(dictionary__in_force=True).annotate(lowered=Lower("text"))
        return held.filter(lowered=term.strip().lower()).exists()
    except (DatabaseError, InterfaceError):
        return False
