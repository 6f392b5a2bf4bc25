"""A visit outside its window says by how many days, and leads to a protocol deviation that is filled in so far."""

from datetime import date

import pytest

pytestmark = pytest.mark.django_db


def on_day_8(trial, on):
    subject = trial.treated_subject()
    return subject, trial.infuse(subject, on, visit="C1D8")


@pytest.mark.parametrize(("on", "words"), [(date(2008, 1, 17), "1 day late"), (date(2008, 1, 11), "1 day early")])
def test_casebook_and_form_say_the_days_and_offer_the_deviation(trial, client, on, words):
    subject, form = on_day_8(trial, on)
    address = f"/subjects/{subject.pk}/forms/deviation/?about={form.visit_id}"
    client.force_login(trial.coordinator)
    for page in (f"/subjects/{subject.pk}/", f"/forms/{form.pk}/"):
        content = client.get(page).content.decode()
        assert words in content
        assert address in content


@pytest.mark.parametrize("on", [date(2008, 1, 16), date(2008, 1, 12)])
def test_within_the_window_there_is_nothing_to_say(trial, client, on):
    subject, _ = on_day_8(trial, on)
    client.force_login(trial.coordinator)
    content = client.get(f"/subjects/{subject.pk}/").content.decode()
    assert "?about=" not in content
    assert 'class="timing"' not in content


def test_the_deviation_is_filled_in_as_far_as_it_is_known_and_nothing_is_saved(trial, client):
    subject, form = on_day_8(trial, date(2008, 1, 18))
    client.force_login(trial.coordinator)
    page = client.get(f"/subjects/{subject.pk}/forms/deviation/?about={form.visit_id}")
    proposed = page.context["form"].initial
    assert (proposed["deviation_date"], proposed["kind"]) == ("2008-01-18", "VISIT WINDOW")
    assert proposed["description"] == "Cycle 1, day 8 took place 2 days late."
    assert not subject.forms.filter(code="deviation").exists()


@pytest.mark.parametrize("about", ["0", "x", "9" * 40, ""])
def test_a_visit_that_there_is_not_proposes_nothing(trial, client, about):
    subject, _ = on_day_8(trial, date(2008, 1, 18))
    client.force_login(trial.coordinator)
    page = client.get(f"/subjects/{subject.pk}/forms/deviation/?about={about}")
    assert "deviation_date" not in page.context["form"].initial


def test_another_subject_s_visit_proposes_nothing(trial, client):
    _, form = on_day_8(trial, date(2008, 1, 18))
    other = trial.treated_subject()
    client.force_login(trial.coordinator)
    page = client.get(f"/subjects/{other.pk}/forms/deviation/?about={form.visit_id}")
    assert "deviation_date" not in page.context["form"].initial


def test_who_only_reads_is_offered_no_deviation(trial, client):
    subject, form = on_day_8(trial, date(2008, 1, 18))
    client.force_login(trial.monitor)
    for page in (f"/subjects/{subject.pk}/", f"/forms/{form.pk}/"):
        content = client.get(page).content.decode()
        assert "2 days late" in content
        assert "?about=" not in content
