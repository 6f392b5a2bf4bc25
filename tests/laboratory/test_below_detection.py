"""A result may be the limit of what its method can tell: `<0.1`, `>500`. It is kept, shown and graded as such."""

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from html import escape
from importlib import import_module
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st
from psycopg.errors import DataError

from assessments.catalogue import CATALOGUE
from assessments.eligibility import verdicts_of
from assessments.forms.building import record_form
from assessments.items import ResultField
from assessments.laboratory import samples as laboratory
from assessments.laboratory.trend import trend_of
from assessments.models import CaseForm, Eligibility, LaboratoryResult
from assessments.pages.printing import forms_in_words
from audit.models import Event
from audit.wording import changes
from cohorts.services import add_visit
from laboratory.analytes import ANALYTES
from laboratory.ctcae import Measured, grade
from laboratory.ranges import Limits, flag
from protocol import current
from review.models import Query
from sdv.points import points_of
from signature.content import canonical
from tests.cast import ELIGIBLE
from tests.laboratory.samples import BLOOD, SERUM, rows
from values.numbers import Result, read_result

DAY = {"sample_date": "2007-12-28"}
LOW = {"value": "<0.1", "clinically_significant": "Y"}


@pytest.fixture
def blood(trial: Any, subject: Any) -> CaseForm:
    return trial.fill(subject, "haematology", DAY, rows(BLOOD, NEUT=LOW), visit="SCR")


def graded(version: str, code: str, text: str, low: str = "", high: str = "") -> Any:
    result = read_result(text)
    limits = Limits(*(Fraction(limit) if limit else None for limit in (low, high)))
    analyte = ANALYTES[code]
    return grade(version, analyte, Measured(Fraction(result.value), analyte.si, limits, qualifier=result.qualifier))


@pytest.mark.parametrize(
    ("code", "result", "low", "high", "expected"),
    [
        ("NEUT", "<0.1", "1.8", "7.5", (4, "")),
        ("NEUT", "<0.5", "1.8", "7.5", (4, "")),  # 0.5 itself has grade 3; what lies below it has grade 4
        ("NEUT", "<1.0", "1.8", "7.5", (3, "AT LEAST")),
        ("NEUT", "<1.8", "1.8", "7.5", (1, "AT LEAST")),
        ("NEUT", "<1.9", "1.8", "7.5", (None, "")),
        ("PLAT", ">1000", "150", "400", (0, "")),
        ("PLAT", ">100", "150", "400", (1, "AT MOST")),
        ("ALT", ">500", "", "40", (3, "AT LEAST")),
        ("ALT", ">800", "", "40", (4, "")),  # 20 times the upper limit, and above it
        ("ALT", "<30", "", "40", (0, "")),
        ("ALT", "<60", "", "40", (1, "AT MOST")),
        ("BILI", "<3", "", "20", (0, "")),
        ("K", "<2.0", "3.5", "5.0", (4, "")),
        ("K", "<6.5", "3.5", "5.0", (None, "")),  # grade 3 of the one term at the limit, 4 of the other far below it
        ("ALT", ">500", "", "", (None, "")),
        ("UREA", "<1", "2.5", "7.5", (None, "")),
    ],
)
def test_a_limit_has_the_grade_of_what_lies_beyond_it(
    code: str, result: str, low: str, high: str, expected: tuple[int | None, str]
) -> None:
    verdict = graded("3.0", code, result, low, high)
    assert (verdict.grade, verdict.bound) == expected
    assert bool(verdict.why) is (verdict.grade is None)


@given(
    st.sampled_from(["NEUT", "PLAT", "HGB", "K", "SODIUM", "ALT", "BILI", "CA", "CREAT", "CHOL"]),
    st.sampled_from(["3.0", "5.0"]),
    st.sampled_from(["<", ">"]),
    st.fractions(0, 1),
    st.fractions(0, 1),
)
def test_no_value_beyond_a_limit_has_a_grade_that_its_limit_excludes(
    code: str, version: str, qualifier: str, at: Fraction, further: Fraction
) -> None:
    analyte = ANALYTES[code]
    (bottom, top), (low, high) = analyte.possible, analyte.usual
    limits = Limits(low + (high - low) / 3, low + (high - low) / 2)
    limit = bottom + at * (top - bottom)
    value = bottom + further * (limit - bottom) if qualifier == "<" else top - further * (top - limit)
    verdict = grade(version, analyte, Measured(limit, analyte.si, limits, qualifier=qualifier))
    true = grade(version, analyte, Measured(value, analyte.si, limits)).grade
    if verdict.grade is None or true is None or value == limit:
        return
    assert {"": true == verdict.grade, "AT LEAST": true >= verdict.grade, "AT MOST": true <= verdict.grade}[
        verdict.bound
    ]


