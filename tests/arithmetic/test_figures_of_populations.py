"""The figures of a small population, worked by hand to the last key: what tables, files and pictures are made of."""

from dataclasses import replace
from typing import Any

import pytest

from endpoints.arithmetic import populations
from endpoints.arithmetic.populations import estimate
from endpoints.arithmetic.rows import OutcomeRow
from protocol.schema import AnalysisPlan

PLAN = AnalysisPlan(landmarks_months=(3, 12))
UNCONFIRMED = replace(PLAN, confirmation_required=False)


def row(label: str, best: Any = "SD", unconfirmed: Any = None, **more: Any) -> OutcomeRow:
    known: dict[str, Any] = {
        "measurable": True,
        "assessed": True,
        "bor": unconfirmed or best,
        "cbor": best,
        "bor_reason": f"unconfirmed of {label}",
        "cbor_reason": f"confirmed of {label}",
        "benefit": False,
        "benefit_unconfirmed": False,
    }
    return OutcomeRow(f"subject:{label}", label, **(known | more))


def times(*days: tuple[int, bool]) -> list[OutcomeRow]:
    return [row(f"{number}", times={"pfs": each, "os": each}) for number, each in enumerate(days)]


def test_a_curve_is_told_with_its_steps_landmarks_and_numbers_at_risk() -> None:
    """Of four one has the event on day 61, one leaves on day 91, one has the event on day 122, one leaves on day 183.

    The curve is 3/4 from day 61 and 3/4 * 1/2 from day 122. A month has 30.4375 days: three months are 91.3 days."""
    pfs = estimate(times((61, True), (91, False), (122, True), (183, False)), PLAN)["times"]["pfs"]
    assert (pfs["n"], pfs["events"], pfs["last"]) == (4, 2, 183)
    steps = pfs["steps"]
    assert (steps["days"], steps["survival"]) == ([0, 61, 122], [1.0, 0.75, 0.375])
    assert (steps["lower"][0], steps["upper"][0]) == (1.0, 1.0)
    # log-log: the logarithm of 3/4 has the standard error sqrt(1 / (4 * 3)); 1.95996 times it by -log(3/4) is 1.96674
    factor = 2.718281828 ** (1.959964 * (1 / 12) ** 0.5 / 0.287682)
    assert steps["lower"][1] == pytest.approx(0.75**factor, abs=1e-5)
    assert steps["upper"][1] == pytest.approx(0.75 ** (1 / factor), abs=1e-5)
    assert pfs["censored"] == {"days": [91, 183], "count": [1, 1], "survival": [0.75, 0.375]}
    assert pfs["at_risk"] == [{"month": 0, "n": 4}, {"month": 3, "n": 2}, {"month": 6, "n": 1}]
    three, twelve = pfs["landmarks"]
    assert (three["month"], three["survival"], three["at_risk"]) == (3, 0.75, 2)
    assert (three["lower"], three["upper"]) == (steps["lower"][1], steps["upper"][1])
    assert twelve == {"month": 12, "survival": None, "lower": None, "upper": None, "at_risk": 0}
    assert list(pfs["quartiles"]) == ["0.25", "0.5", "0.75"]
    # at 3/4 to day 122, so that the first quartile is the middle of 61 and 122; 91.5 days are 3.01 months
    assert pfs["quartiles"]["0.25"]["days"][0] == 91.5 and pfs["quartiles"]["0.25"]["months"][0] == "3.01"
    assert pfs["median"] == pfs["quartiles"]["0.5"]
    assert (pfs["median"]["days"][0], pfs["median"]["months"][0]) == (122, "4.01")
    assert (pfs["quartiles"]["0.75"]["days"][0], pfs["quartiles"]["0.75"]["months"][0]) == (None, None)


def test_a_tick_stands_at_the_height_of_the_curve_on_its_day() -> None:
    """Of three one leaves on day 30, before any event; of the two on day 61 one has the event and one leaves."""
    pfs = estimate(times((30, False), (61, True), (61, False)), PLAN)["times"]["pfs"]
    assert pfs["censored"] == {"days": [30, 61], "count": [1, 1], "survival": [1.0, 0.5]}


def test_follow_up_exchanges_events_and_censorings_of_survival() -> None:
    figures = estimate(times((61, True), (91, False)), PLAN)["times"]
    assert figures["os"]["steps"]["days"] == [0, 61] and figures["follow_up"]["steps"]["days"] == [0, 91]
    assert (figures["os"]["events"], figures["follow_up"]["events"]) == (1, 1)
    assert figures["dor"]["n"] == 0


