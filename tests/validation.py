"""Write docs/validation.md: what the rules ask, what is done about it, and the tests that show it.

`python -m tests.validation` reads docs/requirements.toml and the marks of the tests, without database or Django.
"""

import ast
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parent
DOCS = TESTS.parent / "docs"
TARGET = DOCS / "validation.md"
HEAD = """# What the rules ask, and what shows it

Made by `make validation` from `docs/requirements.toml` and the marks of the tests: change those, not this file.
The wording is ours and shortens; the rules themselves hold.
What was tried as an attacker would: [attacks.md](attacks.md).
"""
ORGANISATIONAL = "none: organisational"

Marks = dict[str, list[tuple[str, str]]]


def regulations() -> list[dict[str, Any]]:
    """Each with its `title` and its list `requirement` of code, asks, answer and perhaps organisational."""
    rules: list[dict[str, Any]] = tomllib.loads((DOCS / "requirements.toml").read_text(encoding="utf-8"))["regulation"]
    return rules


def marks(folder: Path = TESTS) -> Marks:
    """Under each code the tests that carry it, as (path below the project, name), in the order of the files."""
    marked: Marks = defaultdict(list)
    for file in sorted(folder.rglob("test_*.py")):
        source = file.read_text(encoding="utf-8")
        if "mark.requirement" not in source:
            continue
        path = file.relative_to(folder.parent).as_posix()
        for test in ast.parse(source).body:
            if isinstance(test, ast.FunctionDef):
                for code in _codes(test):
                    marked[code].append((path, test.name))
    return dict(marked)


def _codes(test: ast.FunctionDef) -> Iterator[str]:
    for call in test.decorator_list:
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "pytest.mark.requirement":
            yield from map(ast.literal_eval, call.args)


def faults(rules: list[dict[str, Any]], marked: Marks) -> list[str]:
    """Requirements that no test shows, and marks that name none."""
    requirements = [requirement for regulation in rules for requirement in regulation["requirement"]]
    unknown = marked.keys() - {requirement["code"] for requirement in requirements}
    bare = [
        requirement["code"]
        for requirement in requirements
        if not requirement.get("organisational") and requirement["code"] not in marked
    ]
    return [f"no test shows {code}" for code in bare] + [f"nothing asks for {code}" for code in sorted(unknown)]


def document(rules: list[dict[str, Any]], marked: Marks) -> str:
    """The Markdown of docs/validation.md."""
    lines = [HEAD]
    for regulation in rules:
        lines += [f"## {regulation['title']}\n", "| requirement | asks | what is done | tests |", "|---|---|---|---|"]
        lines += [_line(requirement, marked.get(requirement["code"], [])) for requirement in regulation["requirement"]]
        lines.append("")
    return "\n".join(lines)


def _line(requirement: dict[str, Any], tests: list[tuple[str, str]]) -> str:
    links = [f"[{path.removeprefix('tests/')}::{name}](../{path})" for path, name in tests]
    shown = "<br>".join(links) or ORGANISATIONAL
    return f"| {requirement['code']} | {requirement['asks']} | {requirement['answer']} | {shown} |"


def main() -> None:
    rules, marked = regulations(), marks()
    if wrong := faults(rules, marked):
        raise SystemExit("\n".join(wrong))
    TARGET.write_text(document(rules, marked), encoding="utf-8")


if __name__ == "__main__":
    main()
