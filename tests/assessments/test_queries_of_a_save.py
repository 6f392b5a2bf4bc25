"""The page that answers a save tells what its checks asked and closed, at this form and at others."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from review.models import Query
from tests.assessments.posting import new_form, on_screen, posted
from tests.cast import FIRST_DOSE
from tests.examples import EXAMPLES

pytestmark = pytest.mark.django_db
REASON = {"change_reason": "Source was corrected"}


def saved(desk, address, data) -> str:
    """The page that answers the save, as a browser gets to see it."""
    return re.sub(r"\s+", " ", desk.post(address, data, follow=True).content.decode())


def test_a_query_that_the_save_raises_stands_on_the_page_with_its_field(desk, subject):
    vitals = EXAMPLES["vital_signs"][0] | {"vital_signs_date": "2008-01-14", "pulse_per_min": "140"}
    page = saved(desk, new_form(subject, "vital_signs", "C1D8"), posted(vitals))
    query = Query.objects.get(item="pulse_per_min")
    assert f'1 query raised:</p><ul class="queries-of-save"><li><a href="/queries/{query.pk}/field/">Pulse</a>' in page
    assert "Pulse 140 beats/min is outside" in page
    assert f'href="#row_id_{query.item}"' in page
    form = query.case_form
    mended = saved(desk, f"/forms/{form.pk}/", on_screen(form) | REASON | {"pulse_per_min": "80"})
    assert "1 query closed:" in mended
    assert "raised" not in mended
    assert not Query.objects.filter(state="open", case_form=form).exists()


def test_a_query_at_another_form_is_told_with_its_form_and_visit(desk, trial, subject):
    death = {"death_date": FIRST_DOSE.replace(day=2).isoformat(), "cause": "DISEASE UNDER STUDY"}
    page = saved(desk, new_form(subject, "death", None), posted(death))
    query = Query.objects.get(case_form__code="infusion", check_id__contains="death")
    assert f'<a href="/queries/{query.pk}/field/">Trastuzumab and paclitaxel, ' in page
    assert query.text in page


def test_the_next_form_is_told_of_it_too(desk, subject):
    vitals = EXAMPLES["vital_signs"][0] | {"vital_signs_date": "2008-01-14", "pulse_per_min": "140"}
    page = saved(desk, new_form(subject, "vital_signs", "C1D8"), posted(vitals, action="next"))
    assert "<h1>Vital signs" not in page
    assert "1 query raised:" in page
    assert "Pulse 140 beats/min" in page


def test_a_form_that_is_not_done_tells_what_it_closed(desk, trial, subject):
    vitals = EXAMPLES["vital_signs"][0] | {"vital_signs_date": "2008-01-14", "pulse_per_min": "140"}
    form = trial.fill(subject, "vital_signs", vitals, visit="C1D8")
    data = {"action": "not_done", "not_done_reason": "Wrong subject", "version": form.version}
    assert "1 query closed:" in saved(desk, f"/forms/{form.pk}/", data)


def test_a_save_that_asks_nothing_tells_nothing_and_costs_nothing(desk, subject):
    data = posted(EXAMPLES["vital_signs"][0] | {"vital_signs_date": "2008-01-14"})
    with CaptureQueriesContext(connection) as seen:
        assert desk.post(new_form(subject, "vital_signs", "C1D8"), data).status_code == 302
    # What is open at the subject is read, as before: nothing more.
    assert len([query for query in seen.captured_queries if "review_query" in query["sql"]]) == 1
    assert "raised" not in desk.get("/").content.decode()
