"""Best overall response and clinical benefit, from courses of the investigator's responses."""

from dataclasses import replace
from itertools import combinations, product

import pytest

from endpoints.arithmetic.best_response import confirmed, course_of
from endpoints.arithmetic.recist import evaluate
from endpoints.arithmetic.subject import derive
from tests.arithmetic.build import DERIVED, INVESTIGATOR, START, course_of_scans, outcome_of, scan, subject

COURSES = """
course                                   | unconfirmed | confirmed | benefit A | benefit B
57 PR, 85 PR                             | PR | PR | Y | Y
57 PR, 84 PR                             | PR | SD | N | N
57 PR, 84 PR, 85 PR                      | PR | PR | Y | Y
57 PR, 113 CR                            | CR | PR | Y | Y
57 CR, 85 CR                             | CR | CR | Y | Y
57 CR, 84 CR                             | CR | SD | N | N
57 CR, 70 CR, 85 CR                      | CR | CR | Y | Y
57 CR, 113 NE, 169 CR                    | CR | CR | Y | Y
57 CR, 85 NE, 113 NE, 169 CR             | CR | SD | Y | Y
57 PR, 113 NE, 169 PR                    | PR | PR | Y | Y
57 PR, 85 NE, 113 NE, 141 PR             | PR | SD | N | N
57 PR, 113 NE, 141 PR, 169 NE, 197 PR    | PR | PR | Y | Y
57 PR, 113 SD, 169 PR                    | PR | SD | Y | Y
57 PR, 113 SD, 169 PR, 225 PR            | PR | PR | Y | Y
57 PR, 70 CR, 113 PR                     | CR | SD | N | N
57 PR, 70 CR, 113 CR                     | CR | CR | Y | Y
57 CR, 113 PR                            | CR | SD | N | N
57 CR, 113 PR, 169 PR                    | CR | PR | Y | Y
57 PR, 113 PD                            | PR | SD | N | N
29 PR, 57 PD                             | PR | PD | N | N
42 SD                                    | NE | NE | N | N
43 SD                                    | SD | SD | N | N
29 SD, 57 PD                             | PD | PD | N | N
29 SD, 57 NE                             | NE | NE | N | N
57 NE, 113 NE                            | NE | NE | N | N
57 NE, 113 SD                            | SD | SD | N | N
57 PD, 113 PR, 169 PR                    | PD | PD | N | N
57 SD, 168 SD                            | SD | SD | N | N
57 SD, 169 SD                            | SD | SD | Y | Y
57 SD, 169 PD                            | SD | SD | N | Y
57 SD, 168 PD                            | SD | SD | N | N
29 SD, 169 CR                            | CR | SD | Y | Y
57 SD, 113 NE, 169 NE                    | SD | SD | N | N
57 NON-CR/NON-PD, 113 NON-CR/NON-PD      | NON-CR/NON-PD | NON-CR/NON-PD | N | N
42 NON-CR/NON-PD, 57 PD                  | PD | PD | N | N
"""
ROWS = [[cell.strip() for cell in line.split("|")] for line in COURSES.strip().splitlines()[1:]]


@pytest.mark.parametrize(("course", "unconfirmed", "confirmed", "benefit_a", "benefit_b"), ROWS)
def test_a_course_has_its_best_response(
    course: str, unconfirmed: str, confirmed: str, benefit_a: str, benefit_b: str
) -> None:
    outcome = outcome_of(course)
    assert (outcome.bor.value, outcome.cbor.value) == (unconfirmed, confirmed)
    assert (outcome.cb_A.value, outcome.cb_B.value) == (benefit_a == "Y", benefit_b == "Y")
    assert outcome.headline == outcome.cbor


@pytest.mark.parametrize(
    ("pair", "counts"),
    [("PR PD", "PD"), ("CR PR", "PR"), ("SD PR", "SD"), ("NE CR", "CR"), ("NE PD", "PD"), ("NE NE", "NE")],
)
def test_of_two_records_on_one_date_the_worst_counts_and_ne_loses(pair: str, counts: str) -> None:
    first, second = (scan(57, investigator=value, ref=value) for value in pair.split())
    outcomes = [derive(subject(*order), INVESTIGATOR) for order in ((first, second), (second, first))]
    assert [outcome.bor.value for outcome in outcomes] == [counts, counts]


def defined(responses: tuple[str, ...], days: tuple[int, ...]) -> str:
    """The confirmed response by its definition, looking for a pair instead of walking along the course."""
    if "PD" in responses:
        responses = responses[: responses.index("PD")]
    for value, confirming in (("CR", {"CR"}), ("PR", {"PR", "CR"})):
        for first, second in combinations(range(len(responses)), 2):
            between = responses[first + 1 : second]
            if (
                responses[first] == value
                and responses[second] in confirming
                and days[second] - days[first] >= 28
                and set(between) <= {*confirming, "NE"}
                and between.count("NE") <= 1
                and not (
                    value == "PR"
                    and "CR" in between
                    and "PR" in responses[first + 1 + between.index("CR") : second + 1]
                )
            ):
                return value
    stable = any(value in ("CR", "PR", "SD") and day >= 43 for value, day in zip(responses, days, strict=False))
    return "SD" if stable else "PD" if len(responses) < len(days) else "NE"


@pytest.mark.parametrize("days", [(29, 57, 85, 113), (30, 43, 57, 71), (57, 70, 84, 112)])
def test_every_short_course_has_the_confirmed_response_of_the_definition(days: tuple[int, ...]) -> None:
    for responses in product(("CR", "PR", "SD", "PD", "NE"), repeat=4):
        steps = tuple(scan(day, investigator=value) for day, value in zip(days, responses, strict=True))
        best = confirmed(course_of(evaluate(subject(*steps), INVESTIGATOR), START), INVESTIGATOR)
        assert best.value == defined(responses, days), responses