@pytest.mark.parametrize(
    ("result", "low", "high", "expected"),
    [
        ("<0.1", "1.8", "7.5", "LOW"),
        ("<1.8", "1.8", "7.5", "LOW"),
        ("<2", "1.8", "7.5", ""),
        (">7.5", "1.8", "7.5", "HIGH"),
        (">7", "1.8", "7.5", ""),
        ("<30", "", "40", "NORMAL"),
        ("<41", "", "40", ""),
        (">30", "20", "", "NORMAL"),
        ("<30", "", "", ""),
    ],
)
def test_it_is_low_or_high_only_where_all_that_it_may_be_is(result: str, low: str, high: str, expected: str) -> None:
    reported = read_result(result)
    limits = Limits(*(Fraction(limit) if limit else None for limit in (low, high)))
    assert flag(Fraction(reported.value), limits, reported.qualifier) == expected


def test_it_is_kept_as_it_was_reported_with_what_follows(blood: CaseForm) -> None:
    neutrophils = blood.laboratory_results.get(analyte="NEUT")
    assert (neutrophils.value, str(neutrophils.value)) == (read_result("<0.1"), "<0.1")
    assert (neutrophils.flag, neutrophils.grade, neutrophils.grade_bound) == ("LOW", 4, "")


@pytest.mark.parametrize("typed_in", ["<0", "< 0,00"])
def test_nothing_lies_below_nought(typed_in: str) -> None:
    field = record_form(CATALOGUE["eligibility"]).base_fields["bilirubin"]
    with pytest.raises(ValidationError, match="No result is below 0"):
        field.clean(typed_in)
    assert (field.clean("0"), field.clean(">0")) == (Result("", Decimal(0)), Result(">", Decimal(0)))


def test_the_converted_value_keeps_the_sign(trial: Any, subject: Any) -> None:
    thin = {"value": "<7", "unit": "g/dL", "clinically_significant": "Y"}
    form = trial.fill(subject, "haematology", DAY, rows(BLOOD, HGB=thin), visit="SCR")
    assert str(form.laboratory_results.get(analyte="HGB").standard_value) == "<70"


def test_every_reader_sees_it_as_it_was_reported(trial: Any, subject: Any, blood: CaseForm, sign_in: Any) -> None:
    page = sign_in(trial.coordinator).get(f"/forms/{blood.pk}/").content.decode()
    assert 'value="&lt;0.1"' in page
    assert "&lt;0.1 10⁹/L" in sign_in(trial.monitor).get(f"/forms/{blood.pk}/").content.decode()
    api = sign_in(trial.monitor).get(f"/api/v1/forms/haematology/{blood.pk}/").json()
    assert [(row["value"], row["standard_value"]) for row in api["rows"] if row["analyte"] == "NEUT"] == [
        ("<0.1", "<0.1")
    ]
    table = forms_in_words([blood], identifying=True)[blood.pk].table
    assert "<0.1 10⁹/L" in str(table)
    assert "&lt;0.1" in sign_in(trial.monitor).get(f"/subjects/{subject.pk}/laboratory/").content.decode()


def test_the_trail_tells_both_limits_of_a_change(trial: Any, subject: Any, blood: CaseForm) -> None:
    other = rows(BLOOD, NEUT=LOW | {"value": "<0,2"})
    trial.fill(subject, "haematology", DAY, other, case_form=blood, reason="Other analyser")
    event = Event.objects.filter(table_name="assessments_laboratoryresult", action="update").latest("id")
    assert [(change.old, change.new) for change in changes(event) if change.item == "value"] == [("<0.1", "<0.2")]


def test_the_api_gives_what_it_takes_back(trial: Any, subject: Any, blood: CaseForm, sign_in: Any) -> None:
    desk, address = sign_in(trial.coordinator), f"/api/v1/forms/haematology/{blood.pk}/"
    read = desk.get(address).json()
    named = ("analyte", "value", "unit", "clinically_significant")
    sent = [{name: row[name] for name in named} for row in read["rows"]]
    body = {"version": 1, "complete": True, "reason": "The same", "record": DAY, "rows": sent}
    assert desk.put(address, body, content_type="application/json").status_code == 200
    assert CaseForm.objects.get(pk=blood.pk).version == 1
    judged = {"version": 1, "complete": True, "reason": "Judged", "rows": [{"analyte": "NEUT"} | {named[3]: "N"}]}
    assert desk.patch(address, judged, content_type="application/json").status_code == 200
    assert str(LaboratoryResult.objects.get(case_form=blood, analyte="NEUT").value) == "<0.1"


