"""On paper: what was read, of whom and when; nothing to press, nothing cut off, nothing left folded."""

import pytest

from review.services import raise_query
from tests.browser.desk import sign_in, watched
from tests.cast import actor
from tests.examples import EXAMPLES
from tests.printed import sheets

# Pixels of an A4 sheet between its margins, upright and across.
UPRIGHT, ACROSS = {"width": 703, "height": 1000}, {"width": 1031, "height": 700}
PRESSED = (".header-tools", ".main-nav", ".rail", ".form-foot", ".btn", ".pager ul", ".skip-link")


@pytest.fixture
def sheet(page, site_server):
    watched(page, site_server)
    page.emulate_media(media="print")
    return page


@pytest.fixture
def subject(trial):
    subject = trial.treated_subject()
    trial.fill(subject, "adverse_event", *EXAMPLES["adverse_event"])
    form = trial.assess(subject, 57, {"T01": "42", "T02": "28"}, "PR")
    raise_query(case_form=form, item="overall_response", text="Why?", by=actor(trial.monitor, "monitor"))
    return subject


PRINTED = {
    "a casebook": ("coordinator", "/subjects/{subject}/", ACROSS),
    "subjects by visit": ("coordinator", "/subjects/", ACROSS),
    "a picture": ("coordinator", "/subjects/{subject}/picture/", UPRIGHT),
    "a form that is typed": ("coordinator", "/forms/{form}/", UPRIGHT),
    "a form that is read": ("monitor", "/forms/{form}/", UPRIGHT),
    "the laboratory": ("coordinator", "/subjects/{subject}/laboratory/", ACROSS),
    "the cohorts": ("data_manager", "/cohorts/", UPRIGHT),
    "the queries": ("monitor", "/queries/", ACROSS),
    "the endpoints": ("sponsor", "/endpoints/", UPRIGHT),
}


@pytest.mark.parametrize("name", PRINTED)
def test_a_printed_page_has_nothing_to_press_and_is_cut_off_nowhere(sheet, trial, subject, name):
    who, address, size = PRINTED[name]
    sheet.set_viewport_size(size)
    sign_in(sheet, getattr(trial, who))
    form = subject.forms.get(code="infusion").pk
    sheet.goto(sheet.address + address.format(subject=subject.pk, form=form))
    sheet.wait_for_load_state("networkidle")
    assert sheet.locator("h1").first.is_visible()
    assert sheet.get_by_text("As it was on").is_visible()
    shown = [name for name in PRESSED for element in sheet.locator(name).all() if element.is_visible()]
    assert shown == []
    over = "[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth + 2)"
    assert sheet.evaluate(f"{over}.filter(e => !e.closest('svg')).map(e => e.outerHTML.slice(0, 90))") == []


def test_a_casebook_is_unfolded_on_paper_and_folded_again_afterwards(sheet, trial, subject):
    sign_in(sheet, trial.coordinator)
    sheet.goto(f"{sheet.address}/subjects/{subject.pk}/")
    folded = "document.querySelectorAll('details.visit-group:not([open])').length"
    before = sheet.evaluate(folded)
    assert before > 0
    sheet.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert sheet.evaluate(folded) == 0
    sheet.evaluate("dispatchEvent(new Event('afterprint'))")
    assert sheet.evaluate(folded) == before


@pytest.mark.parametrize("name", ["a casebook", "a form that is read"])
@pytest.mark.parametrize(
    ("invented", "says"),
    [(True, "TRAINING. Synthetic data: every subject is invented."), (False, "TRAINING: not for real subjects.")],
)
def test_each_printed_sheet_of_a_training_environment_says_so(sheet, trial, subject, name, invented, says):
    who, address, _ = PRINTED[name]
    sign_in(sheet, getattr(trial, who))
    sheet.goto(sheet.address + address.format(subject=subject.pk, form=subject.forms.get(code="infusion").pk))
    if not invented:
        sheet.evaluate("document.querySelector('.synthetic').remove()")
    printed = sheets(sheet.pdf(prefer_css_page_size=True))
    assert len(printed) > 0
    assert [says in page.extract_text() for page in printed] == [True] * len(printed)
