"""What is studied in whom: phases, cohorts, populations, analysis sets, the grading of events."""

from outline.parts import OutlinePart, OutlineTable, assumed_under, counted, listed, yes_or_no
from protocol import Protocol
from protocol.design import Cohort
from values.dates import shown_date

# Columns of the cohorts that a trial without dose levels has not.
OF_LEVELS = ("Dose level", "Evaluated for DLT")


def trial(protocol: Protocol) -> OutlinePart:
    return OutlinePart(
        "trial",
        "The trial",
        facts=[
            ("Trial", protocol.code),
            ("Title", protocol.title),
            ("Version", f"{protocol.version} of {shown_date(protocol.date)}"),
            ("File (SHA-256)", protocol.sha256),
            ("Events and laboratory values graded by", f"CTCAE {protocol.ctcae_version}"),
        ],
        tables=[
            _phases(protocol),
            _cohorts(protocol),
            *_randomisation(protocol),
            _populations(protocol),
            _analysis_sets(protocol),
        ],
        assumed=assumed_under(
            protocol, "ctcae_version", "phases", "cohorts", "randomisation", "populations", "analysis_sets"
        ),
    )


def _phases(protocol: Protocol) -> OutlineTable:
    rows = [(phase.code, phase.label, phase.question, phase.primary_endpoint) for phase in protocol.phases]
    return OutlineTable("Phases", ("Code", "Phase", "Question", "Primary endpoint"), rows)


def _cohorts(protocol: Protocol) -> OutlineTable:
    rows = [_cohort(protocol, cohort) for cohort in protocol.cohorts]
    left_out = () if protocol.has_levels else OF_LEVELS
    heads = tuple(head for head in rows[0] if head not in left_out)
    return OutlineTable("Cohorts", heads, [tuple(row[head] for head in heads) for row in rows])


def _randomisation(protocol: Protocol) -> list[OutlineTable]:
    """Of a trial that randomises, by what and to which cohorts."""
    given = protocol.randomisation
    if given is None:
        return []
    facts = [
        ("Cohorts that a list gives", listed(given.cohorts)),
        ("Numbers of its own for each site", yes_or_no(given.by_site)),
        *(
            (f"Stratum: {stratum.label}", f"{stratum.form}, {stratum.item}: {listed(stratum.names)}")
            for stratum in given.strata
        ),
    ]
    return [OutlineTable("Randomisation", ("What", "How"), facts)]


def _cohort(protocol: Protocol, cohort: Cohort) -> dict[str, str]:
    """Its cells by their heads."""
    return {
        "Code": cohort.code,
        "Cohort": cohort.label,
        "Phase": cohort.phase,
        "Dose level": str(cohort.dose_level or "–"),
        "Dose": _dose(protocol, cohort),
        "Places": counted(cohort.planned, "place") if cohort.planned else "no number set",
        "Evaluated for DLT": yes_or_no(cohort.dlt_evaluated),
    }


def _dose(protocol: Protocol, cohort: Cohort) -> str:
    """What the cohort states of its own."""
    often = f" {cohort.schedule}" if cohort.schedule else ""
    doses = [f"{drug.label} {dose} {drug.unit}{often}" for drug, dose in protocol.own_doses(cohort)]
    return listed(doses) or "–"


def _populations(protocol: Protocol) -> OutlineTable:
    rows = [
        (population.code, population.label, listed(population.cohorts), yes_or_no(population.headline))
        for population in protocol.populations
    ]
    return OutlineTable("Populations", ("Code", "Population", "Cohorts", "Headline"), rows)


def _analysis_sets(protocol: Protocol) -> OutlineTable:
    rows = [
        (analysis_set.code, analysis_set.label, analysis_set.description, listed(analysis_set.headline_for) or "–")
        for analysis_set in protocol.analysis_sets
    ]
    return OutlineTable("Analysis sets", ("Code", "Analysis set", "Who is in it", "Headline for"), rows)
