"""Our trial with two more groups that a list gives, stratified by measurable disease and performance status."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

OURS = Path(__file__).parents[2] / "protocol/nct00426556.toml"
COHORT = '[[cohorts]]\ncode = "{}"\nphase = "II"\nlabel = "{}"\n{}planned = 20\ndlt_evaluated = false\n'
GROUPS = (
    COHORT.format("WITH", "With everolimus", 'everolimus_mg = 10\nschedule = "daily"\n'),
    COHORT.format("WITHOUT", "Without everolimus", ""),
    '[[populations]]\ncode = "BOTH"\nlabel = "Randomised"\ncohorts = ["WITH", "WITHOUT"]\n',
)
EVEROLIMUS = 'code = "everolimus"\nlabel = "Everolimus"\n'
STRATA = (
    '{ form = "eligibility", item = "measurable_disease", label = "Measurable disease", levels = ["yes", "no"] }',
    '{ form = "eligibility", item = "who_status", label = "Performance status", cuts = [1] }',
)


def randomising(*strata: str, more: str = "") -> str:
    """The text of the protocol file."""
    listed = ", ".join(strata)
    table = f'[randomisation]\ncohorts = ["WITH", "WITHOUT"]\nstrata = [{listed}]\n{more}'
    text = OURS.read_text().replace(
        EVEROLIMUS, f'{EVEROLIMUS}cohorts = ["P1-5D", "P1-10D", "P1-30W", "P2-10D", "WITH"]\n'
    )
    begin = text.index("[[populations]]")
    return "\n".join([text[:begin], *GROUPS[:2], table, GROUPS[2], text[begin:]])


@pytest.fixture
def under(settings: Any, tmp_path: Path) -> Callable[[str], None]:
    """Have the installation follow this protocol file."""

    def follow(text: str) -> None:
        path = tmp_path / "randomised.toml"
        path.write_text(text)
        settings.PROTOCOL_FILE = path

    return follow


@pytest.fixture
def trial(db: None, under: Callable[[str], None]) -> Any:
    from tests.cast import Trial

    under(randomising(*STRATA))
    return Trial()