def test_limits_are_of_the_level_and_scale_of_the_plan() -> None:
    rows = times((61, True), (91, False), (122, True), (183, False))
    plain = estimate(rows, replace(PLAN, conf_type="plain", conf_level="0.9"))
    assert (plain["conf_type"], plain["conf_level"], plain["origin"]) == ("plain", 0.9, "first_dose")
    # 0.75 less 1.644854 * 0.75 * sqrt(1 / 12)
    assert plain["times"]["pfs"]["steps"]["lower"][1] == pytest.approx(0.75 - 1.644854 * 0.75 * (1 / 12) ** 0.5)
    assert plain["times"]["pfs"]["steps"]["upper"][1] == 1.0
    share = plain["response"]["confirmed"]["orr"]
    # of four none: the upper limit p has (1 - p) ** 4 = 0.05
    assert (share["lower"], share["upper"]) == (0, pytest.approx(1 - 0.05**0.25))


def test_where_the_curve_is_at_0_it_has_no_limits() -> None:
    steps = estimate(times((61, True)), PLAN)["times"]["pfs"]["steps"]
    assert steps == {"days": [0, 61], "survival": [1.0, 0.0], "lower": [1.0, None], "upper": [1.0, None]}
    (three, _) = estimate(times((61, True)), PLAN)["times"]["pfs"]["landmarks"]
    assert three == {"month": 3, "survival": 0.0, "lower": None, "upper": None, "at_risk": 0}


ROWS = [
    row("5", "NE", assessed=False, no_change="not assessed after baseline"),
    row("4", "PD", course=((57, "PD", 60.0),), times={"os": (90, True), "pfs": (57, True)}, progression_day=57),
    row("3", "SD", "PR", course=((57, "PR", -40.0), (85, "SD", -20.0)), benefit_unconfirmed=True),
    row(
        "2",
        "PR",
        course=((20, "PR", -30.0), (57, "PR", -35.0), (85, "CR", None), (113, "PR", -10.0)),
        times={"os": (400, False), "pfs": (170, True), "ttr": (57, True)},
        benefit=True,
        benefit_unconfirmed=True,
        baseline_day=-6,
        new_lesions=(113,),
        treatment_end_day=180,
        new_therapy_day=190,
    ),
    row("1", "CR", course=((57, "SD", 5.0),), benefit=True, benefit_unconfirmed=True, treated=False),
]


def test_rates_are_counted_by_the_confirmed_and_by_the_unconfirmed_response() -> None:
    table = estimate(ROWS, PLAN)["response"]
    assert (table["headline"], estimate(ROWS, UNCONFIRMED)["response"]["headline"]) == ("confirmed", "unconfirmed")
    counts = {"CR": 1, "PR": 1, "SD": 1, "NON-CR/NON-PD": 0, "PD": 1, "NE": 0, "not assessed": 1}
    assert table["confirmed"]["counts"] == counts
    assert table["unconfirmed"]["counts"] == {**counts, "PR": 2, "SD": 0}
    shares = {
        kind: [
            (table[kind][rate]["x"], table[kind][rate]["n"], table[kind][rate]["percent"])
            for rate in ("orr", "dcr", "cbr")
        ]
        for kind in ("confirmed", "unconfirmed")
    }
    assert shares["confirmed"] == [(2, 5, 40.0), (3, 5, 60.0), (2, 5, 40.0)]
    assert shares["unconfirmed"] == [(3, 5, 60.0), (3, 5, 60.0), (3, 5, 60.0)]
    assert (table["confirmed"]["n"], table["unconfirmed"]["n"]) == (5, 5)


def test_each_non_responder_of_the_headline_has_its_reason() -> None:
    table = estimate(ROWS, PLAN)["response"]
    assert table["non_responders_n"] == 3
    assert table["non_responders"] == [
        {"ref": "subject:3", "label": "3", "response": "SD", "reason": "confirmed of 3"},
        {"ref": "subject:4", "label": "4", "response": "PD", "reason": "confirmed of 4"},
        {"ref": "subject:5", "label": "5", "response": "not assessed", "reason": "confirmed of 5"},
    ]
    unconfirmed = estimate(ROWS, UNCONFIRMED)["response"]["non_responders"]
    assert [(each["label"], each["reason"]) for each in unconfirmed] == [
        ("4", "unconfirmed of 4"),
        ("5", "unconfirmed of 5"),
    ]


def test_bars_stand_from_the_largest_growth_to_the_best_response() -> None:
    ties = [*ROWS, row("0", "PD", course=((57, "PD", 60.0),))]
    assert estimate(ties, PLAN)["waterfall"] == [
        {"ref": "subject:0", "label": "0", "change": 60.0, "response": "PD"},
        {"ref": "subject:4", "label": "4", "change": 60.0, "response": "PD"},
        {"ref": "subject:1", "label": "1", "change": 5.0, "response": "CR"},
        {"ref": "subject:2", "label": "2", "change": -35.0, "response": "PR"},
        {"ref": "subject:3", "label": "3", "change": -40.0, "response": "SD"},
    ]
    assert estimate(ROWS, UNCONFIRMED)["waterfall"][-1]["response"] == "PR"


