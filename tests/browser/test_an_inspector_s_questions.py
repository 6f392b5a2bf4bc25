"""What an inspector asks, answered on screen from the auditor's first page, each in under a minute."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from accounts.actor import acting
from accounts.models import Membership
from cohorts.models import Subject
from signature.closing import Reach, shut
from signature.models import ClosureState
from tests.browser.desk import barriers, faults, picture, sign_in, watched
from tests.cast import SETUP, Trial, actor
from tests.endpoints.test_late_dates import RECORD, ROWS
from tests.printed import sheets
from tests.unlimited import unlimited

REASON = "day read from the radiology report"


@pytest.fixture
def subject(trial: Trial) -> Subject:
    """Treated and assessed; the day of the assessment was corrected once the form had been complete."""
    subject = trial.treated_subject()
    form = trial.fill(subject, "tumour", RECORD, ROWS)
    corrected = RECORD | {"assessment_date": "2008-03-06"}
    trial.fill(subject, "tumour", corrected, ROWS, case_form=form, reason=REASON)
    return subject


@pytest.fixture
def auditor(page: Any, site_server: str, trial: Trial, subject: Subject) -> Iterator[Any]:
    """At the first page that an auditor is led to."""
    watched(page, site_server)
    sign_in(page, trial.auditor)
    page.goto(f"{site_server}/")
    assert page.url.startswith(f"{site_server}/endpoints/")
    yield page
    assert faults(page) == []


@contextmanager
def within_a_minute() -> Iterator[None]:
    begun = time.monotonic()
    yield
    assert time.monotonic() - begun < 60


def of_oversight(page: Any, name: str) -> None:
    page.get_by_role("button", name="Oversight").click()
    page.get_by_role("navigation", name="Main").get_by_role("link", name=name, exact=True).click()


@pytest.mark.requirement("FDA 2024 inspection")
def test_each_change_of_a_date_that_pfs_rests_on_after_first_completion(auditor: Any) -> None:
    with within_a_minute():
        auditor.get_by_role("link", name="Late changes of dates behind PFS").click()
        auditor.wait_for_url("**/trail/?kind=pfs_dates**")
        lines = auditor.locator(".table-region tbody tr").all_inner_texts()
    assert len(lines) == 1
    for words in ("carla", "Date of assessment", "3 Mar 2008", "6 Mar 2008", REASON):
        assert words in lines[0]
    assert barriers(auditor) == []
    picture(auditor, "late-dates-1280")


@pytest.mark.requirement("FDA 2024 inspection")
def test_all_of_one_subject_with_its_trail_as_one_pdf(auditor: Any, subject: Subject, tmp_path: Path) -> None:
    with within_a_minute():
        auditor.get_by_role("link", name="Subjects", exact=True).click()
        auditor.get_by_role("link", name=subject.label, exact=True).first.click()
        with auditor.expect_download() as taken:
            auditor.get_by_role("link", name="Copy with trail").click()
        taken.value.save_as(tmp_path / "record.pdf")
    pages = sheets((tmp_path / "record.pdf").read_bytes())
    text = " ".join(" ".join((page.extract_text() or "").split()) for page in pages)
    for words in ("Audit trail", "3 Mar 2008", "6 Mar 2008", f"Reason: {REASON}"):
        assert words in text


@pytest.mark.requirement("FDA 2024 inspection")
def test_whether_a_file_is_unaltered(auditor: Any, tmp_path: Path) -> None:
    """One that was taken from the trail, and the same with one digit changed."""
    of_oversight(auditor, "Audit trail")
    with auditor.expect_download() as taken:
        auditor.get_by_role("link", name="Export as CSV").click()
    file = tmp_path / "trail.csv"
    taken.value.save_as(file)
    with within_a_minute():
        of_oversight(auditor, "Access log")
        auditor.get_by_role("link", name="Verify a file").click()
        auditor.set_input_files("input[type=file]", file)
        auditor.get_by_role("button", name="Verify").click()
        auditor.get_by_text("Unaltered: a file of exactly this content left this system").wait_for()
    line = auditor.locator(".table-region tbody tr").inner_text()
    for words in ("axel", "trail as CSV, filter: none", "GET /trail.csv"):
        assert words in line
    assert barriers(auditor) == []
    picture(auditor, "file-unaltered-1280")
    file.write_bytes(file.read_bytes().replace(b"2008-03-06", b"2008-03-07").replace(b"carla", b"clara"))
    auditor.set_input_files("input[type=file]", file)
    auditor.get_by_role("button", name="Verify").click()
    auditor.get_by_text("Not known: no file of this content was taken from this system since").wait_for()
    auditor.set_viewport_size({"width": 390, "height": 844})
    assert auditor.evaluate("document.documentElement.scrollWidth") <= 390
    picture(auditor, "file-unknown-390")


@pytest.fixture
def past(trial: Trial, subject: Subject) -> None:
    """All roles were given on 1 January 2008, one of them was taken back in March."""
    with unlimited(), acting(SETUP):
        Membership.objects.update(granted_at=datetime(2008, 1, 1, tzinfo=UTC))
        mona = Membership.objects.filter(user=trial.monitor)
        mona.update(ended_at=datetime(2008, 3, 3, 12, tzinfo=UTC))


@pytest.mark.requirement("FDA 2024 inspection", "FDA 2024 who has access")
def test_who_had_access_to_a_site_in_a_week(auditor: Any, past: None, trial: Trial) -> None:
    def in_the_week(first: str, last: str) -> set[str]:
        auditor.get_by_label("Site", exact=True).select_option(str(trial.site.pk))
        auditor.get_by_label("Access from").fill(first)
        auditor.get_by_label("Access to").fill(last)
        auditor.get_by_role("button", name="Filter").click()
        auditor.locator("caption", has_text="that gave access to site 101").wait_for()
        names = auditor.locator(".table-region tbody th").all_inner_texts()
        return {name.split()[1] for name in names}

    everywhere = {"dora", "sven", "axel", "adam"}
    with within_a_minute():
        of_oversight(auditor, "Staff")
        had = in_the_week("3 Mar 2008", "9 Mar 2008")
    assert had == {"ines", "carla", "mona"} | everywhere
    assert in_the_week("10 Mar 2008", "16 Mar 2008") == {"ines", "carla"} | everywhere


@pytest.mark.requirement("FDA 2024 inspection")
def test_what_a_user_changed_in_the_24_hours_before_a_lock(auditor: Any, trial: Trial, subject: Subject) -> None:
    by = actor(trial.data_manager, "data_manager")
    shut(reach=Reach(trial.site, subject), state=ClosureState.LOCKED, reason="cleaned", by=by)
    with within_a_minute():
        of_oversight(auditor, "Locks")
        auditor.get_by_role("link", name="24 hours before").click()
        auditor.get_by_label("Who", exact=True).fill("carla")
        auditor.get_by_role("button", name="Filter").click()
        auditor.wait_for_url("**who=carla**")
        lines = auditor.locator(".table-region tbody tr").all_inner_texts()
    assert any(REASON in line and "6 Mar 2008" in line for line in lines)
    assert all("carla" in line and subject.label in line for line in lines)
    assert barriers(auditor) == []
