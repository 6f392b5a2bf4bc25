"""What a protocol file names and this program does not have: items of forms, units, analytes, terms, drugs.

Each function yields one line, `path: what is wrong`, a problem, as those of protocol.consistency do.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import DatabaseError, InterfaceError, models
from django.db.models.functions import Lower

from assessments import codelists
from assessments.catalogue import CATALOGUE, SAMPLES, codes_of
from assessments.items import LONGEST_CHOICE, Item, columns_of, items_of
from assessments.models import BreastCancerHistory, Demography, Eligibility
from assessments.plan.drugs import MOST_OTHERS, NAMED, without_columns
from assessments.plan.items import terms
from assessments.sequence import FOR_ENROLMENT
from laboratory.analytes import ANALYTES, Analyte, analytes_of
from laboratory.criteria import SCALES
from laboratory.units import shown, unit_named
from protocol import Protocol
from protocol.consistency import never_held, unfit_levels, unstated_history
from protocol.eligibility import EligibilityItem as PlannedItem
from protocol.eligibility import ItemKind, LimitRule, WashoutRule
from protocol.fault import meant, unknown
from protocol.guidance import EventTrigger, LaboratoryTrigger
from protocol.history import HistoryItem
from protocol.randomisation import Stratum
from terminology import ctcae
from terminology.models import LowestTerm

# Columns of the cancer history whose own answers are those of one disease: the file says which it has.
OF_ONE_DISEASE = ("histology",)
# Filled once or as often as there is something to tell, at no visit.
AT_NO_VISIT = codes_of(lambda form: form.at_no_visit or form.is_log)


def unfit(protocol: Protocol) -> list[str]:
    """Every problem of a file that is to take force; empty for a protocol that this program can follow."""
    stated = (unstated_history, unfit_levels, never_held, sides)
    return [*(problem for check in stated for problem in check(protocol)), *unusable(protocol)]


def unusable(protocol: Protocol) -> list[str]:
    """Every problem of a file that is in force already, in the order of the file."""
    checks = (
        strata,
        drugs,
        drugs_without_columns,
        places_of_forms,
        needed_forms,
        not_applicable,
        analytes,
        eligibility_items,
        limits,
        history,
        guidance,
    )
    return [problem for check in checks for problem in check(protocol)]


def strata(protocol: Protocol) -> Iterator[str]:
    for place, stratum in enumerate(protocol.randomisation.strata if protocol.randomisation else ()):
        path = f"randomisation.strata.{place}"
        if stratum.form not in FOR_ENROLMENT:
            known = ", ".join(FOR_ENROLMENT)
            yield f"{path}.form: {stratum.form} may be filled after the enrolment; before it are {known}"
            continue
        field = _field(protocol, stratum)
        if field is None:
            yield f"{path}.item: this trial does not ask for {stratum.item} on the form {stratum.form}"
        else:
            yield from _levels(path, stratum, field, _stratum_answers(protocol, stratum, field))


def _field(protocol: Protocol, stratum: Stratum) -> models.Field | None:
    columns = {
        field.name: field for field in CATALOGUE[stratum.form].record._meta.get_fields() if hasattr(field, "item")
    }
    try:
        return columns.get(protocol.column_of(stratum.form, stratum.item))
    except KeyError:
        return None


def _stratum_answers(protocol: Protocol, stratum: Stratum, field: models.Field) -> list[str]:
    """What can be answered, in small letters; empty for a number."""
    planned: tuple[str, ...] = ()
    if stratum.form == "eligibility":
        planned = protocol.eligibility_item(stratum.item).choices
    elif stratum.form == "history" and protocol.history is not None:
        planned = protocol.history.item(stratum.item).choices
    return [str(label).lower() for label in planned or [label for _, label in field.choices or ()]]


def _levels(path: str, stratum: Stratum, field: models.Field, recorded: list[str]) -> Iterator[str]:
    if not recorded and not isinstance(field, models.IntegerField | models.DecimalField):
        yield f"{path}.item: {stratum.item} is neither a yes-no item, nor a choice or a number"
    elif not recorded and stratum.levels:
        yield f"{path}.levels: {stratum.item} is a number: state cuts"
    elif recorded and stratum.cuts:
        yield f"{path}.cuts: {stratum.item} is answered by {', '.join(recorded)}: state these as levels"
    for level in stratum.levels if recorded else ():
        if level not in recorded:
            yield f"{path}.levels: {unknown(f'answer of {stratum.item}', level, recorded)}"
    if stratum.levels and (left := [answer for answer in recorded if answer not in stratum.levels]):
        yield f"{path}.levels: the form can record {', '.join(left)} too"


def drugs(protocol: Protocol) -> Iterator[str]:
    known = [drug.code for drug in protocol.regimen.drugs]
    for path, forms in _asked(protocol):
        for form in forms:
            for drug in CATALOGUE[form].drugs_in(protocol):
                if drug not in known and form == "dispensing":
                    yield f"{path}: the form dispensing is of tablets: no drug by mouth states tablets_mg"
                elif drug not in known:
                    yield f"{path}: the form {form} is of {drug}: {unknown('drug', drug, known)}"
                elif form == "infusion" and protocol.drug(drug).dose is None:
                    yield f"regimen.drugs.{drug}.dose: missing; the form infusion knows no dose of a cohort's own"


def drugs_without_columns(protocol: Protocol) -> Iterator[str]:
    for code in without_columns(protocol):
        yield (
            f"regimen.drugs.{code}: the forms of adverse events and of the end of treatment ask of {MOST_OTHERS} drugs "
            f"beside {', '.join(NAMED)}, and of no more"
        )


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
    planned = protocol.forms()
    for form in sorted(planned) if protocol.visits_enforced else ():
        for needed in CATALOGUE[form].needs:
            if needed not in planned:
                yield f"visits: {form} can be completed once {needed} is, and no visit asks for {needed}"
    for form in codes_of(lambda form: form.by_toxicity) if protocol.dlt is None else ():
        if form in planned:
            yield f"dlt: missing, but the form {form} is asked for"


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
    for code in sorted({*SAMPLES} & protocol.forms() - panels):
        yield f"laboratory: the form {code} is asked for, and no panel says which analytes it has"


def eligibility_items(protocol: Protocol) -> Iterator[str]:
    columns = {field.name: (field, item) for field, item in columns_of(Eligibility)}
    for planned in protocol.eligibility_items:
        path = f"eligibility_items.{planned.code}"
        if wrong := list(_column(path, planned, columns, "eligibility")):
            yield from wrong
            continue
        field, item = columns[planned.held_by]
        yield from _kind(path, planned, field, item)
        if not item.free:
            yield from _unit(path, planned, field, item)
    yield from _dated(protocol)


def _column(path: str, question: Any, columns: Mapping[str, Any], form: str) -> Iterator[str]:
    """What is wrong with where an item is to be held."""
    named_columns = [name for name, (_, item) in columns.items() if not item.free]
    free = [name for name, (_, item) in columns.items() if item.free]
    if question.column and question.column not in free:
        yield f"{path}.column: {unknown('free column', question.column, free)}"
    elif question.column and question.code in named_columns:
        yield f"{path}.column: the form {form} has a column {question.code} of its own: leave column out"
    elif question.code in free and not question.column:
        yield f'{path}.code: give the item a code that says what it is, and write column = "{question.code}" beside it'
    elif not question.column and question.code not in named_columns:
        to_do = f"; an item of one's own names a free column beside its code: column = {free[0]!r}"
        yield f"{path}.code: {unknown(f'item of the form {form}', question.code, named_columns)}{to_do}"


def _dated(protocol: Protocol) -> Iterator[str]:
    """The last day of a therapy hangs on the answer whether it was given: on the form it stands behind it."""
    place = {item.code: number for number, item in enumerate(protocol.eligibility_items)}
    for criterion in protocol.eligibility:
        for rule in criterion.single_rules:
            if isinstance(rule, WashoutRule) and place.get(rule.given_item, -1) > place.get(rule.item, len(place)):
                yield f"eligibility_items.{rule.item}: stands before {rule.given_item}, on which it hangs"


def history(protocol: Protocol) -> Iterator[str]:
    columns = {field.name: (field, item) for field, item in columns_of(BreastCancerHistory)}
    for history_item in protocol.history.items if protocol.history else ():
        path = f"history.items.{history_item.code}"
        if wrong := list(_column(path, history_item, columns, "history")):
            yield from wrong
            continue
        field, item = columns[history_item.held_by]
        yield from _answers(path, history_item, field, item)
    if protocol.history and "OTHER" not in dict(terms(protocol.history.therapies, codelists.TherapyKind.choices)):
        yield "history.therapies: Other is missing: a therapy of none of the kinds could not be recorded"


def _answers(path: str, history_item: HistoryItem, field: models.Field, item: Item) -> Iterator[str]:
    if item.free and not history_item.label:
        yield f"{path}.label: missing; a free column has no words of its own"
    if not history_item.choices and (item.free or field.name in OF_ONE_DISEASE):
        yield f"{path}.choices: missing; what can be answered is the disease's to say"
    if history_item.choices and kind_of(field, item) != "choice":
        yield f"{path}.choices: the form records {history_item.code} as {kind_of(field, item)}"
    yield from _too_long(path, history_item.choices)


def _too_long(path: str, choices: Iterable[str]) -> Iterator[str]:
    for choice in choices:
        if len(choice) > LONGEST_CHOICE:
            yield f"{path}.choices: {choice!r} has {len(choice)} characters; the column holds {LONGEST_CHOICE}"


def _kind(path: str, planned: PlannedItem, field: models.Field, item: Item) -> Iterator[str]:
    kind = kind_of(field, item)
    if planned.kind != kind:
        yield f"{path}.kind: the form records {planned.held_by} as {kind}, not {planned.kind}"
    elif item.free:
        yield from _too_long(path, planned.choices)
    elif kind == "choice":
        recorded = [str(label).lower() for _, label in field.choices or ()]
        for choice in planned.choices:
            if choice not in recorded:
                yield f"{path}.choices: {unknown('choice', choice, recorded)}"
        if left := [choice for choice in recorded if choice not in planned.choices]:
            yield f"{path}.choices: the form can record {', '.join(left)} too"


def kind_of(field: models.Field, item: Item) -> ItemKind:
    if isinstance(field, models.CharField) and item.free and not field.choices:
        return "choice"
    if field.choices:
        return "yes_no" if list(field.choices) == codelists.YesNo.choices else "choice"
    return "date" if isinstance(field, models.DateField) else "number"


def _unit(path: str, planned: PlannedItem, field: models.Field, item: Item) -> Iterator[str]:
    if planned.kind == kind_of(field, item) and planned.unit != item.unit:
        analyte = analyte_of(item)
        same = unit_named(analyte.units, planned.unit) if analyte and planned.unit else None
        here = analyte.unit_named(item.unit) if analyte else None
        problem = ""
        if analyte and same and here and same != here:
            problem = (
                f": 1 {same.label} is {shown(same.factor / here.factor)} {here.label}; state the limits in {item.unit}"
            )
        yield (
            f"{path}.unit: the form records {planned.code} in {item.unit or 'no unit'}, "
            f"not in {planned.unit or 'none'}{problem}"
        )


def analyte_of(item: Item) -> Analyte | None:
    """Of an item that a laboratory measured, by its CDASH name, HGB_LBORRES."""
    return ANALYTES.get(item.cdash.partition("_LBORRES")[0]) if item.cdash.endswith("_LBORRES") else None


def limits(protocol: Protocol) -> Iterator[str]:
    """A limit that every value meets, or none, that the form takes or a treated patient has."""
    columns = {field.name: (field, item) for field, item in columns_of(Eligibility)}
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
        type(validator): Decimal(validator.limit_value)
        for validator in field.validators
        if hasattr(validator, "limit_value")
    }
    return bounds.get(MinValueValidator, Decimal("-Infinity")), bounds.get(MaxValueValidator, Decimal("Infinity"))


def guidance(protocol: Protocol) -> Iterator[str]:
    for rule in protocol.guidance:
        path = f"guidance.{rule.code}.trigger"
        if isinstance(rule.trigger, EventTrigger):
            yield from _terms(path, protocol.ctcae_version, rule.trigger)
        elif isinstance(rule.trigger, LaboratoryTrigger) and rule.trigger.analyte in ANALYTES:
            yield from _grade(path, protocol.ctcae_version, rule.trigger)


def sides(protocol: Protocol) -> Iterator[str]:
    """A rule without a side holds of both: what is right of too much sugar is wrong of too little. Files from before
    they could name the side are in force still, and mean both."""
    for rule in protocol.guidance:
        trigger, version = rule.trigger, protocol.ctcae_version
        if isinstance(trigger, LaboratoryTrigger) and not trigger.side:
            scales = SCALES[version].get(trigger.analyte, ())
            if len({scale.side for scale in scales}) > 1:
                graded = " and ".join(f"{scale.side} ({scale.term})" for scale in scales)
                path = f"guidance.{rule.code}.trigger.side"
                yield f"{path}: missing; CTCAE {version} grades {trigger.analyte} on both sides: {graded}"


def _grade(path: str, version: str, trigger: LaboratoryTrigger) -> Iterator[str]:
    scales = SCALES[version].get(trigger.analyte, ())
    fitting = [scale for scale in scales if trigger.side in ("", scale.side)]
    grades = {cut.grade for scale in fitting for cut in scale.cuts}
    if trigger.grade not in grades:
        of = f"{trigger.side} {trigger.analyte}".strip()
        known = ", ".join(map(str, sorted(grades))) or "none"
        treated = [scale.term for scale in fitting if scale.by_treatment]
        why = f"; {treated[0]} is graded by its treatment: name it as an event" if treated else f"; known: {known}"
        yield f"{path}: CTCAE {version} has no grade {trigger.grade} of {of}{why}"


def _terms(path: str, version: str, trigger: EventTrigger) -> Iterator[str]:
    known = [term.text for term in ctcae.terms(version)]
    listed = [ctcae.exact(version, term) for term in trigger.terms]
    for written, term in zip(trigger.terms, listed, strict=True):
        if term is None and not _is_of_a_loaded_dictionary(written):
            why = f"is no term of CTCAE {version}{meant(written, known)}"
            yield f"{path}: {written!r} {why}; events are coded by the dictionary's terms alone"
    # A term of another dictionary, or of a version that does not say, may have any grade.
    graded = [term for term in listed if term and term.grades]
    if len(graded) == len(listed) and all(max(term.grades) < trigger.grade for term in graded):
        has = ", ".join(f"{term.grades_in_words} of {term.text}" for term in graded)
        yield f"{path}: CTCAE {version} has {has}, none from {trigger.grade} on"


def _is_of_a_loaded_dictionary(term: str) -> bool:
    """Of one that the installation has loaded; a database that does not answer has none."""
    try:
        held = LowestTerm.objects.filter(dictionary__in_force=True).annotate(lowered=Lower("text"))
        return held.filter(lowered=term.strip().lower()).exists()
    except (DatabaseError, InterfaceError):
        return False
