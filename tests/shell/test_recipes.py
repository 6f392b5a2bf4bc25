"""The recipes of CONTRIBUTING.md: they name files that are there, and no more of them than an addition may touch."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text()
SECTION = TEXT.partition("\n## Recipes\n")[2].partition("\n## ")[0]
RECIPES = {title: body for title, _, body in (part.partition("\n") for part in SECTION.split("\n### ")[1:])}
STEP = re.compile(r"^\d+\. `([^`]+)`", re.MULTILINE)
# Whatever stands in backticks and has a folder or an ending is a file of the project.
FILE = re.compile(r"`((?:[\w.-]+/)+[\w.-]*|[\w-]+\.(?:md|toml|py|txt))`")
MOST_FILES = {"A new form": 7, "A new endpoint": 6, "A new export": 3, "A new role": 2}


def test_there_are_recipes_for_what_is_added_most():
    assert {"A new item", "A new form", "A new check", "A new endpoint", "A new export", "A new role"} <= RECIPES.keys()


@pytest.mark.parametrize("title", RECIPES)
def test_each_file_of_a_recipe_is_there(title):
    named = FILE.findall(RECIPES[title])
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("title", RECIPES)
def test_each_step_of_a_recipe_is_one_file(title):
    numbered = re.findall(r"^\d+\. .*", RECIPES[title], re.MULTILINE)
    files = STEP.findall(RECIPES[title])
    assert len(files) == len(numbered) == len(set(files))


@pytest.mark.parametrize("title", MOST_FILES)
def test_an_addition_touches_no_more_files_than_it_may(title):
    assert len(STEP.findall(RECIPES[title])) <= MOST_FILES[title]
