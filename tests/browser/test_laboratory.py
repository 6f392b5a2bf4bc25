"""A sample typed in a real browser: the server tells while one types, at both widths."""

from datetime import date
from typing import Any

import pytest

from assessments.models import CaseForm
from cohorts.services import add_visit
from tests.browser.desk import NARROW, open_form, picture, press, violations
from tests.cast import actor
from tests.laboratory.conftest import add_limits
from tests.laboratory.samples import BLOOD, rows


@pytest.fixture
def subject(desk: Any, trial: Any) -> Any:
    return with_ranges(trial)


def with_ranges(trial: Any) -> Any:
    """A subject with consent, at a site whose laboratory has limits."""
    add_limits(trial, actor(trial.data_manager, "data_manager"))
    subject = trial.subject()
    trial.fill(subject, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
    return subject


def test_a_blood_count_is_typed_by_keyboard_with_limits_and_grade_beside_it(desk: Any, subject: Any) -> None:
    open_form(desk, subject, "haematology", "SCR")
    desk.fill("#id_sample_date", "2007-12-28")
    desk.focus("#id_rows-0-value")
    desk.keyboard.type("9.5")
    press(desk, "Tab")
    desk.keyboard.type("g/dL")
    desk.locator("#found-rows-0", has_text="Grade 2").wait_for()
    assert "↓ Low" in desk.inner_text("#found-rows-0")
    assert "(12 to 16)" in desk.inner_text("#found-rows-0")
    assert "= 95 g/L" in desk.inner_text("#found-rows-0")
    for row, value in ((1, "6.1"), (2, "0.4"), (3, "1.2"), (4, "240")):
        desk.fill(f"#id_rows-{row}-value", value)
    desk.locator("#found-rows-2", has_text="Grade 4").wait_for()
    picture(desk, "haematology")
    desk.get_by_role("button", name="Complete", exact=False).first.click()
    desk.locator("#id_rows-0-clinically_significant_error").wait_for()
    desk.select_option("#id_rows-0-clinically_significant", "N")
    desk.select_option("#id_rows-2-clinically_significant", "Y")
    picture(desk, "haematology-refused")
    desk.get_by_role("button", name="Complete", exact=False).first.click()
    desk.get_by_text("Haematology: complete.").wait_for()
    assert CaseForm.objects.get(code="haematology").laboratory_results.get(analyte="HGB").grade == 2


@pytest.mark.parametrize("code", ["haematology", "chemistry"])
def test_a_sample_is_typed_on_a_telephone_too(desk: Any, subject: Any, code: str) -> None:
    desk.set_viewport_size(NARROW)
    open_form(desk, subject, code, "SCR")
    desk.fill("#id_sample_date", "2007-12-28")
    desk.fill("#id_rows-0-value", "2")
    desk.select_option("#id_rows-0-unit", index=1)
    picture(desk, f"{code}-narrow")
    assert desk.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    # At the end of the page the bar of buttons stands below the form; on the way there it covers part of a box.
    desk.evaluate("scrollTo(0, document.body.scrollHeight)")
    assert violations(desk) == []


def test_the_course_of_each_analyte_is_drawn_beside_its_worst_grade(desk: Any, trial: Any, subject: Any) -> None:
    trial.fill(subject, "haematology", {"sample_date": "2007-12-28"}, rows(BLOOD), visit="SCR")
    for day, count in ((date(2008, 1, 14), "<0.4"), (date(2008, 1, 21), "2.1")):
        visit = add_visit(subject=subject, on=day, by=trial.by)
        low = {"value": count, "clinically_significant": "Y"}
        trial.fill(subject, "haematology", {"sample_date": str(day)}, rows(BLOOD, NEUT=low), visit=visit.code)
    desk.goto(f"{desk.address}/subjects/{subject.pk}/")
    desk.get_by_role("link", name="Laboratory", exact=True).last.click()
    desk.get_by_text("Grade 3 or 4: Neutrophils (Neutrophils, grade 4).").wait_for()
    assert desk.locator(".trend-line").count() == 5
    assert desk.locator(".trend-limit").count() == 1
    picture(desk, "trend")
    desk.get_by_role("link", name="<0.4").click()
    desk.get_by_role("heading", name="Haematology").wait_for()


def test_what_a_number_cannot_be_and_what_is_not_graded_is_said_while_one_types(desk: Any, subject: Any) -> None:
    open_form(desk, subject, "haematology", "SCR")
    desk.fill("#id_sample_date", "")
    desk.focus("#id_rows-2-value")
    desk.keyboard.type("<0,1")
    desk.locator("#found-rows-2", has_text="Grade 4").wait_for()
    assert "No flag: the sample has no date yet." in desk.inner_text("#found-rows-2")
    desk.fill("#id_sample_date", "2007-12-28")
    desk.locator("#found-rows-2", has_text="↓ Low").wait_for()
    desk.fill("#id_rows-0-value", "125")
    desk.select_option("#id_rows-0-unit", "g/dL")
    desk.locator(".answer-error", has_text="Was it reported in g/L?").wait_for()
    desk.fill("#id_rows-1-value", "1.500")
    desk.locator(".answer-error", has_text="may be thousands or decimals").wait_for()
    desk.fill("#id_rows-3-value", "<1,2")
    desk.locator("#found-rows-3", has_text="No grade: the limit leaves open which grade it has").wait_for()
    desk.fill("#id_rows-4-value", "4")
    desk.get_by_text("Platelets 4 10⁹/L is far from usual.").first.wait_for()
    assert desk.input_value("#id_rows-1-value") == "1.500"
    picture(desk, "haematology-said")
    desk.set_viewport_size(NARROW)
    picture(desk, "haematology-said-narrow")
    assert desk.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


PASTED = """subject\tVisit\tSample date\tanalyte\tvalue\tunit\tComment
101-001\tSCR\t28 Dec 2007\tHaemoglobin\t9,5\tg/dl\t
101-001\tSCR\t28 Dec 2007\tNEUT\t<0,1\tG/L\tµ
101-001\tSCR\t28 Dec 2007\tPLAT\t240\t10*9/L\t
"""


def test_cells_are_pasted_looked_through_and_entered(desk: Any, subject: Any) -> None:
    desk.goto(f"{desk.address}/laboratory/import/")
    desk.get_by_text("Columns", exact=True).click()
    picture(desk, "import")
    desk.fill("#id_pasted", PASTED.replace("28 Dec 2007\tNEUT", "08.12.2007\tNEUT"))
    desk.get_by_role("button", name="Check file").click()
    desk.get_by_text("does not say which number is the month").wait_for()
    picture(desk, "import-wrong")
    desk.fill("#id_pasted", PASTED)
    desk.get_by_role("button", name="Check file").click()
    read = desk.get_by_role("region", name="Results as read")
    read.get_by_text("Grade 4").wait_for()
    assert "<0.1 10⁹/L" in read.inner_text()
    assert violations(desk) == []
    picture(desk, "import-read")
    desk.set_viewport_size(NARROW)
    picture(desk, "import-read-narrow")
    assert desk.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    desk.get_by_role("button", name="Enter 1 sample").click()
    desk.get_by_text("1 sample went in").wait_for()
    assert str(CaseForm.objects.get(code="haematology").laboratory_results.get(analyte="NEUT").value) == "<0.1"
