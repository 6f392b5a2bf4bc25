"""Items that the protocol does not ask for on the day of a visit: paclitaxel on a day without paclitaxel."""

from assessments.catalogue import CATALOGUE
from assessments.placing import cycle_day
from cohorts.models import Visit
from trialsite.protocol import current
from trialsite.protocol.regimen import Drug


def not_asked(code: str, visit: Visit | None) -> dict[str, str]:
    """By item, why nobody asks for it there: it may be left empty. What was given all the same is asked about.

    At an unscheduled visit, whose day the protocol does not know, everything is asked for.
    """
    asked = CATALOGUE[code].drugs
    day = cycle_day(visit.code) if visit and asked else None
    drugs = [current().drug(drug) for drug in asked] if day is not None else []
    return {
        f"{drug.code}_{part}": f"{drug.label} is not planned on day {day} of the cycle, but on {days_of(drug)}."
        for drug in drugs
        if drug.days and day not in drug.days
        for part in ("given", "change")
    }


def days_of(drug: Drug) -> str:
    """days 1, 8 and 15"""
    *most, last = [str(day) for day in drug.days]
    return f"days {', '.join(most)} and {last}" if most else f"day {last}"