@pytest.mark.parametrize("value", ["1.125", "<1.125"])
def test_a_value_with_three_decimals_stands_in_the_form_so_that_it_can_be_saved_again(
    trial: Any, subject: Any, sign_in: Any, value: str
) -> None:
    exact = {"value": f"{value}0", "clinically_significant": "Y"}
    form = trial.fill(subject, "haematology", DAY, rows(BLOOD, NEUT=exact), visit="SCR")
    page = sign_in(trial.coordinator).get(f"/forms/{form.pk}/").content.decode()
    assert f'value="{escape(value)}0"' in page
    assert f"{value.replace('<', '&lt;')} 10⁹/L" in sign_in(trial.monitor).get(f"/forms/{form.pk}/").content.decode()


def test_the_trend_marks_it_in_the_picture(trial: Any, subject: Any, blood: CaseForm) -> None:
    visit = add_visit(subject=subject, on=date(2008, 1, 14), by=trial.by)
    trial.fill(subject, "haematology", {"sample_date": "2008-01-14"}, rows(BLOOD), visit=visit.code)
    row = next(row for row in trend_of(subject).rows if row.analyte.code == "NEUT")
    assert [cell.words for cell in row.cells if cell] == ["<0.1", "3.2"]
    assert len(row.line.limits) == 1
    x, y = row.line.points.split()[0].split(",")
    assert row.line.limits[0].split()[2] == f"{x},{float(y) + 4:.1f}"


