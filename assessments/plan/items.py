"""Case forms as the protocol file plans them: which items are asked, under which words, with which answers.

A model names one of these functions as its `as_planned`; what it gives is what `items.items_of` tells everybody of the
form: pages, API, checks, papers. A column that the file does not name stays empty.
"""

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db import models

from assessments.codelists import DoseFrequency
from assessments.items import Item, Pairs
from assessments.plan.drugs import COLUMNS, NAMED, columns, of_tablets, strengths_of
from protocol import Protocol
from protocol.eligibility import EligibilityItem, WashoutRule
from protocol.regimen import Drug, in_a_sentence
from values.numbers import written

Pair = tuple[models.Field, Item]
# By the column of a history, the one that says which where the answer is "other".
DETAIL = {"histology": "histology_detail"}
# What a cancer history asks of any disease: the form of a file that names none of its items.
OF_ANY_DISEASE = ("diagnosis_date", "metastatic_date", "tumour_grade", "stage_at_diagnosis")


def with_words(field: models.Field, item: Item, *, label: str = "", **known: Any) -> Pair:
    """The column under other words; `choices` are stored terms with their words."""
    made: Any = copy(field)
    if label:
        made.verbose_name = label
    if "choices" in known:
        made.choices = known.pop("choices")
    made.item = replace(item, **known)
    return made, made.item


def terms(answers: Sequence[str], listed: Sequence[tuple[str, str]] = ()) -> list[tuple[str, str]]:
    """(what is stored, words) of each answer: the term of the column's code list of these words, else its capitals."""
    by_words = {str(words).lower(): (value, str(words)) for value, words in listed}
    return [by_words.get(answer.lower(), (answer.upper(), answer)) for answer in answers]


def eligibility(columns: Sequence[Pair], protocol: Protocol) -> Pairs:
    """The items that the file names, in its order and under its words."""
    known = {field.name: (field, item) for field, item in columns}
    given = _given(protocol)
    return tuple(
        _criterion(*known[criterion.held_by], criterion, given.get(criterion.code))
        for criterion in protocol.eligibility_items
        if criterion.held_by in known
    )


def _criterion(field: models.Field, item: Item, criterion: EligibilityItem, given: str | None) -> Pair:
    of_the_file: dict[str, Any] = {}
    if item.free:
        of_the_file["unit"] = criterion.unit
        if criterion.kind == "choice":
            of_the_file["choices"] = terms(criterion.choices)
        if given:
            of_the_file |= {"only_if": (given, ("Y",)), "may_lack": False}
    return with_words(field, item, label=criterion.label, **of_the_file)


def _given(protocol: Protocol) -> dict[str, str]:
    """By the code of a date of a therapy's last day, the column that says whether the therapy was given."""
    held = {item.code: item.held_by for item in protocol.eligibility_items}
    return {
        rule.item: held[rule.given_item]
        for criterion in protocol.eligibility
        for rule in criterion.single_rules
        if isinstance(rule, WashoutRule)
    }


def history(columns: Sequence[Pair], protocol: Protocol) -> Pairs:
    """The items of the disease."""
    known = {field.name: (field, item) for field, item in columns}
    if protocol.history is None:
        return tuple(known[name] for name in OF_ANY_DISEASE)
    return tuple(_of_the_disease(known, protocol))


def _of_the_disease(known: dict[str, Pair], protocol: Protocol) -> Iterator[Pair]:
    assert protocol.history is not None
    for history_item in protocol.history.items:
        if history_item.held_by not in known:
            continue
        field, item = known[history_item.held_by]
        choices = {"choices": terms(history_item.choices, field.choices or ())} if history_item.choices else {}
        yield with_words(field, item, label=history_item.label, **choices)
        detail = DETAIL.get(field.name)
        if detail and "OTHER" in dict(choices.get("choices", ())):
            yield known[detail]


def therapies(columns: Sequence[Pair], protocol: Protocol) -> Pairs:
    """The kinds of therapy of the file's disease."""
    if protocol.history is None:
        return tuple(columns)
    return tuple(
        with_words(field, item, choices=terms(protocol.history.therapies, field.choices or ()))
        if field.name == "kind"
        else (field, item)
        for field, item in columns
    )


# How the columns of a drug begin and go on, with what they ask of it.
OF_A_DRUG = {
    "related_{}": "Related to {}",
    "action_{}": "Action taken with {}",
    "last_{}_date": "Last dose of {}",
}
OF_DRUGS = {pattern.format(end): (end, words) for pattern, words in OF_A_DRUG.items() for end in COLUMNS}


def of_the_drugs(held: Sequence[Pair], protocol: Protocol) -> Pairs:
    """What is asked drug by drug, of those of the regimen and under their names; of no limit of dose where the protocol
    looks for none."""
    return tuple(_of_the_drugs(held, protocol))


