"""Settings that a file or a command gives as text: what each changes, and the whole sentence of each complaint."""

from dataclasses import replace
from decimal import Decimal

import pytest

from endpoints.arithmetic import settings
from tests.arithmetic.build import DERIVED


def test_params_of_a_file_change_the_settings_that_they_mean() -> None:
    params = {
        "sd_min_days": 40,
        "confirm_days": 21,
        "max_ne_between": 2,
        "accept_sd_between": True,
        "cb_min_days": 150,
        "visit_interval_days": 60,
        "visit_window_days": 9,
        "too_small_mm": 4,
        "baseline_window_days": 30,
        "conf_type": "plain",
        "start_day": 1,
        **dict.fromkeys(("duration", "cb_A", "cb_B", "missed2", "partial_date"), "in words"),
    }
    assert settings.with_params(DERIVED, params) == replace(
        DERIVED,
        sd_min_days=40,
        confirmation_days=21,
        ne_between=2,
        accept_sd_between=True,
        clinical_benefit_days=150,
        assessment_interval_days=60,
        assessment_window_days=9,
        too_small_mm=Decimal(4),
        baseline_window_days=30,
        conf_type="plain",
    )


def test_settings_are_read_from_text() -> None:
    given = ["confirm_days = 21", "landmarks_months=3, 6", "accept_sd_between=true", "conf_level=0.9"]
    assert settings.with_settings(DERIVED, given) == replace(
        DERIVED, confirmation_days=21, landmarks_months=(3, 6), accept_sd_between=True, conf_level=Decimal("0.9")
    )


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("confirmation_days", "--set confirmation_days: expected KEY=VALUE"),
        (
            "confirmation_day=3",
            "--set confirmation_day=3: unknown setting 'confirmation_day'; was 'confirmation_days' meant?",
        ),
        ("ne_between=-1", "--set: ne_between=-1: Input should be greater than or equal to 0"),
    ],
)
def test_a_setting_that_is_none_is_refused(given: str, words: str) -> None:
    with pytest.raises(settings.SettingError) as refused:
        settings.with_settings(DERIVED, [given])
    assert str(refused.value) == words


def test_a_setting_like_no_other_is_answered_with_all_there_are() -> None:
    with pytest.raises(settings.SettingError) as refused:
        settings.with_settings(DERIVED, ["zzz=1"])
    assert str(refused.value) == f"--set zzz=1: unknown setting 'zzz'; known are {', '.join(settings.names())}"
    with pytest.raises(settings.SettingError) as refused:
        settings.with_params(DERIVED, {"zzz": 1})
    assert str(refused.value).startswith(
        "params: unknown setting 'zzz'; known are sd_min_days, confirm_days, max_ne_between"
    )
    assert str(refused.value).count("sd_min_days") == 1


def test_settings_of_one_kind_are_told_from_those_of_the_other() -> None:
    for given, words in (
        (["ne_between=1", "max_ne_between=2"], "--set max_ne_between=2: ne_between is set twice"),
        (["confirm_days=0"], "--set: confirmation_days=0: Input should be greater than or equal to 1"),
    ):
        with pytest.raises(settings.SettingError) as refused:
            settings.with_settings(DERIVED, given)
        assert str(refused.value) == words
    with pytest.raises(settings.SettingError, match=r"^params: start_day must be 1$"):
        settings.with_params(DERIVED, {"start_day": 0})
    with pytest.raises(
        settings.SettingError, match=r"^params: unknown setting 'confirm_dayz'; was 'confirm_days' meant\?$"
    ):
        settings.with_params(DERIVED, {"confirm_dayz": 0})


def test_every_setting_is_described_with_the_trials_value() -> None:
    lines = "\n".join(settings.described())
    for line in ("  confirmation_days=28\n      ", "  landmarks_months=3,6,12,18,24,36\n      ", "=false\n", "=true\n"):
        assert line in lines
    assert len(settings.described()) == len(settings.names())
