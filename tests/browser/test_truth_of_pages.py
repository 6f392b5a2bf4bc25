"""What pages say under a lock, of a filter that cannot be read, and of keys that do nothing; seen at both widths."""

from typing import Any

import pytest

from review.services import raise_query
from signature.closing import Reach, shut
from signature.models import ClosureState
from tests.browser.desk import NARROW, barriers, picture, sign_in
from tests.cast import actor


@pytest.fixture
def subject(trial: Any) -> Any:
    return trial.treated_subject()


def seen_at_both_widths(page: Any, name: str) -> None:
    """No barrier, and nothing that runs out of the window."""
    wide = page.viewport_size
    for size, of in ((wide, "wide"), (NARROW, "narrow")):
        page.set_viewport_size(size)
        assert barriers(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        picture(page, f"{name}-{of}")
    page.set_viewport_size(wide)


def test_under_a_lock_lists_say_that_nothing_may_be_done(desk: Any, trial: Any, subject: Any) -> None:
    by = actor(trial.data_manager, "data_manager")
    query = raise_query(
        case_form=subject.forms.get(code="demography"), item="age", text="54?", by=actor(trial.monitor, "monitor")
    )
    shut(reach=Reach(subject.site), state=ClosureState.LOCKED, reason="clean", by=by)
    for user, address, name in (
        (trial.investigator, "/sign/", "to-sign"),
        (trial.monitor, "/sdv/", "verification"),
        (trial.coordinator, "/worklists/?list=overdue", "worklist"),
    ):
        sign_in(desk, user)
        desk.goto(f"{desk.address}{address}")
        assert "Left undone:" in desk.inner_text("main")
        seen_at_both_widths(desk, f"empty-{name}")
    sign_in(desk, trial.monitor)
    desk.goto(f"{desk.address}/queries/{query.pk}/")
    assert "was locked by dora on" in desk.inner_text("main")
    seen_at_both_widths(desk, "thread-locked")
    sign_in(desk, trial.data_manager)
    desk.goto(f"{desk.address}/closures/")
    seen_at_both_widths(desk, "closures")
    desk.goto(f"{desk.address}/trail/?kind=locks")
    seen_at_both_widths(desk, "trail-locks")


def test_a_filter_that_cannot_be_read_comes_back_with_what_was_typed(desk: Any, trial: Any) -> None:
    sign_in(desk, trial.auditor)
    desk.goto(f"{desk.address}/trail/?since=31.13.2026")
    assert "there is no month 13" in desk.inner_text("main")
    assert desk.input_value("[name=since]") == "31.13.2026"
    seen_at_both_widths(desk, "filter-refused")
    desk.fill("[name=since]", "29.11.2007 08:30")
    desk.click("form.filters button[type=submit]")
    assert desk.locator("h1").inner_text() == "Audit trail"


def test_a_key_that_does_nothing_says_why_and_cancelling_asks(desk: Any, trial: Any, subject: Any) -> None:
    sign_in(desk, trial.monitor)
    form = subject.forms.get(code="demography")
    query = raise_query(case_form=form, item="age", text="54?", by=actor(trial.monitor, "monitor"))
    desk.goto(f"{desk.address}/sdv/?form={form.pk}&q=999")
    desk.keyboard.press("j")
    desk.wait_for_selector("[data-key-answer]:has-text('last form of the list')")
    seen_at_both_widths(desk, "pane")
    desk.goto(f"{desk.address}/queries/{query.pk}/")
    seen_at_both_widths(desk, "thread")
    desk.click("text=Cancel query…")
    assert "Cancel query?" in desk.inner_text("h1")
    seen_at_both_widths(desk, "cancel")
    desk.fill("textarea", "Asked twice.")
    desk.click("main button[type=submit]")
    assert "Cancelled query" in desk.inner_text("main")
    seen_at_both_widths(desk, "thread-cancelled")


def test_the_side_list_begins_at_the_form_that_is_open_and_a_row_is_asked_about_at_its_cell(
    desk: Any, trial: Any, subject: Any
) -> None:
    last = subject.visits.order_by("target_date").last()
    sign_in(desk, trial.coordinator)
    desk.set_viewport_size({"width": 1280, "height": 500})
    desk.goto(f"{desk.address}/subjects/{subject.pk}/forms/tumour/?visit={subject.visits.get(code='TA01').pk}")
    shown = "() => { const here = document.querySelector('.rail [aria-current]').getBoundingClientRect(),"
    shown += " box = document.querySelector('.rail').getBoundingClientRect();"
    shown += " return here.top >= box.top && here.bottom <= box.bottom; }"
    assert last is not None
    assert desk.evaluate(shown)
    assert desk.evaluate("window.scrollY") == 0
    sign_in(desk, trial.monitor)
    baseline = subject.forms.get(code="tumour_baseline")
    desk.goto(f"{desk.address}/forms/{baseline.pk}/")
    seen_at_both_widths(desk, "rows-asked")
    desk.click("[id='id_rows-0-location'] a")
    assert desk.input_value("[name=item]") == "rows[T01]-location"
