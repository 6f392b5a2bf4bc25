"""The trial's own protocol, and a way to read it with some lines changed."""

from collections.abc import Callable
from pathlib import Path

import pytest

import protocol
from protocol import Protocol, load

FOLDER = Path(protocol.__file__).parent
TRIAL = FOLDER / "nct00426556.toml"


@pytest.fixture(scope="session")
def trial() -> Protocol:
    return load(TRIAL)


@pytest.fixture
def changed(tmp_path: Path) -> Callable[..., Path]:
    """Writes the trial's file with each (old, new) replaced at its first occurrence, and returns where."""

    def write(*replacements: tuple[str, str]) -> Path:
        text = TRIAL.read_text()
        for old, new in replacements:
            assert old in text, f"{old!r} is not in the trial's file"
            text = text.replace(old, new, 1)
        path = tmp_path / "changed.toml"
        path.write_text(text)
        return path

    return write
