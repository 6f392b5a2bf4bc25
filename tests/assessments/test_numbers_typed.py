"""Numbers as they are typed on pages and sent by the API: what was meant, or refused in words and left in its box."""

import json
from decimal import Decimal

import pytest
from django import forms
from hypothesis import given, settings
from hypothesis import strategies as some

from assessments.catalogue import CATALOGUE
from assessments.entering.entry import Entry, typed
from assessments.forms.building import record_form, row_set
from assessments.forms.lesions import DiametersField
from assessments.models import VitalSigns
from components.numbers import NumberField, TypedNumber, TypedWholeNumberField, with_points
from laboratory.forms import ChangedRangeForm
from tests.assessments.posting import consent_of, new_form, on_screen, posted
from tests.examples import EXAMPLES

RECORDS = {code: record_form(form).base_fields for code, form in CATALOGUE.items()}
ROWS = {f"{code} rows": row_set(form).form.base_fields for code, form in CATALOGUE.items() if form.rows is not None}
FIELDS = {
    f"{code} {name}": field
    for code, fields in {**RECORDS, **ROWS, "reference range": ChangedRangeForm.base_fields}.items()
    for name, field in fields.items()
    if isinstance(field, NumberField | TypedWholeNumberField)
}
SIGNS = {
    "vital_signs_date": "2008-01-07",
    "weight_kg": "64,5",
    "systolic_mmhg": "120",
    "diastolic_mmhg": "80,0",
    "pulse_per_min": "72",
    "who_status": "0",
}
# What the browser shows of a number may have been typed by another, and comes back with any change of the form.
NUMBERS = {False: some.decimals(0, 300, places=4, allow_nan=False), True: some.integers(0, 9999)}


def subclasses(kind):
    for subclass in kind.__subclasses__():
        yield subclass
        yield from subclasses(subclass)


def test_no_form_of_the_product_has_a_box_whose_number_a_wheel_can_change():
    others = ("django", "allauth", "tests")
    form_classes = [form for form in subclasses(forms.BaseForm) if not form.__module__.startswith(others)]
    fields = [(form, name, field) for form in form_classes for name, field in getattr(form, "base_fields", {}).items()]
    assert len(form_classes) > 40
    assert [(form, name) for form, name, field in fields if isinstance(field.widget, forms.NumberInput)] == []
    numbers = [(form.__name__, name, field) for form, name, field in fields if isinstance(field, forms.IntegerField)]
    counts = ("RowCounts",)  # how many rows were sent, which the browser says
    assert [
        (form, name) for form, name, field in numbers if not isinstance(field, TypedNumber) and form not in counts
    ] == []


@pytest.mark.parametrize("name", FIELDS)
@settings(max_examples=25)
@given(data=some.data())
def test_what_a_box_shows_of_a_number_is_taken_back_as_no_change(name, data):
    field = FIELDS[name]
    whole = isinstance(field, TypedWholeNumberField)
    number = data.draw(NUMBERS[whole])
    number = number if whole else round(number, field.decimal_places)
    shown = str(field.prepare_value(number))
    assert field.to_python(shown) == field.to_python(shown.replace(".", ",")) == number
    assert not field.has_changed(number, shown)
    sent = with_points({"it": field}, {"it": f"{number}"})
    assert field.to_python(sent["it"]) == number


@given(some.lists(some.decimals(0, 999, places=2, allow_nan=False), max_size=4))
def test_what_a_box_shows_of_diameters_is_taken_back_as_no_change(sizes):
    field = DiametersField(required=False)
    shown = field.prepare_value(sizes)
    assert field.to_python(shown) == field.to_python(shown.replace(".", ",")) == sizes
    assert not field.has_changed(sizes, shown)


@pytest.mark.parametrize(
    ("typed_in", "sizes"),
    [("15 + 10", "15 10"), ("15,5 + 10", "15.5 10"), ("15+10", "15 10"), ("15; 10,25", "15 10.25"), ("15,0", "15")],
)
def test_fragments_are_parted_by_a_sign(typed_in, sizes):
    assert DiametersField().to_python(typed_in) == [Decimal(size) for size in sizes.split()]


@pytest.mark.parametrize(
    ("typed_in", "why"),
    [
        ("7 2", "may be one diameter or two: write 72, or 7 + 2"),
        ("15 +", "A fragment is missing"),
        ("1_5", "is not a number"),
        ("1e1", "with an exponent"),
        ("１５ + 10", "digits of another script"),
        ("1.125", "thousands or decimals"),
        ("1.1250", "at most two decimals"),
        ("1000", "enter 0 to 999 mm"),
    ],
)
def test_a_diameter_that_could_be_another_is_refused_in_words(typed_in, why):
    with pytest.raises(forms.ValidationError, match=why.replace("+", r"\+")):
        DiametersField().to_python(typed_in)


@pytest.mark.parametrize(
    ("typed_in", "number"), [("72", 72), ("72,0", 72), ("72.00", 72), ("72,5", None), ("7_2", None), ("1.000", None)]
)
def test_a_whole_number_may_have_decimals_that_are_none(typed_in, number):
    field = TypedWholeNumberField()
    if number is None:
        with pytest.raises(forms.ValidationError):
            field.clean(typed_in)
    else:
        assert field.clean(typed_in) == number


