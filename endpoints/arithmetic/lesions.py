"""Target lesions: what one counts in the sum, which are measurable, and how many may be chosen.

Sources: RECIST 1.0, Therasse et al., J Natl Cancer Inst 2000;92:205-216; RECIST 1.1, Eisenhauer et al.,
Eur J Cancer 2009;45:228-247.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from assessments.arithmetic.measurable import Version as Version
from assessments.arithmetic.measurable import is_node as is_node
from assessments.arithmetic.measurable import least_mm
from protocol.schema import AnalysisPlan

from .records import Measurement

# (most target lesions, most in one organ)
LIMITS: dict[Version, tuple[int, int]] = {"1.0": (10, 5), "1.1": (5, 2)}
NODE_NORMAL_MM = Decimal(10)


@dataclass(frozen=True, slots=True)
class TargetSums:
    """The sums of one assessment in mm: `total` of what was measured, `missing` the lesions that were not.

    `all_gone` says that what was measured is no disease any more; `back` names the lesions that are there again after
    every target lesion was gone, without those nodes that RECIST 1.1 judges by their measure.
    """

    baseline: Decimal
    nadir: Decimal
    total: Decimal
    missing: tuple[str, ...]
    all_gone: bool
    back: tuple[str, ...] = ()


def size(measurement: Measurement, plan: AnalysisPlan) -> Decimal | None:
    """What a lesion adds to the sum in mm; None where it was not assessed. Fragments of a split lesion add up."""
    if measurement.absent:
        return Decimal(0)
    if measurement.too_small:
        return plan.too_small_mm
    if plan.recist_version == "1.1" and measurement.node and measurement.short_axis is not None:
        return measurement.short_axis
    return sum(measurement.diameters, Decimal(0)) if measurement.diameters else None


def is_gone(measurement: Measurement, plan: AnalysisPlan) -> bool:
    """Whether an assessed lesion no longer counts as disease: absent, or in 1.1 a node under 10 mm in short axis."""
    mm = size(measurement, plan)
    if mm is None:
        return False
    return mm == 0 or (plan.recist_version == "1.1" and measurement.node and mm < NODE_NORMAL_MM)


def measurable(*, version: Version, method: str, mm: Decimal, node: bool = False) -> bool:
    """Whether a baseline lesion is measurable, by its longest diameter (in 1.1 a node: its short axis)."""
    least = least_mm(version=version, method=method, node=node)
    return least is not None and mm >= least


def count_problems(*, version: Version, organs: Sequence[str]) -> tuple[str, ...]:
    """What is wrong with a choice of target lesions, given the organ of each; empty where it may stand."""
    most, most_in_organ = LIMITS[version]
    problems = [f"max {most} in total"] if len(organs) > most else []
    nodes_are_one = version == "1.1"
    named = Counter("lymph node" if nodes_are_one and is_node(organ) else organ.strip().casefold() for organ in organs)
    problems += [f"max {most_in_organ} per organ" for organ, count in named.items() if organ and count > most_in_organ]
    return tuple(dict.fromkeys(problems))
