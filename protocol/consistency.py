"""What the parts of a protocol file must agree on: each function yields one line, `path: what is wrong`, a problem."""

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal

from protocol.design import Endpoint
from protocol.eligibility import ChoiceRule, Criterion, items_of
from protocol.fault import unknown
from protocol.guidance import LaboratoryTrigger
from protocol.randomisation import Stratum
from protocol.regimen import Drug
from protocol.schema import Protocol
from protocol.visits import CycleVisit, FollowUpVisit, TumourVisit, every_form

LEAST_DAYS_IN_A_MONTH = 28


def problems(protocol: Protocol) -> list[str]:
    """Every disagreement between the parts, in the order of the file; empty for a sound protocol."""
    checks = (
        duplicates,
        cohorts,
        randomisation,
        populations,
        analysis_sets,
        regimen,
        visits,
        comparison,
        not_applicable,
        columns,
        eligibility,
        dlt,
        escalation,
        guidance,
        sdv,
        assumptions,
    )
    return [problem for check in checks for problem in check(protocol)]


def duplicates(protocol: Protocol) -> Iterator[str]:
    lists: dict[str, Iterable[str]] = {
        "phases": (phase.code for phase in protocol.phases),
        "cohorts": (cohort.code for cohort in protocol.cohorts),
        "populations": (population.code for population in protocol.populations),
        "analysis_sets": (analysis_set.code for analysis_set in protocol.analysis_sets),
        "regimen.drugs": (drug.code for drug in protocol.regimen.drugs),
        "regimen.change_reasons": (reason.code for reason in protocol.regimen.change_reasons),
        "visits": (visit.code for visit in protocol.visits),
        "eligibility_items": (item.code for item in protocol.eligibility_items),
        "history.items": (item.code for item in protocol.history.items) if protocol.history else (),
        "eligibility": (criterion.code for criterion in protocol.eligibility),
        "guidance": (rule.code for rule in protocol.guidance),
        "dlt.criteria": (criterion.code for criterion in protocol.dlt.criteria) if protocol.dlt else (),
        "data_cuts": (cut.code for cut in protocol.data_cuts),
    }
    for path, codes in lists.items():
        for code, times in Counter(codes).items():
            if times > 1:
                yield f"{path}.{code}: the code {code} is used {times} times"


def cohorts(protocol: Protocol) -> Iterator[str]:
    levels = Counter((cohort.phase, cohort.schedule, cohort.dose_level) for cohort in protocol.cohorts)
    for cohort in protocol.cohorts:
        path = f"cohorts.{cohort.code}"
        yield from _unknown(f"{path}.phase", "phase", [cohort.phase], [phase.code for phase in protocol.phases])
        if cohort.dose_level and levels[cohort.phase, cohort.schedule, cohort.dose_level] > 1:
            yield f"{path}.dose_level: another cohort of phase {cohort.phase} has level {cohort.dose_level} too"


def randomisation(protocol: Protocol) -> Iterator[str]:
    if protocol.randomisation is None:
        return
    given, known = protocol.randomisation.cohorts, {cohort.code: cohort for cohort in protocol.cohorts}
    yield from _unknown("randomisation.cohorts", "cohort", given, known)
    if twice := [code for code, times in Counter(given).items() if times > 1]:
        yield f"randomisation.cohorts: a cohort is named more than once{_listed(twice)}"
    phases = {known[code].phase for code in given if code in known}
    if len(phases) > 1:
        yield f"randomisation.cohorts: they are of several phases{_listed(sorted(phases))}"
    for code in given:
        if code in known and known[code].dlt_evaluated:
            yield f"randomisation.cohorts: {code} is a dose level, which the dose committee opens and nobody randomises"
    yield from _strata(protocol.randomisation.strata, protocol)


def _strata(strata: Iterable[Stratum], protocol: Protocol) -> Iterator[str]:
    items = Counter(stratum.item for stratum in strata)
    for place, stratum in enumerate(strata):
        path = f"randomisation.strata.{place}"
        if items[stratum.item] > 1:
            yield f"{path}.item: {stratum.item} heads more than one column"
        if stratum.item in ("number", "site", "group"):
            yield f"{path}.item: {stratum.item} is a column of the list already"
        if stratum.form not in protocol.forms():
            yield f"{path}.form: this trial does not ask for the form {stratum.form}"


