"""What stands under the figures: how to read them, what their letters mean, and who is not in them and why."""

from __future__ import annotations

from typing import Any

from endpoints.arithmetic.results import TimeEndpoint
from endpoints.figures.kaplan_meier import words_of
from endpoints.figures.style import abbreviations, level_of
from protocol.schema import AnalysisPlan

Figures = dict[str, Any]
SIDES = {"two-sided": "two-sided", "one-sided": "one-sided for fewer events"}
NO_TEST_YET = (
    "Figures follow the record as it grows: only the analysis that the plan foresees tests the hypothesis. No p value "
    "is adjusted for several looks or endpoints."
)
# So many subjects are named below a figure that they are not in; the table beside it names them all.
MOST_NAMED = 12


def curve(endpoint: TimeEndpoint, plan: AnalysisPlan) -> str:
    words = words_of(endpoint)
    return (
        f"{words.event} Shaded: pointwise {level_of(plan)} limits, {plan.conf_type} scale. Upright ticks: "
        f"{words.censored}. Dashed: the median. CI: confidence interval; NR: not reached."
    )


def curves_of_arms(endpoint: TimeEndpoint, arms: dict[str, Any], plan: AnalysisPlan) -> str:
    """How to read the curves of randomised groups, and their comparison where there is one."""
    words = words_of(endpoint)
    drawn = (
        f"{words.event} By the group that the list gave, each with a colour and a dash of its own. Upright ticks: "
        f"{words.censored}. CI: {level_of(plan)} confidence interval; NR: not reached."
    )
    if not endpoint.is_main or not arms["comparisons"]:
        return drawn
    return f"{drawn} {how_compared(arms, plan)} {NO_TEST_YET}"


def how_compared(arms: dict[str, Any], plan: AnalysisPlan) -> str:
    """Model, test and strata of hazard ratios."""
    factors = " and ".join(arms["factors"])
    strata = f" Stratified by {factors}, as the list was." if factors else ""
    return (
        f"Hazard ratio: Cox model of the group alone, ties after {plan.comparison_ties.capitalize()}, Wald's limits; "
        f"below 1 the hazard is lower than in {arms['reference']['label']}. p: log-rank test, "
        f"{SIDES[plan.comparison_sides]}.{strata}"
    )


def waterfall(figures: Figures, plan: AnalysisPlan) -> str:
    present = {bar["response"] for bar in figures["waterfall"]}
    return (
        f"One bar a subject: the best change of the sum of target lesions from baseline, up to {_end(plan)}. "
        "Dashed: −30 % and +20 %. "
        "Colour and mark: best overall response, which also rests on other lesions and on confirmation "
        f"({abbreviations(present)}). {left_out(figures)}"
    )


def spider(figures: Figures, plan: AnalysisPlan) -> str:
    present = {line["response"] for line in figures["spider"]}
    return (
        f"One line a subject, from 0 % on the day of the baseline scan to {_end(plan)}. Dashed: −30 % and "
        "+20 % of baseline. Colour, dash and last mark: best overall response "
        f"({abbreviations(present)}). Asterisk above a mark: new lesion. {left_out(figures)}"
    )


def _end(plan: AnalysisPlan) -> str:
    """Up to when a sum is shown: as long as it can change the best response."""
    return "the first progression" + (" or new anticancer therapy" if plan.nact_response == "ends" else "")


def _on_treatment(plan: AnalysisPlan) -> str:
    return "time on treatment" if plan.origin == "first_dose" else "from randomisation to the end of treatment"


def swimmer(figures: Figures, plan: AnalysisPlan) -> str:
    present = {lane["response"] for lane in figures["swimmer"]}
    return (
        f"Bar: {_on_treatment(plan)}; line: follow-up after it. Letters beside the subject and colour: best overall "
        f"response ({abbreviations(present)}). First CR, first PR: of responders, from the response that counts on. "
        "New therapy: new anticancer therapy. Alive: at last contact. A mark that would hide another stands to its "
        "right."
    )


def left_out(figures: Figures) -> str:
    """Who has no change of a sum to show, and why."""
    groups = figures["no_change"]
    missing = sum(group["n"] for group in groups)
    if not missing:
        return "Every subject is in the figure."
    reasons = "; ".join(f"{group['n']:,} {group['reason']}{_names(group['subjects'])}" for group in groups)
    return f"Not in the figure: {missing:,} of {figures['n']:,} subjects, of whom {reasons}."


def _names(subjects: list[dict[str, Any]]) -> str:
    if not subjects:
        return ""
    more = f" and {len(subjects) - MOST_NAMED} more" if len(subjects) > MOST_NAMED else ""
    return f" ({', '.join(subject['label'] for subject in subjects[:MOST_NAMED])}{more})"
