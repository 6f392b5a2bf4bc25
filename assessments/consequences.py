"""What follows from what was entered on a form: items that are computed, and whether a milestone may move.

The catalogue names them form by form; a save asks for them through it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from assessments.arithmetic.dosing import body_surface, planned_dose
from cohorts.models import Subject, Visit
from cohorts.services import Refused
from cohorts.versions import versions_in_force
from protocol import current
from terminology.reading import coded, dictionary_name

Row = dict[str, Any]
# The items of a record that follow from its others.
Computes = Callable[[Row], Row]


def infusion(record: Row) -> Row:
    """Body surface and planned doses, from weight, height, dose level and loading."""
    weight, height, level = record["weight_kg"], record["height_cm"], record["paclitaxel_level_mg_m2"]
    if not weight or not height:
        return {"body_surface_m2": None, "paclitaxel_planned_mg": None, "trastuzumab_planned_mg": None}
    protocol = current()
    surface = body_surface(protocol.regimen, height_cm=height, weight_kg=weight)
    size = {"weight_kg": weight, "body_surface_m2": surface}
    paclitaxel, trastuzumab = protocol.drug("paclitaxel"), protocol.drug("trastuzumab")
    steps = [step.dose for step in paclitaxel.steps] or [paclitaxel.dose]
    return {
        "body_surface_m2": surface,
        "paclitaxel_planned_mg": planned_dose(paclitaxel, level=steps.index(level), **size) if level in steps else None,
        "trastuzumab_planned_mg": planned_dose(trastuzumab, first=record["trastuzumab_loading"] == "Y", **size)
        if record["trastuzumab_given"] == "Y"
        else None,
    }


def event(record: Row) -> Row:
    """The dictionary's term and code of an event, by the words chosen, else by those that the site wrote."""
    chosen = record["dictionary_term"]
    term = coded(chosen or record["term"], first=record["dictionary"])
    if term is not None:
        return {"dictionary_term": term.text, "term_code": term.code, "dictionary": term.dictionary}
    if chosen:
        # Everybody reads it, also who may not read the site's own words.
        problem = f"{dictionary_name()} has no term “{chosen}”: choose one of its list, or leave it empty."
        raise Refused(problem, "dictionary_term")
    return {"term_code": "", "dictionary": ""}


def reconsent(record: Row) -> Row:
    """No other than a version that is in force can be consented to."""
    known = versions_in_force() if record["protocol_version"] else []
    if known and record["protocol_version"] not in known:
        raise Refused(f"There is no such version of the protocol: {', '.join(known)}.", "protocol_version")
    return {}


@dataclass(frozen=True)
class RecordSave:
    """A record that is being saved: whose, at which visit, and whether for the first time."""

    subject: Subject
    record: Row
    visit: Visit | None
    is_new: bool


Moves = Callable[[RecordSave], bool]


def always(save: RecordSave) -> bool:
    return True


def never(save: RecordSave) -> bool:
    return False


def progression(save: RecordSave) -> bool:
    """A new assessment moves nothing but by progression."""
    return not save.is_new or save.record["overall_response"] == "PD" or save.record["new_lesions"] == "Y"


def first_of_a_cycle(save: RecordSave) -> bool:
    """A new infusion within a cycle moves nothing, unless it is the first dose of all."""
    if not save.is_new or not save.visit or not save.visit.cycle or save.visit.code.endswith("D1"):
        return True
    day = save.record["infusion_date"]
    return save.subject.first_dose_date is None or day is None or day < save.subject.first_dose_date
