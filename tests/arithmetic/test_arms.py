"""Estimates by randomised arm and their comparison: of whom, by which strata, and why there is none where none is."""

from dataclasses import replace
from typing import Any

import pytest

from endpoints.arithmetic.arms import Arm, Design, by_arm
from endpoints.arithmetic.populations import estimate
from endpoints.arithmetic.results import TIME
from endpoints.arithmetic.rows import OutcomeRow
from protocol import Protocol, load, parse
from protocol.plan import AnalysisPlan
from tests.arithmetic.build import with_times
from tests.arithmetic.classic_trials import LEUKAEMIA, OVARIAN, Classic
from tests.protocol.conftest import TRIAL
from tests.randomisation.two_arms import ARMS, two_arms

THIRD = ARMS[0].replace('"WITH"', '"HALF"').replace("With everolimus", "Half the dose")


def protocol(*settings: str, **more: Any) -> Protocol:
    return parse(two_arms(*settings, **more).encode(), TRIAL)


def row(number: int, arm: str, **more: Any) -> OutcomeRow:
    best = more.pop("best", "SD")
    known: dict[str, Any] = {
        "measurable": True,
        "assessed": True,
        "bor": best,
        "cbor": best,
        "bor_reason": "",
        "cbor_reason": "",
        "benefit": best in ("CR", "PR"),
        "benefit_unconfirmed": best in ("CR", "PR"),
        "stratum": "measurable_disease=yes, who_status=below 1",
    }
    times = {code: more.pop(code) for code in TIME if code in more}
    return with_times(OutcomeRow(f"subject:{number}", f"101-{number:03}", arm=arm, **(known | more)), **times)


def arms_of(rows: list[OutcomeRow], of: Protocol | None = None) -> dict[str, Any]:
    of = of or protocol()
    design = Design.of(of, of.population("BOTH"))
    assert design is not None
    return by_arm(rows, design, of.analysis)


def classic(trial: Classic) -> list[OutcomeRow]:
    """Its subjects, the stratum by number."""
    sides = (("WITHOUT", trial.reference), ("WITH", trial.other))
    times = [(arm, *each) for arm, rows in sides for each in rows]
    return [
        row(number, arm, pfs=(days, bool(event)), os=(days, bool(event)), stratum=f"site {stratum}")
        for number, (arm, days, event, stratum) in enumerate(times)
    ]


@pytest.mark.parametrize("trial", [LEUKAEMIA, OVARIAN])
def test_the_comparison_of_a_classic_trial_is_what_r_prints(trial: Classic) -> None:
    (compared,) = arms_of(classic(trial), protocol(strata=(), more="by_site = true\n"))["comparisons"]
    for name, by_strata in (("stratified", True), ("unstratified", False)):
        analysis = compared["times"]["pfs"][name]
        value, lower, upper, _ = trial.ratios["efron", by_strata]
        assert analysis["ratio"] == pytest.approx({"value": value, "lower": lower, "upper": upper}, rel=1e-8)
        assert analysis["test"]["z"] ** 2 == pytest.approx(trial.log_rank[by_strata])
    assert compared["times"]["pfs"] == compared["times"]["os"]


def test_each_arm_has_the_estimates_that_it_would_have_alone() -> None:
    trial = protocol()
    rows = [
        row(
            number, ("WITH", "WITHOUT")[number % 2], best=("PR", "SD", "PD")[number % 3], pfs=(100 + number, number < 9)
        )
        for number in range(14)
    ]
    groups = arms_of(rows, trial)["groups"]
    assert [(group["code"], group["label"], group["n"]) for group in groups] == [
        ("WITH", "With everolimus", 7),
        ("WITHOUT", "Without everolimus", 7),
    ]
    for group in groups:
        alone = estimate([subject_row for subject_row in rows if subject_row.arm == group["code"]], trial.analysis)
        assert group["times"] == alone["times"]
        assert group["response"] == {kind: alone["response"][kind] for kind in ("confirmed", "unconfirmed")}


def test_who_was_in_no_list_is_in_no_arm_and_is_counted() -> None:
    arms = arms_of([row(1, "WITH"), row(2, "WITHOUT"), row(3, ""), row(4, "P2-10D")])
    assert [group["n"] for group in arms["groups"]] == [1, 1]
    assert arms["elsewhere"] == 2