@pytest.mark.parametrize("sent", [True, float("inf"), Decimal("1e400"), Decimal("NaN"), [1], {"a": 1}])
def test_what_is_no_number_of_json_is_refused(sent):
    with pytest.raises(forms.ValidationError):
        TypedWholeNumberField().clean(sent)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed_in", "why"),
    [
        ("1.500", "may be thousands or decimals"),
        ("6 4", "between its digits"),
        ("6_4", "is not a number"),
        ("1e2", "with an exponent"),
        ("６４", "digits of another script"),
    ],
)
def test_what_is_no_number_stays_in_its_box_with_its_error(trial, desk, typed_in, why):
    subject = trial.subject()
    page = desk.post(new_form(subject, "vital_signs"), posted(SIGNS | {"weight_kg": typed_in}))
    text = page.content.decode()
    assert f'value="{typed_in}"' in text
    assert why in text
    assert not VitalSigns.objects.exists()


@pytest.mark.django_db
def test_a_comma_is_a_decimal_mark_and_an_unchanged_post_changes_nothing(trial, desk):
    subject = consent_of(trial).subject
    desk.post(new_form(subject, "vital_signs"), posted(SIGNS) | {"action": "draft"})
    signs = VitalSigns.objects.get()
    assert (signs.weight_kg, signs.diastolic_mmhg) == (Decimal("64.5"), 80)
    shown = on_screen(signs.case_form)
    again = Entry(CATALOGUE["vital_signs"], subject=subject, case_form=signs.case_form, data=shown)
    again.is_valid()
    assert again.changes() == []


@pytest.mark.django_db
def test_the_api_takes_back_what_it_gives_out_and_numbers_as_they_are_written(trial, desk):
    subject = consent_of(trial).subject
    row = {"before_trial": "N", "start_date": "2008-01-10", "dose": "12.125", "dose_unit": "mg", "route": "ORAL"}
    body = {"subject": subject.pk, "record": {"medication": "Prednisolone", **row}}
    made = desk.post("/api/v1/forms/medication/", json.dumps(body), content_type="application/json")
    assert made.status_code == 201, made.json()
    address = f"/api/v1/forms/medication/{made.json()['id']}/"
    given_out = desk.get(address).json()
    assert given_out["record"]["dose"] == "12.125"
    change = {"version": given_out["version"], "record": given_out["record"]}
    same = desk.patch(address, json.dumps(change), content_type="application/json")
    assert (same.status_code, same.json()["version"]) == (200, given_out["version"])
    exact = f'{{"version": {given_out["version"]}, "record": {{"dose": 0.1}}}}'
    assert desk.patch(address, exact, content_type="application/json").json()["version"] == given_out["version"] + 1
    assert desk.get(address).json()["record"]["dose"] == "0.100"


@pytest.mark.django_db
@pytest.mark.parametrize("sent", ["1,500", "1_5", "1e1", "１５", "7 2"])
def test_the_api_refuses_in_the_same_words(trial, desk, sent):
    body = {"subject": trial.subject().pk, "record": {"medication": "Prednisolone", "dose": sent}}
    refused = desk.post("/api/v1/forms/medication/", json.dumps(body), content_type="application/json")
    assert refused.status_code == 400
    assert sent in refused.json()["errors"]["dose"][0]


@pytest.mark.django_db
def test_a_source_with_points_has_three_decimals_where_a_page_has_none(trial):
    entry = Entry(CATALOGUE["medication"], subject=trial.subject(), data=typed({"dose": "12.125"}))
    entry.is_valid()
    assert "thousands" in entry.errors["dose"][0]


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_number_that_cannot_be_is_refused_with_a_sentence(code):
    """Also where the unit is a per cent sign, which Django would fill a value into."""
    form_type = CATALOGUE[code]
    of_rows = row_set(form_type).form.base_fields if form_type.rows is not None else {}
    for name, field in [*record_form(form_type).base_fields.items(), *of_rows.items()]:
        for number in ("-1", "0.00000001", "9" * 40) if isinstance(field, TypedNumber) and name != "row" else ():
            with pytest.raises(forms.ValidationError) as refusal:
                field.clean(number)
            assert all("%%" not in sentence for sentence in refusal.value.messages), name


def test_a_per_cent_out_of_its_limits_is_answered_and_waits_in_a_draft(trial, desk):
    subject = consent_of(trial).subject
    where, sentence = new_form(subject, "lvef"), "4 % cannot be: enter 5 to 90 %."
    sent = posted(EXAMPLES["lvef"][0] | {"lvef_percent": "4"})
    refused = desk.post(where, sent)
    assert refused.status_code == 422
    assert refused.context["form"].errors["lvef_percent"] == [sentence]
    draft = desk.post(where, sent | {"action": "draft"})
    assert draft.status_code == 302
    page = desk.get(draft.url).content.decode()
    assert sentence in page
    assert 'value="4"' in page


@pytest.mark.parametrize("name", [name for name, field in FIELDS.items() if getattr(field, "decimal_places", None)])
def test_of_too_many_decimals_it_says_that_they_are_too_many(name):
    with pytest.raises(forms.ValidationError) as refusal:
        FIELDS[name].clean("3.14159265")
    assert any("decimal" in message for message in refusal.value.messages)
    assert not any("digits" in message for message in refusal.value.messages)


def test_of_a_result_with_too_many_decimals_it_says_so_too():
    field = ROWS["haematology rows"]["value"]
    with pytest.raises(forms.ValidationError, match="At most 4 decimals"):
        field.clean("3.14159265")
    with pytest.raises(forms.ValidationError, match=r"Too many digits|cannot be"):
        field.clean("31415926535897")
