"""One step at many queries: with the count shown, each by the right at its site, what does not fit left out."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actor import acting
from accounts.models import Membership
from assessments.models import CaseForm
from audit.models import Event
from review.models import Query, QueryStep
from review.queries import at_once
from review.queries.at_once import step_at_once
from review.services import (
    ANSWER,
    CLOSE,
    REOPEN,
    CheckFinding,
    NotAllowed,
    close_query,
    raise_query,
    sync_check_queries,
)
from tests.cast import SETUP, actor
from tests.signature.closed import lock_form


@pytest.fixture
def queries(form, monitor):
    return [raise_query(case_form=form, item="age", text=f"Question {number}", by=monitor) for number in range(3)]


@pytest.fixture
def elsewhere(trial):
    """A query at the other site."""
    subject = trial.subject(trial.other_site)
    with acting(SETUP):
        form = CaseForm.objects.create(subject=subject, code="demography")
    return raise_query(case_form=form, text="There?", by=actor(trial.data_manager, "data_manager"))


def keys(queries):
    return ",".join(str(query.pk) for query in queries)


def states(queries):
    return list(
        Query.objects.filter(pk__in=[query.pk for query in queries]).order_by("pk").values_list("state", flat=True)
    )


def test_the_count_is_shown_before_anything_is_done(trial, queries, as_user):
    page = as_user(trial.monitor).post("/queries/at-once/close/", {"query": [query.pk for query in queries]})
    assert page.status_code == 200
    assert "Close 3 queries" in page.content.decode()
    assert states(queries) == ["open"] * 3


def test_many_are_closed_each_by_a_step_of_its_own_in_the_trail(trial, queries, as_user):
    sent = {"query": keys(queries), "text": "Seen at the visit.", "do": "1", "address": "form=demography"}
    answer = as_user(trial.monitor).post("/queries/at-once/close/", sent)
    assert answer.url == "/queries/?form=demography"
    assert states(queries) == ["closed"] * 3
    steps = QueryStep.objects.filter(state="closed")
    assert {(step.query_id, step.actor_name, step.role, step.text) for step in steps} == {
        (query.pk, "mona", "monitor", "Seen at the visit.") for query in queries
    }
    trail = Event.objects.filter(table_name="review_querystep", row_id__in=[step.pk for step in steps])
    assert {event.actor_name for event in trail} == {"mona"}
    assert trail.count() == 3


def test_the_site_answers_many_and_closes_none(trial, queries, as_user):
    client = as_user(trial.coordinator)
    sent = {"query": keys(queries), "text": "Checked.", "do": "1"}
    assert client.post("/queries/at-once/close/", sent).status_code == 403
    assert states(queries) == ["open"] * 3
    assert client.post("/queries/at-once/answer/", sent).status_code == 302
    assert states(queries) == ["answered"] * 3
    listed = client.get("/queries/").content.decode()
    assert 'formaction="/queries/at-once/answer/"' in listed
    assert "at-once/close" not in listed


def test_who_only_reads_is_offered_no_choice(trial, queries, as_user):
    page = as_user(trial.sponsor).get("/queries/").content.decode()
    assert 'name="query"' not in page
    assert as_user(trial.sponsor).post("/queries/at-once/answer/", {"query": keys(queries)}).status_code == 403


def test_what_has_moved_on_is_left_out_and_told(trial, queries, monitor, as_user):
    close_query(query=queries[0], text="Seen.", by=monitor)
    sent = {"query": keys(queries), "text": "All.", "do": "1"}
    page = as_user(trial.monitor).post("/queries/at-once/close/", sent, follow=True).content.decode()
    assert "2 queries closed." in page
    assert "1 left out: This query is already closed." in page
    assert queries[0].steps.count() == 2


def test_queries_of_locked_forms_are_left_out(trial, form, queries, as_user):
    lock_form(case_form=form, reason="cut", by=actor(trial.data_manager, "data_manager"))
    page = as_user(trial.monitor).post("/queries/at-once/close/", {"query": keys(queries)}).content.decode()
    assert "Close 0 queries" in page
    assert "3 left out. The form was locked by dora" in page


def test_queries_of_other_sites_do_not_exist_for_a_step(trial, queries, elsewhere, as_user):
    sent = {"query": keys([*queries, elsewhere]), "text": "All.", "do": "1"}
    page = as_user(trial.monitor).post("/queries/at-once/close/", sent, follow=True).content.decode()
    assert "3 queries closed." in page
    assert "left out" not in page
    assert states([elsewhere]) == ["open"]


def test_each_site_s_queries_are_moved_in_the_role_held_there(trial, queries, elsewhere):
    """Somebody who may at one site, and only reads at the other."""

    def by(site_id):
        return actor(trial.monitor, "monitor") if site_id == trial.site.pk else None

    moved = step_at_once(queries=Query.objects.all(), step=CLOSE, text="Seen.", by=by)
    assert [query.pk for query in moved.fitting] == [query.pk for query in queries]
    assert [(query.pk, why) for query, why in moved.left_out] == [(elsewhere.pk, "You may not do this at its site.")]


def test_a_user_of_two_sites_acts_at_both(trial, queries, elsewhere, as_user):
    with acting(SETUP):
        Membership.objects.create(user=trial.monitor, role="monitor", site=trial.other_site)
    sent = {"query": keys([*queries, elsewhere]), "text": "All.", "do": "1"}
    assert as_user(trial.monitor).post("/queries/at-once/close/", sent).status_code == 302
    assert states([*queries, elsewhere]) == ["closed"] * 4


def test_all_that_the_filter_shows_are_taken_and_no_others(trial, form, queries, monitor, as_user):
    other = raise_query(case_form=form, item="sex", text="Sure?", by=monitor)
    client = as_user(trial.monitor)
    page = client.post("/queries/at-once/close/", {"all": "1", "address": "item=age&form=demography"})
    assert "Close 3 queries" in page.content.decode()
    assert page.context["keys"] == keys(queries)
    assert str(other.pk) not in page.context["keys"].split(",")


def test_more_than_are_taken_at_once_are_refused_whole(trial, queries, as_user, monkeypatch):
    monkeypatch.setattr(at_once, "MOST", 2)
    with pytest.raises(NotAllowed, match="At most 2 queries"):
        step_at_once(queries=Query.objects.all(), step=ANSWER, text="?", by=lambda site_id: trial.by)
    assert states(queries) == ["open"] * 3


def test_nothing_chosen_and_nothing_said_are_told(trial, queries, as_user):
    client = as_user(trial.monitor)
    assert "Choose at least one query." in client.post("/queries/at-once/close/", {}).content.decode()
    for nonsense in ("x", "-1", "1e9", "9" * 40, "1;2"):
        assert client.post("/queries/at-once/close/", {"query": nonsense}).status_code == 422, nonsense
    assert client.post("/queries/at-once/close/", {"query": keys(queries), "text": " ", "do": "1"}).status_code == 422
    assert states(queries) == ["open"] * 3


def test_many_are_assigned_at_once(trial, queries, as_user):
    sent = {"query": keys(queries), "to": "carla", "text": "", "do": "1"}
    assert as_user(trial.monitor).post("/queries/at-once/assign/", sent).status_code == 302
    assert set(Query.objects.values_list("assigned_to", flat=True)) == {trial.coordinator.pk}
    assert QueryStep.objects.filter(is_assignment=True, text="To Carla (carla).").count() == 3
    assert states(queries) == ["open"] * 3


def test_a_person_is_assigned_at_the_own_site_alone(trial, queries, elsewhere, as_user):
    sent = {"query": keys([*queries, elsewhere]), "to": "carla", "do": "1"}
    page = as_user(trial.data_manager).post("/queries/at-once/assign/", sent, follow=True).content.decode()
    assert "3 queries assigned." in page
    assert "1 left out: The person has no part in the queries of its site." in page


def test_of_two_closed_questions_of_one_check_one_is_opened_again(form, monitor):
    raised = []
    for text in ("Age 94: is it right?", "Age 95: is it right?"):
        with acting(SETUP):
            finding = CheckFinding(form.pk, "age", "range", text)
            sync_check_queries(case_form_ids=[form.pk], checks=["range"], findings=[finding])
        raised.append(Query.objects.get(text=text))
        close_query(query=raised[-1], text="So in the source.", by=monitor)
    moved = step_at_once(queries=Query.objects.all(), step=REOPEN, text="Or not?", by=lambda site_id: monitor)
    assert [query.pk for query in moved.fitting] == [raised[0].pk]
    assert [why for _, why in moved.left_out] == ["The check has already raised this in another query."]
    assert list(Query.objects.order_by("pk").values_list("state", "reopened")) == [("open", True), ("closed", False)]


def test_many_take_as_many_statements_as_few(form, monitor, queries):
    more = [raise_query(case_form=form, text=f"More {number}", by=monitor) for number in range(12)]

    def closing(some):
        which = Query.objects.filter(pk__in=[query.pk for query in some])
        with CaptureQueriesContext(connection) as seen:
            step_at_once(queries=which, step=CLOSE, text="Seen.", by=lambda site_id: monitor)
        return len(seen)

    assert closing(queries[:1]) == closing(more)
    assert states(more) == ["closed"] * 12


def test_a_question_is_asked_of_many_forms_at_once(trial, form, as_user):
    second = trial.subject()
    trial.fill(second, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
    birth = {"birth_date": "1950", "age": 57, "sex": "F", "race": "WHITE"}
    trial.fill(second, "demography", birth, visit="SCR")
    client = as_user(trial.monitor)
    page = client.get("/queries/raise/?form=demography&item=age")
    assert [line["value"] for line in page.context["lines"]] == ["54", "57"]
    chosen = [line["form"].pk for line in page.context["lines"]]
    looked = client.post("/queries/raise/chosen/", {"form": chosen, "item": "age"}).content.decode()
    assert "Raise 2 queries" in looked
    assert Query.objects.count() == 0
    sent = {
        "form": ",".join(map(str, chosen)),
        "item": "age",
        "text": "Age at consent?",
        "to": "role:coordinator",
        "do": "1",
    }
    assert client.post("/queries/raise/chosen/", sent).status_code == 302
    raised = Query.objects.values_list("case_form", "item", "text", "assigned_role", "state")
    assert set(raised) == {(pk, "age", "Age at consent?", "coordinator", "open") for pk in chosen}


def test_locked_forms_are_left_out_of_what_is_asked(trial, form, as_user):
    lock_form(case_form=form, reason="cut", by=actor(trial.data_manager, "data_manager"))
    consent = form.subject.forms.get(code="consent")
    page = as_user(trial.monitor).post("/queries/raise/chosen/", {"form": [form.pk, consent.pk]})
    assert [chosen.pk for chosen in page.context["chosen"]] == [consent.pk]
    assert "1 left out: it is locked." in page.content.decode()


def test_forms_of_another_site_and_items_that_a_form_lacks_are_not_asked_about(trial, form, elsewhere, as_user):
    client = as_user(trial.monitor)
    for sent in ({"form": str(elsewhere.case_form_id)}, {"form": str(form.pk), "item": "weight_kg"}, {}):
        page = client.post("/queries/raise/chosen/", sent | {"text": "?", "do": "1"})
        assert page.status_code == 422
        assert "Choose at least one form." in page.content.decode()
    assert Query.objects.count() == 1
