"""Every form answers at its fields before it is saved, by a save's own checks: what is refused, what is asked."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.entering.entry import typed
from audit.models import Event
from review.models import Query
from tests.cast import FIRST_DOSE
from tests.examples import EXAMPLES, INFUSION
from tests.laboratory.samples import SERUM, rows

pytestmark = pytest.mark.django_db
AT_DAY_8 = INFUSION | {"infusion_date": "2008-01-14", "trastuzumab_loading": "N", "trastuzumab_dose_mg": "128"}


def answer(desk: Any, subject: Any, code: str, record: dict[str, Any], of: Any = (), *, parameters: str = "") -> Any:
    reply = desk.post(f"/subjects/{subject.pk}/forms/{code}/answers/{parameters}", typed(record, of))
    assert reply.status_code == 200
    return reply.json()


def test_an_age_that_does_not_fit_the_birth_is_answered(desk, subject):
    reply = answer(desk, subject, "demography", {"birth_date": "1960", "age": "5", "sex": "F"})
    assert reply["errors"] == {}
    assert any("outside 18 to 90" in words for words in reply["asks"]["age"])
    assert any("from birth in 1960" in words for words in reply["asks"]["age"])
    assert answer(desk, subject, "demography", {"birth_date": "1953-05", "age": "54"}) == {"errors": {}, "asks": {}}


def test_a_dose_far_from_the_planned_one_is_answered(desk, subject):
    assert (
        "paclitaxel_dose_mg" in answer(desk, subject, "infusion", AT_DAY_8 | {"paclitaxel_dose_mg": "1450"})["errors"]
    )
    reply = answer(desk, subject, "infusion", AT_DAY_8 | {"paclitaxel_dose_mg": "274"})
    assert "100 % above the planned 137 mg" in reply["asks"]["paclitaxel_dose_mg"][0]
    assert "paclitaxel_dose_mg" not in answer(desk, subject, "infusion", AT_DAY_8)["asks"]


def test_other_forms_are_compared_with(desk, subject):
    reply = answer(desk, subject, "infusion", AT_DAY_8 | {"infusion_date": "2008-01-09", "trastuzumab_loading": "Y"})
    assert reply["asks"]["infusion_date"] == ["Only 2 days after the infusion of 7 Jan 2008."]
    assert "given on 7 Jan 2008 already" in reply["asks"]["trastuzumab_loading"][0]


@pytest.mark.parametrize(
    ("record", "field"),
    [
        ({"vital_signs_date": "2999-01-01"}, "vital_signs_date"),
        ({"pulse_per_min": "7200"}, "pulse_per_min"),
        ({"systolic_mmhg": "70", "diastolic_mmhg": "120"}, "diastolic_mmhg"),
    ],
)
def test_what_a_save_would_refuse_is_an_error(desk, subject, record, field):
    reply = answer(desk, subject, "vital_signs", EXAMPLES["vital_signs"][0] | record)
    assert list(reply["errors"]) == [field]
    assert field not in reply["asks"]


def test_what_is_still_open_is_no_error(desk, subject):
    assert answer(desk, subject, "vital_signs", {"weight_kg": "64"}) == {"errors": {}, "asks": {}}


def test_the_window_of_the_visit_is_known(desk, subject):
    at = f"?visit={subject.visits.get(code='C1D8').pk}"
    reply = answer(desk, subject, "infusion", AT_DAY_8 | {"infusion_date": "2008-01-22"}, parameters=at)
    assert "the window of Cycle 1, day 8" in reply["asks"]["infusion_date"][0]


def test_rows_answer_at_their_fields(desk, subject):
    results = rows(SERUM, K={"value": "41"})
    number = next(number for number, row in enumerate(results) if row["analyte"] == "K")
    reply = answer(desk, subject, "chemistry", {"sample_date": "2008-01-14"}, results)
    assert f"rows-{number}-value" in reply["errors"] | reply["asks"]
    doses = [{"dose_mg": "10", "start_date": "2008-01-07", "end_date": "2008-01-03"}]
    assert "rows-0-end_date" in answer(desk, subject, "everolimus", {"any_taken": "Y"}, doses)["errors"]


def test_what_was_asked_already_is_not_said_again(desk, trial, subject):
    record = {"birth_date": "1953-05", "age": 95, "sex": "F", "race": "WHITE"}
    form = subject.forms.get(code="demography")
    trial.fill(subject, "demography", record, case_form=form, reason="source")
    assert Query.objects.filter(case_form=form, item="age").count() == 2
    assert "age" not in answer(desk, subject, "demography", record, parameters=f"?form={form.pk}")["asks"]
    assert "age" in answer(desk, subject, "demography", record | {"age": 96}, parameters=f"?form={form.pk}")["asks"]


def test_a_term_that_the_dictionary_lacks_is_an_error(desk, subject):
    record = {"term": "Tired", "dictionary_term": "Feeling like Monday", "grade": "1"}
    assert list(answer(desk, subject, "adverse_event", record)["errors"]) == ["dictionary_term"]


def test_nothing_is_written(desk, trial, subject):
    before = Event.objects.count()
    forms = subject.forms.count()
    answer(desk, subject, "infusion", AT_DAY_8 | {"paclitaxel_dose_mg": "274"})
    assert (Event.objects.count(), subject.forms.count(), Query.objects.filter(text__contains="274").count()) == (
        before,
        forms,
        0,
    )


def statements(desk, subject, *arguments, **named) -> int:
    with CaptureQueriesContext(connection) as seen:
        answer(desk, subject, *arguments, **named)
    return len(seen.captured_queries)


def test_statements_do_not_grow_with_rows_or_forms(desk, trial, subject):
    first = {"dose_mg": "10", "start_date": "2008-01-07"}
    answer(desk, subject, "everolimus", {}, [first])
    few = statements(desk, subject, "everolimus", {"any_taken": "Y"}, [first])
    for week in range(1, 6):
        trial.infuse(subject, date.fromordinal(FIRST_DOSE.toordinal() + 7 * week))
    days = [f"2008-02-{day:02}" for day in range(1, 25)]
    many = [{"dose_mg": "10", "start_date": day, "end_date": day} for day in days]
    assert statements(desk, subject, "everolimus", {"any_taken": "Y"}, many) <= few
    assert few <= 12


@pytest.mark.parametrize("query", ["?visit=x", "?visit=99999999"])
def test_an_address_that_makes_no_sense_is_no_error(desk, subject, query):
    assert desk.post(f"/subjects/{subject.pk}/forms/infusion/answers/{query}", {}).status_code in (200, 404)
    assert desk.post(f"/subjects/{subject.pk}/forms/nonsense/answers/", {}).status_code == 404
