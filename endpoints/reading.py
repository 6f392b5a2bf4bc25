"""Reads of what the refresh has stored: which population in which set, its estimate, what is still on its way."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.http import Http404
from django.utils import timezone

from endpoints.analysis_sets import of_set, outcomes_of
from endpoints.models import EarlierOutcome, Estimate, Mark
from protocol import current, in_force
from protocol.design import AnalysisSet, Population

# The clock picks up every ten seconds what a lost message left behind.
LATE = datetime.timedelta(minutes=2)


@dataclass(frozen=True)
class Selection:
    """One population in one analysis set: what a page, a figure, a table or a report is about; under one version of the
    protocol (its key), or the newest that it was estimated under."""

    population: Population
    analysis_set: AnalysisSet
    version: int | None = None

    @property
    def parts(self) -> tuple[Population, AnalysisSet]:
        return self.population, self.analysis_set

    @property
    def codes(self) -> tuple[str, str]:
        return self.population.code, self.analysis_set.code

    @property
    def title(self) -> str:
        return f"{self.population.label}, {self.analysis_set.label.lower()}"

    @cached_property
    def keeps_outcomes(self) -> bool:
        """Whether what was derived of each subject is there still: under the versions that were replaced since it is
        kept."""
        return self.version is None or EarlierOutcome.objects.filter(protocol=self.version).exists()

    @cached_property
    def estimate(self) -> Estimate | None:
        """The stored estimate of the newest version; None before the first refresh that concerns the population."""
        return self.by_version[0] if self.by_version else None

    @cached_property
    def by_version(self) -> list[Estimate]:
        return list(self.estimates())

    def estimates(self) -> QuerySet[Estimate]:
        """Of each version of the protocol that there was, the newest first."""
        population, analysis_set = self.codes
        made = Estimate.objects.filter(population=population, analysis_set=analysis_set)
        made = made if self.version is None else made.filter(protocol=self.version)
        return made.select_related("protocol").order_by("-protocol")

    def outcomes(self) -> QuerySet[Any]:
        """The outcomes that the estimate rests on."""
        if self.version is None:
            return outcomes_of(self.population.cohorts, self.analysis_set.code)
        kept = EarlierOutcome.objects.filter(protocol=self.version, cohort_code__in=self.population.cohorts)
        return of_set(kept, self.analysis_set.code)


def selection(population: str = "", analysis_set: str = "") -> Selection:
    """By the codes in the address; without them the headline population in its first set. Http404 for unknown ones."""
    protocol = current()
    try:
        chosen = protocol.population(population) if population else protocol.headline_population()
    except KeyError:
        raise Http404 from None
    named = [chosen_set for chosen_set in protocol.analysis_sets if not analysis_set or chosen_set.code == analysis_set]
    if not named:
        raise Http404
    return Selection(chosen, named[0])


def as_of(chosen: Selection) -> datetime.datetime | None:
    """When the estimate was made, without reading its figures."""
    return chosen.estimates().values_list("as_of", flat=True).first()


def freshness(made: datetime.datetime | None) -> dict[str, Any]:
    """When an estimate was made and how many changes it does not contain yet; `state` differs when either does."""
    waiting = Mark.objects.count()
    stamp = made.isoformat() if made else "never"
    return {"as_of": made, "waiting": waiting, "made": stamp, "state": f"{stamp} {waiting}"}


@dataclass(frozen=True)
class Figures:
    """How fresh the stored figures are: when the oldest were made, the changes on their way and since when."""

    as_of: datetime.datetime | None
    waiting: int
    since: datetime.datetime | None

    @property
    def is_late(self) -> bool:
        return self.since is not None and timezone.now() - self.since > LATE


def oldest_figures() -> Figures:
    """Of all populations, by the version in force. In two statements."""
    made = Estimate.objects.filter(protocol__sha256=in_force().sha256).aggregate(as_of=Min("as_of"))
    waiting = Mark.objects.aggregate(number=Count("pk"), since=Min("at"))
    return Figures(made["as_of"], waiting["number"], waiting["since"])