def test_an_arm_without_a_subject_is_there_with_nobody() -> None:
    arms = arms_of([row(1, "WITH", pfs=(9, True)), row(2, "WITH", pfs=(12, True))])
    assert [group["n"] for group in arms["groups"]] == [2, 0]
    analysis = arms["comparisons"][0]["times"]["pfs"]["unstratified"]
    assert (analysis["ratio"], analysis["test"]) == (None, None)
    assert analysis["no_ratio"] == analysis["no_test"] == "no subject in Without everolimus"
    rate = arms["comparisons"][0]["rates"]["orr"]
    assert (rate["difference"], rate["no_difference"]) == (None, "no subject in Without everolimus")
    assert rate["stratified"]["no_test"] == rate["unstratified"]["no_test"] == "no subject in Without everolimus"


def test_a_trial_or_population_without_two_randomised_groups_has_no_arms() -> None:
    trial = load(TRIAL)
    assert Design.of(trial, trial.headline_population()) is None
    both = protocol()
    alone = both.population("BOTH").model_copy(update={"cohorts": ("WITH",)})
    assert Design.of(both, alone) is None


def test_without_a_reference_arms_are_estimated_and_not_compared() -> None:
    of = protocol()
    plan = replace(of.analysis, reference_arm=None)
    design = Design.of(of.model_copy(update={"analysis": plan}), of.population("BOTH"))
    assert design is not None
    arms = by_arm([row(1, "WITH", pfs=(3, True)), row(2, "WITHOUT", pfs=(5, True))], design, plan)
    assert (arms["reference"], arms["comparisons"]) == (None, [])
    assert [group["n"] for group in arms["groups"]] == [1, 1]


def test_of_three_arms_each_is_compared_with_the_reference_by_its_own_subjects() -> None:
    three = protocol(arms=(*ARMS, THIRD))
    rows = [row(n, ("WITH", "WITHOUT", "HALF")[n % 3], pfs=(50 + 7 * n % 40, True)) for n in range(30)]
    arms = arms_of(rows, three)
    assert [compared["code"] for compared in arms["comparisons"]] == ["WITH", "HALF"]
    assert arms["reference"] == Arm("WITHOUT", "Without everolimus")._asdict()
    two = arms_of([subject_row for subject_row in rows if subject_row.arm != "HALF"], protocol())["comparisons"][0]
    assert arms["comparisons"][0] == two


STRATUM = "measurable_disease={}, who_status={}"