def test_a_subject_without_an_assessment_is_not_assessed_and_stays_in_the_denominator() -> None:
    outcome = outcome_of("")
    assert (outcome.bor.value, outcome.bor.assessed, outcome.orr.value, outcome.dcr.value) == (
        "NE",
        False,
        False,
        False,
    )
    assert outcome.bor.reason == "Not assessed: no assessment after baseline."


def test_a_scan_before_the_first_dose_is_no_response_to_treatment() -> None:
    outcome = outcome_of("-3 PR, 57 PR, 113 SD")
    assert (outcome.bor.value, outcome.cbor.value) == ("PR", "SD")
    assert outcome_of("-3 PR, 57 SD").bor.value == "SD"
    assert "before-start" in [finding.code for finding in outcome.findings]


def test_a_subject_with_scans_before_the_first_dose_only_is_not_assessed() -> None:
    outcome = outcome_of("-3 PR")
    assert (outcome.bor.value, outcome.bor.assessed) == ("NE", False)
    assert outcome.pfs is not None and outcome.pfs.reason == "no adequate assessment"


def test_a_subject_who_was_never_treated_is_a_non_responder_without_times() -> None:
    outcome = derive(subject(*course_of_scans("57 PR, 113 PR"), start=None), INVESTIGATOR)
    assert (outcome.cbor.value, outcome.orr.value, outcome.pfs, outcome.os, outcome.dor) == (
        "NE",
        False,
        None,
        None,
        None,
    )
    assert outcome.measurable.value


def test_the_headline_follows_the_plan() -> None:
    outcome = outcome_of("57 PR, 113 SD", replace(INVESTIGATOR, confirmation_required=False))
    assert (outcome.headline.value, outcome.orr.value, outcome.cbor.value) == ("PR", True, "SD")
    longer = outcome_of("57 SD, 225 PD", replace(INVESTIGATOR, clinical_benefit="cb_B"))
    assert (longer.cbr.value, longer.cb_A.value) == (True, False)


def test_stable_disease_between_two_responses_is_accepted_where_the_plan_says_so() -> None:
    accepting = replace(INVESTIGATOR, accept_sd_between=True)
    assert outcome_of("57 PR, 113 SD, 169 PR", accepting).cbor.value == "PR"
    assert outcome_of("57 CR, 113 SD, 169 CR", accepting).cbor.value == "SD"


def test_more_or_fewer_gaps_are_allowed_where_the_plan_says_so() -> None:
    assert outcome_of("57 PR, 85 NE, 113 PR", replace(INVESTIGATOR, ne_between=0)).cbor.value == "SD"
    assert outcome_of("57 PR, 85 NE, 113 NE, 141 PR", replace(INVESTIGATOR, ne_between=2)).cbor.value == "PR"


def test_complete_response_followed_by_partial_is_reported_not_repaired() -> None:
    outcome = outcome_of("57 CR, 113 PR")
    findings = [finding for finding in outcome.findings if finding.code == "cr-then-pr"]
    assert [finding.refs for finding in findings] == [("scan 2008-03-03", "scan 2008-04-28")]
    assert outcome.bor.value == "CR"


def test_an_investigator_who_differs_from_the_lesions_is_reported() -> None:
    outcome = derive(subject(scan(57, {"T1": "30"}, investigator="SD")), INVESTIGATOR)
    assert "response-differs" in [finding.code for finding in outcome.findings]
    agreeing = derive(subject(scan(57, {"T1": "30"}, investigator="PR")), INVESTIGATOR)
    assert "response-differs" not in [finding.code for finding in agreeing.findings]


def test_stable_disease_seen_with_a_lesion_that_is_proven_new_later_does_not_count() -> None:
    scans = (scan(57, {"T1": "50"}, new_lesion="EQUIVOCAL"), scan(113, {"T1": "50"}, new_lesion="Y"))
    outcome = derive(subject(*scans), DERIVED)
    assert (outcome.bor.value, outcome.pfs and outcome.pfs.days) == ("PD", 57)


def test_each_result_carries_its_reason_and_its_records() -> None:
    best = outcome_of("57 PR, 113 PR").cbor
    assert best.reason == "Partial response on 3 Mar 2008, confirmed on 28 Apr 2008."
    assert best.refs == ("scan 2008-03-03", "scan 2008-04-28")
    lost = outcome_of("57 PR, 113 PD").cbor
    assert lost.reason == "Partial response on 3 Mar 2008, not confirmed. No progression by 3 Mar 2008, day 57."


def test_the_measurable_set_asks_for_a_measurable_lesion_at_baseline() -> None:
    assert derive(subject(baselines=(scan(-6, non_target="PRESENT"),)), DERIVED).measurable.value is False
    assert derive(subject(), DERIVED).measurable.value is True
    late = derive(subject(baselines=(scan(-40, {"T1": "50"}),)), DERIVED)
    assert (late.measurable.value, late.baseline_ref) == (True, None)


def test_a_partial_response_before_the_first_dose_is_held_by_none_after_it() -> None:
    held = replace(DERIVED, pr_drift="sticky_pr")
    outcome = derive(subject(scan(-2, {"T1": "20"}), scan(57, {"T1": "45"}), scan(113, {"T1": "45"})), held)
    assert [result.overall for result in outcome.assessments] == ["PR", "SD", "SD"]
