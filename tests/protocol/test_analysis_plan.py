from dataclasses import FrozenInstanceError, fields, replace
from decimal import Decimal

import pytest
from pydantic import ValidationError

from protocol.plan import AnalysisPlan, describe


def test_the_defaults_are_the_trials_own_settings(trial):
    assert AnalysisPlan() == trial.analysis


def test_every_setting_is_described_in_words():
    assert all(len(words) > 20 for _, _, words in AnalysisPlan().described())
    assert [name for name, _, _ in AnalysisPlan().described()] == [field.name for field in fields(AnalysisPlan)]


def test_describing_an_unknown_setting_is_refused():
    with pytest.raises(KeyError):
        describe("colour")


def test_a_plan_does_not_change():
    with pytest.raises(FrozenInstanceError):
        AnalysisPlan().sd_min_days = 1


def test_equal_plans_are_one_key():
    assert {AnalysisPlan(): 1}[AnalysisPlan(sd_min_days=42)] == 1


def test_an_unknown_setting_is_refused():
    with pytest.raises(ValidationError, match="colour"):
        AnalysisPlan(colour="red")


def test_a_setting_typed_as_text_becomes_its_own_kind():
    plan = replace(AnalysisPlan(), sd_min_days="49", conf_level="0.9", accept_sd_between="true")
    assert (plan.sd_min_days, plan.conf_level, plan.accept_sd_between) == (49, Decimal("0.9"), True)


@pytest.mark.parametrize(
    ("setting", "last_good", "first_bad"),
    [
        ("confirmation_days", 1, 0),
        ("sd_min_days", 0, -1),
        ("clinical_benefit_days", 1, 0),
        ("ne_between", 0, -1),
        ("assessment_interval_days", 1, 0),
        ("assessment_window_days", 0, -1),
        ("baseline_window_days", 0, -1),
        ("too_small_mm", "0.1", "0"),
        ("conf_level", "0.001", "0"),
        ("conf_level", "0.999", "1"),
        ("conf_level", "0.95", "NaN"),
        ("days_per_month", "0.1", "0"),
        ("landmarks_months", (1, 2), (0, 2)),
        ("landmarks_months", (3, 6), (6, 3)),
        ("landmarks_months", (3, 6), (3, 3)),
        ("recist_version", "1.1", "1.2"),
        ("response_source", "derived", "central"),
        ("clinical_benefit", "cb_B", "cb_C"),
        ("pr_drift", "sticky_pr", "pr"),
        ("partial_day", "last", "first"),
        ("conf_type", "plain", "arcsine"),
    ],
)
def test_each_setting_holds_its_range(setting, last_good, first_bad):
    assert replace(AnalysisPlan(), **{setting: last_good})
    with pytest.raises(ValidationError, match=setting):
        replace(AnalysisPlan(), **{setting: first_bad})
