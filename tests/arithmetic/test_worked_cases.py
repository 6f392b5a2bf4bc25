"""Courses worked by hand from the two versions of RECIST and the plan's settings, one a line in `worked_cases.jsonl`.

A line says: the lesions of the baseline (on day -6, or a list of baselines), the visits, the settings that differ from
the trial's plan with responses derived from the measurements, and what must come out. `reported` asks for a finding.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from endpoints.arithmetic import casefile
from endpoints.arithmetic.caseanswer import answer
from endpoints.arithmetic.settings import with_settings
from protocol.schema import AnalysisPlan

LINES = (Path(__file__).parent / "worked_cases.jsonl").read_text(encoding="utf-8").splitlines()
WORKED: list[dict[str, Any]] = [json.loads(line) for line in LINES]


def answered(line: str, plan: AnalysisPlan) -> dict[str, Any]:
    """What the derivation says of a line."""
    worked = casefile.load(f'{{"vectors": [{line}]}}')["vectors"][0]
    written = {
        "id": worked["id"],
        "treatment_start": worked.get("start", "2008-01-07"),
        "baseline": [scan(*entry, disease=worked.get("non_target")) for entry in baselines(worked["base"])],
        "visits": [scan(*entry) for entry in worked["visits"]],
        "context": worked.get("context", {}),
        "nodes": worked.get("nodes", []),
    }
    (case,) = casefile.cases({"vectors": [written]}, plan)
    assert isinstance(case, casefile.Case), case
    assert not case.warnings
    return answer(case, plan)


def baselines(entry: Any) -> list[Any]:
    return entry if isinstance(entry, list) else [[-6, entry]]


def scan(when: Any, targets: Any, more: Any = None, *, disease: Any = None) -> dict[str, Any]:
    dated = {"date": when} if isinstance(when, str) else {"day": when}
    return {**dated, "targets": targets, "non_target": disease, "new_lesion": "N", **(more or {})}


def agreed(expected: Any, answer: Any) -> Any:
    """The answer, reduced to the keys that the line speaks of."""
    if isinstance(expected, dict) and isinstance(answer, dict):
        return {key: agreed(value, answer[key]) for key, value in expected.items()}
    return answer


@pytest.mark.parametrize("line", LINES, ids=[f"{worked['id']} {worked['title']}" for worked in WORKED])
def test_a_course_comes_out_as_worked_by_hand(line: str) -> None:
    worked = json.loads(line)
    plan = with_settings(AnalysisPlan(response_source="derived"), worked.get("set", []))
    answer = answered(line, plan)
    assert agreed(worked["expected"], answer) == worked["expected"]
    if worked.get("reported"):
        assert answer["findings"]
    if worked.get("reported_11"):
        assert answer["v11"]["findings"]


def test_no_two_courses_share_a_name() -> None:
    assert len({worked["id"] for worked in WORKED}) == len(WORKED) > 100
