"""The schedule of assessments: when each visit is, and which forms it asks for."""

from assessments.catalogue import CATALOGUE
from laboratory.analytes import ANALYTES
from outline.parts import OutlinePart, OutlineTable, assumed_under, counted, listed
from protocol import Protocol
from protocol.applicable import NotApplicable
from protocol.laboratory import Panel
from protocol.visits import (
    AtCycles,
    CycleVisit,
    DltVisit,
    EndOfTreatmentVisit,
    FollowUpVisit,
    InAWindow,
    ScreeningVisit,
    TumourVisit,
    Visit,
)

ASKED = "X"
OUTSIDE = "Outside visits"
ORIGINS: dict[str, str] = {"first_dose": "the first dose", "randomisation": "randomisation"}
UNTIL = {"progression": "until progression", "end_of_treatment": "until the end of treatment"}


def schedule(protocol: Protocol) -> OutlinePart:
    planned = "planned ahead" if protocol.visits_enforced else "recorded as they took place, none is planned"
    return OutlinePart(
        "schedule",
        "Schedule of assessments",
        facts=[("Visits", planned), ("In the schedule", f"{ASKED} asked for at that visit, for every subject")],
        tables=[_visits(protocol), _forms(protocol), _analytes(protocol), _spared(protocol), _guidelines(protocol)],
        assumed=assumed_under(protocol, "visits", "visits_enforced", "log_forms", "not_applicable", "laboratory"),
    )


def _visits(protocol: Protocol) -> OutlineTable:
    rows = [(visit.code, visit.label, when(protocol, visit), window(visit)) for visit in protocol.visits]
    return OutlineTable("Visits", ("Code", "Visit", "When", "Window"), rows, "The protocol plans no visit.")


def when(protocol: Protocol, visit: Visit) -> str:
    """The rule of its day in words."""
    match visit:
        case ScreeningVisit():
            return f"before the first dose, at most {counted(visit.days_before, 'day')}"
        case CycleVisit():
            return f"day {visit.day} of {_in_cycles(visit)} of {counted(protocol.regimen.cycle_days, 'day')}"
        case TumourVisit():
            steps = (f", after day {step.after_days} every {counted(step.every_days, 'day')}" for step in visit.then)
            begin = (
                f"every {counted(visit.every_days, 'day')} from {ORIGINS.get(visit.counted_from, visit.counted_from)}"
            )
            return f"{begin}{''.join(steps)}, {UNTIL[visit.until]}"
        case DltVisit():
            return "once, on the day after the cycle in which dose-limiting toxicity counts"
        case EndOfTreatmentVisit():
            return "once, at the end of treatment"
        case FollowUpVisit():
            return f"every {counted(visit.every_months, 'month')} after the end of treatment, until death"


def window(visit: Visit) -> str:
    """By how much it may be early and late."""
    if isinstance(visit, ScreeningVisit):
        return "–"
    late = f"{counted(visit.late_days, 'day')} late"
    return f"{counted(visit.early_days, 'day')} early, {late}" if isinstance(visit, InAWindow) else late


def _forms(protocol: Protocol) -> OutlineTable:
    columns = ("Form", *(visit.label for visit in protocol.visits), OUTSIDE)
    planned = protocol.forms()
    rows = [_form(protocol, code) for code in CATALOGUE if code in planned]
    return OutlineTable("Forms by visit", columns, rows, "The protocol asks for no form.", is_grid=True)


def _form(protocol: Protocol, code: str) -> tuple[str, ...]:
    outside = "any time" if code in protocol.log_forms else ""
    return (CATALOGUE[code].title, *(_cell(visit, code) for visit in protocol.visits), outside)


def _cell(visit: Visit, code: str) -> str:
    if code in visit.forms:
        return ASKED
    parts = visit.at_cycles if isinstance(visit, CycleVisit) else ()
    return "; ".join(_cycles(part) for part in parts if code in part.forms)


def _in_cycles(visit: CycleVisit) -> str:
    return "each cycle" if visit.forms else f"some cycles ({'; '.join(map(_cycles, visit.at_cycles))})"


def _cycles(part: AtCycles) -> str:
    if part.every is None:
        return f"cycle {part.first} alone"
    return f"from cycle {part.first}, every {counted(part.every, 'cycle')}"


def _analytes(protocol: Protocol) -> OutlineTable:
    columns = ("Form", "Needed", "May be left blank", "Sample")
    rows = [_panel(panel) for panel in protocol.laboratory]
    return OutlineTable("Laboratory", columns, rows, "The protocol names no analyte.")


def _panel(panel: Panel) -> tuple[str, ...]:
    needed, optional = (
        listed(ANALYTES[code].label for code in codes) or "–" for codes in (panel.analytes, panel.optional)
    )
    early = f"up to {counted(panel.early_days, 'day')} before its visit" if panel.early_days else "on its day"
    return (CATALOGUE[panel.code].title, needed, optional, early)


def _spared(protocol: Protocol) -> OutlineTable:
    rows = [(CATALOGUE[rule.form].title, _who(rule)) for rule in protocol.not_applicable]
    return OutlineTable("Not asked for", ("Form", "Of whom"), rows, "Every form is asked for of every subject.")


def _guidelines(protocol: Protocol) -> OutlineTable:
    rows = [(CATALOGUE[code].title, " ".join(sentences)) for code, sentences in protocol.guidelines.items()]
    return OutlineTable(
        "Instructions on forms", ("Form", "Beside the standard instructions"), rows, "The protocol adds nothing."
    )


def _who(rule: NotApplicable) -> str:
    item = CATALOGUE["demography"].record._meta.get_field(rule.item)
    terms = dict(item.flatchoices)
    return f"{item.verbose_name}: {' or '.join(str(terms.get(value, value)) for value in rule.values)}"
