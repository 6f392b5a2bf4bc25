"""Times that begin with randomisation: of all who were randomised, whether or not they were treated."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from endpoints.arithmetic.populations import estimate
from endpoints.arithmetic.records import Assessment, Dated, Measurement, SubjectRecords
from endpoints.arithmetic.rows import row_of
from endpoints.arithmetic.subject import derive
from protocol import load
from protocol.schema import AnalysisPlan
from tests.arithmetic.build import INVESTIGATOR
from tests.protocol.conftest import TRIAL

RANDOMISED = date(2008, 1, 4)
FIRST_DOSE = date(2008, 1, 7)
PLAN: AnalysisPlan = replace(INVESTIGATOR, origin="randomisation")


def assessed(day: date, response: str, size: int) -> Assessment:
    sizes = (Measurement("T01", (size,), organ="LIVER"),)  # type: ignore[arg-type]
    return Assessment(ref=f"tumour:{day}", date=day.isoformat(), measurements=sizes, investigator=response)  # type: ignore[arg-type]


def subject(*, dose: date | None = FIRST_DOSE, randomised: date | None = RANDOMISED, **more: object) -> SubjectRecords:
    scans = (
        assessed(RANDOMISED + timedelta(56), "PR", 20),
        assessed(RANDOMISED + timedelta(112), "PR", 20),
        assessed(RANDOMISED + timedelta(168), "PD", 60),
    )
    known: dict[str, object] = {
        "treatment_start": dose,
        "treatment_ref": "infusion:1" if dose else "",
        "randomisation": randomised,
        "baselines": (assessed(RANDOMISED - timedelta(5), "", 50),),
        "assessments": scans if dose else (),
    }
    return SubjectRecords(ref="subject:1", **(known | more))  # type: ignore[arg-type]


def test_days_are_counted_from_randomisation_or_from_the_first_dose_as_the_plan_says() -> None:
    by_randomisation, by_dose = derive(subject(), PLAN), derive(subject(), INVESTIGATOR)
    assert by_randomisation.pfs is not None
    assert by_dose.pfs is not None
    assert (by_randomisation.pfs.days, by_randomisation.pfs.event) == (169, True)
    assert (by_dose.pfs.days, by_dose.pfs.event) == (166, True)
    assert by_randomisation.origin == RANDOMISED
    assert by_randomisation.treatment_start == by_dose.origin == FIRST_DOSE
    assert by_randomisation.headline.value == by_dose.headline.value == "PR"


def test_who_was_randomised_and_never_treated_counts_from_randomisation() -> None:
    untreated = subject(dose=None, death=Dated("2008-03-01", "death:9"))
    outcome = derive(untreated, PLAN)
    assert outcome.pfs is not None
    assert outcome.os is not None
    assert (outcome.pfs.days, outcome.pfs.event, outcome.os.days) == (58, True, 58)
    assert outcome.headline.value == "NE"
    assert derive(untreated, INVESTIGATOR).pfs is None


def test_an_untreated_subject_without_an_event_is_censored_when_last_known_alive() -> None:
    outcome = derive(subject(dose=None, baselines=()), PLAN)
    assert outcome.os is not None
    assert (outcome.os.days, outcome.os.event, outcome.os.words) == (1, False, "Known alive: randomisation.")


def test_who_was_not_randomised_has_no_times_and_the_reason_says_so() -> None:
    outcome = derive(subject(randomised=None), PLAN)
    assert (outcome.pfs, outcome.os, outcome.origin) == (None, None, None)
    assert outcome.headline.reason == "Not randomised."
    assert outcome.treatment_start == FIRST_DOSE


def test_a_baseline_counts_up_to_randomisation() -> None:
    after = (assessed(RANDOMISED + timedelta(1), "", 50),)
    outcome = derive(subject(baselines=after), PLAN)
    assert outcome.baseline_ref is None
    texts = [finding.text for finding in outcome.findings]
    assert "No complete baseline assessment on or within 28 days before randomisation." in texts
    assert derive(subject(baselines=after), INVESTIGATOR).baseline_ref is not None


def test_the_figures_say_from_where_days_are_counted_and_who_was_treated() -> None:
    rows = [row_of(derive(subject(), PLAN), "A"), row_of(derive(subject(dose=None), PLAN), "B")]
    figures = estimate(rows, PLAN)
    assert figures["origin"] == "randomisation"
    assert figures["times"]["pfs"]["n"] == 2
    assert {lane["label"]: lane["treated"] for lane in figures["swimmer"]} == {"A": True, "B": False}


@pytest.mark.parametrize("cut", [RANDOMISED - timedelta(1), RANDOMISED, FIRST_DOSE])
def test_a_cut_before_randomisation_leaves_nothing(cut: date) -> None:
    outcome = derive(subject(), PLAN, cut)
    assert (outcome.origin is None) == (cut < RANDOMISED)
    assert (outcome.treatment_start is None) == (cut < FIRST_DOSE)


def test_a_file_that_says_nothing_counts_from_the_first_dose() -> None:
    assert load(TRIAL).analysis.origin == "first_dose"
