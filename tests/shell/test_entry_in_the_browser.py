"""Typing in a real browser: by keyboard, without loss, and with a reason for what changes."""

from urllib.parse import parse_qs

import pytest

from tests.browser.desk import violations, wait_until

KEPT = "Not saved yet; kept in this browser"


@pytest.fixture(scope="module")
def quiet_site(django_db_setup, static_files, tmp_path_factory):
    """One server for all tests here: these pages write nothing."""
    from tests.programs import site

    yield from site(tmp_path_factory.mktemp("web") / "web.log", static_files)


@pytest.fixture
def form_page(page, quiet_site):
    """The sample form; `page.sent` collects what is posted, `page.complaints` what the browser complains of."""
    page.sent, page.complaints = [], []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: page.sent.append(parse_qs(request.post_data)) if request.post_data else None)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{quiet_site}/styleguide/form/")
    yield page
    assert page.complaints == []


def answer_with(page, old: str, new: str) -> None:
    """From now on the page comes as the server would send it in another situation."""

    def changed(route):
        answer = route.fetch()
        assert old in answer.text()
        route.fulfill(response=answer, body=answer.text().replace(old, new))

    page.route("**/styleguide/form/", changed)


def type_and_wait(page) -> None:
    page.fill("#id_weight", "62.5")
    page.check("#id_signs_2")
    page.get_by_text(KEPT).wait_for()


def test_what_was_typed_is_offered_again_after_the_page_was_lost(form_page):
    type_and_wait(form_page)
    form_page.reload()
    assert form_page.input_value("#id_weight") == "61.5"
    form_page.get_by_role("button", name="Restore").click()
    assert form_page.input_value("#id_weight") == "62.5"
    assert form_page.is_checked("#id_signs_2")


def test_what_was_typed_is_shown_even_where_its_field_is_gone(form_page):
    type_and_wait(form_page)
    answer_with(form_page, 'name="weight"', 'name="mass"')
    form_page.reload()
    form_page.get_by_role("button", name="Restore").click()
    assert "62.5" in form_page.get_by_text("This form no longer has a field").inner_text()


def test_a_draft_thrown_away_is_not_offered_again(form_page):
    type_and_wait(form_page)
    form_page.reload()
    form_page.get_by_role("button", name="Discard").click()
    form_page.reload()
    form_page.locator("#id_weight").wait_for()
    assert form_page.get_by_role("button", name="Restore").count() == 0


def test_a_draft_of_an_older_version_says_so(form_page):
    type_and_wait(form_page)
    answer_with(form_page, 'data-version="3"', 'data-version="4"')
    form_page.reload()
    assert "Somebody has saved the form since" in form_page.locator(".notice").inner_text()


def test_a_draft_goes_once_the_server_says_that_the_form_is_saved(form_page):
    type_and_wait(form_page)
    answer_with(form_page, "</main>", '<p data-tags="saved:form-12"></p></main>')
    form_page.reload()
    wait_until(form_page, "Object.keys(localStorage).length === 0")
    assert form_page.get_by_role("button", name="Restore").count() == 0


def test_a_change_shows_old_and_new_and_is_sent_with_its_reason(form_page):
    form_page.fill("#id_weight", "62.5")
    form_page.focus("#id_who_status_1")
    form_page.keyboard.press("2")
    form_page.keyboard.press("Control+s")
    dialog = form_page.get_by_role("dialog")
    assert [row.inner_text().split("\t") for row in dialog.locator("tbody tr").all()] == [
        ["Weight", "61.5", "62.5"],
        ["WHO performance status", "1 Restricted", "2 In bed less than half the day"],
    ]
    dialog.get_by_role("button", name="Save with this reason").click()
    assert form_page.sent == []
    dialog.get_by_label("Reason").select_option("source")
    with form_page.expect_navigation():
        dialog.get_by_role("button", name="Save with this reason").click()
    [sent] = form_page.sent
    assert sent["change_reason"] == ["source"]
    assert sent["weight"] == ["62.5"]
    assert sent["action"] == ["draft"]
    assert sent["version"] == ["3"]


def test_a_save_that_changes_nothing_asks_for_no_reason(form_page):
    with form_page.expect_navigation():
        form_page.keyboard.press("Control+s")
    assert "change_reason" not in form_page.sent[0]


def test_going_back_from_the_dialog_sends_nothing_and_keeps_what_was_typed(form_page):
    form_page.fill("#id_weight", "62.5")
    form_page.get_by_role("button", name="Complete").click()
    form_page.get_by_role("dialog").wait_for()
    form_page.keyboard.press("Escape")
    assert form_page.sent == []
    assert form_page.input_value("#id_weight") == "62.5"


def test_the_first_error_has_the_focus(form_page):
    answer_with(form_page, 'class="field-row" id="row_id_weight"', 'class="field-row-invalid" id="row_id_weight"')
    form_page.reload()
    wait_until(form_page, "document.activeElement.id === 'id_weight'")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("address", ["/styleguide/", "/styleguide/form/", "/accounts/login/"])
def test_pages_hold_wcag_and_do_not_scroll_sideways(page, quiet_site, width, address):
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(quiet_site + address)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_telephone_folds_the_menu_until_it_is_asked_for(page, quiet_site):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{quiet_site}/styleguide/form/")
    assert not page.get_by_text("Demography").is_visible()
    page.get_by_text("Visits of 101-001").click()
    assert page.get_by_text("Demography").is_visible()


def test_a_fragment_that_did_not_come_is_said_in_words(page, quiet_site):
    page.goto(f"{quiet_site}/styleguide/form/")
    page.evaluate("htmx.ajax('GET', '/nowhere/', {target: '#crf'})")
    assert "no longer available to you" in page.get_by_role("alert").inner_text()
    assert page.locator("#id_weight").is_visible()
