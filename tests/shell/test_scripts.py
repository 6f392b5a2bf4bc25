"""Each script says in one sentence what it is for, and is known to the page or to another script."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from trialsite.hashed_files import IMPORTS

ROOT = Path(settings.BASE_DIR)
SCRIPTS = sorted((ROOT / "static/js").glob("*.js"))
IMPORT = re.compile(r'^import (?:\{[^}]*\} from )?"(?P<path>\./[^"]+)";$', re.MULTILINE)
LONGEST_LINE = 140


def imports(script: Path) -> set[str]:
    return {Path(path).name for path in IMPORT.findall(script.read_text())}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_script_begins_with_its_sentence_and_has_no_long_line(script: Path) -> None:
    first, *_ = script.read_text().splitlines()
    assert re.fullmatch(r"// [A-Z\"].{20,}", first)
    assert max(map(len, script.read_text().splitlines())) <= LONGEST_LINE


def test_every_script_is_loaded_by_a_page_or_by_another_script() -> None:
    pages = "\n".join(page.read_text() for page in (ROOT / "templates").rglob("*.html"))
    loaded = set(re.findall(r"static 'js/([\w-]+\.js)'", pages))
    imported = {name for script in SCRIPTS for name in imports(script)}
    assert {script.name for script in SCRIPTS} == loaded | imported


def test_what_a_script_imports_is_asked_for_by_the_hash_of_its_content() -> None:
    """Every import is written in the one form that the storage rewrites."""
    rewritten = [re.compile(pattern) for pattern, _ in IMPORTS]
    for script in SCRIPTS:
        lines = re.findall(r"^import [^;]*;$", script.read_text(), re.MULTILINE)
        assert all(any(pattern.fullmatch(line) for pattern in rewritten) for line in lines), script.name
