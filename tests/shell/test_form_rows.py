"""A row ties label, unit, expectation and error to its input, and knows what is stored."""

import datetime as dt

import pytest
from django import forms
from django.forms import formset_factory


class Weighing(forms.Form):
    use_required_attribute = False
    weight = forms.DecimalField(help_text="Without shoes.", max_value=300)
    status = forms.ChoiceField(
        widget=forms.RadioSelect, choices=[("0", "0 Active"), ("1", "1 Restricted")], required=False
    )
    given = forms.ChoiceField(widget=forms.RadioSelect, choices=[("Y", "Yes"), ("N", "No")], required=False)
    sites = forms.MultipleChoiceField(choices=[("liver", "Liver"), ("bone", "Bone")], required=False)
    on = forms.DateField(widget=forms.DateInput(format="%Y-%m-%d"), required=False)
    fasting = forms.BooleanField(required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["weight"].unit = "kg"
        self.fields["weight"].expected = "40 to 150"


STORED = {"weight": "61.5", "status": "1", "sites": ["liver", "bone"], "on": dt.date(2008, 3, 4), "fasting": True}


def test_the_input_is_described_by_its_error_and_its_help(render):
    shown = render("{% field form.weight %}", form=Weighing({"weight": "615"}))
    assert 'aria-describedby="id_weight_error id_weight_helptext"' in shown
    assert 'aria-invalid="true"' in shown
    assert 'id="id_weight_error"' in shown
    assert "Without shoes. Expected: 40 to 150 kg." in " ".join(shown.split())


def test_required_is_said_in_words_beside_the_asterisk(render):
    assert "(required)" in render("{% field form.weight %}", form=Weighing())
    assert "(required)" not in render("{% field form.on %}", form=Weighing())


def test_an_item_that_only_completion_needs_has_the_asterisk_too(render):
    form = Weighing()
    form.fields["on"].required_to_complete = True
    assert "(required)" in render("{% field form.on %}", form=form)


@pytest.mark.parametrize(
    ("name", "raw", "words"),
    [
        ("weight", "61.5", "61.5"),
        ("status", "1", "1 Restricted"),
        ("sites", "bone,liver", "Bone, Liver"),
        ("on", "2008-03-04", "2008-03-04"),
        ("fasting", "on", "yes"),
        ("given", "", ""),
    ],
)
def test_the_row_carries_the_stored_value_even_after_a_refused_post(render, name, raw, words):
    shown = render("{% field one %}", one=Weighing({"weight": "9999"}, initial=STORED)[name])
    assert f'data-stored="{raw}"' in shown
    assert f'data-stored-text="{words}"' in shown


def test_choices_form_a_group_under_the_label(render):
    shown = render("{% field form.given %}", form=Weighing())
    assert 'role="radiogroup"' in shown
    assert 'aria-labelledby="label_id_given"' in shown


def test_the_hint_for_number_keys_stays_away_where_the_answers_are_numbers(render):
    assert "<kbd" in render("{% field form.given %}", form=Weighing())
    assert "<kbd" not in render("{% field form.status %}", form=Weighing())


def test_markers_stand_in_one_order_whatever_order_they_come_in(render):
    form = Weighing()
    form.markers = {
        "weight": {
            "history": {"url": "/h/", "label": "History"},
            "query": {"url": "/q/", "label": "1 open query", "state": "open", "count": 1},
        }
    }
    shown = render("{% field form.weight %}", form=form)
    assert shown.index("/q/") < shown.index('<span class="marker" aria-hidden="true">') < shown.index("/h/")


def test_the_summary_links_each_problem_to_the_first_input_of_its_row(render):
    form = Weighing({"weight": "615", "status": "7"})
    shown = render("{% error_summary form %}", form=form)
    assert "Not saved: 2 problems" in shown
    assert 'href="#id_weight"' in shown
    assert 'href="#id_status_0"' in shown


def test_the_summary_reaches_into_the_rows_of_a_formset(render):
    rows = formset_factory(Weighing)(
        {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-weight": "615"},
    )
    assert 'href="#id_form-0-weight"' in render("{% error_summary rows %}", rows=rows)


def test_a_form_without_problems_has_no_summary(render):
    assert render("{% error_summary form %}", form=Weighing({"weight": "61"})).strip() == ""


def test_rows_never_nest_a_form_inside_the_pages_form(render):
    shown = render("{% rows form %}", form=Weighing())
    assert "<form" not in shown
    assert "csrfmiddlewaretoken" not in shown
    assert shown.count('class="field-row"') == 6


def test_rows_leave_the_forms_own_helper_as_it_was(render):
    from crispy_forms.helper import FormHelper

    form = Weighing()
    form.helper = FormHelper()
    render("{% rows form %}", form=form)
    assert form.helper.form_tag is True
