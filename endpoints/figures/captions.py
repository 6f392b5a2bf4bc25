"""What stands under the figures: how to read them, what their letters mean, and who is not in them and why."""

from __future__ import annotations

from typing import Any

from endpoints.figures.kaplan_meier import Endpoint
from endpoints.figures.style import abbreviations
from protocol.schema import AnalysisPlan

Figures = dict[str, Any]
# So many subjects are named below a figure that they are not in; the table beside it names them all.
MOST_NAMED = 12


def curve(endpoint: Endpoint, plan: AnalysisPlan) -> str:
    return (
        f"{endpoint.event} Shaded: pointwise {level_of(plan)} limits, {plan.conf_type} scale. Upright ticks: "
        f"{endpoint.censored}. Dashed: the median. CI: confidence interval; NR: not reached."
    )


def level_of(plan: AnalysisPlan) -> str:
    return f"{(plan.conf_level * 100).normalize():f} %"


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
