"""A blood count typed in browsers of three languages: by keys, by pasting, and past wheel and arrow keys."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from assessments.models import CaseForm, Haematology
from tests.browser.desk import faults, open_form, picture, press, sign_in, watched
from tests.browser.test_laboratory import with_ranges

BLOOD_COUNT = ("HGB", "WBC", "NEUT", "LYM", "PLAT")
NEUTROPHILS = "#id_rows-2-value"
VALUES = {code: Decimal(value) for code, value in zip(BLOOD_COUNT, ("9.5", "6.1", "0.4", "1.2", "240"), strict=True)}
WRONG = ["1.500", "7 2", "1_5", "1e1", "４,1"]
LANGUAGES = ["en-GB", "fr-FR", "de-DE"]


@pytest.fixture(params=LANGUAGES)
def desk(request: Any, browser: Any, site_server: str, trial: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale=request.param)
    page = watched(context.new_page(), site_server)
    sign_in(page, trial.coordinator)
    assert page.evaluate("navigator.language") == request.param
    yield page
    assert faults(page) == []
    context.close()


@pytest.fixture
def subject(trial: Any) -> Any:
    return with_ranges(trial)


def paste(desk: Any, box: str, text: str) -> None:
    """Through the clipboard, as from a laboratory's page: cut out of one box, pasted into another."""
    desk.fill("#id_laboratory", text)
    desk.focus("#id_laboratory")
    press(desk, "Control+a", "Control+x")
    desk.focus(box)
    press(desk, "Control+a", "Control+v")


def type_into(desk: Any, box: str, text: str) -> None:
    desk.focus(box)
    press(desk, "Control+a")
    desk.keyboard.type(text)


def test_commas_are_decimal_marks_and_neither_wheel_nor_arrows_change_a_result(desk: Any, subject: Any) -> None:
    open_form(desk, subject, "haematology", "SCR")
    type_into(desk, "#id_sample_date", "2007-12-28")
    desk.select_option("#id_rows-0-unit", "g/dL")
    type_into(desk, "#id_rows-0-value", "9,5")
    type_into(desk, "#id_rows-1-value", "6,1")
    paste(desk, NEUTROPHILS, "0,4")
    type_into(desk, "#id_rows-3-value", "1.2")
    type_into(desk, "#id_rows-4-value", "240")
    desk.locator("#found-rows-2", has_text="Grade 4").wait_for()
    desk.focus("#id_rows-1-value")
    desk.hover("#id_rows-1-value")
    desk.mouse.wheel(0, 120)
    press(desk, "ArrowUp", "ArrowDown", "ArrowDown", "PageDown")
    boxes = [desk.input_value(f"#id_rows-{row}-value") for row in range(5)]
    assert boxes == ["9,5", "6,1", "0,4", "1.2", "240"]
    desk.select_option("#id_rows-0-clinically_significant", "N")
    desk.select_option("#id_rows-2-clinically_significant", "Y")
    desk.get_by_role("button", name="Complete", exact=False).first.click()
    desk.get_by_text("Haematology: complete.").wait_for()
    results = {result.analyte: result for result in CaseForm.objects.get(code="haematology").laboratory_results.all()}
    values = {code: result.value.value for code, result in results.items()}
    assert values == {
        "HGB": Decimal("9.5"),
        "WBC": Decimal("6.1"),
        "NEUT": Decimal("0.4"),
        "LYM": Decimal("1.2"),
        "PLAT": 240,
    }
    assert (results["NEUT"].grade, results["HGB"].grade) == (4, 2)


def test_what_is_no_number_stays_in_its_box_with_the_reason(desk: Any, subject: Any) -> None:
    open_form(desk, subject, "haematology", "SCR")
    type_into(desk, "#id_sample_date", "2007-12-28")
    for row, text in enumerate(WRONG):
        paste(desk, f"#id_rows-{row}-value", text)
    desk.get_by_role("button", name="Complete", exact=False).first.click()
    # Of the save, or of the check while typing: whichever answered last says the same.
    errors = [desk.locator(f"[data-name='rows-{row}-value'] :is(.error, .answer-error)") for row in range(len(WRONG))]
    errors[-1].filter(has_text=WRONG[-1]).wait_for()
    picture(desk, "no-numbers")
    for row, text in enumerate(WRONG):
        assert desk.input_value(f"#id_rows-{row}-value") == text
        errors[row].filter(has_text=text).wait_for()
    assert not Haematology.objects.exists()
