"""Write the catalogue of case forms: each item with its names, type, unit, range, code list and SDTM place."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from assessments.catalogue import CATALOGUE
from assessments.reading.dictionary import form_words
from audit.files import csv_lines, note_written
from protocol import current

COLUMNS = (
    "form",
    "title",
    "in_protocol",
    "once_a_subject",
    "part",
    "name",
    "label",
    "cdash",
    "sdtm",
    "type",
    "unit",
    "low",
    "high",
    "expected",
    "codelist",
    "required",
    "critical",
    "identifying",
    "only_if",
)


class Command(BaseCommand):
    help = __doc__
    # Nothing is asked of a database, the models are the catalogue: without one, what is printed is noted in no log.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", choices=("json", "csv"), default="json")

    def handle(self, *args: Any, **options: Any) -> None:
        codes = current().forms()
        forms = [form_words(form_type) | {"in_protocol": code in codes} for code, form_type in CATALOGUE.items()]
        kind = options["format"]
        text = as_csv(forms) if kind == "csv" else as_json(forms)
        self.stdout.write(text, ending="")
        note_written(self, f"catalogue of case forms as {kind.upper()}", f"catalogue.{kind}", text.encode())


def as_json(forms: list[dict[str, Any]]) -> str:
    whole = {"protocol": current().code, "release": settings.RELEASE, "forms": forms}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def as_csv(forms: list[dict[str, Any]]) -> str:
    """One line an item; its code list as `code=words` joined by semicolons."""
    items = [_line(form, part, item) for form in forms for part in ("items", "rows") for item in form[part]]
    return "".join(csv_lines([COLUMNS, *([item.get(name) for name in COLUMNS] for item in items)]))


def _line(form: dict[str, Any], part: str, item: dict[str, Any]) -> dict[str, Any]:
    terms = "; ".join(f"{term['code']}={term['label']}" for term in item["codelist"])
    condition = f"{item['only_if']} in {', '.join(item['only_values'])}" if item["only_if"] else ""
    return item | {
        "form": form["code"],
        "title": form["title"],
        "in_protocol": form["in_protocol"],
        "once_a_subject": form["once_a_subject"],
        "part": "record" if part == "items" else "row",
        "codelist": terms,
        "expected": " to ".join(item["expected"]),
        "only_if": condition,
    }
