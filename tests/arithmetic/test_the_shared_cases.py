"""The hand-worked cases that the design gives, held by the command that statisticians use."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

SHARED = Path(__file__).resolve().parents[3] / "shared/checks"
FILES = [SHARED / "recist_cases.json", SHARED / "response_cases_2.json"]
FOUND = {path: json.loads(path.read_text()) for path in FILES if path.exists()}
CASES: dict[str, list[Any]] = {
    kind: [case for cases in FOUND.values() for case in cases.get(kind, ())]
    for kind in ("vectors", "lesion_validation")
}

needs_the_cases = pytest.mark.skipif(len(FOUND) < len(FILES), reason=f"the hand-worked cases are not at {SHARED}")


@pytest.fixture(scope="module")
def answers() -> Any:
    """The command's answers to every file, by the case's id, which no two files share."""
    made: dict[str, Any] = {}
    for path in FOUND:
        out = StringIO()
        call_command("derive", str(path), stdout=out)
        made |= json.loads(out.getvalue())
    return made


def agreed(expected: Any, actual: Any) -> Any:
    """What was found, reduced to the keys that the case speaks of."""
    if isinstance(expected, dict):
        return {key: agreed(value, actual[key]) for key, value in expected.items()}
    return actual


@needs_the_cases
@pytest.mark.parametrize("case", CASES["vectors"], ids=lambda case: f"{case['id']} {case['title']}")
def test_a_hand_worked_case_comes_out_as_worked(case: dict[str, Any], answers: dict[str, Any]) -> None:
    assert agreed(case["expected"], answers[case["id"]]) == case["expected"]


@needs_the_cases
@pytest.mark.parametrize("case", CASES["lesion_validation"], ids=lambda case: case["id"])
def test_a_choice_of_lesions_is_judged_as_worked(case: dict[str, Any], answers: dict[str, Any]) -> None:
    verdict = {key: case[key] for key in ("valid", "why", "measurable") if key in case}
    assert answers[case["id"]] == verdict