def test_who_has_no_bar_is_named_by_reason() -> None:
    other = row("0", "NE", no_change="no valid baseline")
    assert estimate([*ROWS, other, row("6", "NE", no_change="no valid baseline")], PLAN)["no_change"] == [
        {
            "reason": "no valid baseline",
            "n": 2,
            "subjects": [
                {"ref": "subject:0", "label": "0", "response": "NE"},
                {"ref": "subject:6", "label": "6", "response": "NE"},
            ],
        },
        {
            "reason": "not assessed after baseline",
            "n": 1,
            "subjects": [{"ref": "subject:5", "label": "5", "response": "not assessed"}],
        },
    ]


def test_lines_begin_at_no_change_on_the_day_of_the_baseline() -> None:
    lines = {line["label"]: line for line in estimate(ROWS, PLAN)["spider"]}
    assert list(lines) == ["1", "2", "3", "4"]
    assert lines["2"] == {
        "ref": "subject:2",
        "label": "2",
        "response": "PR",
        "points": [(-6, 0.0), (20, -30.0), (57, -35.0), (113, -10.0)],
        "new_lesions": [113],
    }
    assert lines["4"]["points"] == [(1, 0.0), (57, 60.0)]


def test_lanes_stand_from_the_longest_survival_on() -> None:
    same = row("0", "SD", times={"os": (90, False)})
    lanes = estimate([*ROWS, same], PLAN)["swimmer"]
    assert [lane["label"] for lane in lanes] == ["2", "0", "4"]
    assert lanes[0] == {
        "ref": "subject:2",
        "label": "2",
        "response": "PR",
        "days": 400,
        "dead": False,
        "pfs_days": 170,
        "progression_day": None,
        "responses": [(20, "PR"), (57, "PR"), (85, "CR"), (113, "PR")],
        # the response that counts begins on day 57; after CR nothing improves any more
        "response_days": [(57, "PR"), (85, "CR")],
        "treated": True,
        "treatment_end": 180,
        "new_therapy": 190,
    }
    assert (lanes[2]["dead"], lanes[2]["progression_day"], lanes[2]["response_days"]) == (True, 57, [])
    assert (lanes[1]["pfs_days"], lanes[1]["response_days"]) == (None, [])


def test_sensitivity_analyses_stand_beside_the_headline() -> None:
    varied = {
        "unconfirmed": ("PR", True, None),
        "derived": ("SD", False, (57, True)),
        "nact_censored": (None, None, (30, False)),
    }
    population = [row("1", "PR", benefit=True, times={"pfs": (113, True)}, variants=varied), row("2", "SD")]
    lines = {line["name"]: line for line in estimate(population, PLAN)["sensitivity"]}
    assert (lines["headline"]["title"], lines["unconfirmed"]["title"]) == (
        "As the plan says",
        "Response without confirmation",
    )
    assert [(lines["headline"][rate]["x"], lines["headline"][rate]["n"]) for rate in ("orr", "cbr")] == [(1, 2)] * 2
    # one of the two has a time: its curve ends at 0 on day 113, 3.71 months
    months = ["3.71", None, None]
    assert lines["headline"]["pfs"] == {"events": 1, "days": [113, None, None], "months": months}
    assert [(lines["unconfirmed"][rate]["x"], lines["unconfirmed"][rate]["n"]) for rate in ("orr", "cbr")] == [
        (1, 1)
    ] * 2
    assert lines["unconfirmed"]["pfs"] is None
    assert [(lines["derived"][rate]["x"], lines["derived"][rate]["n"]) for rate in ("orr", "cbr")] == [(0, 1)] * 2
    assert lines["derived"]["pfs"]["events"] == 1
    assert (lines["nact_censored"]["orr"], lines["nact_censored"]["cbr"]) == (None, None)
    assert lines["nact_censored"]["pfs"] == {"events": 0, "days": [None] * 3, "months": [None] * 3}
    assert (lines["sticky_pr"]["orr"], lines["sticky_pr"]["pfs"]) == (None, None)


def test_by_the_unconfirmed_response_the_headline_counts_its_own_benefit() -> None:
    headline = estimate(ROWS, UNCONFIRMED)["sensitivity"][0]
    assert (headline["orr"]["x"], headline["cbr"]["x"]) == (3, 3)


def test_beyond_what_can_be_drawn_subjects_are_counted_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(populations, "MOST_DRAWN", 5)
    drawn = estimate(ROWS, PLAN)
    assert drawn["drawn"] and len(drawn["waterfall"]) == 4 and len(drawn["response"]["non_responders"]) == 3
    assert drawn["no_change"][0]["subjects"]
    crowded = estimate([*ROWS, row("6")], PLAN)
    assert (crowded["n"], crowded["drawn"], crowded["empty"]) == (6, False, False)
    assert (crowded["waterfall"], crowded["spider"], crowded["swimmer"]) == ([], [], [])
    assert (crowded["response"]["non_responders_n"], crowded["response"]["non_responders"]) == (4, [])
    assert [(each["n"], each["subjects"]) for each in crowded["no_change"]] == [(1, []), (1, [])]
