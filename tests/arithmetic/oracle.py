"""The rules of response once more, read from the text of docs/statistics.md alone and as plainly as it states them.

It shares no line with endpoints/arithmetic: days are whole numbers from the first dose, responses are strings, sizes
whole millimetres. It knows no partial dates, one procedure an assessment, and one assessment a day.
"""

from dataclasses import dataclass
from typing import Any

CONFIRM, STABLE_FROM, BENEFIT_FROM, NE_BETWEEN = 28, 42, 168, 1


@dataclass(frozen=True)
class Scan:
    """`sizes` by lesion, None for not assessed; a lesion whose name starts with N is a node."""

    day: int
    sizes: dict[str, int | None]
    non_target: str | None = None
    new: str = "N"


@dataclass(frozen=True)
class Patient:
    baseline: dict[str, int]
    has_non_target: bool
    scans: tuple[Scan, ...]
    therapy: int | None = None
    death: int | None = None
    ends: bool = True
    version: str = "1.0"


def answers(patient: Patient) -> dict[str, Any]:
    scans = sorted(patient.scans, key=lambda scan: scan.day)
    overall = _responses(patient, scans)
    progressed = _progression_day(scans, overall)
    therapy = patient.therapy if patient.ends and patient.therapy is not None and patient.therapy >= 1 else None
    counted = list(zip(scans, overall, strict=True))
    if therapy is not None:
        counted = [(scan, response) for scan, response in counted if scan.day <= therapy]
    pd = _progression_day([scan for scan, _ in counted], [response for _, response in counted])
    course = [(scan.day, response) for scan, response in counted if scan.day >= 1 and (pd is None or scan.day < pd)]
    course = [(day, response) for day, response in course if response != "PD"]
    assessed = bool(course) or pd is not None
    confirmed = _confirmed(course, pd, assessed)
    dates = [day for at, (day, response) in enumerate(course) if response in ("CR", "PR") and _confirms(course, at)]
    first = min(dates) if confirmed in ("CR", "PR") else None
    return {
        "overall": overall,
        "bor": _unconfirmed(course, pd, assessed),
        "cbor": confirmed,
        "cb_A": confirmed in ("CR", "PR")
        or any(day - 1 >= BENEFIT_FROM and response in ("CR", "PR", "SD") for day, response in course),
        "cb_B": _benefit_by_duration(confirmed, course, pd),
        "pfs": _pfs(scans, overall, progressed, patient.death),
        "ttr": first,
        "dor": None if first is None else _duration(first, course, pd, therapy, patient.death),
    }


def _responses(patient: Patient, scans: list[Scan]) -> list[str]:
    """One response a scan, in the order of their days."""
    smallest, targets_were_gone, all_was_gone = sum(patient.baseline.values()), False, False
    made = []
    for scan in scans:
        seen = {name: scan.sizes[name] for name in patient.baseline if scan.sizes.get(name) is not None}
        nodes_normal = {name for name, mm in seen.items() if patient.version == "1.1" and name[0] == "N" and mm < 10}
        disease = {name for name, mm in seen.items() if mm > 0} - nodes_normal
        whole = len(seen) == len(patient.baseline)
        total = sum(seen.values())
        growth = total - smallest
        back = any(mm and (name[0] != "N" or patient.version == "1.0") for name, mm in seen.items())
        grown = 5 * growth >= smallest and (patient.version == "1.0" or growth >= 5)
        if not patient.baseline:
            target = None
        elif not disease:
            target = "CR" if whole else "NE"
        elif (targets_were_gone and back) or smallest == 0 or grown:
            target = "PD"
        elif not whole:
            target = "NE"
        else:
            target = "PR" if 10 * total <= 7 * sum(patient.baseline.values()) else "SD"
        response = _overall(patient, target, scan, all_was_gone)
        made.append(response)
        if scan.day < 1:
            continue
        if whole and patient.baseline:
            smallest = min(smallest, total)
        targets_were_gone = targets_were_gone or target == "CR"
        all_was_gone = all_was_gone or response == "CR"
    return made


