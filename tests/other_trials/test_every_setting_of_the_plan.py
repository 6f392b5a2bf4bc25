"""Each setting of the analysis plan is honoured as the file has it: one subject, the file as it is and with one key
changed, and what docs/protocol.md says follows in the derived result."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from accounts.actor import acting
from cohorts.models import Subject
from cohorts.services import begin_end_of_treatment
from endpoints.models import Outcome
from endpoints.refresh import derive_subjects, estimates_of
from protocol import Protocol, under
from protocol.plan import AnalysisPlan
from protocol.reader import parse
from protocol.shape import fields_of
from tests.cast import SETUP
from tests.examples import EXAMPLES
from tests.other_trials.osimertinib import LESIONS, OSIMERTINIB, LungTrial, on

Reading = Callable[[dict[str, Any], dict[str, Any]], Any]
# Two target lesions of 42 and 28 mm.
TARGETS = LESIONS[:2]
BONE = [LESIONS[3]]
GONE, SMALL, LESS, SAME = ("0", "0"), ("12", "8"), ("24", "16"), ("42", "28")
DERIVED = ('response_source = "investigator"', 'response_source = "derived"')


class Switch(NamedTuple):
    """`scans` are (day, sizes, investigator's response); `more` is what else happens; `also` holds in both files."""

    key: str
    old: str
    new: str
    scans: list[tuple[int, tuple[str, ...], str]]
    reads: Reading
    before: Any
    after: Any
    more: Callable[[LungTrial, Subject], None] = lambda trial, subject: None
    also: tuple[str, str] = ("", "")
    lesions: Any = TARGETS


def best(row: dict[str, Any], figures: dict[str, Any]) -> Any:
    return row["cbor"]


def benefit(row: dict[str, Any], figures: dict[str, Any]) -> Any:
    return row["benefit"]


def pfs(row: dict[str, Any], figures: dict[str, Any]) -> Any:
    """(day, whether it is an event)."""
    return tuple(row["pfs"])


def survival(row: dict[str, Any], figures: dict[str, Any]) -> Any:
    return tuple(row["os"])


def therapy(trial: LungTrial, subject: Subject) -> None:
    record, rows = EXAMPLES["new_therapy"]
    trial.fill(subject, "new_therapy", record | {"start_date": on(60).isoformat()}, rows)


def symptoms(trial: LungTrial, subject: Subject) -> None:
    begin_end_of_treatment(subject=subject, on=on(60), by=trial.by)
    record = {"end_date": on(60).isoformat(), "reason": "PROGRESSIVE DISEASE"}
    trial.fill(subject, "end_of_treatment", record | {"clinical_progression_date": on(60).isoformat()}, visit="EOT")


def died(trial: LungTrial, subject: Subject) -> None:
    trial.fill(subject, "death", {"death_date": "2008-09", "cause": "DISEASE UNDER STUDY"})


STABLE = [(43, SAME, "SD"), (85, SAME, "SD"), (127, SAME, "SD"), (169, SAME, "PD")]
GAP = [(43, LESS, "PR"), (169, SAME, "PD")]
DRIFTS = [(43, LESS, "PR"), (85, ("35", "22"), "SD"), (127, LESS, "PR")]
CASES = (
    # 20 mm, then 24.5: 22.5 % above the smallest sum, and 4.5 mm.
    Switch("recist_version", '"1.1"', '"1.0"', [(43, SMALL, "PR"), (85, ("14", "10.5"), "PR")],
         lambda row, _: row["progression_day"], None, 85, also=DERIVED),
    # -42.9 %, which the investigator calls stable.
    Switch("response_source", '"investigator"', '"derived"', [(43, LESS, "SD"), (85, LESS, "SD")], best, "SD", "PR"),
    Switch("confirmation_required", "true", "false", [(43, LESS, "PR")],
         lambda _, figures: figures["response"]["headline"], "confirmed", "unconfirmed"),
    Switch("confirmation_days", "28", "56", [(43, LESS, "PR"), (85, LESS, "PR")], best, "PR", "SD"),
    Switch("ne_between", "1", "0", [(43, LESS, "PR"), (85, LESS, "NE"), (127, LESS, "PR")], best, "PR", "SD"),
    Switch("accept_sd_between", "false", "true", DRIFTS, best, "SD", "PR"),
    Switch("pr_drift", '"sd"', '"sticky_pr"', DRIFTS[:2], best, "SD", "PR"),
    Switch("sd_min_days", "35", "60", [(43, SAME, "SD"), (85, SAME, "PD")], best, "SD", "PD"),
    # Stable until a progression on day 169: no assessment of it from day 169 on, but it lasted 168 days.
    Switch("clinical_benefit", '"cb_A"', '"cb_B"', STABLE, benefit, False, True),
    Switch("clinical_benefit_days", "168", "126", STABLE, benefit, False, True),
    Switch("benefit_non_cr_non_pd", "false", "true", [(43, (), "NON-CR/NON-PD"), (169, (), "NON-CR/NON-PD")],
         benefit, False, True, lesions=BONE),
    # 126 days without an assessment: more than 2 x 42 + 14.
    Switch("missed_censors", "true", "false", GAP, pfs, (43, False), (169, True)),
    Switch("assessment_window_days", "14", "42", GAP, pfs, (43, False), (169, True)),
    Switch("assessment_interval_days", "42", "63", GAP, pfs, (43, False), (169, True)),
    Switch("assessment_intervals_later", "[{ after_days = 336, days = 84 }]", "[{ after_days = 336, days = 112 }]",
         [(337, SAME, "SD"), (534, SAME, "PD")], pfs, (337, False), (534, True),
         also=("missed_censors = true\n", "missed_censors = true\n")),
    Switch("nact_censors", "true", "false", [(43, SAME, "SD"), (85, SAME, "PD")], pfs, (43, False), (85, True),
         more=therapy),
    Switch("nact_response", '"ends"', '"counts"', [(43, LESS, "PR"), (85, LESS, "PR")], best, "SD", "PR", more=therapy),
    Switch("clinical_pd_is_event", "false", "true", [(43, SAME, "SD")], pfs, (43, False), (60, True), more=symptoms),
    # The baseline is of five days before the first dose.
    Switch("baseline_window_days", "28", "4", [(43, LESS, "PR")], lambda row, _: row["bor"], "PR", "NE", also=DERIVED),
    # 5 + 28 of 70 mm, or 10 + 28.
    Switch("too_small_mm", "5", "10", [(43, ("TOO SMALL", "28"), "PR")], lambda row, _: row["course"][0][2],
         -52.8571, -45.7143, also=DERIVED),
    # The 15th of September is day 253, the 30th day 268.
    Switch("partial_day", '"mid"', '"last"', [(43, SAME, "SD")], survival, (253, True), (268, True), more=died),
    Switch("conf_level", "0.95", "0.9", [(43, LESS, "PR"), (85, LESS, "PR")],
         lambda _, figures: round(figures["response"]["confirmed"]["orr"]["lower"], 6), 0.025, 0.05),
    Switch("conf_type", '"log-log"', '"plain"', [(43, SAME, "SD")], lambda _, figures: figures["conf_type"],
         "log-log", "plain"),
    Switch("landmarks_months", "[6, 12, 18]", "[3, 9]", [(43, SAME, "SD")],
         lambda _, figures: [mark["month"] for mark in figures["times"]["pfs"]["landmarks"]], [6, 12, 18], [3, 9]),
    # 85 days.
    Switch("days_per_month", "30.4375", "28", [(43, SAME, "SD"), (85, SAME, "PD")],
         lambda _, figures: figures["times"]["pfs"]["median"]["months"][0], "2.79", "3.04"),
)  # fmt: skip
# Of randomised groups: tests/other_trials/test_randomised_trial_in_a_browser.py, tests/protocol/test_comparison.py.
ELSEWHERE = {
    *("origin", "primary_endpoint", "reference_arm"),
    *("comparison_strata", "comparison_ties", "comparison_sides"),
}


@pytest.fixture
def trial(db: None, settings: Any) -> LungTrial:
    settings.PROTOCOL_FILE = OSIMERTINIB
    return LungTrial()


def of(case: Switch, value: str) -> Protocol:
    text = OSIMERTINIB.read_text().replace(*case.also) if case.also[0] else OSIMERTINIB.read_text()
    line = f"\n{case.key} = {case.old}\n"
    assert line in text
    return parse(text.replace(line, f"\n{case.key} = {value}\n").encode(), OSIMERTINIB)


def derived(subject: Subject, protocol: Protocol) -> tuple[dict[str, Any], dict[str, Any]]:
    """The row of the subject that is counted, and the figures of all who were treated."""
    with under(protocol), acting(SETUP):
        derive_subjects([subject.pk])
        figures = estimates_of(protocol.populations[0])["all_treated"]["figures"]
    return Outcome.objects.get(subject=subject).row, figures


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.key)
def test_the_value_of_the_file_decides(case: Switch, trial: LungTrial) -> None:
    subject = trial.treated(case.lesions)
    for day, sizes, overall in case.scans:
        trial.scan(subject, day, dict(zip(("T01", "T02"), sizes, strict=False)), overall)
    case.more(trial, subject)
    readings = [case.reads(*derived(subject, of(case, value))) for value in (case.old, case.new)]
    assert readings == [case.before, case.after]


def test_no_setting_is_left_out() -> None:
    assert {case.key for case in CASES} | ELSEWHERE == set(fields_of(AnalysisPlan))