def populations(protocol: Protocol) -> Iterator[str]:
    known = [cohort.code for cohort in protocol.cohorts]
    for population in protocol.populations:
        yield from _unknown(f"populations.{population.code}.cohorts", "cohort", population.cohorts, known)
    headlines = [population.code for population in protocol.populations if population.headline]
    if len(headlines) != 1:
        yield f"populations: exactly one is the headline, not {len(headlines)}{_listed(headlines)}"
    for code in known:
        if not protocol.populations_of(code):
            yield f"cohorts.{code}: no population counts this cohort"


def analysis_sets(protocol: Protocol) -> Iterator[str]:
    endpoints: tuple[Endpoint, ...] = ("response", "survival")
    for endpoint in endpoints:
        sets = [entry.code for entry in protocol.analysis_sets if endpoint in entry.headline_for]
        if len(sets) != 1:
            yield f"analysis_sets: exactly one is the headline for {endpoint}, not {len(sets)}{_listed(sets)}"


def regimen(protocol: Protocol) -> Iterator[str]:
    last = protocol.regimen.cycle_days
    for drug in protocol.regimen.drugs:
        if outside := [day for day in drug.days if not 1 <= day <= last]:
            yield f"regimen.drugs.{drug.code}.days: not within days 1 to {last} of the cycle{_listed(outside)}"
    yield from _doses(protocol)


def _doses(protocol: Protocol) -> Iterator[str]:
    drugs = {drug.code: drug for drug in protocol.regimen.drugs}
    cohorts = [cohort.code for cohort in protocol.cohorts]
    for drug in drugs.values():
        path = f"regimen.drugs.{drug.code}"
        yield from _unknown(f"{path}.cohorts", "cohort", drug.cohorts, cohorts)
        for code in drug.cohorts or cohorts:
            if code in cohorts and protocol.full_dose(drug, code) is None:
                yield f"{path}.dose: missing, and the cohort {code} states none of its own"
    for cohort in protocol.cohorts:
        yield from _unknown(f"cohorts.{cohort.code}.doses", "drug", cohort.doses, drugs)
        for name in cohort.doses:
            if name in drugs and cohort.doses[name] <= 0:
                yield f"cohorts.{cohort.code}.doses.{name}: must be more than 0"


def visits(protocol: Protocol) -> Iterator[str]:
    for visit in protocol.visits:
        if isinstance(visit, TumourVisit | FollowUpVisit) and visit.early_days + visit.late_days >= _interval(visit):
            yield f"visits.{visit.code}: the window overlaps the next one's"
    for kind, times in Counter(visit.kind for visit in protocol.visits).items():
        if kind != "cycle" and times > 1:
            yield f"visits: {times} of kind {kind}, only one can be planned"
    for visit in protocol.visits:
        if twice := [code for code, times in Counter(every_form(visit)).items() if times > 1]:
            yield f"visits.{visit.code}: a form is asked for more than once{_listed(twice)}"
    yield from _cycle_days(protocol)
    yield from _origins(protocol)


def _origins(protocol: Protocol) -> Iterator[str]:
    by_list = protocol.randomisation.cohorts if protocol.randomisation else ()
    chosen = [cohort.code for cohort in protocol.cohorts if cohort.code not in by_list]
    counts = protocol.analysis.origin == "randomisation"
    if counts and by_list and chosen:
        words = "times cannot begin with randomisation in a cohort that is not randomised"
        yield f"analysis.origin: {words}{_listed(chosen)}"
    if not counts and any(entry.code == "all_randomised" for entry in protocol.analysis_sets):
        yield "analysis_sets.all_randomised: analysis.origin is not randomisation: whoever has no dose has no times"
    if by_list:
        return
    if counts:
        yield "analysis.origin: this trial randomises nobody"
    for visit in protocol.visits:
        if isinstance(visit, TumourVisit) and visit.counted_from == "randomisation":
            yield f"visits.{visit.code}.counted_from: this trial randomises nobody"


def comparison(protocol: Protocol) -> Iterator[str]:
    """What a comparison by the group that a list gave needs."""
    plan, given = protocol.analysis, protocol.randomisation
    by_list = given.cohorts if given else ()
    if isinstance(plan.comparison_strata, tuple):
        factors = given.factors if given else {}
        yield from _unknown("analysis.comparison_strata", "factor of the list", plan.comparison_strata, factors)
        if twice := [name for name, times in Counter(plan.comparison_strata).items() if times > 1]:
            yield f"analysis.comparison_strata: a factor is named more than once{_listed(twice)}"
    if plan.reference_arm is None:
        return
    yield from _unknown("analysis.reference_arm", "randomised group", [plan.reference_arm], by_list)
    if plan.origin != "randomisation":
        yield "analysis.reference_arm: randomised groups are compared from randomisation, which analysis.origin is not"
    if all(entry.code != "all_randomised" for entry in protocol.analysis_sets):
        yield "analysis.reference_arm: no analysis set is all_randomised, in which groups are compared"
    beside = [[code for code in population.cohorts if code in by_list] for population in protocol.populations]
    if all(plan.reference_arm not in codes or len(codes) < 2 for codes in beside):
        yield f"analysis.reference_arm: no population has {plan.reference_arm} and another randomised group"


