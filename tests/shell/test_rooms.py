"""The map of CONTRIBUTING.md: it names every package, in the order of imports, by what the package says of itself."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINE = re.compile(r"^\| `([\w/]+)/` \| (.+) \|$", re.MULTILINE)
SENTENCES = dict(LINE.findall((ROOT / "CONTRIBUTING.md").read_text()))
APPS = [name for name in SENTENCES if "/" not in name]
# What stands above the layers or beside them, and imports none of their order.
BESIDE = {"trialsite", "embedded", "backups"}


def layers_from_below() -> list[set[str]]:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return [{name.strip() for name in layer.split(":")} for layer in reversed(layers)]


def test_the_map_names_every_package_of_the_project():
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks"}
    assert set(APPS) == packages


def test_the_map_is_in_the_order_in_which_imports_run():
    order = {name: number for number, layer in enumerate(layers_from_below()) for name in layer}
    numbers = [order[name] for name in APPS if name not in BESIDE]
    assert len(numbers) == len(order)
    assert numbers == sorted(numbers)


@pytest.mark.parametrize("package", SENTENCES)
def test_a_package_opens_with_its_sentence_of_the_map(package):
    docstring = ast.get_docstring(ast.parse((ROOT / package / "__init__.py").read_text())) or "-"
    opening = " ".join(docstring.split())
    sentence = SENTENCES[package]
    assert re.match(re.escape(sentence[0].upper() + sentence[1:]) + "[.,:]", opening)


def test_each_module_that_contributing_names_is_there():
    named = re.findall(r"`([\w/]+\.py)`", (ROOT / "CONTRIBUTING.md").read_text())
    missing = [name for name in named if not (ROOT / name).exists() and not any(ROOT.glob(f"[!.]*/{name}"))]
    assert len(named) > 20
    assert missing == []
