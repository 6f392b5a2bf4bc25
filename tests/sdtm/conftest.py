"""An installation for the public example data, and people who may import into it."""

from pathlib import Path
from typing import Any

import pytest

PHARMAVERSE = Path(__file__).parents[2] / "protocol/pharmaverse.toml"


@pytest.fixture
def study(db: None, settings: Any, tmp_path: Path) -> Any:
    from tests.sdtm.study import Study

    settings.PROTOCOL_FILE = PHARMAVERSE
    return Study(tmp_path / "sdtm")
