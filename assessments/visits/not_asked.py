"""Items that the protocol does not ask for on the day of a visit: paclitaxel on a day without paclitaxel."""

from collections.abc import Collection

from assessments.catalogue import CATALOGUE, FormType
from assessments.items import items_of
from assessments.plan.drugs import columns
from assessments.plan.items import OF_DRUGS
from assessments.visits.placing import cycle_day
from cohorts.models import Enrolment, EnrolmentStatus, Subject, Visit
from protocol import current
from protocol.regimen import Drug


def not_asked(code: str, visit: Visit | None) -> dict[str, str]:
    """By item, why nobody asks for it there: it may be left empty. What was given all the same is asked about.

    At an unscheduled visit, whose day the protocol does not know, everything is asked for.
    """
    columns = CATALOGUE[code].drugs
    day = cycle_day(visit.code) if visit and columns else None
    drugs = [current().drug(drug) for drug in columns] if day is not None else []
    return {
        f"{drug.code}_{part}": f"{drug.label} is not planned on day {day} of the cycle, but on {days_of(drug)}."
        for drug in drugs
        if drug.days and day not in drug.days
        for part in ("given", "change")
    }


def not_given(form_type: FormType, subject: Subject) -> dict[str, str]:
    """By item, why nobody asks for it: the drug is none of the subject's cohort. One statement, where the form is of a
    drug that some cohort does not get."""
    drugs = [current().drug(code) for code in form_type.drugs]
    if not any(drug.cohorts for drug in drugs):
        return {}
    cohort = cohorts_of([subject.pk]).get(subject.pk)
    not_its = drugs_not_of(cohort)
    return {
        f"{drug.code}_{part}": f"{drug.label} is not given in {current().cohort(str(cohort)).label}."
        for drug in drugs
        if drug in not_its
        for part in ("given", "change")
    }


def of_other_cohorts(form_type: FormType, subject: Subject) -> list[str]:
    """The items about drugs that the subject's cohort does not get. One statement, where some cohort gets not all."""
    if not drugs_of_items(form_type):
        return []
    return not_of_cohort(form_type, cohorts_of([subject.pk]).get(subject.pk))


def not_of_cohort(form_type: FormType, cohort: str | None) -> list[str]:
    """The same of a cohort by its code."""
    not_its = drugs_not_of(cohort)
    return [name for name, drug in drugs_of_items(form_type).items() if drug in not_its]


def drugs_not_of(cohort: str | None) -> list[Drug]:
    """The drugs that the cohort does not get; none of a subject in none yet, or in one that this version has not."""
    if all(cohort != known_cohort.code for known_cohort in current().cohorts):
        return []
    given = current().drugs_of(cohort)
    return [drug for drug in current().regimen.drugs if drug not in given]


def cohorts_of(subjects: Collection[int]) -> dict[int, str]:
    """By the subject's key, the code of the cohort that it is enrolled in. One statement."""
    enrolled = Enrolment.objects.filter(subject__in=subjects, status=EnrolmentStatus.APPROVED, cohort__isnull=False)
    return dict(enrolled.values_list("subject", "cohort__code"))


def drugs_of_items(form_type: FormType) -> dict[str, Drug]:
    """By the name of each item about a drug, the drug; empty where every cohort gets all drugs."""
    if not any(drug.cohorts for drug in current().regimen.drugs):
        return {}
    held = columns(current())
    named = [field.name for field, _ in items_of(form_type.record) if field.name in OF_DRUGS]
    return {name: held[OF_DRUGS[name][0]] for name in named}


def days_of(drug: Drug) -> str:
    """days 1, 8 and 15; days 1 to 14"""
    *most, last = [word for run in drug.runs for word in _run(*run)]
    return f"days {', '.join(most)} and {last}" if most else f"day{'s' if ' ' in last else ''} {last}"


def _run(first: int, last: int) -> list[str]:
    """Two days in a row are two days, more of them from one to the other."""
    return [f"{first} to {last}"] if last > first + 1 else [str(day) for day in range(first, last + 1)]
