"""The tables of an estimate, cell by cell: the page, the CSV files and the report print the same ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from endpoints.arithmetic.percentages import signed
from endpoints.arithmetic.populations import CATEGORIES
from endpoints.arithmetic.results import KINDS, TimeEndpoint, drawn_times, estimated_rates, estimated_times, main_times
from endpoints.arithmetic.words import ORIGINS
from endpoints.figures.style import level_of, written
from protocol.schema import AnalysisPlan
from values.shown import share

NOT_REACHED = "NR"
WORDS = {
    "CR": "Complete response (CR)",
    "PR": "Partial response (PR)",
    "SD": "Stable disease (SD)",
    "NON-CR/NON-PD": "Non-CR/Non-PD",
    "PD": "Progression (PD)",
    "NE": "Not evaluable (NE)",
    "not assessed": "Not assessed",
}
BENEFIT = {
    "cb_A": "CR, PR or SD at an assessment {} days or more after {}, before progression",
    "cb_B": "stable disease that lasts {} days",
}
AFTER_THERAPY = {
    "ends": "What is assessed after the start of a new anticancer therapy does not count.",
    "counts": "Assessments under a new anticancer therapy count.",
}
# Who is in the denominator, by the origin of the times.
COUNTED = {"first_dose": "treated", "randomisation": "randomised"}


class Cell(NamedTuple):
    """`which` names the subjects behind the number (endpoints.behind), `ref` the one subject that the cell is about."""

    text: str
    which: str = ""
    ref: str = ""


class FigureTable(NamedTuple):
    """`rows` are for people; the first cell of each is its header. `words` are the columns that hold text, `strong`
    the rows that stand out."""

    code: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    words: tuple[int, ...] = (0,)
    strong: tuple[int, ...] = ()


def response(figures: dict[str, Any], plan: AnalysisPlan) -> FigureTable:
    """Best response and rates, confirmed and unconfirmed."""
    responses = figures["response"]
    level = level_of(plan)
    columns = ["", *(words for kind in KINDS for words in (f"{kind.capitalize()}, n", "%", f"{level} CI"))]
    shown = [
        name for name in CATEGORIES if name != "NON-CR/NON-PD" or any(responses[kind]["counts"][name] for kind in KINDS)
    ]
    rows = [
        (Cell(WORDS[name]), *(cell for kind in KINDS for cell in _count(responses[kind], kind, name))) for name in shown
    ]
    rows += [
        (Cell(rate.label), *(cell for kind in KINDS for cell in _rate(responses[kind], kind, rate.code)))
        for rate in estimated_rates(responses["confirmed"])
    ]
    note = (
        f"Exact limits (Clopper-Pearson). The {responses['headline']} response is the headline. Clinical benefit: a "
        f"response, or {_benefit(plan)}. "
        f"{AFTER_THERAPY[plan.nact_response]} All {COUNTED[plan.origin]} subjects stay in the denominator."
    )
    return FigureTable(
        "response", "Best response", tuple(columns), tuple(rows), note, strong=tuple(range(len(shown), len(rows)))
    )


def _benefit(plan: AnalysisPlan) -> str:
    return BENEFIT[plan.clinical_benefit].format(plan.clinical_benefit_days, ORIGINS[plan.origin])


def _count(responses: dict[str, Any], kind: str, name: str) -> tuple[Cell, ...]:
    count, n = responses["counts"][name], responses["n"]
    return Cell(str(count), f"{kind}.{name}"), Cell(percent(100 * count / n if n else None)), Cell("")


def _rate(responses: dict[str, Any], kind: str, name: str) -> tuple[Cell, ...]:
    rate = responses[name]
    return Cell(f"{rate['x']} of {rate['n']}", f"{kind}.{name}"), Cell(percent(rate["percent"])), Cell(limits(rate))


def non_responders(figures: dict[str, Any], plan: AnalysisPlan) -> FigureTable:
    rows = [
        (Cell(row["label"], ref=row["ref"]), Cell(written(row["response"])), Cell(row["reason"]))
        for row in figures["response"]["non_responders"]
    ]
    columns = ("Subject", "Best response", "Reason")
    return FigureTable("non_responders", "Non-responders", columns, tuple(rows), words=(0, 1, 2))


def times(figures: dict[str, Any], plan: AnalysisPlan) -> FigureTable:
    """Every time to event: subjects, events, quartiles with limits."""
    rows = [_time(figures["times"][time.code], time) for time in estimated_times(figures["times"])]
    columns = ("Months", "Subjects", "Events", "Censored", "Median", f"{level_of(plan)} CI", "25 %", "75 %")
    note = (
        f"Kaplan-Meier estimates; limits on the {plan.conf_type} scale; months are days / {plan.days_per_month}; "
        f"NR: not reached. Duration of and time to response: responders only, {_begin(plan)}. "
        "Follow-up: reverse Kaplan-Meier."
    )
    return FigureTable("times", "Time to event", columns, tuple(rows), note)


def _begin(plan: AnalysisPlan) -> str:
    """Where the response of each of the two columns begins."""
    if not plan.confirmation_required:
        return "from the first assessment with a response"
    return "from the first assessment of the response that was confirmed, the unconfirmed from the first of all"


def _time(times: dict[str, Any], time: TimeEndpoint) -> tuple[Cell, ...]:
    n, events = times["n"], times["events"]
    counts = ((n, "n"), (events, "events"), (n - events, "censored"))
    middle, lower, upper = (reached(value) for value in times["median"]["months"])
    quarters = (reached(times["quartiles"][name]["months"][0]) for name in ("0.25", "0.75"))
    numbers = (Cell(str(count), f"{time.code}.{which}") for count, which in counts)
    if not n:
        return Cell(time.label), *numbers, Cell("–"), Cell("–"), Cell("–"), Cell("–")
    return Cell(time.label), *numbers, Cell(middle), Cell(f"{lower} to {upper}"), *map(Cell, quarters)


def landmarks(figures: dict[str, Any], plan: AnalysisPlan) -> FigureTable:
    """The curves of the main times read off at the plan's months."""
    times = list(main_times(figures["times"]))
    curves = [figures["times"][time.code]["landmarks"] for time in times]
    rows = [
        (Cell(f"{at_once[0]['month']} months"), *(cell for landmark in at_once for cell in _landmark(landmark)))
        for at_once in zip(*curves, strict=True)
    ]
    level = level_of(plan)
    columns = ("At", *(head for time in times for head in (time.brief, f"{level} CI", "At risk")))
    return FigureTable(
        "landmarks", "Landmarks", columns, tuple(rows), _why_dashes(shown for curve in curves for shown in curve)
    )


