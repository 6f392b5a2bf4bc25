"""Freezes and locks by form, visit, subject, site and trial: what the database refuses, whatever wrote it."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actor import Locked, acting
from assessments.models import CaseForm, Demography
from casebook.reading import casebooks
from cohorts.models import Subject, Visit
from cohorts.services import Refused
from review.services import answer_query, raise_query
from sdv.services import FormToVerify, verify
from signature.closing import Reach, reach_of_form, reopen, shut
from signature.models import Closure, ClosureState
from signature.signing import sign_forms
from tests.cast import SETUP, actor
from tests.signature.closed import reach_of
from tests.unlimited import unlimited

FROZEN, LOCKED = ClosureState.FROZEN, ClosureState.LOCKED
WAYS = ["form", "visit", "subject", "site", "trial"]


@pytest.fixture
def dora(trial):
    return actor(trial.data_manager, "data_manager")


def reach(way, subject):
    form = subject.forms.get(code="demography")
    return reach_of_form(form) if way == "form" else reach_of(way, subject, form.visit)


def age(form, years):
    with acting(SETUP):
        Demography.objects.filter(pk=form.pk).update(age=years)


@pytest.mark.requirement("ICH E6(R3) 4.2.6")
@pytest.mark.parametrize("state", [FROZEN, LOCKED])
@pytest.mark.parametrize("way", WAYS)
def test_no_row_of_a_form_is_written_where_its_place_is_shut(trial, subject, dora, way, state):
    form = subject.forms.get(code="demography")
    shut(reach=reach(way, subject), state=state, reason="clean", by=dora)
    with pytest.raises(Locked, match=rf"^The form was {state}"):
        age(form, 55)
    with pytest.raises(Locked, match=r"^The form was"), acting(SETUP):
        CaseForm.objects.filter(pk=form.pk).update(version=9)
    with pytest.raises(Locked), acting(SETUP), unlimited():
        Demography.objects.filter(pk=form.pk).delete()
    reopen(reach=reach(way, subject), state=state, reason="a late report", by=dora)
    age(form, 55)
    assert Demography.objects.get(pk=form.pk).age == 55


@pytest.mark.parametrize("way", ["subject", "site", "trial"])
def test_nothing_new_begins_where_the_subject_is_shut(trial, subject, dora, way):
    shut(reach=reach(way, subject), state=FROZEN, reason="clean", by=dora)
    with pytest.raises(Locked, match=rf"^The {way} was frozen by dora on"):
        trial.fill(subject, "adverse_event", {"term": "Nausea"}, complete=False)
    with pytest.raises(Locked), acting(SETUP), unlimited():
        Visit.objects.create(subject=subject, code="UNS01", label="Unscheduled", kind="unscheduled")
    with pytest.raises(Locked), acting(SETUP), unlimited():
        Subject.objects.filter(pk=subject.pk).update(status="withdrawn")
    assert not subject.forms.filter(code="adverse_event").exists()


@pytest.mark.parametrize("way", ["site", "trial"])
def test_no_subject_comes_into_a_shut_site_or_trial(trial, subject, dora, way):
    shut(reach=reach(way, subject), state=LOCKED, reason="clean", by=dora)
    with pytest.raises(Locked, match=rf"^The {way} was locked"):
        trial.subject()


@pytest.mark.parametrize("way", ["visit", "subject", "site"])
def test_what_lies_beside_a_shut_place_goes_on(trial, subject, dora, way):
    other = trial.subject(trial.other_site)
    shut(reach=reach(way, subject), state=LOCKED, reason="clean", by=dora)
    trial.fill(other, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
    assert other.forms.get(code="consent").locked_at is None


@pytest.mark.parametrize("way", WAYS)
def test_queries_go_on_where_it_is_frozen_and_stop_where_it_is_locked(trial, subject, dora, way):
    form, mona = subject.forms.get(code="demography"), actor(trial.monitor, "monitor")
    shut(reach=reach(way, subject), state=FROZEN, reason="clean", by=dora)
    query = raise_query(case_form=form, item="age", text="54?", by=mona)
    shut(reach=reach(way, subject), state=LOCKED, reason="clean", by=dora)
    with acting(SETUP), pytest.raises(IntegrityError), transaction.atomic():
        query.save(update_fields=["state"])
    query.refresh_from_db()
    assert query.state == "open"


def test_a_question_about_a_locked_subject_gets_no_answer(trial, subject, dora):
    query = raise_query(subject=subject, text="Why so late?", by=actor(trial.monitor, "monitor"))
    shut(reach=Reach(subject.site, subject), state=LOCKED, reason="clean", by=dora)
    with pytest.raises(Locked, match=r"^The subject was locked by dora"):
        answer_query(query=query, text="Snow.", by=trial.by)


def test_opening_a_subject_leaves_the_form_locked_that_was_locked_by_itself(subject, dora):
    form = subject.forms.get(code="demography")
    shut(reach=reach_of_form(form), state=LOCKED, reason="clean", by=dora)
    shut(reach=Reach(subject.site, subject), state=LOCKED, reason="cut", by=dora)
    reopen(reach=Reach(subject.site, subject), state=LOCKED, reason="late data", by=dora)
    assert list(subject.forms.exclude(locked_at=None)) == [form]


def test_a_form_under_a_locked_subject_is_not_opened_alone(subject, dora):
    form = subject.forms.get(code="demography")
    shut(reach=Reach(subject.site, subject), state=LOCKED, reason="cut", by=dora)
    with pytest.raises(Refused, match=r"^The subject is locked, and this with it: open that first"):
        reopen(reach=reach_of_form(form), state=LOCKED, reason="late data", by=dora)


def test_a_place_is_locked_once(subject, dora):
    shut(reach=Reach(subject.site, subject), state=LOCKED, reason="cut", by=dora)
    with pytest.raises(Refused, match=r"^The subject is locked already"):
        shut(reach=Reach(subject.site, subject), state=LOCKED, reason="cut", by=dora)


def test_nobody_takes_or_gives_a_lock_at_the_form_itself(subject, dora):
    form = subject.forms.get(code="demography")
    shut(reach=reach_of_form(form), state=LOCKED, reason="clean", by=dora)
    with pytest.raises(Locked), acting(SETUP), unlimited():
        CaseForm.objects.filter(pk=form.pk).update(locked_at=None, locked_by="")
    with pytest.raises(Locked), acting(SETUP), unlimited():
        CaseForm.objects.filter(code="consent").update(frozen_at=form.first_completed_at)
    assert CaseForm.objects.get(pk=form.pk).locked_by == "dora"


def test_a_lock_is_in_the_trail_of_the_form_with_who_and_why(subject, dora):
    from audit.models import Event

    shut(reach=Reach(subject.site, subject), state=LOCKED, reason="data cut", by=dora)
    event = Event.objects.filter(table_name="assessments_caseform", new__has_key="locked_at").latest("id")
    assert (event.actor_name, event.reason) == ("dora", "data cut")
    assert Closure.objects.get().place == f"subject:{subject.pk}"


@pytest.mark.requirement("ICH E6(R3) 4.2.6")
def test_the_trial_is_locked_with_work_open_only_all_the_same_and_the_lock_records_it(trial, subject, as_user):
    client = as_user(trial.data_manager)
    page = client.post("/trial/lock/", {"reason": "database lock"})
    assert page.status_code == 422
    assert "complete forms without a valid signature" in page.content.decode()
    assert "forms not verified as planned" in page.content.decode()
    assert client.post("/trial/lock/", {"reason": "database lock", "all_the_same": "on"}).status_code == 302
    assert "forms not verified as planned" in Closure.objects.get(scope="trial").overridden


@pytest.mark.parametrize("way", ["form", "visit", "subject", "site"])
def test_whatever_is_locked_with_work_open_is_only_anyway(trial, subject, as_user, way):
    client = as_user(trial.data_manager)
    form = subject.forms.get(code="demography")
    key = {"form": form.pk, "visit": form.visit_id, "subject": subject.pk, "site": subject.site_id}[way]
    address = f"/{way}s/{key}/lock/"
    assert "not verified as planned" in client.get(address).content.decode()
    refused = client.post(address, {"reason": "clean"})
    assert (refused.status_code, Closure.objects.count()) == (422, 0)
    assert "Lock anyway" in refused.content.decode()
    assert client.post(address, {"reason": "clean", "all_the_same": "on"}).status_code == 302
    assert "not verified as planned" in Closure.objects.get(scope=way).overridden


@pytest.mark.parametrize("way", ["form", "visit", "subject", "site"])
def test_a_freeze_says_what_is_open_and_asks_no_more_than_why(trial, subject, as_user, way):
    client = as_user(trial.data_manager)
    form = subject.forms.get(code="demography")
    key = {"form": form.pk, "visit": form.visit_id, "subject": subject.pk, "site": subject.site_id}[way]
    page = client.get(f"/{way}s/{key}/freeze/").content.decode()
    assert "Still open here" in page and "not verified as planned" in page
    assert "Lock anyway" not in page
    assert client.post(f"/{way}s/{key}/freeze/", {"reason": "clean"}).status_code == 302
    assert Closure.objects.get().overridden == ""


def test_a_form_with_nothing_open_is_locked_by_its_reason_alone(trial, subject, as_user):
    client = as_user(trial.data_manager)
    form = subject.forms.get(code="demography")
    verify(chosen=[FormToVerify(form.pk)], by=lambda site: actor(trial.monitor, "monitor"))
    by = actor(trial.investigator, "investigator")
    sign_forms(seen={form.pk: form.version}, signed_by=trial.investigator, by=by)
    assert "Still open here" not in client.get(f"/forms/{form.pk}/lock/").content.decode()
    assert client.post(f"/forms/{form.pk}/lock/", {"reason": "clean"}).status_code == 302


@pytest.mark.parametrize("way", ["form", "subject", "form by its own address"])
def test_the_api_locks_with_work_open_only_anyway_and_records_it(trial, subject, as_user, way):
    form = subject.forms.get(code="demography")
    client, sent, address = as_user(trial.data_manager), {"reason": "clean"}, f"/api/v1/forms/{form.pk}/lock/"
    if way in ("form", "subject"):
        address = "/api/v1/closures/"
        sent |= {"scope": way, "state": "locked", "key": form.pk if way == "form" else subject.pk}

    def answer(**more):
        return client.post(address, sent | more, content_type="application/json")

    refused = answer()
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["all_the_same"])
    assert answer(all_the_same=True).status_code in (200, 201)
    assert "not verified as planned" in Closure.objects.get().overridden


def test_the_lock_of_the_trial_shows_at_each_site(trial, subject, dora, as_user):
    client = as_user(trial.data_manager)
    shut(reach=Reach(subject.site), state=FROZEN, reason="clean", by=dora)
    shut(reach=Reach(), state=LOCKED, reason="database lock", by=dora)
    page = client.get("/closures/")
    listed = {
        site.code: [(closure.scope, closure.state) for closure in closures] for site, closures in page.context["sites"]
    }
    assert listed == {"101": [("site", "frozen"), ("trial", "locked")], "102": [("trial", "locked")]}
    assert page.content.decode().count("with the whole trial") == 2


def test_to_sign_under_a_lock_says_how_much_is_left_undone(trial, subject, dora, as_user):
    client = as_user(trial.investigator)
    number = len(client.get("/sign/").context["waiting"])
    assert number > 1
    shut(reach=Reach(subject.site), state=LOCKED, reason="clean", by=dora)
    page = client.get("/sign/").content.decode()
    assert f"Left undone: {number} complete forms without a signature, frozen or locked." in page
    assert "is signed as it is" not in page


def test_forms_nobody_can_begin_are_neither_overdue_nor_offered_in_the_casebook(trial, subject, dora):
    shut(reach=Reach(subject.site, subject), state=LOCKED, reason="clean", by=dora)
    [book] = casebooks([subject], timezone.localdate()).values()
    states = {form.state for cell in book.visits for form in cell.forms if not form.pk}
    assert states <= {"locked"}
    assert not any(cell.missable for cell in book.visits)


def test_a_monitor_neither_freezes_the_trial_nor_locks_a_subject(trial, subject, as_user):
    client = as_user(trial.monitor)
    assert client.post("/trial/freeze/", {"reason": "seen"}).status_code == 403
    assert client.post(f"/subjects/{subject.pk}/lock/", {"reason": "seen"}).status_code == 403
    assert client.post(f"/subjects/{subject.pk}/freeze/", {"reason": "seen"}).status_code == 302
    assert Closure.objects.get().scope == "subject"


def test_what_is_typed_into_a_shut_subject_is_refused_with_words_and_kept(trial, subject, dora, as_user):
    shut(reach=Reach(subject.site, subject), state=FROZEN, reason="clean", by=dora)
    typed = {"action": "draft", "term": "Nausea after lunch"}
    answer = as_user(trial.coordinator).post(f"/subjects/{subject.pk}/forms/adverse_event/", typed)
    assert answer.status_code == 423
    assert "The subject was frozen by dora on" in answer.content.decode()
    assert "Nausea after lunch" in answer.content.decode()
