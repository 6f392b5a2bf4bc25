import hashlib
from datetime import date
from decimal import Decimal

import pytest

from protocol import current, load
from protocol.eligibility import items_of
from tests.protocol.conftest import FOLDER, TRIAL


def test_the_trial_has_88_places_in_its_four_cohorts(trial):
    assert {cohort.code: cohort.planned for cohort in trial.cohorts} == {
        "P1-5D": 6,
        "P1-10D": 17,
        "P1-30W": 12,
        "P2-10D": 55,
    }


def test_phase_two_is_the_headline_population(trial):
    assert trial.headline_population().cohorts == ("P2-10D",)


def test_a_phase_one_subject_counts_at_its_dose_level_and_overall(trial):
    assert {population.code for population in trial.populations_of("P1-30W")} == {"P1", "P1-30W"}


def test_only_phase_one_is_evaluated_for_dose_limiting_toxicity(trial):
    assert {cohort.phase for cohort in trial.cohorts if cohort.dlt_evaluated} == {"I"}
    assert (trial.dlt.cycle, trial.dlt.min_dose_percent, len(trial.dlt.criteria)) == (1, 75, 5)


def test_what_only_phase_two_requires(trial):
    only = set(trial.criteria("II")) - set(trial.criteria("I"))
    assert {criterion.code for criterion in only} == {"I07", "I08", "I09"}
    assert set(trial.criteria("I")) < set(trial.criteria("II"))


def test_every_eligibility_item_decides_something(trial):
    used = {name for criterion in trial.eligibility for name, _ in items_of(criterion.rule)}
    assert {item.code for item in trial.eligibility_items} == used


def test_numbers_are_exact_decimals(trial):
    rule = next(criterion.rule for criterion in trial.eligibility if criterion.code == "I14")
    assert rule.multiple == Decimal("1.5") and isinstance(rule.multiple, Decimal)
    assert trial.analysis.conf_level == Decimal("0.95")


def test_an_assumption_has_its_value_and_its_sentence(trial):
    assumptions = {assumption.path: assumption for assumption in trial.assumed()}
    assert assumptions["cohorts.P1-30W.planned"].value == 12
    assert assumptions["analysis.sd_min_days"].value == 42
    assert all(assumption.sentence.endswith(".") for assumption in assumptions.values())


@pytest.mark.parametrize(
    "path",
    [
        "cohorts.P1-30W.planned",
        "visits.SCR.days_before",
        "dlt.min_dose_percent",
        "ctcae_version",
        "analysis.sd_min_days",
    ]
    + ["regimen.drugs.everolimus.steps", "regimen.drugs.paclitaxel.steps", "regimen.drugs.trastuzumab.steps"]
    + [f"eligibility.I{number}.rule.number" for number in range(11, 18)],
)
def test_what_no_source_says_is_marked_as_an_assumption(trial, path):
    assert trial.assumption(path)


@pytest.mark.parametrize(
    "path",
    ["analysis.response_source", "analysis.clinical_benefit_days", "cohorts.P2-10D.planned", "visits.TA.late_days"],
)
def test_what_a_source_says_is_no_assumption(trial, path):
    assert trial.assumption(path) is None


@pytest.mark.parametrize("path", ["colour", "cohorts.P9", "analysis.colour", "title.upper", "cohorts.P1-5D.model_dump"])
def test_a_path_to_nothing_is_a_key_error(trial, path):
    with pytest.raises(KeyError):
        trial.value(path)


@pytest.mark.parametrize("kind", ["phase", "cohort", "population", "drug", "visit", "eligibility_item"])
def test_an_unknown_code_is_a_key_error(trial, kind):
    with pytest.raises(KeyError, match="nowhere"):
        getattr(trial, kind)("nowhere")


def test_look_ups_find_by_code(trial):
    assert trial.phase("II").label == "Phase II"
    assert trial.cohort("P1-5D").everolimus_mg == 5
    assert trial.population("P1").label == "Phase I, all dose levels"
    assert trial.drug("paclitaxel").unit == "mg/m²"
    assert trial.visit("TA").every_days == 56
    assert trial.eligibility_item("haemoglobin").unit == "g/dL"


def test_the_digest_is_that_of_the_file(trial):
    assert trial.sha256 == hashlib.sha256(TRIAL.read_bytes()).hexdigest()


@pytest.mark.parametrize(("cut", "on"), [("extension", date(2009, 3, 30)), ("three_years", date(2011, 9, 30))])
def test_a_data_cut_is_counted_from_the_last_first_dose(trial, cut, on):
    data_cut = next(entry for entry in trial.data_cuts if entry.code == cut)
    assert data_cut.on(date(2008, 9, 30)) == on


def test_a_data_cut_on_the_last_of_a_long_month_stays_in_its_month(trial):
    assert trial.data_cuts[0].on(date(2008, 8, 31)) == date(2009, 2, 28)


def test_another_solid_tumour_trial_is_another_file():
    other = load(FOLDER / "pharmaverse.toml")
    assert other.analysis.recist_version == "1.1"
    assert [cohort.code for cohort in other.cohorts] == ["ALL"]
    assert not other.visits_enforced
    assert other.assumption("analysis.conf_type")


def test_the_current_protocol_is_the_one_of_the_settings_and_read_once(settings):
    settings.PROTOCOL_FILE = str(TRIAL)
    assert current().code == "NCT00426556"
    assert current() is current()
    settings.PROTOCOL_FILE = FOLDER / "pharmaverse.toml"
    assert current().code == "PHARMAVERSE"
