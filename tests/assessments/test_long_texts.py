"""A text over its length is neither cut by the browser nor by the server: it stays, with an error at its field."""

import re
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.forms.renderers import get_default_renderer

from tests.assessments.posting import CONSENT, new_form, posted
from tests.assessments.test_numbers_typed import subclasses


def test_no_box_of_any_form_has_a_length_at_which_browsers_cut():
    limited = [
        (form.__name__, name, field)
        for form in subclasses(forms.BaseForm)
        for name, field in getattr(form, "base_fields", {}).items()
        if "maxlength" in field.widget.attrs
    ]
    assert len(limited) > 30
    for form, name, field in limited:
        shown = field.widget.render(name, "x", renderer=get_default_renderer())
        assert "maxlength" not in shown, (form, name)
        assert f'data-longest="{field.widget.attrs["maxlength"]}"' in shown, (form, name)


def test_no_template_and_no_script_cuts_what_is_typed():
    files = [*Path(settings.BASE_DIR, "templates").rglob("*.html"), *Path(settings.BASE_DIR, "static/js").glob("*.js")]
    attribute = re.compile(r"maxlength\s*=|maxLength")
    assert [file.name for file in files if attribute.search(file.read_text())] == []


@pytest.mark.django_db
def test_the_pages_of_signing_in_cut_nothing_either(client):
    page = client.get("/accounts/login/", follow=True).content.decode()
    assert 'name="password"' in page
    assert "maxlength" not in page


@pytest.mark.django_db
def test_a_text_that_is_too_long_comes_back_whole_with_an_error_at_its_field(trial, desk):
    text = "v" * 3000
    page = desk.post(new_form(trial.subject(), "consent"), posted(CONSENT | {"consent_version": text}))
    shown = page.content.decode()
    assert page.status_code == 422
    assert "At most 40 characters: this has 3000." in shown
    assert text in shown


@pytest.mark.django_db
def test_a_reason_that_is_too_long_comes_back_whole_with_an_error(trial, desk):
    text = "w" * 201
    page = desk.post(new_form(trial.subject(), "consent"), posted({}, action="not_done", not_done_reason=text))
    shown = page.content.decode()
    assert "the reason has 201" in shown
    assert text in shown
