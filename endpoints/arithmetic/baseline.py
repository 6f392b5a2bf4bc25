"""The baseline that a subject's response is measured against."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from protocol.schema import AnalysisPlan

from .dates import DatedAssessment
from .lesions import measurable, size
from .records import Assessment, Measurement


@dataclass(frozen=True, slots=True)
class Baseline:
    """A valid baseline. `total` is the sum in mm, None where there was no target lesion; `nodes` names the nodes."""

    ref: str
    lesions: tuple[str, ...]
    nodes: frozenset[str]
    total: Decimal | None
    non_target: bool


def as_baseline(record: Assessment, plan: AnalysisPlan) -> Baseline | None:
    """The record as a baseline, or None where it is none: a target lesion without a size, or no disease."""
    sizes = [size(measurement, plan) for measurement in record.measurements]
    known = [mm for mm in sizes if mm is not None]
    non_target = record.non_target is not None
    if len(known) < len(sizes) or any(mm == 0 for mm in known) or not (sizes or non_target):
        return None
    return Baseline(
        ref=record.ref,
        lesions=tuple(sorted(measurement.lesion for measurement in record.measurements)),
        nodes=frozenset(measurement.lesion for measurement in record.measurements if measurement.node),
        total=sum(known, Decimal(0)) if known else None,
        non_target=non_target,
    )


def choose(candidates: Iterable[DatedAssessment], start: date | None, plan: AnalysisPlan) -> Baseline | None:
    """The last valid baseline on or before the origin and within the window; None where there is none.

    Of two on one date the one with more lesions counts, then the one with the smaller sum: the stricter yardstick.
    """
    if start is None:
        return None
    eligible = [
        (candidate.day, len(baseline.lesions), -(baseline.total or Decimal(0)), baseline.lesions, baseline)
        for candidate in candidates
        if 0 <= (start - candidate.day).days <= plan.baseline_window_days
        and (baseline := as_baseline(candidate.record, plan))
    ]
    return max(eligible, key=lambda entry: entry[:4])[-1] if eligible else None


def is_measurable(measurement: Measurement, plan: AnalysisPlan) -> bool:
    """Whether a target lesion was measurable; without a method the investigator's choice stands."""
    mm = size(measurement, plan)
    if mm is None or not measurement.method:
        return mm is not None
    return measurable(version=plan.recist_version, method=measurement.method, mm=mm, node=measurement.node)
