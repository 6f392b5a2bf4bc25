"""What the derivation says of one case, in the keys of the case file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, cast

from protocol.schema import AnalysisPlan

from .casefile import Case, CaseError
from .lesions import Version, count_problems, measurable
from .outcomes import SubjectOutcome, TimeToEvent
from .results import SUBJECT_TIMES
from .subject import derive

DAYS = ("days", "event")
WITH_REASON = (*DAYS, "reason")


def answer(case: Case, plan: AnalysisPlan) -> dict[str, Any]:
    """The answer under the plan, and under RECIST 1.1 as `v11`."""
    newer = replace(plan, recist_version="1.1")
    return {**_outcome(derive(case.records, plan, case.cut)), "v11": _outcome(derive(case.records, newer, case.cut))}


def _outcome(outcome: SubjectOutcome) -> dict[str, Any]:
    entered = outcome.assessments
    by_date = sorted(entered, key=lambda result: (result.date, result.ref) if result.date else ())
    variants = outcome.variants
    return {
        "target": [result.target for result in entered],
        "overall": [result.overall for result in entered],
        "sorted_target": [result.target for result in by_date],
        "sorted_overall": [result.overall for result in by_date],
        "sum": [_number(result.sum) for result in entered],
        "baseline_sum": _number(outcome.baseline_sum),
        "bor": outcome.bor.value,
        "cbor": outcome.cbor.value,
        "cbor_accept_sd": _best(outcome, "accept_sd_between"),
        "cbor_sticky_pr": _best(outcome, "sticky_pr"),
        "cb_A": _flag(outcome.cb_A.value),
        "cb_B": _flag(outcome.cb_B.value),
        "in_orr_measurable_set": _flag(outcome.measurable.value),
        **{time.code: _time(getattr(outcome, time.code), *_keys_of(time.code)) for time in SUBJECT_TIMES},
        "cbor_nact_counted": _best(outcome, "nact_counted"),
        "pfs_nact_censored": _time(variants["nact_censored"].pfs, *WITH_REASON),
        "pfs_fda_missed2": _time(variants["missed_censored"].pfs, *WITH_REASON),
        "pfs_fda_table_c": _time(variants["clinical_progression"].pfs, *WITH_REASON),
        "death_date": outcome.death_date.isoformat() if outcome.death_date else None,
        "reason": outcome.headline.reason,
        "words": _in_words(outcome),
        "findings": [finding.text for finding in outcome.findings],
    }


def _best(outcome: SubjectOutcome, name: str) -> str | None:
    best = outcome.variants[name].best
    return best.value if best else None


def _flag(value: bool) -> str:
    return "Y" if value else "N"


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _time(result: TimeToEvent | None, *keys: str) -> dict[str, Any] | None:
    """The keys that a case file states, and no other: a case may be compared as a whole."""
    if result is None:
        return None
    known = {"days": result.days, "event": int(result.event), "reason": result.reason}
    return {key: known[key] for key in keys}


def _keys_of(code: str) -> tuple[str, ...]:
    return WITH_REASON if code == "pfs" else DAYS


def _in_words(outcome: SubjectOutcome) -> dict[str, str]:
    """When and why, for people, by the code of the endpoint; the unconfirmed response's are left to their days."""
    shown = [time.code for time in SUBJECT_TIMES if not time.is_unconfirmed]
    return {code: result.words for code in shown if (result := getattr(outcome, code))}


def lesion_answer(raw: Any, number: int) -> tuple[str, dict[str, Any]]:
    """The verdict on one entry of `lesion_validation`: a choice of target lesions, or one lesion's size."""
    name = raw.get("id") if isinstance(raw, Mapping) else None
    if not isinstance(name, str):
        raise CaseError(f"lesion_validation number {number}: needs an id")
    version = raw.get("rule")
    if version not in ("1.0", "1.1"):
        raise CaseError(f'case {name}: rule must be "1.0" or "1.1"')
    if "targets" in raw:
        return name, _choice_answer(name, raw["targets"], version)
    size, method = raw.get("ld"), raw.get("method")
    if isinstance(size, bool) or not isinstance(size, int | Decimal) or not isinstance(method, str):
        raise CaseError(f"case {name}: needs targets, or method (a text) and ld (mm)")
    node = raw.get("node") is True
    return name, {"measurable": measurable(version=version, method=method, mm=Decimal(size), node=node)}


def _choice_answer(name: str, organs: Any, version: str) -> dict[str, Any]:
    if not isinstance(organs, list) or not all(isinstance(organ, str) for organ in organs):
        raise CaseError(f"case {name}: targets must be a list of organs")
    problems = count_problems(version=cast(Version, version), organs=organs)
    return {"valid": not problems, **({"why": "; ".join(problems)} if problems else {})}
