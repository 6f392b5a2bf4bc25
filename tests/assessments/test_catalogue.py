"""The catalogue: what is known of every form and item, and the command that writes it without a database."""

import ast
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
from protocol.forms import FORM_CODES, LOGS

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


def test_every_form_that_a_file_may_ask_for_is_in_the_catalogue_and_no_other():
    assert set(CATALOGUE) == set(FORM_CODES)


def test_the_day_of_a_form_is_one_of_its_items():
    for form in CATALOGUE.values():
        columns = {field.name for field in form.record._meta.get_fields()}
        assert {*filter(None, (form.date_item, form.day_item)), *form.log_columns} <= columns, form.code


def test_a_log_has_columns_and_a_form_that_tells_of_a_day_has_one():
    for form in CATALOGUE.values():
        assert bool(form.log_columns) == (form.code in LOGS), form.code
        assert form.dated_by or not (form.within_life or form.shows_life), form.code
        assert form.date_item or not (form.once_a_day or form.leads), form.code


# What may name several forms: what a check asks about, what the derivation reads, what one form proposes, how an import
# tells of one that it could not take; and kinds of visits that are called as forms are.
OWN_TABLES = {
    "assessments/catalogue.py",
    "assessments/checks/hardly.py",
    "assessments/checks/plausibility.py",
    "assessments/pages/of_forms.py",
    "assessments/pages/proposals.py",
    "endpoints/records.py",
    "assessments/pages/rail.py",
    "casebook/reading.py",
    "cohorts/api.py",
    "sdtm/typist.py",
}
APPS = ("accounts", "amendments", "assessments", "audit", "casebook", "cohorts", "endpoints", "laboratory", "outline")
APPS += ("reports", "review", "safety", "sdtm", "sdv", "signature", "staff", "trail_reviews", "trialsite", "worklists")


def codes_in(node):
    parts = node.keys if isinstance(node, ast.Dict) else node.elts
    return [part.value for part in parts if isinstance(part, ast.Constant) and part.value in FORM_CODES]


def test_what_is_said_of_forms_is_said_in_the_catalogue():
    tables = set()
    for path in (path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts):
        nodes = ast.walk(ast.parse(path.read_text()))
        kinds = (ast.Dict, ast.Tuple, ast.Set, ast.List)
        if any(len(codes_in(node)) > 2 for node in nodes if isinstance(node, kinds)):
            tables.add(str(path.relative_to(ROOT)))
    assert tables <= OWN_TABLES
    assert "assessments/pages/of_forms.py" in tables


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
