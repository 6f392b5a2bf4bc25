"""One event is one event, on every page and in every message."""

import re
from pathlib import Path

import pytest

from values.counts import counted

TEMPLATES = Path(__file__).parents[2] / "templates"
# A number from the record, and right behind it a noun in the plural that no pluralize made.
COUNTED = re.compile(r"(\{\{ [^}]+ \}\}) ([a-z]{3,}s)\b")
# What follows is no noun that is counted, or can never be one.
NO_COUNT = {"has", "was", "does", "holds", "stops"}
# Always more than one where it stands, the words of a range, or a verb.
NEVER_ONE = {
    "All {{ shell.sites|length }} sites",
    "{{ problems|length }} fields",
    "{{ problems|length }} problems",
    "{{ events|length|intcomma }} times",
    "{{ version }} allows",
    "{{ bucket.words }} days",
    "{{ bucket.words|capfirst }} days",
    "{{ idle_minutes }} minutes",
    "{{ longest_hours }} hours",
    "{{ named.at_many }} queries",
    "{{ most }} target lesions",
}


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 events"), (1, "1 event"), (2, "2 events"), (2554, "2,554 events")]
)
def test_a_count_is_said_with_its_noun(number: int, words: str) -> None:
    assert counted(number, "event") == words


def test_a_noun_may_have_a_plural_of_its_own() -> None:
    assert [counted(number, "query", "queries") for number in (1, 2)] == ["1 query", "2 queries"]


def test_no_template_counts_in_the_plural_alone() -> None:
    wrong = []
    for path in sorted(TEMPLATES.rglob("*.html")):
        text = path.read_text()
        for match in COUNTED.finditer(text):
            before = text[max(0, match.start() - 4) : match.end()]
            if match[2] not in NO_COUNT and not any(before.endswith(known) for known in NEVER_ONE):
                wrong.append(f"{path.relative_to(TEMPLATES)}: {match[0]}")
    assert wrong == []