def test_a_limit_is_no_baseline_to_compare_later_results_with(
    trial: Any, subject: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(laboratory, "current", lambda: current().model_copy(update={"ctcae_version": "5.0"}))
    raised = {"value": ">80", "clinically_significant": "N"}
    trial.fill(subject, "chemistry", DAY | {"fasting": "Y"}, rows(SERUM, ALT=raised), visit="SCR")
    subject.first_dose_date = date(2008, 1, 7)
    assert "ALT" not in laboratory.bench(subject, date(2008, 1, 14)).baselines


def test_calcium_is_not_graded_by_an_albumin_of_which_only_a_limit_is_known(trial: Any, subject: Any) -> None:
    low = {"value": "1.95", "clinically_significant": "N"}
    thin = {"value": "<20", "clinically_significant": "Y"}
    form = trial.fill(subject, "chemistry", DAY | {"fasting": "Y"}, rows(SERUM, CA=low, ALB=thin), visit="SCR")
    assert (form.laboratory_results.get(analyte="CA").grade, form.laboratory_results.get(analyte="ALB").grade) == (
        None,
        3,
    )


def test_what_was_signed_and_verified_before_has_the_same_content(trial: Any, subject: Any) -> None:
    form = trial.fill(subject, "haematology", DAY, rows(BLOOD, NEUT=LOW), visit="SCR")
    content = json.loads(canonical([form])[form.pk])
    assert {row["analyte"]: row["value"] for row in content["rows"]} == {
        "HGB": "121.0000",
        "WBC": "6.1000",
        "NEUT": "<0.1000",
        "LYM": "1.5000",
        "PLAT": "240.0000",
    }


def test_what_was_verified_before_has_the_same_digest(trial: Any, subject: Any) -> None:
    form = trial.fill(subject, "haematology", DAY, rows(BLOOD), visit="SCR")
    digests = {point.item: point.digest for point in points_of([form])[form.pk]}
    # As a column of decimals told it: with the four digits of the column.
    content = json.dumps([form.pk, "rows[HGB]-value", "121.0000"])
    assert digests["rows[HGB]-value"] == sha256(content.encode()).hexdigest()


def test_the_migration_keeps_what_was_recorded_and_can_be_undone_while_no_result_is_a_limit(as_owner: Any) -> None:
    migration = import_module("assessments.migrations.0016_results_may_be_limits")
    columns = [column for column in migration.COLUMNS if column[0] == "laboratoryresult"]
    steps = [migration.altered(*column) for column in columns]
    table = "assessments_laboratoryresult"
    as_owner.execute(f"CREATE TEMP TABLE {table} (value numeric(11,4), standard_value numeric(18,6))")
    as_owner.execute(f"INSERT INTO {table} VALUES (240.5, 1.25), (0, 0), (9999999, 100), (NULL, NULL)")
    before = as_owner.execute(f"SELECT value, standard_value FROM {table}").fetchall()
    for step in steps:
        as_owner.execute(step.sql)
    stored = as_owner.execute(f"SELECT value, standard_value FROM {table}").fetchall()
    assert stored == [("240.5", "1.25"), ("0", "0"), ("9999999", "100"), (None, None)]
    places = ResultField(decimal_places=4)
    assert [places.from_db_value(text).exact for text, _ in stored[:3]] == ["240.5000", "0.0000", "9999999.0000"]
    for step in steps:
        as_owner.execute(step.reverse_sql)
    assert as_owner.execute(f"SELECT value, standard_value FROM {table}").fetchall() == before
    for step in steps:
        as_owner.execute(step.sql)
    as_owner.execute(f"UPDATE {table} SET value = '<0.1'")
    with pytest.raises(DataError, match="invalid input syntax"):
        as_owner.execute(steps[0].reverse_sql)


@pytest.mark.parametrize(
    ("item", "value", "status"),
    [
        ("bilirubin", "<3", "met"),
        ("bilirubin", "<40", "unknown"),
        ("neutrophils", ">1.4", "unknown"),
        ("neutrophils", ">2", "met"),
        ("neutrophils", "<1.5", "not_met"),
        ("platelets", "<200", "unknown"),
    ],
)
def test_a_criterion_that_a_limit_does_not_settle_is_not_known(
    trial: Any, subject: Any, sign_in: Any, item: str, value: str, status: str
) -> None:
    form = trial.fill(subject, "eligibility", ELIGIBLE | {item: value}, visit="SCR")
    values = Eligibility.objects.values().get()
    assert str(values[item]) == value
    concerned = [verdict for verdict in verdicts_of(values, "I") if value in verdict.reason]
    assert {verdict.status for verdict in concerned} == {status}
    assert all(("does not settle it" in verdict.reason) is (status == "unknown") for verdict in concerned)
    assert escape(value) in sign_in(trial.monitor).get(f"/forms/{form.pk}/").content.decode()


def test_eligibility_is_proposed_the_limit_that_the_laboratory_reported(trial: Any, subject: Any, sign_in: Any) -> None:
    small = {"value": "<0.211", "unit": "mg/dL"}
    trial.fill(subject, "chemistry", DAY | {"fasting": "Y"}, rows(SERUM, BILI=small), visit="SCR")
    visit = subject.visits.get(code="SCR")
    page = sign_in(trial.coordinator).get(f"/subjects/{subject.pk}/forms/eligibility/?visit={visit.pk}")
    proposed = page.context["form"].initial
    # Rounded up: below 3.609 is below 3.61.
    assert proposed["bilirubin"] == Result("<", read_result("3.61").value)


def test_a_number_in_eligibility_that_no_laboratory_reported_is_asked_about(trial: Any, subject: Any) -> None:
    trial.fill(subject, "chemistry", DAY | {"fasting": "Y"}, rows(SERUM, BILI={"value": "<3"}), visit="SCR")
    trial.fill(subject, "eligibility", ELIGIBLE | {"bilirubin": "<3"}, visit="SCR")
    assert not Query.objects.filter(check_id="eligibility-laboratory").exists()
    form = CaseForm.objects.get(code="eligibility")
    trial.fill(subject, "eligibility", ELIGIBLE | {"bilirubin": "3"}, case_form=form, reason="Changed")
    question = Query.objects.get(check_id="eligibility-laboratory").text
    assert question == "Bilirubin, total is 3 µmol/L here and <3 µmol/L in the screening sample."


def test_guidance_takes_no_grade_that_may_be_less(trial: Any, ranges: Any, sign_in: Any) -> None:
    subject = trial.treated_subject()
    on = {"sample_date": subject.first_dose_date.isoformat()}
    open_result = {"value": ">1.2"}
    trial.fill(subject, "haematology", on, rows(BLOOD, NEUT=open_result), visit="C1D1")
    neutrophils = LaboratoryResult.objects.get(analyte="NEUT", case_form__subject=subject, value=">1.2")
    assert (neutrophils.flag, neutrophils.grade, neutrophils.grade_bound) == ("", 2, "AT MOST")
    page = sign_in(trial.monitor).get(f"/subjects/{subject.pk}/guidance/infusion/").content.decode()
    assert "at most grade 2, it may be less" in page
