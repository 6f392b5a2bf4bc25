"""From the outcomes of a population's subjects to its figures: pure, JSON-ready, also for an empty population."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from protocol.schema import AnalysisPlan
from values.shown import months

from .proportions import clopper_pearson
from .results import KINDS, RATE, RATES, RESPONDERS, TIMES
from .rows import OutcomeRow, Time, Varied
from .sensitivity import ANALYSES
from .survival import Curve, every, kaplan_meier, reverse_kaplan_meier

NOT_ASSESSED = "not assessed"
CATEGORIES = ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", NOT_ASSESSED)
AT_RISK_MONTHS = 3
# Beyond so many lanes or bars no picture can be read: subject by subject figures are left out then.
MOST_DRAWN = 1000


def estimate(outcomes: Iterable[OutcomeRow], plan: AnalysisPlan) -> dict[str, Any]:
    """Every figure of a population. Fractions are 0 to 1, times days unless a key says months; None: no estimate."""
    rows = sorted(outcomes, key=lambda row: (row.label, row.ref))
    drawn = rows if len(rows) <= MOST_DRAWN else []
    return {
        "n": len(rows),
        "empty": not rows,
        "conf_level": float(plan.conf_level),
        "conf_type": plan.conf_type,
        "origin": plan.origin,
        "response": response_table(rows, plan),
        "times": times(rows, plan),
        "sensitivity": sensitivity(rows, plan),
        "drawn": len(rows) <= MOST_DRAWN,
        "waterfall": waterfall(drawn, plan),
        "no_change": without_change(rows, plan),
        "spider": spider(drawn, plan),
        "swimmer": swimmer(drawn, plan),
    }


def response_table(rows: Sequence[OutcomeRow], plan: AnalysisPlan) -> dict[str, Any]:
    """Confirmed and unconfirmed beside each other, and why each non-responder of the headline is none.

    Beyond MOST_DRAWN subjects the non-responders are counted only; each one's reason stands in its own outcome.
    """
    confirmed = plan.confirmation_required
    others = [row for row in rows if headline(row, plan) not in RESPONDERS]
    return {
        "headline": headline_kind(plan),
        **rates(rows, plan),
        "non_responders_n": len(others),
        "non_responders": [
            {
                "ref": row.ref,
                "label": row.label,
                "response": _category(headline(row, plan), row),
                "reason": row.cbor_reason if confirmed else row.bor_reason,
            }
            for row in (others if len(rows) <= MOST_DRAWN else ())
        ],
    }


def rates(rows: Sequence[OutcomeRow], plan: AnalysisPlan) -> dict[str, Any]:
    """Best responses and rates of the confirmed and of the unconfirmed response."""
    return {kind: _rates(rows, kind, plan) for kind in KINDS}


def headline_kind(plan: AnalysisPlan) -> str:
    return "confirmed" if plan.confirmation_required else "unconfirmed"


def headline(row: OutcomeRow, plan: AnalysisPlan) -> str:
    return row.cbor if plan.confirmation_required else row.bor


def _category(best: str, row: OutcomeRow) -> str:
    return best if row.assessed else NOT_ASSESSED


def _rates(rows: Sequence[OutcomeRow], kind: str, plan: AnalysisPlan) -> dict[str, Any]:
    counts = Counter(_category(row.cbor if kind == "confirmed" else row.bor, row) for row in rows)
    n = len(rows)
    return {
        "n": n,
        "counts": {category: counts[category] for category in CATEGORIES},
        **{rate.code: proportion(sum(rate.counts(row, kind) for row in rows), n, plan) for rate in RATES},
    }


def proportion(x: int, n: int, plan: AnalysisPlan) -> dict[str, Any]:
    """x of n with exact limits; without subjects there is no per cent and no limit."""
    limits = clopper_pearson(x, n, float(plan.conf_level)) or (None, None)
    return {"x": x, "n": n, "percent": 100 * x / n if n else None, "lower": limits[0], "upper": limits[1]}


def times(rows: Sequence[OutcomeRow], plan: AnalysisPlan) -> dict[str, Any]:
    """The curve of each time to event; of follow-up the one of survival reversed."""
    return {
        time.code: summary(
            curve_of([row.times.get(time.column) for row in rows], plan, reverse=bool(time.reverses)), plan
        )
        for time in TIMES
    }


def curve_of(times: Iterable[Time | None], plan: AnalysisPlan, *, reverse: bool = False) -> Curve:
    """The curve of (days, event) pairs; subjects without a time (no origin, or no responder) are not in it."""
    known = zip(*(time for time in times if time is not None), strict=True)
    days = np.array(next(known, ()), dtype=np.int64)
    events = np.array(next(known, ()), dtype=bool)
    make = reverse_kaplan_meier if reverse else kaplan_meier
    return make(days, events, conf_type=plan.conf_type, conf_level=float(plan.conf_level))


def summary(curve: Curve, plan: AnalysisPlan) -> dict[str, Any]:
    """A curve as JSON: steps, censor ticks, quartiles in days and months, landmarks, number at risk.

    Limits are None where the curve has none: at 0, and at the landmarks where it is still 1.
    """
    month = float(plan.days_per_month)
    return {
        "n": curve.n,
        "events": int(curve.events.sum()),
        "median": in_both_units(curve.quantile(0.5), plan),
        "quartiles": {name: in_both_units(curve.quantile(float(name)), plan) for name in ("0.25", "0.5", "0.75")},
        "landmarks": [landmark(curve, months, month) for months in plan.landmarks_months],
        "at_risk": [
            {"month": months, "n": curve.number_at_risk(months * month)}
            for months in every(AT_RISK_MONTHS, last=curve.last, days_per_month=month)
        ],
        "steps": {
            "days": [0, *curve.times.tolist()],
            "survival": [1.0, *curve.survival.tolist()],
            # where the band that is drawn begins; a limit it is not
            "lower": [1.0, *_numbers(curve.lower)],
            "upper": [1.0, *_numbers(curve.upper)],
        },
        "censored": censor_ticks(curve),
        "last": curve.last,
    }


def in_both_units(quantile: Sequence[float | None], plan: AnalysisPlan) -> dict[str, list[Any]]:
    """(time, lower, upper) in days, and in months as text with two decimals; None: not reached."""
    return {"days": list(quantile), "months": [None if days is None else in_months(days, plan) for days in quantile]}


def in_months(days: float, plan: AnalysisPlan) -> str:
    return months(days, plan.days_per_month)


def landmark(curve: Curve, months: int, days_per_month: float) -> dict[str, Any]:
    day = months * days_per_month
    survival, lower, upper = curve.at(day) or (None, None, None)
    at_risk = curve.number_at_risk(day)
    return {"month": months, "survival": survival, "lower": _number(lower), "upper": _number(upper), "at_risk": at_risk}


def censor_ticks(curve: Curve) -> dict[str, list[Any]]:
    """Days of censoring, how many each, and the height of the curve there."""
    place = np.searchsorted(curve.times, curve.censor_times, side="right")
    heights = np.concatenate(([1.0], curve.survival))[place]
    return {"days": curve.censor_times.tolist(), "count": curve.censored.tolist(), "survival": heights.tolist()}


def _numbers(band: Iterable[float]) -> list[float | None]:
    return [_number(float(value)) for value in band]


def _number(value: float | None) -> float | None:
    """JSON knows no nan."""
    return None if value is None or np.isnan(value) else value


def sensitivity(rows: Sequence[OutcomeRow], plan: AnalysisPlan) -> list[dict[str, Any]]:
    """Each sensitivity analysis beside the headline: rates of response and benefit and median PFS where it touches
    them."""
    kind = headline_kind(plan)
    counted = [(headline(row, plan), RATE["cbr"].counts(row, kind), row.times.get("pfs")) for row in rows]
    made = [_sensitivity_row("headline", "As the plan says", counted, plan)]
    nothing: Varied = (None, None, None)
    for name, analysis in ANALYSES.items():
        made.append(_sensitivity_row(name, analysis.title, [row.variants.get(name, nothing) for row in rows], plan))
    return made


def _sensitivity_row(
    name: str, title: str, varied: Sequence[Varied | tuple[str, bool, Time | None]], plan: AnalysisPlan
) -> dict[str, Any]:
    best = [value for value, _, _ in varied if value is not None]
    benefit = [value for _, value, _ in varied if value is not None]
    known = [time for _, _, time in varied if time is not None]
    curve = curve_of(known, plan) if known else None
    return {
        "name": name,
        "title": title,
        "orr": proportion(sum(value in RESPONDERS for value in best), len(best), plan) if best else None,
        "cbr": proportion(sum(benefit), len(benefit), plan) if benefit else None,
        "pfs": {"events": int(curve.events.sum()), **in_both_units(curve.quantile(0.5), plan)} if curve else None,
    }


def waterfall(rows: Sequence[OutcomeRow], plan: AnalysisPlan) -> list[dict[str, Any]]:
    """Best change of the sum in per cent, the largest growth first; subjects without a complete sum are not in it."""
    bars = [(row.best_change, row) for row in rows]
    shown = sorted(
        ((change, row) for change, row in bars if change is not None), key=lambda bar: (-bar[0], bar[1].label)
    )
    return [
        {"ref": row.ref, "label": row.label, "change": change, "response": _category(headline(row, plan), row)}
        for change, row in shown
    ]


def without_change(rows: Sequence[OutcomeRow], plan: AnalysisPlan) -> list[dict[str, Any]]:
    """Who is in no figure of the sums, by reason; beyond MOST_DRAWN subjects they are counted only."""
    reasons: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        if row.best_change is None:
            subject = {"ref": row.ref, "label": row.label, "response": _category(headline(row, plan), row)}
            reasons.setdefault(row.no_change, []).append(subject)
    return [
        {"reason": reason, "n": len(subjects), "subjects": subjects if len(rows) <= MOST_DRAWN else []}
        for reason, subjects in reasons.items()
    ]


def spider(rows: Sequence[OutcomeRow], plan: AnalysisPlan) -> list[dict[str, Any]]:
    """Change of the sum in per cent over days, from 0 on the day of the baseline scan, which is seldom day 1."""
    return [
        {
            "ref": row.ref,
            "label": row.label,
            "response": _category(headline(row, plan), row),
            "points": [
                (row.baseline_day or 1, 0.0),
                *((day, change) for day, _, change in row.course if change is not None),
            ],
            "new_lesions": list(row.new_lesions),
        }
        for row in rows
        if row.best_change is not None
    ]


def swimmer(rows: Sequence[OutcomeRow], plan: AnalysisPlan) -> list[dict[str, Any]]:
    """One lane a subject with an origin, the longest survival first.

    `response_days` are (day, CR or PR) of a responder from the response that counts on, each response once;
    `treatment_end` is None while treatment goes on, and where death ended it.
    """
    followed = [(row.times["os"], row) for row in rows if "os" in row.times]
    lanes = sorted(followed, key=lambda lane: (-lane[0][0], lane[1].label))
    return [
        {
            "ref": row.ref,
            "label": row.label,
            "response": _category(headline(row, plan), row),
            "days": survival[0],
            "dead": survival[1],
            "pfs_days": row.times["pfs"][0] if "pfs" in row.times else None,
            "progression_day": row.progression_day,
            "responses": [(day, response) for day, response, _ in row.course],
            "response_days": _first_responses(row),
            "treated": row.treated,
            "treatment_end": row.treatment_end_day,
            "new_therapy": row.new_therapy_day,
        }
        for survival, row in lanes
    ]


def _first_responses(row: OutcomeRow) -> list[tuple[int, str]]:
    """The first of each response that improves on the one before, from the day that time to response ends on."""
    if "ttr" not in row.times:
        return []
    firsts: dict[str, int] = {}
    for day, response, _ in row.course:
        if day >= row.times["ttr"][0] and response in RESPONDERS and "CR" not in firsts:
            firsts.setdefault(response, day)
    return [(day, response) for response, day in firsts.items()]
