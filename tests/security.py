"""Write docs/security.md: each demand of OWASP ASVS 5.0 at levels 1 and 2, whether it is met, how, and what shows it.

`python -m tests.security` reads docs/asvs.toml and the names of the tests, without database or Django.
"""

import ast
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parent
DOCS = TESTS.parent / "docs"
TARGET = DOCS / "security.md"
STATES = ("met", "not applicable", "not met")
LEVELS = (1, 2)
HEAD = """# Security, demand by demand

Made by `make security` from `docs/asvs.toml`: change that, not this file.

The demands are those of the OWASP Application Security Verification Standard 5.0 at its levels 1 and 2, by their
numbers; the wording is ours and shortens, the standard itself holds. A demand is *met* where a test holds it, in the
settings of the deployment (docker-compose.yml); *not applicable* where what it is about is not here; *not met* wherever
a part of it is missing, with what there is. Level 3 was not gone through. What was tried as an attacker would:
[attacks.md](attacks.md).
"""

HEADINGS = "| | level | asks | | how | tests |"

Row = dict[str, Any]


def table() -> dict[str, Any]:
    """`chapter`: number and title of each; `row`: number, level, asks, state, how and tests of each demand."""
    return tomllib.loads((DOCS / "asvs.toml").read_text(encoding="utf-8"))


@cache
def names(path: str) -> frozenset[str]:
    """The tests of a file below tests/; none where there is no such file."""
    file = TESTS / path
    if not file.is_file():
        return frozenset()
    return frozenset(
        part.name
        for part in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(part, ast.FunctionDef) and part.name.startswith("test_")
    )


def faults(rows: list[Row]) -> list[str]:
    """Demands that stand twice, say nothing, are met by no test or name one that there is not."""
    counted = Counter(row["number"] for row in rows)
    problems = [f"{number} stands {times} times" for number, times in counted.items() if times > 1]
    return problems + [f"{row['number']}: {fault}" for row in rows for fault in _faults_of(row)]


def _faults_of(row: Row) -> list[str]:
    problems = [f"no such test: {test}" for test in row["tests"] if not _is_there(test)]
    if row["state"] not in STATES or row["level"] not in LEVELS:
        problems.append("its state or level is none")
    if not (row["asks"] and row["how"]):
        problems.append("it says nothing")
    if row["state"] == "met" and not row["tests"]:
        problems.append("no test shows it")
    if row["state"] == "not applicable" and row["tests"]:
        problems.append("a test of what is not here")
    return problems


def _is_there(test: str) -> bool:
    path, _, name = test.partition("::")
    return name in names(path)


def document(content: dict[str, Any]) -> str:
    """The Markdown of docs/security.md."""
    lines = [HEAD, *_counts(content["row"]), ""]
    for chapter in content["chapter"]:
        rows = [row for row in content["row"] if row["number"].split(".")[0] == chapter["number"]]
        lines += [
            f"## {chapter['number']}. {chapter['title']}\n",
            "| | level | asks | | how | tests |",
            "|" + "---|" * 6,
        ]
        lines += [_line(row) for row in rows] + [""]
    return "\n".join(lines)


def _counts(rows: list[Row]) -> list[str]:
    counted = Counter((row["level"], row["state"]) for row in rows)
    lines = [f"| level | {' | '.join(STATES)} | demands |", "|---|---|---|---|---|"]
    for level in LEVELS:
        of_state = [counted[level, state] for state in STATES]
        lines.append(f"| {level} | {' | '.join(map(str, of_state))} | {sum(of_state)} |")
    of_all = [sum(counted[level, state] for level in LEVELS) for state in STATES]
    return [*lines, f"| both | {' | '.join(map(str, of_all))} | {sum(of_all)} |"]


def _line(row: Row) -> str:
    links = "<br>".join(f"[{test}](../tests/{test.partition('::')[0]})" for test in row["tests"])
    state = f"**{row['state']}**" if row["state"] == "not met" else row["state"]
    return f"| {row['number']} | {row['level']} | {row['asks']} | {state} | {row['how']} | {links} |"


def main() -> None:
    content = table()
    if wrong := faults(content["row"]):
        raise SystemExit("\n".join(wrong))
    TARGET.write_text(document(content), encoding="utf-8")


if __name__ == "__main__":
    main()
