"""The arithmetic stands alone: no framework, no model, and no library that is not needed for the task at hand."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def loaded_by(module: str) -> set[str]:
    program = f"import sys, {module}; print(' '.join(sys.modules))"
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in ended.stdout.split()}


@pytest.mark.parametrize(
    "module", ["subject", "populations", "casefile", "timefile", "settings", "hazards", "differences"]
)
def test_the_arithmetic_imports_no_framework(module: str) -> None:
    assert not loaded_by(f"endpoints.arithmetic.{module}") & {"django", "celery", "rest_framework", "psycopg", "scipy"}


@pytest.mark.parametrize("module", ["subject", "recist", "casefile", "rows"])
def test_deriving_a_subject_needs_no_numpy(module: str) -> None:
    assert "numpy" not in loaded_by(f"endpoints.arithmetic.{module}")
