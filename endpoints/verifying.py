"""Whether the stored outcomes and estimates are what the records give: each is derived afresh and compared.

An alteration by SQL leaves no trace in the trail, which does not hold what is derived; this finds it, names what
differs, and has it derived again.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from accounts.actor import SYSTEM, acting
from audit.wholes import Answer
from cohorts.models import Subject
from endpoints.models import Estimate, Mark, Outcome
from endpoints.records import records_of
from endpoints.refresh import documents_of, estimates_of, refresh_marked, wait_for_others
from protocol import current
from protocol.design import Population

MarkChanged = Callable[[Iterable[int]], None]
BATCH = 200
TRIES = 5
NAMED = 3


def answered(mark_changed: MarkChanged) -> Answer:
    """Every outcome and estimate, as audit.wholes writes it down. What differs is marked to be derived again."""
    keys = list(Subject.objects.order_by("pk").values_list("pk", flat=True))
    # Before the outcomes: what is found there is derived again, and would put an altered estimate right unseen.
    faults, again = _faults_of_estimates()
    faults += [
        fault for at in range(0, len(keys), BATCH) for fault in _faults_of_outcomes(keys[at : at + BATCH], mark_changed)
    ]
    if again:
        with acting(SYSTEM, reason="estimated again", waits=False):
            mark_changed(again)
    estimates = Estimate.objects.filter(protocol__sha256=current().sha256).count()
    verdict = f"{len(faults)} differ from a fresh derivation" if faults else "each as a fresh derivation gives it"
    return Answer(len(keys) + estimates, f"{len(keys)} outcomes and {estimates} estimates: {verdict}.", faults)


def _faults_of_outcomes(keys: Sequence[int], mark_changed: MarkChanged) -> list[str]:
    """Those of these subjects, but for what waits to be derived anyway. No refresh runs meanwhile."""
    with acting(SYSTEM, reason="outcomes compared with a fresh derivation", waits=False):
        wait_for_others()
        fresh = {pk: document for pk, (document, _) in documents_of(records_of(keys)).items()}
        stored = {outcome["subject_id"]: outcome for outcome in Outcome.objects.filter(pk__in=keys).values()}
        # Asked last: a record that changed since it was read has left a mark.
        waiting = set(Mark.objects.filter(subject__in=keys).values_list("subject_id", flat=True))
        differing = {pk: _difference(stored.get(pk), fresh[pk]) for pk in fresh.keys() - waiting}
        faults = {pk: difference for pk, difference in sorted(differing.items()) if difference}
        labels = dict(Subject.objects.filter(pk__in=faults).values_list("pk", "label"))
        if faults:
            mark_changed(faults)
        return [f"outcome of subject {labels[pk]}: {difference}" for pk, difference in faults.items()]


def _faults_of_estimates() -> tuple[list[str], list[int]]:
    """What is wrong, and a subject of each population of which something is: its mark has all of it estimated again."""
    for _ in range(TRIES):
        with acting(SYSTEM, reason="estimates compared with fresh ones", waits=False):
            wait_for_others()
            if not Mark.objects.exists():
                by_population = {population: _of_population(population) for population in current().populations}
                return [fault for faults in by_population.values() for fault in faults], _one_of_each(by_population)
        while refresh_marked():
            pass
    return ["estimates: not compared, since records changed without a pause"], []


def _of_population(population: Population) -> list[str]:
    """Those of its analysis sets."""
    made = Estimate.objects.filter(population=population.code, protocol__sha256=current().sha256)
    stored = {estimate["analysis_set"]: estimate for estimate in made.values()}
    differing = {
        analysis_set: _difference(stored.get(analysis_set), fresh)
        for analysis_set, fresh in estimates_of(population).items()
        if analysis_set in stored or fresh["subjects"]
    }
    return [f"estimate of {population.code}, {name}: {how}" for name, how in differing.items() if how]


def _one_of_each(by_population: Mapping[Population, list[str]]) -> list[int]:
    counted = [
        Outcome.objects.filter(cohort_code__in=population.cohorts)
        for population, faults in by_population.items()
        if faults
    ]
    return [pk for outcomes in counted for pk in outcomes.values_list("pk", flat=True)[:1]]


def _difference(stored: dict[str, Any] | None, fresh: dict[str, Any]) -> str:
    """What differs, the first of it with both values, and how that can be; "" where nothing does."""
    if stored is None:
        return "it is missing"
    paths = [path for name in fresh if name != "basis" for path in _paths(name, stored[name], _as_stored(fresh[name]))]
    if not paths:
        return "" if stored["basis"] == fresh["basis"] else "the digest of what it rests on is another"
    why = "altered after it was derived" if stored["basis"] == fresh["basis"] else "rests on other records or code"
    return f"{why}: {'; '.join(paths[:NAMED])}{f'; and {len(paths) - NAMED} more' if len(paths) > NAMED else ''}"


def _as_stored(value: Any) -> Any:
    """As it would come back from the database."""
    return json.loads(json.dumps(value))


def _paths(where: str, stored: Any, fresh: Any) -> Iterator[str]:
    """Each place at which two documents differ, with what stands there and what should."""
    if isinstance(stored, dict) and isinstance(fresh, dict):
        for name in sorted(stored.keys() | fresh.keys()):
            yield from _paths(f"{where}.{name}", stored.get(name), fresh.get(name))
    elif isinstance(stored, list) and isinstance(fresh, list) and len(stored) == len(fresh):
        for place, (stored_part, fresh_part) in enumerate(zip(stored, fresh, strict=True)):
            yield from _paths(f"{where}[{place}]", stored_part, fresh_part)
    elif stored != fresh:
        yield f"{where} is {_short(stored)}, not {_short(fresh)}"


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
