"""A population by hand: subjects with their derived outcomes and the estimates on them, without typing any form."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from accounts.actor import acting
from accounts.models import Site
from cohorts.models import Cohort, Subject
from endpoints.arithmetic.records import Assessment, Contact, Dated, Measurement, SubjectRecords
from endpoints.arithmetic.rows import row_of
from endpoints.arithmetic.subject import derive
from endpoints.models import Outcome
from endpoints.refresh import estimate_populations
from protocol import current
from randomisation.models import Allocation
from tests.cast import FIRST_DOSE, SETUP
from tests.unlimited import unlimited

# What the investigator says at days 57, 113, 169 ..., and the sums of one lesion of 100 mm that go with it.
COURSES: tuple[tuple[tuple[str, str], ...], ...] = (
    (("PR", "60"), ("PR", "55"), ("SD", "80"), ("PD", "95")),
    (("PR", "65"), ("PD", "90")),
    (("SD", "90"), ("SD", "85"), ("SD", "88"), ("SD", "91")),
    (("PD", "130"),),
    (),
    (("SD", "95"), ("NE", ""), ("PD", "140")),
    (("CR", "0"), ("CR", "0"), ("CR", "0"), ("CR", "0"), ("CR", "0")),
)


def day(number: int) -> str:
    return (FIRST_DOSE + timedelta(days=number - 1)).isoformat()


def records(ref: str, number: int) -> SubjectRecords:
    """The nth course: later subjects of the same course are assessed and seen a few days later."""
    course, shift = COURSES[number % len(COURSES)], 3 * (number // len(COURSES))
    scans = [(57 + 56 * index + shift, *seen) for index, seen in enumerate(course)]
    end = 260 + 41 * (number % 11) + shift
    return SubjectRecords(
        ref=ref,
        treatment_start=FIRST_DOSE,
        baselines=(Assessment("tumour_baseline:1", day(-5), (Measurement("T01", (Decimal(100),), organ="LIVER"),)),),
        assessments=tuple(_scan(*scan) for scan in scans),
        death=None if number % 3 == 2 else Dated(day(end), "death:1"),
        contacts=(Contact(day(end), "visit"),),
    )


def _scan(on: int, response: Any, total: str) -> Assessment:
    measured = (
        Measurement("T01", (Decimal(total),)) if total not in ("", "0") else Measurement("T01", absent=total == "0")
    )
    return Assessment(f"tumour:{on}", day(on), (measured,), new_lesion="N", investigator=response)


def populate(
    site: Site, count: int, cohort: str = "P2-10D", first: int = 1, strata: tuple[str, ...] = ()
) -> list[Subject]:
    """So many treated subjects of a cohort at a site, derived and estimated; with strata, given to it by a list on the
    day of the first dose."""
    with acting(SETUP):
        subjects = Subject.objects.bulk_create(
            Subject(site=site, number=number, label=f"{site.code}-{number:03}")
            for number in range(first, first + count)
        )
        if strata:
            _allocate(subjects, cohort, strata)
        plan = current().analysis
        for index, subject in enumerate(subjects):
            known = records(f"subject:{subject.pk}", index)
            if strata:
                given = strata[index % len(strata)]
                known = replace(known, randomisation=FIRST_DOSE, arm=cohort, stratum=given)
            outcome = derive(known, plan)
            Outcome.objects.create(
                subject=subject,
                cohort_code=cohort,
                treated=True,
                # one of each seven has nothing measurable
                measurable=index % len(COURSES) != len(COURSES) - 2,
                row=row_of(outcome, subject.label).as_json(),
                derivation=outcome.as_json(),
                basis=f"by hand {index}",
            )
        estimate_populations([cohort])
    return subjects


def _allocate(subjects: list[Subject], cohort: str, strata: tuple[str, ...]) -> None:
    """As a list would have: the numbers are those of the subjects, their lines nowhere."""
    given = Cohort.objects.get(code=cohort)
    with unlimited():
        Allocation.objects.bulk_create(
            Allocation(
                subject=subject, cohort=given, place=subject.pk, number=subject.pk, stratum=strata[at % len(strata)]
            )
            for at, subject in enumerate(subjects)
        )
