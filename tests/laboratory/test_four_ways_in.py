"""A result means the same whether it is typed, sent by the API, read from a file or pasted from a spreadsheet."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from assessments.entering.entry import typed
from assessments.models import LaboratoryResult
from tests.laboratory.samples import BLOOD, SERUM, rows

DAY = {"sample_date": "2007-12-28"}
COLUMNS = ("subject", "visit", "sample_date", "analyte", "value", "unit", "clinically_significant")
CODE = {"NEUT": "haematology", "PLAT": "haematology", "HGB": "haematology"}

# What is reported: value and unit; what is stored: value, unit, in SI units, flag, grade with its bound.
REPORTED = [
    ("NEUT", "0,4", "10*9/L", ("0.4", "10^9/L", "0.4", "LOW", 4, "")),
    ("NEUT", "0.4", "G/L", ("0.4", "10^9/L", "0.4", "LOW", 4, "")),
    ("NEUT", "<0,1", "x10E9/L", ("<0.1", "10^9/L", "<0.1", "LOW", 4, "")),
    ("NEUT", "400", "/mm3", ("400", "/uL", "0.4", "LOW", 4, "")),
    ("PLAT", "240.00", "K/uL", ("240", "10^3/uL", "240", "NORMAL", 0, "")),
    ("PLAT", "150000", "cells/µL", ("150000", "/uL", "150", "NORMAL", 0, "")),
    ("HGB", "9,5", "g/dl", ("9.5", "g/dL", "95", "LOW", 2, "")),
    ("HGB", "12,1234", "g/dL", ("12.1234", "g/dL", "121.234", "NORMAL", 0, "")),
    ("CREAT", "1,7", "mg/dL", ("1.7", "mg/dL", "150.282885", "HIGH", 2, "")),
    ("CREAT", "150,5", "μmol/l", ("150.5", "umol/L", "150.5", "HIGH", 2, "")),
    ("ALT", "> 500", "IU/L", (">500", "U/L", ">500", "HIGH", 3, "AT LEAST")),
    ("ALT", "2,1", "µkat/l", ("2.1", "ukat/L", "126", "HIGH", 2, "")),
]
REFUSED = [
    ("PLAT", "1.500", "10^9/L", "may be thousands or decimals"),
    ("PLAT", "150,000", "/uL", "may be thousands or decimals"),
    ("NEUT", "<1.500", "10^9/L", "may be thousands or decimals"),
    ("NEUT", "1e1", "10^9/L", "exponent"),
    ("NEUT", "1_5", "10^9/L", "is not a number"),
    ("NEUT", "１２", "10^9/L", "digits of another script"),
    ("NEUT", "≤0.1", "10^9/L", "a limit is written with < or >"),
    ("NEUT", "7 2", "10^9/L", "a mark or a blank between its digits"),
    ("HGB", "125", "g/dL", "cannot be. Was it reported in g/L?"),
]


def sample(analyte: str, value: str, unit: str) -> tuple[str, dict[str, str], list[dict[str, Any]]]:
    code = CODE.get(analyte, "chemistry")
    reported = {analyte: {"value": value, "unit": unit, "clinically_significant": "Y"}}
    record = DAY | ({"fasting": "Y"} if code == "chemistry" else {})
    return code, record, rows(SERUM if code == "chemistry" else BLOOD, **reported)


def by_page(desk: Any, subject: Any, analyte: str, value: str, unit: str) -> str:
    code, record, sent = sample(analyte, value, unit)
    visit = subject.visits.get(code="SCR")
    posted = {name: value for name, value in typed(record, sent).items() if value is not None}
    answer = desk.post(
        f"/subjects/{subject.pk}/forms/{code}/?visit={visit.pk}", posted | {"action": "complete"}, follow=True
    )
    return str(answer.content.decode())


def by_api(desk: Any, subject: Any, analyte: str, value: str, unit: str) -> str:
    code, record, sent = sample(analyte, value, unit)
    visit = subject.visits.get(code="SCR").pk
    body = {"subject": subject.pk, "visit": visit, "complete": True, "record": record, "rows": sent}
    return str(desk.post(f"/api/v1/forms/{code}/", body, content_type="application/json").content.decode())


def table(analyte: str, value: str, unit: str, separator: str) -> str:
    cells = ("101-001", "SCR", "2007-12-28", analyte, value, unit, "yes")
    return "\n".join(separator.join(line) for line in (COLUMNS, cells)) + "\n"


def entered(desk: Any, sent: dict[str, Any]) -> str:
    seen = desk.post("/laboratory/import/", sent | {"action": "look"})
    if seen.status_code == 200:
        whole = {"content": seen.context["content"], "name": seen.context["name"], "action": "import"}
        assert desk.post("/laboratory/import/", whole).status_code == 302
    return str(seen.content.decode())


def by_file(desk: Any, subject: Any, analyte: str, value: str, unit: str) -> str:
    content = table(analyte, value, unit, ";").encode("utf-8-sig")
    return entered(desk, {"file": SimpleUploadedFile("results.csv", content)})


def by_paste(desk: Any, subject: Any, analyte: str, value: str, unit: str) -> str:
    return entered(desk, {"pasted": table(analyte, value, unit, "\t")})


WAYS = [by_page, by_api, by_file, by_paste]
Way = Callable[[Any, Any, str, str, str], str]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("analyte", "value", "unit", "stored"), REPORTED)
def test_what_is_stored_is_the_same_by_each_way(
    trial: Any, subject: Any, sign_in: Any, way: Way, analyte: str, value: str, unit: str, stored: tuple[Any, ...]
) -> None:
    answer = way(sign_in(trial.coordinator), subject, analyte, value, unit)
    reported = LaboratoryResult.objects.filter(analyte=analyte).first()
    assert reported is not None, answer
    assert (
        str(reported.value),
        reported.unit,
        str(reported.standard_value),
        reported.flag,
        reported.grade,
        reported.grade_bound,
    ) == stored


# In a file with semicolons the comma is the decimal mark, in JSON the point is.
KNOWN_MARKS = {by_file: ",", by_api: "."}
REFUSED_BY = [
    (way, *result)
    for way in WAYS
    for result in REFUSED
    if not ("thousands" in result[3] and KNOWN_MARKS.get(way, "none") in result[1])
]


@pytest.mark.parametrize(("way", "analyte", "value", "unit", "why"), REFUSED_BY)
def test_what_is_refused_is_refused_by_each_way_with_the_same_words(
    trial: Any, subject: Any, sign_in: Any, way: Way, analyte: str, value: str, unit: str, why: str
) -> None:
    answer = way(sign_in(trial.coordinator), subject, analyte, value, unit)
    assert why in answer.replace("&lt;", "<").replace("&gt;", ">").replace("\\u003C", "<")
    assert not LaboratoryResult.objects.exists()
