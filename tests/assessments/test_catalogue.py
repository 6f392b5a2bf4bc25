"""The catalogue: what is known of every item, and the command that writes it without a database."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from assessments.catalogue import CATALOGUE
from assessments.reading.dictionary import form_words
from protocol import current

ROOT = Path(__file__).resolve().parents[2]
ITEMS = [
    pytest.param(item, id=f"{code}-{part}-{item['name']}")
    for code, form_type in CATALOGUE.items()
    for part in ("items", "rows")
    for item in form_words(form_type)[part]
]
# Numbers without a unit, or whose unit stands in an item beside them.
NO_UNIT = {"who_status", "value", "dose", "lower_limit", "upper_limit", "dose_as_entered"}


@pytest.mark.requirement("ICH E6(R3) 4.2.1")
@pytest.mark.parametrize("item", ITEMS)
def test_an_item_has_all_that_the_catalogue_promises(item):
    assert item["name"] and item["label"] and item["type"]
    assert re.fullmatch(r"[A-Z][A-Z0-9_]*", item["cdash"])
    assert re.fullmatch(r"[A-Z]{2,6}\.[A-Z][A-Z0-9]*", item["sdtm"])
    assert bool(item["codelist"]) == (item["type"] == "choice")
    if "number" in item["type"]:
        assert item["unit"] or item["name"] in NO_UNIT
    if item["type"] in ("number", "whole number"):
        assert item["low"] is not None and item["high"] is not None
    if item["expected"]:
        low, high = map(float, item["expected"])
        assert float(item["low"]) <= low < high <= float(item["high"])


def test_a_condition_hangs_on_an_item_of_its_form_and_on_answers_that_it_has():
    for form_type in CATALOGUE.values():
        words = form_words(form_type)
        for items in (words["items"], words["rows"]):
            by_name = {item["name"]: item for item in items}
            for item in (item for item in items if item["only_if"]):
                answers = {term["code"] for term in by_name[item["only_if"]]["codelist"]} | {""}
                assert set(item["only_values"]) <= answers, item["name"]


def test_every_form_of_the_protocol_is_in_the_catalogue():
    assert current().forms() <= set(CATALOGUE)


@pytest.mark.django_db
def test_the_lines_of_the_table_are_the_items_of_the_document():
    table, document = io.StringIO(), io.StringIO()
    call_command("catalogue", format="csv", stdout=table)
    call_command("catalogue", format="json", stdout=document)
    lines = list(csv.DictReader(io.StringIO(table.getvalue().removeprefix("\ufeff"))))
    forms = json.loads(document.getvalue())["forms"]
    named = [(form["code"], item["name"]) for form in forms for part in ("items", "rows") for item in form[part]]
    assert [(line["form"], line["name"]) for line in lines] == named
    sex = next(line for line in lines if (line["form"], line["name"]) == ("demography", "sex"))
    assert (sex["cdash"], sex["sdtm"], sex["codelist"]) == ("SEX", "DM.SEX", "F=Female; M=Male")


def test_the_catalogue_is_written_without_a_database():
    nowhere = os.environ | {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}
    answer = subprocess.run(
        [sys.executable, "manage.py", "catalogue"], cwd=ROOT, env=nowhere, capture_output=True, text=True, check=True
    )
    assert {form["code"] for form in json.loads(answer.stdout)["forms"]} == set(CATALOGUE)