def not_applicable(protocol: Protocol) -> Iterator[str]:
    at_visits = sorted(frozenset().union(*(every_form(visit) for visit in protocol.visits)))
    for rule in protocol.not_applicable:
        yield from _unknown("not_applicable.form", "form of a visit", [rule.form], at_visits)


def columns(protocol: Protocol) -> Iterator[str]:
    """Two items in one column would overwrite each other."""
    forms = {
        "eligibility_items": [(item.code, item.held_by) for item in protocol.eligibility_items],
        "history.items": [(item.code, item.held_by) for item in protocol.history.items] if protocol.history else [],
    }
    for path, items in forms.items():
        first: dict[str, str] = {}
        for code, column in items:
            if first.setdefault(column, code) != code:
                yield f"{path}.{code}.column: {column} holds {first[column]} already"


def unstated_history(protocol: Protocol) -> Iterator[str]:
    """Of a new file. One that is in force from before it could say so means what it meant (history.FORMERLY)."""
    if "history" not in protocol.model_fields_set and "history" in protocol.forms():
        yield "history: missing, but the form history is asked for: it says of which disease, and what is asked"


def never_held(protocol: Protocol) -> Iterator[str]:
    """Of a new file. In one that is in force such a visit is left out, and hurts nobody."""
    for visit in protocol.visits:
        if isinstance(visit, CycleVisit) and not every_form(visit):
            yield f"visits.{visit.code}.forms: none in any cycle: it would never be held"


def _interval(visit: TumourVisit | FollowUpVisit) -> int:
    if isinstance(visit, TumourVisit):
        return min([visit.every_days, *(step.every_days for step in visit.then)])
    return visit.every_months * LEAST_DAYS_IN_A_MONTH


def _cycle_days(protocol: Protocol) -> Iterator[str]:
    days = sorted((visit for visit in protocol.visits if isinstance(visit, CycleVisit)), key=lambda visit: visit.day)
    length = protocol.regimen.cycle_days
    for visit in days:
        if visit.day > length:
            yield f"visits.{visit.code}.day: day {visit.day} is not within the cycle of {length} days"
    if days and days[0].day != 1:
        yield "visits: no visit on day 1 of the cycle, from which the others are counted"
    for earlier, later in zip(days, days[1:] + days[:1], strict=True):
        begins = later.day - later.early_days + (length if later is days[0] else 0)
        if earlier.day + earlier.late_days >= begins:
            yield f"visits.{later.code}: the window overlaps that of {earlier.code}"


def eligibility(protocol: Protocol) -> Iterator[str]:
    phases = [phase.code for phase in protocol.phases]
    for criterion in protocol.eligibility:
        yield from _unknown(f"eligibility.{criterion.code}.phases", "phase", criterion.phases, phases)
        yield from _items(protocol, criterion)
        yield from _choices(protocol, criterion)


def _items(protocol: Protocol, criterion: Criterion) -> Iterator[str]:
    kinds = {item.code: item.kind for item in protocol.eligibility_items}
    for name, kind in items_of(criterion.rule):
        yield from _unknown(f"eligibility.{criterion.code}.rule", "item", [name], kinds)
        if kinds.get(name, kind) != kind:
            yield f"eligibility.{criterion.code}.rule: item {name} is of kind {kinds[name]}, the rule needs {kind}"


def _choices(protocol: Protocol, criterion: Criterion) -> Iterator[str]:
    choices = {item.code: item.choices for item in protocol.eligibility_items}
    rules = criterion.single_rules
    for rule in rules:
        if isinstance(rule, ChoiceRule) and rule.item in choices:
            yield from _unknown(f"eligibility.{criterion.code}.rule", "choice", rule.allowed, choices[rule.item])