def _why_dashes(landmarks: Iterable[dict[str, Any]]) -> str:
    """What a dash of this table stands for: each reason that occurs in it, no other."""
    listed = list(landmarks)
    level = [landmark for landmark in listed if landmark["survival"] in (0, 1)]
    reasons = [
        "no estimate after the longest follow-up" if any(landmark["survival"] is None for landmark in listed) else "",
        "no limits where all are still free of the event"
        if any(landmark["survival"] == 1 for landmark in level)
        else "",
        "no limits where all have had it" if any(landmark["survival"] == 0 for landmark in level) else "",
    ]
    sentence = "; ".join(filter(None, reasons))
    return f"–: {sentence}." if sentence else ""


def _landmark(landmark: dict[str, Any]) -> tuple[Cell, ...]:
    if landmark["survival"] is None:
        return Cell("–"), Cell("–"), Cell("0")
    return Cell(f"{percent(100 * landmark['survival'])} %"), Cell(limits(landmark)), Cell(str(landmark["at_risk"]))


def sensitivity(figures: dict[str, Any], plan: AnalysisPlan) -> FigureTable:
    kind = figures["response"]["headline"]
    rows = [(Cell(row["title"]), *_sensitivity(row, kind)) for row in figures["sensitivity"]]
    level = level_of(plan)
    columns = (
        *("Analysis", "Responders", "ORR, %", f"{level} CI", "Benefit", "CBR, %", f"{level} CI"),
        *("PFS events", "Median, months", f"{level} CI"),
    )
    note = "Computed always, never the headline. An empty cell: the analysis does not touch that endpoint."
    return FigureTable("sensitivity", "Sensitivity analyses", columns, tuple(rows), note)


