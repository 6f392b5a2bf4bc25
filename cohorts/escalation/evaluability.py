"""Whether a subject counts for the decision on a dose level, by the protocol file's rule for dose-limiting toxicity."""

from dataclasses import dataclass
from decimal import Decimal

from protocol.design import DltRule
from values.numbers import written


@dataclass(frozen=True, slots=True)
class EvaluabilityVerdict:
    """`evaluable` is None while it is not known yet. A subject with a dose-limiting toxicity always counts."""

    evaluable: bool | None
    dlt: bool
    why: str


def evaluate(
    rule: DltRule, *, dlt: bool | None, cycle_observed: bool | None, dose_percent: Decimal | None
) -> EvaluabilityVerdict:
    """`dose_percent` is what was taken of the rule's drug, in percent of what was planned for its cycle."""
    if dlt:
        return EvaluabilityVerdict(True, True, "dose-limiting toxicity")
    if dlt is None or cycle_observed is None:
        return EvaluabilityVerdict(None, False, f"cycle {rule.cycle} is not evaluated yet")
    if not cycle_observed:
        return EvaluabilityVerdict(False, False, f"cycle {rule.cycle} was not observed to its end")
    if dose_percent is None:
        return EvaluabilityVerdict(None, False, f"how much {rule.drug} was taken is not known")
    share = f"{written(dose_percent)} % of the planned {rule.drug}"
    if dose_percent < rule.min_dose_percent:
        return EvaluabilityVerdict(False, False, f"{share}, less than {written(rule.min_dose_percent)} %")
    return EvaluabilityVerdict(True, False, f"{share}, without dose-limiting toxicity")
