"""An entry that should never have been there: withdrawn with a reason, shown where somebody asks, and restored."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse

from accounts.actor import Locked
from assessments.catalogue import CATALOGUE
from assessments.models import CaseForm, FormState
from assessments.place import Place, Stale
from assessments.services import mark_not_done
from assessments.withdrawing import restore, withdraw
from audit.models import Event
from casebook.services import add_unscheduled_visit
from cohorts.models import Subject, Visit
from cohorts.services import Refused, remove_visit
from review.models import Query
from review.services import NotAllowed, raise_query
from safety.models import Notice, SeriousReport
from signature.signing import WITH_FORM, SignatureStanding, sign_forms, standings
from tests.api.conftest import api
from tests.cast import FIRST_DOSE, Trial, actor
from tests.examples import EXAMPLES
from tests.review.conftest import as_user
from tests.safety.conftest import SERIOUS
from tests.signature.closed import freeze_form, lock_form

__all__ = ["api", "as_user"]
pytestmark = pytest.mark.django_db
WHY = "It is another subject's."


@pytest.fixture
def event(trial: Trial, subject: Subject) -> CaseForm:
    return trial.fill(subject, "adverse_event", *EXAMPLES["adverse_event"])


def taken_back(trial: Trial, form: CaseForm, why: str = WHY) -> CaseForm:
    form.refresh_from_db()
    return withdraw(case_form=form, why=why, by=trial.by, seen_version=form.version)


def brought_back(trial: Trial, form: CaseForm) -> CaseForm:
    form.refresh_from_db()
    return restore(case_form=form, why="It was hers after all.", by=trial.by, seen_version=form.version)


def test_an_entry_says_who_withdrew_it_when_and_why_and_the_trail_keeps_it(trial: Trial, event: CaseForm) -> None:
    taken_back(trial, event)
    assert (event.state, event.withdrawn_by, event.withdrawn_reason) == ("in_error", "carla", WHY)
    assert event.withdrawn_at is not None and event.version == 2
    change = Event.objects.filter(table_name="assessments_caseform", case_form_id=event.pk).latest("id")
    assert (change.actor_name, change.reason, change.new["state"]) == ("carla", WHY, "in_error")


def test_what_is_read_without_asking_for_it_leaves_it_out(trial: Trial, subject: Subject, event: CaseForm) -> None:
    taken_back(trial, event)
    assert not subject.forms.filter(pk=event.pk).exists()
    assert CaseForm.every.filter(pk=event.pk).exists()


def test_an_entry_that_is_restored_counts_again_as_it_stood(trial: Trial, subject: Subject, event: CaseForm) -> None:
    draft = trial.fill(subject, "medication", {"medication": "Aspirin"}, complete=False)
    for form, state in ((event, "complete"), (draft, "draft")):
        taken_back(trial, form)
        brought_back(trial, form)
        assert (form.state, form.withdrawn_at, form.withdrawn_reason, form.version) == (state, None, "", 3)


def test_the_trail_finds_what_was_withdrawn_and_restored(trial: Trial, event: CaseForm, as_user: Any, api: Any) -> None:
    form = brought_back(trial, taken_back(trial, event))
    entries = as_user(trial.auditor).get("/trail/?kind=withdrawals").context["entries"]
    events = [part["what"] for entry in entries for part in entry["parts"]]
    assert events == ["Case form changed"] * 2
    answers = api(trial.auditor).get("/api/v1/trail/?kind=withdrawals").json()["results"]
    assert [(change["case_form_id"], change["reason"]) for change in answers] == [
        (form.pk, "It was hers after all."),
        (form.pk, WHY),
    ]


@pytest.mark.parametrize("turn", [withdraw, restore])
def test_a_reason_is_needed(turn: Any, trial: Trial, event: CaseForm) -> None:
    if turn is restore:
        taken_back(trial, event)
    with pytest.raises(Refused, match="reason"):
        turn(case_form=event, why="  ", by=trial.by, seen_version=event.version)


def test_what_the_protocol_asks_for_is_not_done_rather_than_entered_in_error(trial: Trial, subject: Subject) -> None:
    for code in ("consent", "demography", "tumour_baseline", "haematology"):
        with pytest.raises(Refused, match="asks for"):
            taken_back(trial, subject.forms.get(code=code))


def test_an_entry_of_a_log_is_entered_in_error_rather_than_not_done(trial: Trial, event: CaseForm) -> None:
    place = Place(event.subject, CATALOGUE["adverse_event"], None, event)
    with pytest.raises(Refused, match="entered in error"):
        mark_not_done(place=place, why=WHY, by=trial.by, seen_version=1, reason=WHY)


def test_of_two_who_saw_the_same_version_one_is_refused(trial: Trial, event: CaseForm) -> None:
    changed = EXAMPLES["adverse_event"][0] | {"grade": "3"}
    trial.fill(event.subject, "adverse_event", changed, case_form=CaseForm.objects.get(pk=event.pk), reason="worse")
    with pytest.raises(Stale):
        withdraw(case_form=event, why=WHY, by=trial.by, seen_version=1)


@pytest.mark.parametrize("shut", [freeze_form, lock_form])
def test_what_is_frozen_or_locked_is_neither_withdrawn_nor_restored(shut: Any, trial: Trial, event: CaseForm) -> None:
    other = trial.fill(event.subject, "adverse_event", *EXAMPLES["adverse_event"])
    taken_back(trial, other)
    for form in (event, other):
        shut(case_form=form, reason="cleaned", by=actor(trial.data_manager, "data_manager"))
    with pytest.raises(Locked):
        taken_back(trial, event)
    with pytest.raises(Locked):
        brought_back(trial, other)


def test_a_withdrawn_entry_takes_no_save_and_is_not_withdrawn_twice(trial: Trial, event: CaseForm) -> None:
    taken_back(trial, event)
    with pytest.raises(Locked, match="entered in error"):
        trial.fill(event.subject, "adverse_event", *EXAMPLES["adverse_event"], case_form=event, reason="again")
    with pytest.raises(Locked, match="entered in error"):
        taken_back(trial, event)


def test_what_was_asked_of_it_is_closed_and_asked_again_once_it_is_back(trial: Trial, event: CaseForm) -> None:
    monitor = actor(trial.monitor, "monitor")
    query = raise_query(case_form=event, item="grade", text="Why 2?", by=monitor)
    taken_back(trial, event)
    query.refresh_from_db()
    assert query.state == "closed" and WHY in query.steps.last().text
    with pytest.raises(NotAllowed, match="entered in error"):
        raise_query(case_form=event, item="grade", text="Why 2?", by=monitor)
    brought_back(trial, event)
    query.refresh_from_db()
    assert (query.state, query.reopened) == ("open", True)


def test_a_query_that_a_person_closed_stays_closed_when_the_entry_is_back(trial: Trial, event: CaseForm) -> None:
    from review.services import close_query

    monitor = actor(trial.monitor, "monitor")
    query = raise_query(case_form=event, item="grade", text="Why 2?", by=monitor)
    close_query(query=query, text="Seen.", by=monitor)
    taken_back(trial, event)
    brought_back(trial, event)
    query.refresh_from_db()
    assert query.state == "closed"


def test_a_check_asks_nothing_of_it_and_asks_again_once_it_is_back(trial: Trial, event: CaseForm) -> None:
    twin = trial.fill(event.subject, "adverse_event", *EXAMPLES["adverse_event"])
    queries = Query.objects.filter(case_form=twin, check_id="event-twice")
    assert [query.state for query in queries] == ["open"]
    taken_back(trial, event)
    assert not queries.filter(state="open").exists()
    brought_back(trial, event)
    assert queries.filter(state="open").count() == 1


def test_a_serious_event_that_is_withdrawn_is_told_to_the_sponsor_and_its_clock_ends(
    trial: Trial, subject: Subject
) -> None:
    from safety.alerts import give_notices

    form = trial.fill(subject, "adverse_event", SERIOUS)
    taken_back(trial, form)
    first, last = SeriousReport.objects.order_by("version")
    assert (last.kind, last.reported_by) == ("withdrawn", "carla")
    assert first.ended_at is not None and last.ended_at is not None
    give_notices()
    assert Notice.objects.filter(report=last, user=trial.sponsor).exists()
    brought_back(trial, form)
    assert SeriousReport.objects.get(version=3).kind == "follow_up"
    assert SeriousReport.objects.get(version=3).ended_at is None


def test_a_signature_of_it_lapses_and_does_not_come_back(trial: Trial, event: CaseForm) -> None:
    signed = {"signed_by": trial.investigator, "by": actor(trial.investigator, "investigator")}
    sign_forms(seen={event.pk: 1}, **signed)
    taken_back(trial, event)
    brought_back(trial, event)
    [(_, how)] = standings(WITH_FORM.filter(case_form=event))
    assert how == SignatureStanding.LAPSED


def test_an_unscheduled_visit_whose_every_form_is_withdrawn_was_none(trial: Trial, subject: Subject) -> None:
    visit = add_unscheduled_visit(subject=subject, on=FIRST_DOSE + timedelta(3), by=trial.by)
    forms = [
        trial.fill(subject, code, record | {f"{code}_date": "2008-01-10"}, visit=visit.code)
        for code, (record, _) in ((code, EXAMPLES[code]) for code in ("vital_signs", "ecg"))
    ]
    taken_back(trial, forms[0])
    assert subject.visits.filter(pk=visit.pk).exists()
    taken_back(trial, forms[1])
    assert not subject.visits.filter(pk=visit.pk).exists()
    remove_visit(visit=Visit.every.get(pk=visit.pk), by=trial.by)
    assert Visit.every.filter(pk=visit.pk).exists()
    assert add_unscheduled_visit(subject=subject, on=FIRST_DOSE, by=trial.by).code == "UNS02"
    brought_back(trial, forms[0])
    assert subject.visits.filter(pk=visit.pk).exists()


def test_a_planned_visit_that_only_a_form_in_error_dated_did_not_take_place(trial: Trial, subject: Subject) -> None:
    record, rows = EXAMPLES["chemistry"]
    form = trial.fill(subject, "chemistry", record | {"sample_date": "2008-01-14"}, rows, visit="C1D8")
    assert subject.visits.get(code="C1D8").visit_date == FIRST_DOSE + timedelta(7)
    taken_back(trial, form)
    assert subject.visits.get(code="C1D8").visit_date is None
    brought_back(trial, form)
    assert subject.visits.get(code="C1D8").visit_date == FIRST_DOSE + timedelta(7)


def test_another_form_may_take_its_place_and_then_it_is_not_restored(trial: Trial, subject: Subject) -> None:
    visit = add_unscheduled_visit(subject=subject, on=FIRST_DOSE + timedelta(3), by=trial.by)
    ecg = EXAMPLES["ecg"][0] | {"ecg_date": "2008-01-10"}
    trial.fill(subject, "vital_signs", *EXAMPLES["vital_signs"], visit=visit.code)
    first = trial.fill(subject, "ecg", ecg, visit=visit.code)
    death = trial.fill(subject, "death", {"death_date": "2008-06-30", "cause": "UNKNOWN"})
    for form in (first, death):
        taken_back(trial, form)
    subject.refresh_from_db()
    assert subject.status == "on_treatment"
    trial.fill(subject, "ecg", ecg, visit=visit.code)
    trial.fill(subject, "death", {"death_date": "2008-07-30", "cause": "UNKNOWN"})
    for form in (first, death):
        with pytest.raises(Refused, match="in its place"):
            brought_back(trial, form)


def test_the_page_withdraws_shows_it_struck_through_and_restores(trial: Trial, event: CaseForm, as_user: Any) -> None:
    client, address = as_user(trial.coordinator), reverse("form_withdraw", args=[event.pk])
    assert address in client.get(reverse("form", args=[event.pk])).content.decode()
    assert client.post(address, {"why": "", "version": 1}).status_code == 422
    answer = client.post(address, {"why": WHY, "version": 1})
    assert answer.url == reverse("form", args=[event.pk])
    page = client.get(answer.url).content.decode()
    assert "Entered in error." in page and "Withdrawn by carla on" in page and WHY.replace("'", "&#x27;") in page
    assert 'class="form-section struck"' in page and 'name="action"' not in page
    back = reverse("form_restore", args=[event.pk])
    assert back in page
    assert client.post(back, {"why": "Hers after all.", "version": 2}).status_code == 302
    assert CaseForm.objects.get(pk=event.pk).state == FormState.COMPLETE


def test_a_page_that_was_looked_at_before_another_save_withdraws_nothing(
    trial: Trial, event: CaseForm, as_user: Any
) -> None:
    answer = as_user(trial.coordinator).post(reverse("form_withdraw", args=[event.pk]), {"why": WHY, "version": 9})
    assert answer.status_code == 422 and "saved by someone else" in answer.content.decode()
    assert CaseForm.objects.get(pk=event.pk).state == FormState.COMPLETE


def test_whoever_may_not_enter_data_neither_withdraws_nor_restores(trial: Trial, event: CaseForm, as_user: Any) -> None:
    for user, status in ((trial.monitor, 403), (trial.data_manager, 403), (trial.stranger, 404)):
        for name in ("form_withdraw", "form_restore"):
            assert as_user(user).post(reverse(name, args=[event.pk]), {"why": WHY, "version": 1}).status_code == status


def test_the_casebook_shows_it_where_asked_and_numbers_stay(trial: Trial, event: CaseForm, as_user: Any) -> None:
    later = EXAMPLES["adverse_event"][0] | {"term": "Cough", "start_date": "2008-03-01", "end_date": "2008-03-09"}
    trial.fill(event.subject, "adverse_event", later)
    taken_back(trial, event)
    client, address = as_user(trial.coordinator), reverse("subject", args=[event.subject_id])
    plain, with_withdrawn = (client.get(address + more).content.decode() for more in ("", "?in_error=shown"))
    assert "Mouth ulcers" not in plain and "Show entries entered in error" in plain
    assert "Adverse event </span>2</a>" in plain
    assert re.search(
        r'<tr class="struck">\s*<th scope="row"><a href="/forms/\d+/"><span[^>]*>Adverse event </span>1', with_withdrawn
    )
    assert "Mouth ulcers" in with_withdrawn and "Hide them" in with_withdrawn


def test_the_api_withdraws_leaves_it_out_unless_asked_and_restores(trial: Trial, event: CaseForm, api: Any) -> None:
    client, address = api(trial.coordinator), f"/api/v1/forms/{event.pk}/"
    assert client.post(f"{address}entered-in-error/", {"version": 1}).status_code == 400
    withdrawn = client.post(f"{address}entered-in-error/", {"why": WHY, "version": 1}).json()
    assert (withdrawn["state"], withdrawn["withdrawn_by"], withdrawn["withdrawn_reason"]) == ("in_error", "carla", WHY)
    listed = "/api/v1/forms/adverse_event/"
    assert client.get(listed).json()["count"] == 0
    assert client.get(f"{listed}?entered_in_error=true").json()["count"] == 1
    assert client.get("/api/v1/forms/?state=in_error").json()["count"] == 1
    assert client.get(address).json()["state"] == "in_error"
    changed = {"version": 2, "record": {"grade": "1"}, "reason": "x", "complete": True}
    assert client.patch(f"{listed}{event.pk}/", changed).status_code == 423
    assert client.post(f"{address}entered-in-error/", {"why": WHY, "version": 2}).status_code == 423
    assert client.post(f"{address}restore/", {"why": WHY, "version": 1}).status_code == 409
    assert client.post(f"{address}restore/", {"why": WHY, "version": 2}).json()["state"] == "complete"
    assert client.get(listed).json()["count"] == 1


# Who reads also what was entered in error, and why. Everybody else reads `CaseForm.objects` or states the form's state.
READS_EVERY = {
    "assessments/api/forms.py": "found by its key, and listed where asked",
    "assessments/models/tumour.py": "which lesions only such forms told of",
    "assessments/pages/rail.py": "entries keep their numbers",
    "assessments/services.py": "what stands against a save",
    "assessments/views.py": "the form itself, read-only",
    "assessments/withdrawing.py": "withdraws and restores",
    "assessments/pages/withdrawing.py": "withdraws and restores",
    "audit/reading.py": "the trail keeps everything",
    "demonstration/resuming.py": "an entry that was withdrawn was typed",
    "demonstration/typist.py": "entries are counted with those that were withdrawn",
    "reports/casebook_copy.py": "listed apart in the copy",
    "reports/views.py": "the copy of the form itself",
    "casebook/reading.py": "listed apart where asked",
    "review/queries/pages.py": "the thread of a query that was closed with it",
    "review/services.py": "no step at what was withdrawn",
    "review/trail/forms.py": "the trail keeps everything",
    "review/trail/reading.py": "the trail keeps everything",
    "safety/views.py": "the clock on the page of the form",
    "sdv/reading.py": "what was verified at a visit was verified",
    "signature/places.py": "it is frozen and locked with the rest",
    "trail_reviews/views.py": "the trail keeps everything",
}


def test_only_who_says_why_reads_what_was_entered_in_error() -> None:
    root = Path(settings.BASE_DIR)
    sources = [
        path for path in root.glob("*/**/*.py") if path.relative_to(root).parts[0] not in ("tests", "var", ".venv")
    ]
    readers = {
        str(path.relative_to(root))
        for path in sources
        if "CaseForm.every" in path.read_text() or '"CaseForm").every' in path.read_text()
    }
    assert readers == set(READS_EVERY)


def test_plain_statements_over_forms_say_which_state_counts() -> None:
    """A statement that names the table is not helped by the manager: each names the states."""
    root = Path(settings.BASE_DIR)
    for path in root.glob("*/**/*.py"):
        relative = path.relative_to(root)
        if relative.parts[0] in ("tests", "var", ".venv", "benchmarks", "audit") or "migrations" in relative.parts:
            continue
        for statement in re.findall(r'"""(?:(?!""").)*FROM assessments_caseform.*?"""', path.read_text(), re.S):
            assert len(re.findall(r"state\s*(<>|=|NOT IN)", statement)) >= statement.count("assessments_caseform"), path
