"""Haematology and chemistry as a site enters them: by page, by API, graded again with each change."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.test import Client

from assessments.catalogue import CATALOGUE
from assessments.entering.entry import Entry, typed
from assessments.models import CaseForm, LaboratoryResult
from assessments.pages.answers import answers_to
from assessments.pages.results import result_page
from assessments.place import Place
from audit.models import Event
from tests.laboratory.samples import BLOOD, SERUM, rows
from values.numbers import Result

DAY = {"sample_date": "2007-12-28"}


@pytest.fixture
def subject(trial: Any, ranges: Any) -> Any:
    subject = trial.subject()
    trial.fill(subject, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
    demography = {"birth_date": "1953-05", "age": 54, "sex": "F", "race": "WHITE"}
    trial.fill(subject, "demography", demography, visit="SCR")
    return subject


@pytest.fixture
def blood(trial: Any, subject: Any) -> CaseForm:
    return trial.fill(subject, "haematology", DAY, rows(BLOOD), visit="SCR")


def result(form: CaseForm, analyte: str) -> LaboratoryResult:
    return LaboratoryResult.objects.get(case_form=form, analyte=analyte)


def bound(subject: Any, code: str, record: dict[str, Any], sent: list[dict[str, Any]], **more: Any) -> Entry:
    entry = Entry(CATALOGUE[code], subject=subject, data=typed(record, sent), **{"complete": True} | more)
    entry.is_valid()
    return entry


def test_a_result_is_stored_as_it_was_reported_with_what_follows_from_it(trial: Any, subject: Any) -> None:
    serious = {"value": "0.9", "clinically_significant": "Y"}
    form = trial.fill(subject, "haematology", DAY, rows(BLOOD, NEUT=serious), visit="SCR")
    neutrophils = result(form, "NEUT")
    assert (str(neutrophils.value), neutrophils.unit) == ("0.9", "10^9/L")
    assert (neutrophils.lower_limit, neutrophils.upper_limit, neutrophils.flag) == (
        Decimal("1.8"),
        Decimal("7.5"),
        "LOW",
    )
    assert (neutrophils.grade, neutrophils.toxicity) == (3, "Neutrophils")
    assert str(neutrophils.sampled_on) == "2007-12-28"


def test_another_unit_is_converted_checked_and_graded_again(trial: Any, subject: Any, blood: CaseForm) -> None:
    assert result(blood, "HGB").grade == 0
    in_grams = {"value": "9.5", "unit": "g/dL", "clinically_significant": "Y"}
    trial.fill(subject, "haematology", DAY, rows(BLOOD, HGB=in_grams), case_form=blood, reason="Read wrongly")
    haemoglobin = result(blood, "HGB")
    assert (str(haemoglobin.standard_value), haemoglobin.lower_limit, haemoglobin.upper_limit) == ("95", 12, 16)
    assert (haemoglobin.flag, haemoglobin.grade, haemoglobin.toxicity) == ("LOW", 2, "Hemoglobin")


def test_calcium_is_graded_with_the_albumin_of_the_same_sample(trial: Any, subject: Any) -> None:
    low = {"value": "1.95", "clinically_significant": "N"}
    thin = {"value": "30", "clinically_significant": "Y"}
    form = trial.fill(subject, "chemistry", DAY | {"fasting": "Y"}, rows(SERUM, CA=low, ALB=thin), visit="SCR")
    assert (result(form, "CA").flag, result(form, "CA").grade) == ("LOW", 0)
    assert result(form, "ALB").grade == 1


@pytest.mark.parametrize(("fasting", "grade"), [("Y", 2), ("N", None), ("U", 2)])
def test_high_glucose_is_graded_by_whether_the_subject_fasted(
    trial: Any, subject: Any, fasting: str, grade: int | None
) -> None:
    high = {"value": "10", "clinically_significant": "Y"}
    form = trial.fill(subject, "chemistry", DAY | {"fasting": fasting}, rows(SERUM, GLUC=high), visit="SCR")
    assert result(form, "GLUC").grade == grade


def test_without_limits_of_the_site_nothing_is_flagged_and_amounts_are_graded(trial: Any) -> None:
    subject = trial.subject(trial.other_site)
    trial.fill(subject, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
    form = trial.fill(subject, "haematology", DAY, rows(BLOOD, PLAT={"value": "60"}), visit="SCR")
    assert [(reported.flag, reported.grade) for reported in form.laboratory_results.all()] == [
        ("", None),
        ("", None),
        ("", None),
        ("", None),
        ("", 2),
    ]


def test_complete_asks_for_each_analyte_or_why_there_is_no_result(subject: Any) -> None:
    entry = bound(subject, "haematology", DAY, rows(BLOOD, PLAT={"value": "", "unit": ""})[1:])
    assert set(entry.errors) == {"rows-3-value", "rows-3-unit", "rows-4-value", "rows-4-unit"}
    none = rows(BLOOD, PLAT={"value": "", "unit": "", "not_done": "SAMPLE NOT USABLE"})
    assert bound(subject, "haematology", DAY, none).errors == {}


def test_analytes_that_may_be_left_out_are_not_asked_for(trial: Any, subject: Any) -> None:
    form = trial.fill(subject, "chemistry", DAY | {"fasting": "Y"}, rows(SERUM), visit="SCR")
    assert set(form.laboratory_results.values_list("analyte", flat=True)) == set(SERUM)
    with_inr = [*rows(SERUM), {"analyte": "INR", "value": "1.0", "unit": "RATIO"}]
    trial.fill(subject, "chemistry", DAY | {"fasting": "Y"}, with_inr, case_form=form, reason="Late report")
    assert result(form, "INR").grade == 0


@pytest.mark.parametrize(
    ("other", "field", "words"),
    [
        ({"HGB": {"value": "121", "unit": "g/dL"}}, "rows-0-value", "Was it reported in g/L?"),
        ({"HGB": {"unit": "10^9/L"}}, "rows-0-unit", "Choose the unit of Haemoglobin 121: g/L, g/dL, mmol/L."),
        ({"HGB": {"unit": ""}}, "rows-0-unit", "equired to complete the form"),
        ({"HGB": {"value": "-1"}}, "rows-0-value", "-1 cannot be: enter 0 to 9999999."),
        ({"HGB": {"value": "119"}}, "rows-0-clinically_significant", "below the limits of normal: state whether"),
        ({"PLAT": {"value": "401"}}, "rows-4-clinically_significant", "above the limits of normal: state whether"),
        ({"HGB": {"not_done": "NOT REQUESTED"}}, "rows-0-not_done", "There is a result, 121"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(subject: Any, other: Any, field: str, words: str) -> None:
    errors = bound(subject, "haematology", DAY, rows(BLOOD, **other)).errors
    assert words in " ".join(errors[field])


@pytest.mark.parametrize(("value", "errors"), [("120", 0), ("160", 0), ("119.9", 1), ("160.1", 1)])
def test_what_lies_at_a_limit_is_normal(subject: Any, value: str, errors: int) -> None:
    assert len(bound(subject, "haematology", DAY, rows(BLOOD, HGB={"value": value})).errors) == errors


def test_an_analyte_of_another_form_and_one_sent_twice_are_refused(subject: Any) -> None:
    stranger = [*rows(BLOOD), {"analyte": "K", "value": "4", "unit": "mmol/L"}]
    assert "not one of this form's analytes" in str(bound(subject, "haematology", DAY, stranger).errors)
    twice = [*rows(BLOOD), rows(BLOOD)[0]]
    assert "appears twice" in str(bound(subject, "haematology", DAY, twice).errors)


@pytest.mark.parametrize(
    ("time", "fits"), [("00:00", True), ("23:59", True), ("24:00", False), ("9:30", True), ("8h30", True)]
)
def test_a_time_of_day_is_one_of_the_24_hour_clock(subject: Any, time: str, fits: bool) -> None:
    errors = bound(subject, "haematology", DAY | {"sample_time": time}, rows(BLOOD)).errors
    assert ("sample_time" in errors) is not fits


def test_a_draft_keeps_what_was_typed_and_no_blank_rows(trial: Any, subject: Any) -> None:
    form = trial.fill(subject, "haematology", DAY, rows(BLOOD)[:2], visit="SCR", complete=False)
    assert list(form.laboratory_results.values_list("analyte", flat=True)) == ["HGB", "WBC"]


def test_a_new_date_chooses_other_limits_for_results_that_were_not_sent_again(
    trial: Any, subject: Any, blood: CaseForm, ranges: Any, manager: Any
) -> None:
    from datetime import date

    from laboratory.services import add_range, change_range

    change_range(held=ranges["HGB"], version=1, valid_to=date(2007, 12, 29), reason="New analyser", by=manager)
    add_range(
        site=trial.site,
        analyte="HGB",
        unit="g/dL",
        low=Decimal(11),
        high=Decimal(15),
        valid_from=date(2007, 12, 30),
        by=manager,
    )
    trial.fill(subject, "haematology", {"sample_date": "2007-12-30"}, [], case_form=blood, reason="Wrong day")
    assert (result(blood, "HGB").lower_limit, result(blood, "HGB").upper_limit) == (110, 150)
    assert str(result(blood, "PLAT").sampled_on) == "2007-12-30"


def test_every_change_of_a_result_is_in_the_trail(trial: Any, subject: Any, blood: CaseForm) -> None:
    changed = rows(BLOOD, PLAT={"value": "90", "clinically_significant": "N"})
    trial.fill(subject, "haematology", DAY, changed, case_form=blood, reason="Typing error")
    entry = Event.objects.filter(table_name="assessments_laboratoryresult", action="update").latest("id")
    assert (entry.reason, entry.case_form_id) == ("Typing error", blood.pk)
    assert {"value", "grade", "flag", "toxicity"} <= set(entry.new)


def test_saving_the_same_again_changes_nothing(subject: Any, blood: CaseForm) -> None:
    entry = bound(subject, "haematology", DAY, rows(BLOOD), case_form=blood)
    assert entry.errors == {}
    assert entry.changes() == []


def test_a_save_takes_as_many_statements_for_five_results_as_for_eighteen(
    trial: Any, subject: Any, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    everything = [*rows(SERUM), *({"analyte": code, "value": "1", "unit": unit} for code, unit in [("INR", "RATIO")])]
    for code, record, sent in (("haematology", DAY, rows(BLOOD)), ("chemistry", DAY | {"fasting": "Y"}, everything)):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            trial.fill(subject, code, record, sent, visit="SCR")
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_the_page_offers_each_analyte_with_the_laboratory_s_unit(trial: Any, subject: Any, sign_in: Any) -> None:
    visit = subject.visits.get(code="SCR")
    page = sign_in(trial.coordinator).get(f"/subjects/{subject.pk}/forms/haematology/?visit={visit.pk}")
    assert page.status_code == 200
    text = page.content.decode()
    assert [word in text for word in ("Haemoglobin", "Platelets", "grades by CTCAE 3.0")] == [True] * 3
    assert '<option value="g/L" selected>' in text
    assert "mEq/L" not in text


def posted(page_rows: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {name: value for name, value in typed(DAY, page_rows).items() if value is not None} | more


def test_the_page_saves_and_shows_what_followed(trial: Any, subject: Any, sign_in: Any) -> None:
    desk, visit = sign_in(trial.coordinator), subject.visits.get(code="SCR")
    low = rows(BLOOD, HGB={"value": "9.5", "unit": "g/dL", "clinically_significant": "Y"})
    url = f"/subjects/{subject.pk}/forms/haematology/?visit={visit.pk}"
    answer = desk.post(url, posted(low, action="complete"), follow=True)
    assert b"Haematology: complete." in answer.content
    assert b"Grade 2" in answer.content
    assert b"(12 to 16)" in answer.content
    assert b"= 95 g/L" in answer.content


def test_a_reader_sees_limits_flag_and_grade(trial: Any, subject: Any, sign_in: Any) -> None:
    low = rows(BLOOD, HGB={"value": "95", "clinically_significant": "Y"})
    form = trial.fill(subject, "haematology", DAY, low, visit="SCR")
    text = sign_in(trial.monitor).get(f"/forms/{form.pk}/").content.decode()
    assert [word in text for word in ("120 to 160", "Low", "2 Hemoglobin")] == [True] * 3


def test_what_follows_is_told_while_it_is_typed(trial: Any, subject: Any, sign_in: Any) -> None:
    sent = posted(rows(BLOOD, NEUT={"value": "0.4"}))
    answer = sign_in(trial.coordinator).post(f"/subjects/{subject.pk}/laboratory/haematology/", sent)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert 'id="found-rows-2" class="small" hx-swap-oob="true"' in text
    assert "Grade 4" in text
    undated = sign_in(trial.coordinator).post(
        f"/subjects/{subject.pk}/laboratory/haematology/", sent | {"sample_date": "?"}
    )
    assert "Grade 4" in undated.content.decode()
    assert not CaseForm.objects.filter(code="haematology").exists()


@pytest.mark.parametrize(
    ("user", "code", "status"),
    [("stranger", "haematology", 404), ("monitor", "haematology", 403), ("coordinator", "demography", 404)],
)
def test_only_who_may_enter_data_asks_what_follows(
    trial: Any, subject: Any, sign_in: Any, user: str, code: str, status: int
) -> None:
    answer = sign_in(getattr(trial, user)).post(f"/subjects/{subject.pk}/laboratory/{code}/", posted([]))
    assert answer.status_code == status


def test_the_api_takes_and_gives_results_by_analyte(trial: Any, subject: Any, sign_in: Any) -> None:
    desk: Client = sign_in(trial.coordinator)
    body = {
        "subject": subject.pk,
        "visit": subject.visits.get(code="SCR").pk,
        "complete": True,
        "record": DAY,
        "rows": rows(BLOOD, HGB={"value": "9.5", "unit": "g/dL", "clinically_significant": "Y"}),
    }
    made = desk.post("/api/v1/forms/haematology/", body, content_type="application/json")
    assert made.status_code == 201, made.content
    read = desk.get(f"/api/v1/forms/haematology/{made.json()['id']}/").json()
    first = read["rows"][0]
    assert (first["analyte"], first["value"], first["flag"], first["grade"]) == ("HGB", "9.5", "LOW", 2)
    change = {"version": 1, "complete": True, "reason": "Misread", "rows": [{"analyte": "HGB", "value": "12.5"}]}
    done = desk.patch(f"/api/v1/forms/haematology/{made.json()['id']}/", change, content_type="application/json")
    assert done.status_code == 200, done.content
    assert LaboratoryResult.objects.get(analyte="HGB").grade == 0


def test_version_5_grades_by_the_baseline_before_the_first_dose(trial: Any, subject: Any, monkeypatch: Any) -> None:
    from datetime import date

    from assessments.laboratory import samples as laboratory
    from protocol import current

    monkeypatch.setattr(laboratory, "current", lambda: current().model_copy(update={"ctcae_version": "5.0"}))
    raised = {"value": "80", "clinically_significant": "N"}
    trial.fill(subject, "chemistry", DAY | {"fasting": "Y"}, rows(SERUM, ALT=raised), visit="SCR")
    subject.first_dose_date = date(2008, 1, 7)
    at = laboratory.bench(subject, date(2008, 1, 14))
    assert at.baselines["ALT"] == 80
    held = LaboratoryResult.objects.get(analyte="ALT").upper_limit
    assert held is not None and at.baseline_highs["ALT"] == Fraction(held)
    assert laboratory.bench(subject, date(2008, 1, 7)).baselines == {}
    sent = [{"analyte": "ALT", "value": Result("", Decimal(119)), "unit": "U/L"}]
    assert laboratory.outcomes(at, {}, sent)["ALT"].graded.grade == 0
    assert laboratory.outcomes(at, {}, [sent[0] | {"value": Result("", Decimal(120))}])["ALT"].graded.grade == 1


def test_a_result_far_from_usual_is_asked_about_at_its_field_until_it_is_corrected(
    trial: Any, subject: Any, sign_in: Any
) -> None:
    odd = {"value": "59", "clinically_significant": "N"}
    form = trial.fill(subject, "haematology", DAY, rows(BLOOD, HGB=odd), visit="SCR")
    query = form.queries.get()
    assert (query.item, query.state) == ("rows[HGB]-value", "open")
    assert query.text == "Haemoglobin 59 g/L is far from usual. Is it right?"
    assert "Haemoglobin" in sign_in(trial.monitor).get(f"/queries/{query.pk}/").content.decode()
    trial.fill(subject, "haematology", DAY, rows(BLOOD), case_form=form, reason="Typing error")
    query.refresh_from_db()
    assert query.state == "closed"


@pytest.mark.parametrize(
    ("analyte", "sent", "words"),
    [
        ("LYM", {"value": "<2"}, "No flag: the limit leaves open whether it is within the limits of normal."),
        ("LYM", {"value": "<2"}, "No grade: the limit leaves open which grade it has, 0 to 4."),
        ("NEUT", {"value": "<1.0"}, "At least grade 3"),
    ],
)
def test_a_result_without_a_flag_or_a_grade_says_why_while_it_is_typed(
    trial: Any, subject: Any, sign_in: Any, analyte: str, sent: dict[str, str], words: str
) -> None:
    desk = sign_in(trial.coordinator)
    address = f"/subjects/{subject.pk}/laboratory/haematology/"
    assert words in desk.post(address, posted(rows(BLOOD, **{analyte: sent}))).content.decode()


@pytest.mark.parametrize(
    ("analyte", "sent", "field", "words"),
    [
        ("HGB", {"value": "125", "unit": "g/dL"}, "rows-0-value", "cannot be. Was it reported in g/L?"),
        ("HGB", {"value": "12", "unit": ""}, "rows-0-unit", "Choose the unit of Haemoglobin 12: g/L, g/dL, mmol/L."),
        ("PLAT", {"value": "1.500"}, "rows-4-value", "may be thousands or decimals: write 1500, or 1.5."),
        ("PLAT", {"value": "4"}, "rows-4-value", "Platelets 4 10⁹/L is far from usual. Is it right?"),
    ],
)
def test_what_is_wrong_or_odd_with_a_result_is_answered_at_its_field_while_it_is_typed(
    subject: Any, analyte: str, sent: dict[str, str], field: str, words: str
) -> None:
    place = Place(subject, CATALOGUE["haematology"], subject.visits.get(code="SCR"))
    answers = answers_to(place, posted(rows(BLOOD, **{analyte: sent})))
    assert words in " ".join((answers["errors"] | answers["asks"])[field])


def test_a_stored_result_without_a_flag_or_a_grade_says_why(trial: Any, sign_in: Any) -> None:
    subject = trial.subject(trial.other_site)
    trial.fill(subject, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
    form = trial.fill(subject, "chemistry", DAY | {"fasting": "Y"}, rows(SERUM), visit="SCR", complete=False)
    reasons = {row.label: row.found.open for row in _page_of(form)}
    assert reasons["Potassium"] == (
        "No flag: the site's list has no limits of normal for it on the day of the sample.",
        "No grade: the lower limit of normal is not known.",
    )
    assert reasons["Urea"][1] == "No grade: CTCAE 3.0 has no criteria for it."
    assert reasons["Gamma-GT"] == ()


def _page_of(form: CaseForm) -> list[Any]:
    entry = Entry(CATALOGUE[form.code], subject=form.subject, case_form=form)
    for row in entry.rows:
        row.own_fields()
    return list(result_page(entry.rows)["rows"])