def _sensitivity(row: dict[str, Any], headline: str) -> tuple[Cell, ...]:
    is_headline = row["name"] == "headline"
    cells = [Cell("")] * 9
    for place, name in ((0, "orr"), (3, "cbr")):
        if rate := row[name]:
            which = f"{headline}.{name}" if is_headline else f"sensitivity.{row['name']}.{name}"
            count = Cell(f"{rate['x']} of {rate['n']}", which)
            cells[place : place + 3] = count, Cell(percent(rate["percent"])), Cell(limits(rate))
    if pfs := row["pfs"]:
        which = "pfs.events" if is_headline else f"sensitivity.{row['name']}.pfs"
        middle, lower, upper = (reached(value) for value in pfs["months"])
        cells[6:] = Cell(str(pfs["events"]), which), Cell(middle), Cell(f"{lower} to {upper}")
    return tuple(cells)


def at_risk(figures: dict[str, Any], plan: AnalysisPlan) -> FigureTable:
    """Number at risk every three months, of each curve that is drawn."""
    times = list(drawn_times(figures["times"]))
    counts = [{row["month"]: row["n"] for row in figures["times"][time.code]["at_risk"]} for time in times]
    months = sorted({month for of_time in counts for month in of_time})
    rows = [(Cell(str(month)), *(Cell(str(of_time.get(month, 0))) for of_time in counts)) for month in months]
    return FigureTable("at_risk", "Number at risk", ("Month", *(time.brief for time in times)), tuple(rows))


def waterfall(figures: dict[str, Any], plan: AnalysisPlan) -> FigureTable:
    rows = [
        (Cell(bar["label"], ref=bar["ref"]), Cell(written(bar["response"])), Cell(signed(bar["change"])), Cell(""))
        for bar in figures["waterfall"]
    ]
    rows += [
        (
            Cell(subject["label"], ref=subject["ref"]),
            Cell(written(subject["response"])),
            Cell("–"),
            Cell(group["reason"]),
        )
        for group in figures["no_change"]
        for subject in group["subjects"]
    ]
    columns = ("Subject", "Best response", "Best change, %", "Why there is none")
    return FigureTable("waterfall", "Best change of the sum of target lesions", columns, tuple(rows), words=(0, 1, 3))


def spider(figures: dict[str, Any], plan: AnalysisPlan) -> FigureTable:
    rows = [
        (
            Cell(line["label"], ref=line["ref"]),
            Cell(written(line["response"])),
            Cell(str(day)),
            Cell(signed(change)),
            Cell("yes" if day in line["new_lesions"] else ""),
        )
        for line in figures["spider"]
        for day, change in line["points"]
    ]
    columns = ("Subject", "Best response", "Day", "Change, %", "New lesion")
    return FigureTable("spider", "Change of the sum of target lesions over time", columns, tuple(rows), words=(0, 1, 4))


def swimmer(figures: dict[str, Any], plan: AnalysisPlan) -> FigureTable:
    rows = [
        (
            Cell(lane["label"], ref=lane["ref"]),
            Cell(written(lane["response"])),
            Cell(str(lane["days"])),
            Cell("death" if lane["dead"] else "alive"),
            Cell(str(lane["progression_day"] or "")),
            Cell("" if lane["treatment_end"] is None else str(lane["treatment_end"])),
            Cell("" if lane["new_therapy"] is None else str(lane["new_therapy"])),
            Cell(", ".join(f"{response} day {day}" for day, response in lane["responses"])),
        )
        for lane in figures["swimmer"]
    ]
    columns = (
        *("Subject", "Best response", "Days followed", "At the end", "Day of progression"),
        *("Day of end of treatment", "Day of new therapy", "Assessments"),
    )
    return FigureTable("swimmer", "Course of each subject", columns, tuple(rows), words=(0, 1, 3, 7))


TABLES: dict[str, Callable[[dict[str, Any], AnalysisPlan], FigureTable]] = {
    make.__name__: make
    for make in (response, non_responders, times, landmarks, sensitivity, at_risk, waterfall, spider, swimmer)
}


def percent(value: float | None) -> str:
    """One decimal; a dash where there is nobody to count."""
    return "–" if value is None else share(value)


def limits(estimate: dict[str, Any]) -> str:
    """The limits of a fraction, in per cent."""
    if estimate["lower"] is None:
        return "–"
    return f"{percent(100 * estimate['lower'])} to {percent(100 * estimate['upper'])}"


def reached(months: str | None) -> str:
    return NOT_REACHED if months is None else months