def dlt(protocol: Protocol) -> Iterator[str]:
    if protocol.dlt:
        drugs = [drug.code for drug in protocol.regimen.drugs]
        yield from _unknown("dlt.drug", "drug", [protocol.dlt.drug], drugs)
        return
    if any(visit.kind == "dlt" for visit in protocol.visits):
        yield "dlt: missing, but a visit of kind dlt is planned by it"
    if evaluated := [cohort.code for cohort in protocol.cohorts if cohort.dlt_evaluated]:
        yield f"dlt: missing, but cohorts are evaluated for it{_listed(evaluated)}"


def guidance(protocol: Protocol) -> Iterator[str]:
    drugs = [drug.code for drug in protocol.regimen.drugs]
    analytes = [analyte for panel in protocol.laboratory for analyte in (*panel.analytes, *panel.optional)]
    for rule in protocol.guidance:
        yield from _unknown(f"guidance.{rule.code}.drug", "drug", [rule.drug], drugs)
        if isinstance(rule.trigger, LaboratoryTrigger):
            yield from _unknown(f"guidance.{rule.code}.trigger", "analyte", [rule.trigger.analyte], analytes)
        if rule.action == "reduce" and rule.drug in drugs and not protocol.drug(rule.drug).steps:
            yield f"guidance.{rule.code}.action: {rule.drug} is never reduced"


def escalation(protocol: Protocol) -> Iterator[str]:
    if protocol.escalation is None:
        return
    priors = Counter(prior.schedule for prior in protocol.escalation.priors)
    for schedule, times in priors.items():
        if times > 1:
            yield f"escalation.priors: {times} for the schedule {schedule}"
    for cohort in protocol.cohorts:
        if cohort.dlt_evaluated and cohort.schedule and cohort.schedule not in priors:
            yield f"escalation.priors: none for the schedule {cohort.schedule} of cohort {cohort.code}"
    if protocol.escalation.drug:
        drugs = [drug.code for drug in protocol.regimen.drugs]
        yield from _unknown("escalation.drug", "drug", [protocol.escalation.drug], drugs)


def unfit_levels(protocol: Protocol) -> Iterator[str]:
    """What keeps the dose levels of a new file from being advised on; one that is in force has none there."""
    drug = protocol.escalated
    if drug is None or protocol.escalation is None:
        return
    priors = {prior.schedule for prior in protocol.escalation.priors}
    for cohort in protocol.cohorts:
        if not cohort.dlt_evaluated:
            continue
        if protocol.full_dose(drug, cohort.code) is None or drug not in protocol.drugs_of(cohort.code):
            yield f"cohorts.{cohort.code}: evaluated for toxicity, and gets no {drug.code}, whose dose is escalated"
        if cohort.schedule is None and None not in priors:
            yield f"escalation.priors: none without a schedule, as the cohort {cohort.code} has none"
    yield from _ladders(protocol, drug)


def _ladders(protocol: Protocol, drug: Drug) -> Iterator[str]:
    """Levels of one schedule in the order of their ranks: each has one, and gives more than the one below."""
    last: dict[str | None, tuple[str, Decimal]] = {}
    levels = protocol.dose_levels()
    for cohort in sorted(levels, key=lambda cohort: cohort.dose_level or 0):
        dose = protocol.full_dose(drug, cohort.code) or Decimal(0)
        below, lower = last.get(cohort.schedule, ("", Decimal(0)))
        if cohort.dose_level is None and sum(level.schedule == cohort.schedule for level in levels) > 1:
            yield f"cohorts.{cohort.code}.dose_level: missing, and it is one of several dose levels"
        elif dose <= lower:
            yield f"cohorts.{cohort.code}.dose_level: gives {dose} {drug.unit}, no more than {below} below it"
        last[cohort.schedule] = cohort.code, dose


def sdv(protocol: Protocol) -> Iterator[str]:
    forms = protocol.sdv.critical_forms
    yield from _unknown("sdv.critical_forms", "form of this trial", forms, sorted(protocol.forms()))
    if twice := [code for code, times in Counter(forms).items() if times > 1]:
        yield f"sdv.critical_forms: a form is named more than once{_listed(twice)}"


def assumptions(protocol: Protocol) -> Iterator[str]:
    for path in protocol.assumptions:
        try:
            protocol.value(path)
        except KeyError as missing:
            yield f"assumptions.{path}: names no value of this file (no {missing.args[0]})"


def _unknown(path: str, what: str, names: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    listed = list(known)
    for name in names:
        if name not in listed:
            yield f"{path}: {unknown(what, name, listed)}"


def _listed(names: Iterable[object]) -> str:
    text = ", ".join(str(name) for name in names)
    return f": {text}" if text else ""
