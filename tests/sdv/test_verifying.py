"""Verifying against the source: in one act what can be, by the monitor of the site, for the value that was seen."""

from datetime import date

import pytest
from django.db import IntegrityError

from accounts.actor import acting
from audit.models import Event
from casebook.reading import casebooks
from cohorts.services import Refused
from review.services import close_query, raise_query
from sdv.models import FormVerification, Verification
from sdv.pane import states_of
from sdv.services import FormToVerify, sorted_out, unverify
from tests.cast import SETUP

DEMOGRAPHY = {"birth_date": "1953-05", "age": 54, "sex": "F", "race": "WHITE"}


def shown(form):
    """What the casebook shows of the form."""
    visits = casebooks([form.subject], date(2008, 2, 1))[form.subject_id].visits
    return next(cell.shown for visit in visits for cell in visit.forms if cell.pk == form.pk)


def change(trial, form, **items):
    form.refresh_from_db()
    return trial.fill(
        form.subject, "demography", DEMOGRAPHY | items, visit="SCR", case_form=form, reason="Corrected at the source"
    )


@pytest.mark.requirement("ICH E6(R3) 4.2.3")
def test_a_form_is_verified_item_by_item_each_in_the_trail(trial, form, check):
    outcome = check(form)
    items = set(Verification.objects.values_list("item", flat=True))
    assert {"birth_date", "age", "sex", "race"} <= items
    assert outcome.items == len(items)
    trail = Event.objects.filter(table_name="sdv_verification")
    assert {(event.actor_name, event.role, event.case_form_id) for event in trail} == {("mona", "monitor", form.pk)}
    assert trail.count() == len(items)


def test_a_verified_form_shows_so_in_the_casebook_and_a_change_takes_it_away(trial, form, check):
    assert shown(form) == "complete"
    check(form)
    assert shown(form) == "verified"
    change(trial, form, birth_date="1953-06")
    assert shown(form) == "complete"


@pytest.mark.requirement("ICH E6(R3) 4.2.3")
def test_only_what_changed_lapses(trial, form, check):
    check(form)
    change(trial, form, birth_date="1953-06")
    states = states_of(form)
    assert states.pop("birth_date") == "lapsed"
    assert set(states.values()) == {"verified"}
    counted = FormVerification.objects.get()
    form.refresh_from_db()
    assert (counted.version, counted.lapsed, counted.outstanding) == (form.version, 1, 1)
    lapsed = Verification.objects.get(item="birth_date")
    assert (lapsed.lapsed, lapsed.ended_by) == (True, "carla")


def test_a_value_that_comes_back_has_to_be_seen_again(trial, form, check):
    check(form)
    change(trial, form, birth_date="1953-06")
    change(trial, form, birth_date="1953-05")
    assert states_of(form)["birth_date"] == "lapsed"
    assert check(form).items == 1
    assert states_of(form)["birth_date"] == "verified"


def test_a_form_that_is_said_not_to_be_done_has_that_to_verify_alone(trial, form, check):
    from assessments.catalogue import CATALOGUE
    from assessments.place import Place
    from assessments.services import mark_not_done

    check(form)
    place = Place(form.subject, CATALOGUE["demography"], form.visit, form)
    mark_not_done(place=place, why="Wrong subject", by=trial.by, seen_version=form.version, reason="Mixed up")
    form.refresh_from_db()
    assert states_of(form) == {"not_done_reason": "open"}
    assert FormVerification.objects.get().outstanding == 1


def test_an_item_with_an_open_query_waits_and_the_others_of_its_form_are_verified(form, check, monitor, at_site):
    whole = set(states_of(form))
    query = raise_query(case_form=form, item="age", text="54?", by=monitor)
    outcome = check(form)
    assert set(Verification.objects.values_list("item", flat=True)) == whole - {"age"}
    assert outcome.words == f"{len(whole) - 1} items in 1 form; 1 item with an open query left out"
    assert FormVerification.objects.get().outstanding == 1
    assert check(form).words == "0 items in 0 forms; 1 form with an open query left out"
    close_query(query=query, text="As the source says.", by=monitor)
    assert check(form).words == "1 item in 1 form"


def test_a_form_with_an_open_query_on_the_whole_of_it_is_left_out_and_told(subject, form, check, monitor, at_site):
    raise_query(case_form=form, text="Whose form is this?", by=monitor)
    consent = subject.forms.get(code="consent")
    outcome = sorted_out([FormToVerify(form.pk), FormToVerify(consent.pk)], at_site)
    assert outcome.words == f"{outcome.items} items in 1 form; 1 form with an open query left out"
    assert not Verification.objects.exists()
    check(form, consent)
    assert set(Verification.objects.values_list("case_form", flat=True)) == {consent.pk}


def test_a_draft_is_left_out(trial, check):
    draft = trial.fill(trial.subject(), "consent", {"consent_given": "Y"}, visit="SCR", complete=False)
    assert check(draft).words == "0 items in 0 forms; 1 form in progress left out"


def test_a_form_that_changed_since_it_was_looked_at_is_left_out(trial, form, check):
    change(trial, form, birth_date="1953-06")
    assert check(form, version=1).words == "0 items in 0 forms; 1 form changed since you opened it left out"
    assert check(form, version=2).items


def test_some_items_are_verified_alone(form, check):
    assert check(form, items=["age", "sex"]).items == 2
    assert sorted(Verification.objects.values_list("item", flat=True)) == ["age", "sex"]


def test_a_row_is_verified_as_a_whole_and_lapses_by_item(trial, subject, check):
    trial.enrol(subject)
    trial.infuse(subject)
    form = trial.assess(subject, 57, {"T01": "42", "T02": "28"}, "PR")
    check(form, items=["rows[T01]"])
    verified = set(Verification.objects.values_list("item", flat=True))
    assert "rows[T01]-diameters_mm" in verified
    assert all(item.startswith("rows[T01]-") for item in verified)
    # What the lesion is stands where it was first told.
    assert "rows[T01]-location" not in verified


def test_taking_back_needs_a_reason_and_keeps_what_was(form, check, monitor):
    check(form, items=["age", "sex"])
    unverify(case_form=form, reason="Read from the wrong file", items=["age"], by=monitor)
    taken = Verification.objects.get(item="age")
    assert (taken.lapsed, taken.ended_by, taken.end_reason) == (False, "mona", "Read from the wrong file")
    assert states_of(form)["age"] == "open"
    with pytest.raises(Refused, match="Nothing of this was verified"):
        unverify(case_form=form, reason="Again", items=["age"], by=monitor)


def test_a_change_that_passed_by_the_services_never_shows_as_verified(form, check):
    check(form)
    with acting(SETUP):
        type(form).objects.filter(pk=form.pk).update(version=7)
    assert shown(form) == "complete"


def test_the_monitor_of_one_site_verifies_nothing_at_another(trial, check):
    elsewhere = trial.subject(trial.other_site)
    trial.screen(elsewhere)
    form = elsewhere.forms.get(code="consent")
    assert check(form).words == "0 items in 0 forms; 1 form at a site that is not yours left out"


def test_an_item_is_verified_once_at_a_time(form, check, monitor):
    check(form, items=["age"])
    with pytest.raises(IntegrityError), acting(monitor):
        Verification.objects.create(subject=form.subject, case_form=form, item="age", version=1, digest="0" * 64)
