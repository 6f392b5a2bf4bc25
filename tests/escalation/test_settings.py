"""The settings of the designs, as the protocol file states them."""

from pathlib import Path

import pytest

import protocol
from protocol import ProtocolError, load

TRIAL = Path(protocol.__file__).parent / "nct00426556.toml"


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("target = 0.30", "target = 0.7", "escalation.target: Input should be less than 0.7"),
        ("target_to = 0.33", "target_to = 0.16", "escalation: target_from 0.16 is not below target_to 0.16"),
        ('"weekly", reference_mg', '"daily", reference_mg', "escalation.priors: 2 for the schedule daily"),
        ('"weekly", reference_mg', '"daily", reference_mg', "none for the schedule weekly of cohort P1-30W"),
        ("sd_log_alpha = 2", "sd_log_alpha = 0", "sd_log_alpha: Input should be greater than 0"),
    ],
)
def test_settings_that_cannot_be_are_refused(tmp_path: Path, old: str, new: str, problem: str) -> None:
    text = TRIAL.read_text()
    assert old in text
    changed = tmp_path / "changed.toml"
    changed.write_text(text.replace(old, new, 1))
    with pytest.raises(ProtocolError, match="cannot be used") as refused:
        load(changed)
    assert any(problem in line for line in refused.value.problems)


def test_the_trial_states_its_target_and_says_that_it_is_assumed() -> None:
    protocol = load(TRIAL)
    assert protocol.escalation is not None
    assert str(protocol.escalation.target) == "0.30"
    assert protocol.escalation.prior("weekly").reference_dose == 30
    assert "No source names a design" in str(protocol.assumption("escalation.target"))


def test_a_schedule_without_a_prior_has_none() -> None:
    protocol = load(TRIAL)
    assert protocol.escalation is not None
    with pytest.raises(KeyError):
        protocol.escalation.prior("monthly")  # type: ignore[arg-type]