def _overall(patient: Patient, target: str | None, scan: Scan, all_was_gone: bool) -> str:
    remains = scan.non_target == "NONCR"
    if scan.new == "Y" or scan.non_target == "PD" or target == "PD" or (all_was_gone and remains):
        return "PD"
    if target == "CR":
        clear = scan.non_target == "CR" or (not patient.has_non_target and scan.non_target in (None, "NE"))
        return "CR" if clear else "PR"
    if target:
        return target
    if scan.non_target == "CR":
        return "CR"
    if remains:
        return "SD" if patient.version == "1.0" else "NON-CR/NON-PD"
    return "NE"


def _progression_day(scans: list[Scan], overall: list[str]) -> int | None:
    """The first progression under treatment; a new lesion that was equivocal before counts from its first sight, unless
    a scan between said that there is none."""
    days = []
    first_sight: int | None = None
    for scan, response in zip(scans, overall, strict=True):
        if response == "PD" and scan.day >= 1:
            proven = first_sight if scan.new == "Y" and first_sight is not None and first_sight >= 1 else scan.day
            days.append(min(proven, scan.day))
        if scan.new == "EQUIVOCAL":
            first_sight = scan.day if first_sight is None else first_sight
        else:
            first_sight = None
    return min(days, default=None)


def _unconfirmed(course: list[tuple[int, str]], pd: int | None, assessed: bool) -> str:
    responses = [response for _, response in course]
    for best in ("CR", "PR"):
        if best in responses:
            return best
    return _lesser([(day, response) for day, response in course if response in ("SD", "NON-CR/NON-PD")], pd, assessed)


def _confirmed(course: list[tuple[int, str]], pd: int | None, assessed: bool) -> str:
    for best in ("CR", "PR"):
        if any(response == best and _confirms(course, at) for at, (_, response) in enumerate(course)):
            return best
    stable = [(day, "SD" if response in ("CR", "PR") else response) for day, response in course]
    return _lesser(stable, pd, assessed)


def _lesser(course: list[tuple[int, str]], pd: int | None, assessed: bool) -> str:
    late = [response for day, response in course if day - 1 >= STABLE_FROM]
    for best in ("SD", "NON-CR/NON-PD"):
        if best in late:
            return best
    return "PD" if assessed and pd is not None else "NE"


def _confirms(course: list[tuple[int, str]], at: int) -> bool:
    """Whether a later assessment confirms the response at this place."""
    day, response = course[at]
    unknown, complete = 0, False
    for later, then in course[at + 1 :]:
        if then == "NE":
            unknown += 1
            if unknown > NE_BETWEEN:
                return False
            continue
        if then not in (("CR",) if response == "CR" else ("CR", "PR")) or (then == "PR" and complete):
            return False
        if later - day >= CONFIRM:
            return True
        complete = complete or then == "CR"
    return False


def _adequate(course: list[tuple[int, str]]) -> list[int]:
    return [day for day, response in course if response in ("CR", "PR", "SD", "NON-CR/NON-PD")]


def _benefit_by_duration(best: str, course: list[tuple[int, str]], pd: int | None) -> bool:
    if best in ("CR", "PR"):
        return True
    last = pd if pd is not None else max(_adequate(course), default=None)
    return best == "SD" and last is not None and last - 1 >= BENEFIT_FROM


def _pfs(scans: list[Scan], overall: list[str], pd: int | None, death: int | None) -> tuple[int, bool]:
    if death is not None and death < 1:
        death = 1
    happened = min((day for day in (pd, death) if day is not None), default=None)
    if happened is not None:
        return happened, True
    course = [(scan.day, response) for scan, response in zip(scans, overall, strict=True) if scan.day >= 1]
    return max(_adequate(course), default=1), False


def _duration(
    first: int, course: list[tuple[int, str]], pd: int | None, therapy: int | None, death: int | None
) -> tuple[int, bool]:
    happened = min((day for day in (pd, death) if day is not None), default=None)
    if happened is not None and (therapy is None or happened <= therapy):
        return max(happened, first) - first + 1, True
    return max(_adequate(course)) - first + 1, False
