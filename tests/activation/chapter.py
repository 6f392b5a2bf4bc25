"""The steps from nothing to a first subject as docs/operators.md has them: its commands and the words to click on."""

import re
import shlex
from dataclasses import dataclass

from embedded.places import PROJECT

OPERATORS = PROJECT / "docs" / "operators.md"
BEGIN, END = "## From nothing to a first subject", "## Environment"


@dataclass(frozen=True)
class ChapterStep:
    """A line of the chapter's table: who does it, the commands in it, and what is clicked on, in order."""

    who: str
    commands: list[list[str]]
    clicks: list[str]

    def command(self, **meant: str) -> list[str]:
        """Its first command, each word that stands for something of one's own replaced."""
        return [replaced(word, meant) for word in self.commands[0]]


def replaced(word: str, meant: dict[str, str]) -> str:
    """`TRIAL=name` and `NAME` with what they stand for, by the word as the document writes it."""
    setting, mark, value = word.rpartition("=")
    return f"{setting}{mark}{meant.get(value, value)}"


def steps() -> dict[str, ChapterStep]:
    """By what the document calls them."""
    text = OPERATORS.read_text(encoding="utf-8")
    lines = text[text.index(BEGIN) : text.index(END)].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return {
        what: ChapterStep(who, commands_in(how), re.findall(r"\*([^*]+)\*", how)) for what, who, how, *_ in rows[1:]
    }


def commands_in(text: str) -> list[list[str]]:
    return [shlex.split(code) for code in re.findall(r"`([^`]+)`", text) if code.startswith(("make ", ".venv/"))]
