"""The dose levels of phase I: who counts, who had a dose-limiting toxicity, and what each design advises."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import connection

from assessments.models import AdverseEvent, DltEvaluation, FormState
from cohorts.escalation import Advice, Move, Tally, blrm, boin, three_plus_three
from cohorts.escalation.evaluability import EvaluabilityVerdict, evaluate
from cohorts.models import Cohort, Subject
from protocol import Protocol, current, known
from protocol.escalation import Escalation, LogisticPrior
from protocol.regimen import Drug
from safety.models import DoseLevelDecision

DESIGNS = (("three_plus_three", "3+3"), ("boin", "BOIN"), ("blrm", "Logistic model"))


@dataclass(frozen=True, slots=True)
class Counted:
    """One subject of a level, with the forms that the count rests on; of one who is not shown, the count alone."""

    label: str
    subject: Subject | None
    verdict: EvaluabilityVerdict
    evaluation: DltEvaluation | None
    events: list[AdverseEvent]

    @property
    def questions(self) -> list[str]:
        """Where the forms do not say the same."""
        sentences = []
        evaluable = self.evaluation.evaluable if self.evaluation else ""
        if evaluable and self.verdict.evaluable is not None and (evaluable == "Y") != self.verdict.evaluable:
            sentences.append(
                f"The site says {'evaluable' if evaluable == 'Y' else 'not evaluable'}, the rule says otherwise."
            )
        if self.events and self.evaluation and not self.verdict.dlt:
            sentences.append("An adverse event is marked as dose-limiting, the evaluation has none.")
        if self.events and self.evaluation is None:
            sentences.append("An adverse event is marked as dose-limiting: it counts once its evaluation is complete.")
        if self.verdict.dlt and not self.events:
            sentences.append("The evaluation has a dose-limiting toxicity, no adverse event is marked as one.")
        return sentences


@dataclass(frozen=True)
class Level:
    """One dose level. `counted` is everybody; `position` is its place among the levels of its schedule."""

    plan: Any
    cohort: Cohort
    counted: list[Counted]
    decisions: list[DoseLevelDecision]
    ladder: list["Level"] = field(repr=False)

    @property
    def position(self) -> int:
        return self.ladder.index(self)

    @property
    def drug(self) -> Drug:
        drug = current().escalated
        assert drug is not None  # levels() has none without
        return drug

    @property
    def dose(self) -> Decimal:
        """Of the escalated drug, in its unit."""
        dose = current().full_dose(self.drug, self.plan.code)
        assert dose is not None  # a cohort without one is no level
        return dose

    @property
    def enrolled(self) -> int:
        return len(self.counted)

    @cached_property
    def tally(self) -> Tally:
        evaluable = [subject for subject in self.counted if subject.verdict.evaluable]
        return Tally(float(self.dose), len(evaluable), sum(subject.verdict.dlt for subject in evaluable))

    @cached_property
    def tallies(self) -> tuple[Tally, ...]:
        return tuple(level.tally for level in self.ladder)

    @cached_property
    def advice(self) -> dict[str, Advice]:
        settings = _settings()
        prior, limits = model_settings(settings, self.plan.schedule)
        target, eliminate = float(settings.target), float(settings.eliminate_above)
        place = self.position, len(self.ladder)
        return {
            "three_plus_three": three_plus_three.advise(self.tally).within(*place, at_lowest=Move.ELIMINATE),
            "boin": boin.advise(self.tally, target, eliminate).within(*place, at_lowest=Move.STAY),
            "blrm": blrm.advise(self.tallies, self.position, prior, limits, self.drug.unit),
        }

    @cached_property
    def posterior(self) -> blrm.Posterior:
        prior, limits = model_settings(_settings(), self.plan.schedule)
        return blrm.posteriors(self.tallies, prior, limits)[self.position]


@dataclass(frozen=True, slots=True)
class Tolerated:
    """The maximum tolerated dose of one schedule as two designs see it now; None where there is none yet."""

    schedule: str | None
    three_plus_three: str | None
    boin: str | None


def tolerated(all_levels: Iterable[Level]) -> list[Tolerated]:
    """One for each schedule, in the order of the protocol."""
    settings = _settings()
    ladders = {level.plan.schedule: level.ladder for level in all_levels}

    def label(ladder: list[Level], position: int | None) -> str | None:
        return ladder[position].plan.label if position is not None else None

    return [
        Tolerated(
            schedule,
            label(ladder, three_plus_three.maximum_tolerated(ladder[0].tallies)),
            label(
                ladder,
                boin.maximum_tolerated(ladder[0].tallies, float(settings.target), float(settings.eliminate_above)),
            ),
        )
        for schedule, ladder in ladders.items()
    ]


def _settings() -> Escalation:
    settings = current().escalation
    assert settings is not None  # levels() has none without
    return settings


def model_settings(settings: Escalation, schedule: Any) -> tuple[blrm.Prior, blrm.ToxicityLimits]:
    prior: LogisticPrior = settings.prior(schedule)
    return blrm.Prior(
        reference=float(prior.reference_dose),
        mean_log_alpha=float(prior.mean_log_alpha),
        sd_log_alpha=float(prior.sd_log_alpha),
        mean_log_beta=float(prior.mean_log_beta),
        sd_log_beta=float(prior.sd_log_beta),
        correlation=float(prior.correlation),
    ), blrm.ToxicityLimits(float(settings.target_from), float(settings.target_to), float(settings.overdose_limit))


def levels() -> list[Level]:
    """Every dose level that is evaluated for toxicity, in the order of the protocol; five statements."""
    protocol = current()
    if protocol.dlt is None or protocol.escalation is None:
        return []
    plans = protocol.dose_levels()
    cohorts = {cohort.code: cohort for cohort in Cohort.objects.filter(code__in=[plan.code for plan in plans])}
    counted = _counted(protocol, cohorts.values())
    decisions: dict[int, list[DoseLevelDecision]] = defaultdict(list)
    for decision in DoseLevelDecision.objects.filter(cohort__in=cohorts.values()):
        decisions[decision.cohort_id].append(decision)
    ladders: dict[str | None, list[Level]] = defaultdict(list)
    for plan in sorted(plans, key=lambda plan: plan.dose_level or 0):
        if cohort := cohorts.get(plan.code):
            ladder = ladders[plan.schedule]
            ladder.append(Level(plan, cohort, counted[cohort.pk], decisions[cohort.pk], ladder))
    by_code = {level.plan.code: level for ladder in ladders.values() for level in ladder}
    return [by_code[plan.code] for plan in plans if plan.code in by_code]


def _counted(protocol: Protocol, cohorts: Iterable[Cohort]) -> Mapping[int, list[Counted]]:
    """By cohort, its enrolled subjects with what complete forms say of their first cycle."""
    complete = {"case_form__state": FormState.COMPLETE, "case_form__subject__enrolment__cohort__in": cohorts}
    evaluations = DltEvaluation.objects.filter(**complete).select_related("case_form")
    by_subject = {evaluation.case_form.subject_id: evaluation for evaluation in evaluations}
    events: dict[int, list[AdverseEvent]] = defaultdict(list)
    for event in AdverseEvent.objects.filter(dose_limiting="Y", **complete).select_related("case_form").order_by("pk"):
        events[event.case_form.subject_id].append(event)
    subjects = Subject.objects.filter(enrolment__cohort__in=cohorts).in_bulk()
    counted: dict[int, list[Counted]] = defaultdict(list)
    for cohort, key, label, *facts in _first_cycles(cohorts):
        verdict = _verdict(protocol, *facts)
        counted[cohort].append(Counted(label, subjects.get(key), verdict, by_subject.get(key), events[key]))
    return counted


def _first_cycles(cohorts: Iterable[Cohort]) -> list[tuple[Any, ...]]:
    """Of every site: cohort, subject, label, and what the evaluation says, None where there is none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM edc.first_cycles(%s)", [[cohort.pk for cohort in cohorts]])
        return cursor.fetchall()  # type: ignore[no-any-return]


