"""The arithmetic held against an independent reading of the same rules, on thousands of random subjects."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from endpoints.arithmetic.outcomes import SubjectOutcome, TimeToEvent
from endpoints.arithmetic.records import Assessment, Dated, Measurement, SubjectRecords
from endpoints.arithmetic.subject import derive
from tests.arithmetic.build import DERIVED, START, on
from tests.arithmetic.oracle import Patient, Scan, answers

# Ten thousand agreed when the rules were written; the suite takes a sample.
SUBJECTS = 800
# Sizes at which rules meet: gone, normal nodes, the edges of 10 mm, of -30 % and of +20 %.
SIZES = (0, 0, 0, 3, 4, 5, 8, 9, 10, 11, 12, 15, 20, 21, 24, 28, 30, 36, 40, None)
DAYS = (-3, 15, 29, 36, 43, 57, 58, 85, 86, 113, 141, 169, 170, 197, 225)


def patient(chance: Random) -> Patient:
    often = chance.choice((0.7, 0.7, 0.7, 0))
    baseline = {name: chance.choice((15, 20, 30, 40)) for name in ("L1", "L2", "N1") if chance.random() < often}
    has_non_target = not baseline or chance.random() < 0.5
    days = sorted(chance.sample(DAYS, chance.randint(0, 7)))
    # Some courses shrink to nothing, so that complete responses and what follows them are common.
    shrinks = chance.random() < 0.6
    scans = tuple(
        Scan(
            day,
            {name: 0 if shrinks and chance.random() < 0.7 else chance.choice(SIZES) for name in baseline},
            chance.choice(("CR", "CR", "CR", "NONCR", "NONCR", "NE", "PD", None)) if has_non_target else None,
            chance.choice(("N",) * 12 + ("EQUIVOCAL", "Y")),
        )
        for day in days
    )
    return Patient(
        baseline,
        has_non_target,
        scans,
        therapy=chance.choice((None, None, -5, 1, *DAYS[1:])),
        death=chance.choice((None, None, 90, 226, 300)),
        ends=chance.random() < 0.8,
        version=chance.choice(("1.0", "1.1")),
    )


def records(who: Patient, chance: Random) -> SubjectRecords:
    scans = [
        Assessment(f"scan {scan.day}", on(scan.day), measured(scan.sizes), scan.non_target, scan.new)  # type: ignore[arg-type]
        for scan in who.scans
    ]
    chance.shuffle(scans)
    baseline = Assessment(
        "baseline", on(-6), measured(dict(who.baseline)), "PRESENT" if who.has_non_target else None, "N"
    )
    return SubjectRecords(
        ref="subject",
        treatment_start=START,
        baselines=(baseline,),
        assessments=tuple(scans),
        death=Dated(on(who.death), "death") if who.death else None,
        new_therapies=(Dated(on(who.therapy), "therapy"),) if who.therapy else (),
    )


def measured(sizes: dict[str, int | None]) -> tuple[Measurement, ...]:
    return tuple(
        Measurement(name, None if mm is None else (Decimal(mm),), absent=mm == 0, node=name[0] == "N")
        for name, mm in sizes.items()
    )


def summary(outcome: SubjectOutcome) -> dict[str, Any]:
    def time(result: TimeToEvent | None) -> tuple[int, bool] | None:
        return (result.days, result.event) if result else None

    by_date = sorted(outcome.assessments, key=lambda result: str(result.date))
    return {
        "overall": [result.overall for result in by_date],
        "bor": outcome.bor.value,
        "cbor": outcome.cbor.value,
        "cb_A": outcome.cb_A.value,
        "cb_B": outcome.cb_B.value,
        "pfs": time(outcome.pfs),
        "ttr": outcome.ttr.days if outcome.ttr else None,
        "dor": time(outcome.dor),
    }


@pytest.mark.parametrize("seed", range(4))
def test_both_readings_of_the_rules_agree_on_random_subjects(seed: int) -> None:
    chance = Random(seed)
    best = set()
    for number in range(SUBJECTS):
        who = patient(chance)
        plan = replace(DERIVED, recist_version=who.version, nact_response="ends" if who.ends else "counts")
        outcome = derive(records(who, chance), plan)
        assert summary(outcome) == answers(who), (seed, number, who)
        best.add(outcome.cbor.value)
    # the subjects are such that every response occurs
    assert best == {"CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE"}


def test_the_days_of_the_second_reading_are_those_of_the_calendar() -> None:
    assert on(1) == START.isoformat() and on(29) == (START + timedelta(days=28)).isoformat()
