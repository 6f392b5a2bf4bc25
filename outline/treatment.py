"""What is given, by which steps it is reduced, and what is foreseen when something is not well."""

from itertools import groupby

from laboratory.analytes import ANALYTES
from outline.parts import OutlinePart, OutlineTable, assumed_under, counted, listed
from protocol import Protocol
from protocol.guidance import Guidance, LaboratoryTrigger
from protocol.regimen import DoseStep, Drug

FORMULAS = {"mosteller": "Mosteller", "du_bois": "Du Bois and Du Bois"}


def treatment(protocol: Protocol) -> OutlinePart:
    regimen = protocol.regimen
    surface = f"by {FORMULAS[regimen.body_surface]}, to {counted(regimen.body_surface_decimals, 'decimal')} of a m²"
    return OutlinePart(
        "treatment",
        "Treatment",
        facts=[("Cycle", counted(regimen.cycle_days, "day")), ("Body surface", surface), *_filtration(protocol)],
        tables=[_drugs(protocol), _steps(protocol), _reasons(protocol)],
        assumed=assumed_under(protocol, "regimen"),
    )


def _filtration(protocol: Protocol) -> list[tuple[str, str]]:
    most = protocol.regimen.gfr_most
    return [("Glomerular filtration", f"taken as {most} mL/min at most")] if most else []


def _drugs(protocol: Protocol) -> OutlineTable:
    columns = ("Code", "Drug", "Cohorts", "Route", "Dose", "When", "Rounded to", "Asked about")
    rows = [_drug(drug) for drug in protocol.regimen.drugs]
    return OutlineTable("Drugs", columns, rows, "The protocol names no study drug.")


def _drug(drug: Drug) -> tuple[str, ...]:
    return (
        drug.code,
        drug.label,
        listed(drug.cohorts) or "all",
        drug.route,
        _dose(drug),
        _when(drug),
        _rounded(drug),
        f"from {drug.tolerance_percent} % off its plan on",
    )


def _when(drug: Drug) -> str:
    if drug.days:
        return f"days {listed(drug.days)} of the cycle{_times(drug.times_a_day)}"
    return f"{_every(drug.every_days) or 'every day'}{_times(drug.times_a_day)}"


def _every(days: int) -> str:
    return f"every {days} days" if days > 1 else ""


def _times(a_day: int) -> str:
    return f", {a_day} times a day" if a_day > 1 else ""


def _rounded(drug: Drug) -> str:
    tablets = listed(f"{strength} mg" for strength in drug.tablets_mg)
    return f"{drug.round_to_mg} mg" + (f"; tablets of {tablets}" if tablets else "")


def _dose(drug: Drug) -> str:
    if drug.dose is None:
        return f"that of the cohort, in {drug.unit}"
    full = f"{drug.dose} {drug.unit}"
    return f"{drug.loading_dose} {drug.unit} the first time, then {full}" if drug.loading_dose else full


def _steps(protocol: Protocol) -> OutlineTable:
    rows = [row for drug in protocol.regimen.drugs for row in _steps_of(drug)]
    return OutlineTable(
        "Steps of reduction", ("Drug", "Cohorts", "From the full dose down"), rows, "No drug is reduced."
    )


def _steps_of(drug: Drug) -> list[tuple[str, ...]]:
    return [
        (drug.label, f"{schedule} dosing" if schedule else "all", "; ".join(_step(drug, step) for step in steps))
        for schedule, steps in groupby(drug.steps, key=lambda step: step.schedule)
    ]


def _step(drug: Drug, step: DoseStep) -> str:
    every = f" {_every(step.every_days)}".rstrip()
    return f"{step.label} ({step.dose} {drug.unit}{every}{_times(step.times_a_day)})"


def _reasons(protocol: Protocol) -> OutlineTable:
    rows = [(reason.code, reason.label) for reason in protocol.regimen.change_reasons]
    return OutlineTable("Reasons for a change of dose", ("Code", "Reason"), rows, "The protocol names none.")


def guidance(protocol: Protocol) -> OutlinePart:
    columns = ("Rule", "Drug", "When", "Foreseen")
    rows = [(rule.code, protocol.drug(rule.drug).label, _trigger(rule), _foreseen(rule)) for rule in protocol.guidance]
    none = "The protocol foresees no change of dose by grade."
    return OutlinePart(
        "guidance",
        "Changes of dose by grade",
        facts=[("Where several rules hold", "that of the highest grade, for each drug and finding")] if rows else [],
        tables=[OutlineTable("Rules", columns, rows, none)],
        assumed=assumed_under(protocol, "guidance"),
    )


def _trigger(rule: Guidance) -> str:
    trigger = rule.trigger
    if not isinstance(trigger, LaboratoryTrigger):
        return f"{' or '.join(trigger.terms)}, grade {trigger.grade} or higher"
    side = {"": "", "low": ", below normal", "high": ", above normal"}[trigger.side]
    return f"{ANALYTES[trigger.analyte].label}{side}, grade {trigger.grade} or higher"


def _foreseen(rule: Guidance) -> str:
    return f"{rule.action.capitalize()} {rule.text}"


def toxicity(protocol: Protocol) -> OutlinePart | None:
    """Dose-limiting toxicity, and how the levels are advised on; None of a trial without dose levels."""
    if protocol.dlt is None and protocol.escalation is None:
        return None
    rows = [(criterion.code, criterion.text) for criterion in protocol.dlt.criteria] if protocol.dlt else []
    none = "No cohort is evaluated for dose-limiting toxicity."
    return OutlinePart(
        "toxicity",
        "Dose-limiting toxicity",
        facts=[*_rule(protocol), *_design(protocol)],
        tables=[OutlineTable("What is dose-limiting", ("Code", "Criterion"), rows, none), _priors(protocol)],
        assumed=assumed_under(protocol, "dlt", "escalation"),
    )


def _rule(protocol: Protocol) -> list[tuple[str, str]]:
    rule = protocol.dlt
    if rule is None:
        return []
    drug = protocol.drug(rule.drug).label
    evaluable = f"a subject with a DLT, or with at least {rule.min_dose_percent} % of the planned dose of {drug}"
    return [("Counts until the end of", f"cycle {rule.cycle}"), ("Evaluable", evaluable)]


def _design(protocol: Protocol) -> list[tuple[str, str]]:
    design = protocol.escalation
    if design is None:
        return [("Advice on dose levels", "none is computed")]
    drug = protocol.escalated
    return [
        *([("Dose levels differ by", f"the dose of {drug.label}, in {drug.unit}")] if drug else []),
        ("Target rate", str(design.target)),
        ("A level is eliminated", f"where its rate exceeds the target with a chance above {design.eliminate_above}"),
        ("Target dosing in the logistic model", f"rates from {design.target_from} to below {design.target_to}"),
        ("An overdose", f"a dose that exceeds this with a chance of {design.overdose_limit} or more"),
    ]


def _priors(protocol: Protocol) -> OutlineTable:
    drug = protocol.escalated
    columns = ("Dosing", "Reference dose", "Mean and SD of log α", "Mean and SD of log β", "Correlation")
    rows = [
        (
            prior.schedule or "all",
            f"{prior.reference_dose} {drug.unit if drug else ''}".strip(),
            f"{prior.mean_log_alpha} and {prior.sd_log_alpha}",
            f"{prior.mean_log_beta} and {prior.sd_log_beta}",
            str(prior.correlation),
        )
        for prior in (protocol.escalation.priors if protocol.escalation else ())
    ]
    return OutlineTable("Priors of the logistic model", columns, rows, "No dose levels are advised on.")
