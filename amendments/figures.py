"""The figures that the record gives under two versions of the protocol, side by side: nothing is stored."""

from collections.abc import Iterator
from dataclasses import dataclass

from cohorts.following import read
from cohorts.models import ProtocolVersion, Subject
from endpoints.analysis_sets import counts
from endpoints.arithmetic.rows import OutcomeRow
from endpoints.decoded import CountedOutcome
from endpoints.headlines import Headline, headlines
from endpoints.records import records_of
from endpoints.refresh import documents_of, estimates_from
from in_force.models import InForce
from protocol import Protocol, in_force, under

BATCH = 500


@dataclass(frozen=True)
class FigureSide:
    """One population in one analysis set under two versions; None under a version that does not have it."""

    title: str
    now: list[Headline] | None
    then: list[Headline] | None

    @property
    def rows(self) -> list[tuple[str, str, str]]:
        """(figure, as it is now, as it would be), each with its limits; a dash where a version does not have it."""
        now, then = (
            {figure.label: f"{figure.value} ({figure.note})" for figure in side or ()} for side in (self.now, self.then)
        )
        return [(label, now.get(label, "–"), then.get(label, "–")) for label in {**now, **then}]


def compared_with(version: ProtocolVersion) -> Protocol:
    """What an amendment's figures stand beside: the version that it took over from, or would take over from."""
    taken = InForce.objects.filter(sha256=version.sha256).first()
    before = InForce.objects.filter(pk__lt=taken.pk).order_by("pk").last() if taken else None
    return read(ProtocolVersion.objects.get(sha256=before.sha256).pk) if before else in_force()


def side_by_side(now: Protocol, then: Protocol) -> list[FigureSide]:
    """Every population and set of either version, with its headline figures under both."""
    before, after = figures_under(now), figures_under(then)
    return [FigureSide(title, before.get(title), after.get(title)) for title in {**before, **after}]


def figures_under(version: Protocol) -> dict[str, list[Headline]]:
    """By the name of a population and set. Each subject is derived afresh, in bounded memory but for its row."""
    with under(version):
        counted, labels = list(_counted()), {subset.code: subset.label.lower() for subset in version.analysis_sets}
        return {
            f"{population.label}, {labels[analysis_set]}": headlines(estimates["figures"], version.analysis)
            for population in version.populations
            for analysis_set, estimates in estimates_from(
                population, [outcome for cohort, outcome in counted if cohort in population.cohorts]
            ).items()
        }


def _counted() -> Iterator[tuple[str, CountedOutcome]]:
    """The cohort of each subject that counts, and how the estimates count it."""
    keys = list(Subject.objects.order_by("pk").values_list("pk", flat=True))
    for first in range(0, len(keys), BATCH):
        for pk, (document, _) in documents_of(records_of(keys[first : first + BATCH])).items():
            treated, measurable = document["treated"], document["measurable"]
            if counts(treated=treated, randomised=bool(document["row"]["arm"])):
                row = OutcomeRow.from_json(document["row"])
                yield document["cohort_code"], CountedOutcome(pk, treated, measurable, document["basis"], row)