def stratified() -> list[OutcomeRow]:
    """Four strata of five subjects, of which one has subjects of one arm alone."""
    rows = []
    for number in range(20):
        yes, status = ("yes", "no")[number % 2], ("below 1", "1 or more")[number // 2 % 2]
        arm = "WITH" if (yes, status) == ("no", "1 or more") else ("WITH", "WITHOUT")[number // 4 % 2]
        best = "PR" if number % 3 else "SD"
        rows.append(
            row(
                number, arm, pfs=(20 + 11 * number % 60, number % 7 > 0), stratum=STRATUM.format(yes, status), best=best
            )
        )
    return rows


@pytest.mark.parametrize(
    ("setting", "factors", "strata"),
    [
        ("", ["Measurable disease", "Performance status"], 4),
        ('comparison_strata = ["who_status"]', ["Performance status"], 2),
        ("comparison_strata = []", [], None),
    ],
)
def test_comparisons_are_stratified_by_the_factors_that_the_plan_names(
    setting: str, factors: list[str], strata: int | None
) -> None:
    arms = arms_of(stratified(), protocol(setting))
    assert arms["factors"] == factors
    analysis = arms["comparisons"][0]["times"]["pfs"]["stratified"]
    assert (analysis and analysis["strata"]) == strata
    assert arms["comparisons"][0]["times"]["pfs"]["unstratified"]["strata"] == 1
    assert (arms["comparisons"][0]["rates"]["orr"]["stratified"] is None) == (strata is None)


def test_strata_that_say_nothing_are_counted_with_their_subjects() -> None:
    analysis = arms_of(stratified())["comparisons"][0]["times"]["pfs"]["stratified"]
    assert (analysis["strata"], analysis["silent_strata"], analysis["silent"]) == (4, 1, 5)
    assert analysis["ratio"] is not None


def test_a_stratum_of_another_version_of_the_list_cannot_be_told_by_one_factor() -> None:
    rows = [*stratified(), row(99, "WITH", pfs=(7, True), stratum="sex=f")]
    arms = arms_of(rows, protocol('comparison_strata = ["who_status"]'))["comparisons"][0]
    why = "the stratum of 1 subject is not one of this version of the protocol"
    twice = arms_of([*rows, replace(rows[-1], ref="subject:100")], protocol('comparison_strata = ["who_status"]'))
    reason = twice["comparisons"][0]["times"]["pfs"]["stratified"]["no_ratio"]
    assert reason == "the stratum of 2 subjects is not one of this version of the protocol"
    assert arms["times"]["pfs"]["stratified"]["no_ratio"] == arms["times"]["pfs"]["stratified"]["no_test"] == why
    assert arms["rates"]["orr"]["stratified"]["no_test"] == why
    assert arms["times"]["pfs"]["unstratified"]["ratio"] is not None
    assert arms_of(rows)["comparisons"][0]["times"]["pfs"]["stratified"]["ratio"] is not None


Two = list[tuple[str, int, bool]]
WITH_EVENTS: Two = [("WITH", 5, True), ("WITH", 9, True), ("WITHOUT", 7, False), ("WITHOUT", 12, False)]
CANNOT: dict[str, tuple[Two, str, str]] = {
    "no event": ([("WITH", 5, False), ("WITHOUT", 7, False)], "no event", "no event"),
    "one event": ([("WITH", 5, True), ("WITHOUT", 7, False)], "a single event", "a single event"),
    "all in one arm": (WITH_EVENTS, "all 2 events are in With everolimus", ""),
    "one arm is over before the other has an event": (
        [("WITH", 1, True), ("WITH", 2, True), ("WITHOUT", 7, True), ("WITHOUT", 9, True)],
        "every event at which both arms were at risk is in With everolimus",
        "",
    ),
    "one arm is over before any event": (
        [("WITH", 1, False), ("WITHOUT", 7, True), ("WITHOUT", 9, True)],
        "at no event were both arms at risk",
        "at no event were both arms at risk",
    ),
}


@pytest.mark.parametrize("name", CANNOT)
def test_what_cannot_be_estimated_has_a_reason_in_place_of_a_number(name: str) -> None:
    times, no_ratio, no_test = CANNOT[name]
    rows = [row(number, arm, pfs=(days, event)) for number, (arm, days, event) in enumerate(times)]
    analysis = arms_of(rows)["comparisons"][0]["times"]["pfs"]["unstratified"]
    assert (analysis["ratio"], analysis["no_ratio"], analysis["no_test"]) == (None, no_ratio, no_test)
    assert (analysis["test"] is None) == bool(no_test)


def test_strata_of_one_subject_each_have_a_reason_that_names_strata() -> None:
    rows = [
        row(number, arm, pfs=(days, event), stratum=f"site {number}")
        for number, (arm, days, event) in enumerate(WITH_EVENTS * 2)
    ]
    times = arms_of(rows, protocol(strata=(), more="by_site = true\n"))["comparisons"][0]["times"]["pfs"]
    assert times["stratified"]["no_ratio"] == "at no event were both arms at risk within a stratum"
    assert times["stratified"]["silent"] == 8


def test_rates_are_those_of_the_headline_response_and_benefit() -> None:
    rows = [
        row(1, "WITH", best="PR"),
        replace(row(2, "WITH", best="SD"), bor="CR", benefit=True),
        row(3, "WITHOUT", best="PD"),
        replace(row(4, "WITHOUT"), bor="PR", benefit_unconfirmed=True),
    ]
    rates = arms_of(rows)["comparisons"][0]["rates"]
    assert [rates["orr"][name] for name in ("x", "n", "x_reference", "n_reference")] == [1, 2, 0, 2]
    assert (rates["dcr"]["x"], rates["dcr"]["x_reference"], rates["cbr"]["x"]) == (2, 1, 2)
    first_seen = protocol().model_copy(update={"analysis": replace(protocol().analysis, confirmation_required=False)})
    first = arms_of(rows, first_seen)["comparisons"][0]["rates"]
    assert (first["orr"]["x"], first["orr"]["x_reference"], first["cbr"]["x_reference"]) == (2, 1, 1)


@pytest.mark.parametrize(
    ("best", "why"), [("PD", "no subject of either arm has it"), ("PR", "all subjects of both arms have it")]
)
def test_rates_that_nobody_or_everybody_has_have_a_difference_and_no_test(best: str, why: str) -> None:
    rate = arms_of([row(1, "WITH", best=best), row(2, "WITHOUT", best=best)])["comparisons"][0]["rates"]["orr"]
    assert rate["difference"]["value"] == 0
    assert rate["difference"]["lower"] < 0 < rate["difference"]["upper"]
    assert rate["stratified"] == rate["unstratified"] == {"test": None, "no_test": why}


def test_one_sided_a_p_value_is_small_for_fewer_events_and_for_more_responses() -> None:
    rows = [
        row(
            number,
            ("WITH", "WITHOUT")[number % 2],
            pfs=(20 + number + 30 * (number % 2 == 0), True),
            best=("PR", "PD")[number % 2],
        )
        for number in range(20)
    ]
    one_sided = arms_of(rows, protocol('comparison_sides = "one-sided"'))["comparisons"][0]
    two_sided = arms_of(rows)["comparisons"][0]
    for name in ("stratified", "unstratified"):
        assert one_sided["times"]["pfs"][name]["test"]["z"] < 0
        assert one_sided["times"]["pfs"][name]["test"]["p"] == pytest.approx(
            two_sided["times"]["pfs"][name]["test"]["p"] / 2
        )
        assert one_sided["rates"]["orr"][name]["test"]["p"] < two_sided["rates"]["orr"][name]["test"]["p"] < 0.05
    assert one_sided["times"]["pfs"]["stratified"]["ratio"] == two_sided["times"]["pfs"]["stratified"]["ratio"]


def test_ties_are_treated_as_the_plan_says() -> None:
    ratios = {}
    for ties in ("efron", "breslow"):
        compared = arms_of(classic(LEUKAEMIA), protocol(f'comparison_ties = "{ties}"'))["comparisons"][0]
        ratios[ties] = compared["times"]["pfs"]["unstratified"]["ratio"]["value"]
    expected = {ties: LEUKAEMIA.ratios[ties, False][0] for ties in ratios}
    assert ratios == pytest.approx(expected, rel=1e-9)


def test_the_order_of_subjects_changes_nothing() -> None:
    assert arms_of(stratified()) == arms_of(stratified()[::-1])


def test_a_subject_without_a_time_is_in_no_comparison_of_times() -> None:
    rows = [*stratified(), row(50, "WITH", pfs=None)]
    assert arms_of(rows)["comparisons"][0]["times"]["pfs"]["n"] == 20


def test_the_defaults_of_the_plan_compare_nobody() -> None:
    assert AnalysisPlan().reference_arm is None


def test_two_arms_of_one_label_are_told_apart_by_their_codes() -> None:
    of = parse(two_arms().replace("Without everolimus", "With everolimus").encode(), TRIAL)
    assert [group["label"] for group in arms_of([], of)["groups"]] == [
        "With everolimus (WITH)",
        "With everolimus (WITHOUT)",
    ]


def test_where_nobody_was_randomised_yet_both_arms_are_named() -> None:
    times = arms_of([])["comparisons"][0]["times"]["os"]
    assert times["unstratified"]["no_ratio"] == "no subject in With everolimus and Without everolimus"
    assert (times["n"], times["events"]) == (0, 0)


@pytest.mark.parametrize(
    ("setting", "stratum"),
    [
        ("", "measurable_disease=yes, who_status=below 1"),
        ('comparison_strata = ["who_status"]', "below 1"),
        ('comparison_strata = ["who_status", "measurable_disease"]', "below 1, yes"),
        ("comparison_strata = []", ""),
    ],
)
def test_a_stratum_is_that_of_the_list_or_of_the_factors_that_the_plan_names(setting: str, stratum: str) -> None:
    of = protocol(setting)
    design = Design.of(of, of.population("BOTH"))
    assert design is not None and design.stratum(row(1, "WITH")) == stratum


def test_beside_the_estimates_stand_the_plans_choices() -> None:
    arms = arms_of([], protocol('comparison_sides = "one-sided"'))
    assert (arms["sides"], arms["primary"], arms["elsewhere"]) == ("one-sided", protocol().analysis.primary_endpoint, 0)
    assert arms["reference"] == {"code": "WITHOUT", "label": "Without everolimus"}
    assert [(each["code"], each["label"]) for each in arms["comparisons"]] == [("WITH", "With everolimus")]


def test_strata_of_one_arm_each_leave_nothing_to_test_by_strata() -> None:
    rows = [
        row(1, "WITH", best="PR", stratum="measurable_disease=yes, who_status=below 1"),
        row(2, "WITHOUT", best="PD", stratum="measurable_disease=no, who_status=below 1"),
    ]
    rate = arms_of(rows)["comparisons"][0]["rates"]["orr"]
    why = "no stratum has both arms, with it and without"
    assert rate["stratified"] == {"test": None, "no_test": why}
    assert (rate["unstratified"]["test"], rate["unstratified"]["no_test"]) == ({"p": 1.0}, "")