def _of_the_drugs(held: Sequence[Pair], protocol: Protocol) -> Iterator[Pair]:
    drugs = columns(protocol)
    for field, item in held:
        if field.name == "dose_limiting" and protocol.dlt is None:
            continue
        if field.name not in OF_DRUGS:
            yield field, item
            continue
        end, words = OF_DRUGS[field.name]
        if end in drugs:
            yield with_words(field, item, label=words.format(in_a_sentence(drugs[end].label)))


def events(held: Sequence[Pair], protocol: Protocol) -> Pairs:
    """What is asked drug by drug, and the grade under the version of the criteria that it goes by."""
    graded = f"CTCAE {protocol.ctcae_version} grade, the worst"
    return tuple(
        with_words(field, item, label=graded) if field.name == "grade" else (field, item)
        for field, item in of_the_drugs(held, protocol)
    )


def dose_limiting(held: Sequence[Pair], protocol: Protocol) -> Pairs:
    """The drug whose doses make evaluable, the part of them that does, the cycle and the criteria of the protocol's
    rule."""
    rule = protocol.dlt
    if rule is None:
        return tuple(held)
    drug = protocol.drug_words(rule.drug)
    cycles = "cycle 1" if rule.cycle == 1 else f"cycles 1 to {rule.cycle}"
    of_the_rule: dict[str, dict[str, Any]] = {
        "cycle_completed": {
            "label": "Whole cycle 1 observed" if rule.cycle == 1 else f"Cycles 1 to {rule.cycle} observed"
        },
        "everolimus_percent": {
            "label": f"{drug} taken of what was planned for {cycles}",
            "expected": (rule.min_dose_percent, Decimal(100)),
        },
        "dose_limiting_toxicity": {"label": f"Dose-limiting toxicity in {cycles}"},
        "criterion": {"choices": [(criterion.code, criterion.text) for criterion in rule.criteria]},
    }
    return tuple(with_words(field, item, **of_the_rule.get(field.name, {})) for field, item in held)


def tablets(held: Sequence[Pair], protocol: Protocol) -> Pairs:
    """The drugs whose tablets are handed out, and the strengths that these have; which drug is not asked where the form
    is that of everolimus alone."""
    drugs = of_tablets(protocol)
    alone = all(drug.code == NAMED[0] for drug in drugs)
    words = {
        "treatment": {"choices": [(drug.code, drug.label) for drug in drugs]},
        "strength_mg": {"choices": [(strength, f"{strength} mg") for strength in _strengths(drugs)]} if drugs else {},
    }
    return tuple(
        with_words(field, item, **words.get(field.name, {}))
        for field, item in held
        if not (alone and field.name == "treatment")
    )


def _strengths(drugs: Sequence[Drug]) -> list[str]:
    """In rising order, as they are stored."""
    strengths = [strength for drug in drugs for strength in strengths_of(drug)]
    return [written(strength) for strength in sorted(set(strengths))]


# What a dose that people enter says beside those that an import brings.
OF_A_PLAN = (
    *("weight_kg", "height_cm", "creatinine_umol_l", "gfr_ml_min"),
    *("change", "reason", "missed_days", "planned_mg"),
)
# What is one and the same for a drug, and the protocol's to say.
OF_THE_REGIMEN = ("dose_unit", "dose_form", "route")


def doses(held: Sequence[Pair], protocol: Protocol) -> Pairs:
    """Doses as people enter them: of a drug of the regimen, in mg, with the sizes that a dose is reckoned by. What is
    imported comes as it stands in its source."""
    if not protocol.visits_enforced:
        return tuple((field, item) for field, item in held if field.name not in OF_A_PLAN)
    return tuple(_doses(held, protocol))


def _doses(held: Sequence[Pair], protocol: Protocol) -> Iterator[Pair]:
    bases = {drug.basis for drug in protocol.regimen.drugs}
    sizes = {
        "weight_kg": bases & {"weight", "body_surface", "auc"},
        "height_cm": bases & {"body_surface"},
        "creatinine_umol_l": bases & {"auc"},
        "gfr_ml_min": bases & {"auc"},
    }
    given: dict[str, Any] = {"only_if": ("given", ("Y",))}
    words: dict[str, dict[str, Any]] = {
        "treatment": {"choices": [(drug.code, drug.label) for drug in protocol.regimen.drugs]},
        "dose": {"label": "Dose each time", "unit": "mg", "required": True} | given,
        "frequency": {"choices": DoseFrequency.choices, "required": True} | given,
    }
    for field, item in held:
        if field.name in OF_THE_REGIMEN or not sizes.get(field.name, True):
            continue
        yield with_words(field, item, **words.get(field.name, {}))