def _verdict(
    protocol: Protocol, toxicity: str | None, completed: str | None, percent: Decimal | None
) -> EvaluabilityVerdict:
    assert protocol.dlt is not None
    return evaluate(protocol.dlt, dlt=_yes(toxicity), cycle_observed=_yes(completed), dose_percent=percent)


def _yes(answer: str) -> bool | None:
    return answer == "Y" if answer else None


def unused_tables() -> set[str]:
    """The table of the committee's decisions, in a trial without dose levels."""
    protocol = known()
    return set() if protocol is None or protocol.has_levels else {DoseLevelDecision._meta.db_table}


def figures(ladder: Iterable[Level]) -> list[dict[str, Any]]:
    """What a decision is taken on, level by level, as it is stored with it."""
    return [
        {
            "level": level.plan.code,
            "label": level.plan.label,
            "drug": level.drug.label,
            "dose": str(level.dose),
            "unit": level.drug.unit,
            "schedule": level.plan.schedule,
            "open": level.cohort.is_open,
            "enrolled": level.enrolled,
            "evaluable": level.tally.evaluable,
            "dlts": level.tally.dlts,
            "subjects": [[subject.label, subject.verdict.evaluable, subject.verdict.dlt] for subject in level.counted],
            "advice": {name: [advice.move.value, advice.why] for name, advice in level.advice.items()},
            "overdose": f"{level.posterior.over:.4f}",
        }
        for level in ladder
    ]
