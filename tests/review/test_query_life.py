"""What becomes of a query: whose turn it is, its cancelling, its opening again, at a subject as at a field."""

import pytest
from django.db import IntegrityError, transaction

from accounts.actor import acting
from audit.models import Event
from review.models import Query, QueryStep
from review.queries.assignees import Assignee, Assignees
from review.services import (
    CheckFinding,
    NotAllowed,
    answer_query,
    assign_query,
    cancel_query,
    close_query,
    comment_on_query,
    raise_query,
    reopen_query,
    sync_check_queries,
)
from signature.closing import Reach, reach_of_form, shut
from signature.models import ClosureState
from tests.cast import SETUP, actor


def found_by_check(form, text="Age 94: is it right?"):
    with acting(SETUP):
        finding = CheckFinding(form.pk, "age", "range", text)
        sync_check_queries(case_form_ids=[form.pk], checks=["range"], findings=[finding])
    return Query.objects.filter(check_id="range").latest("id")


def test_a_subject_as_a_whole_is_asked_about_from_its_page(trial, form, as_user):
    client = as_user(trial.monitor)
    address = f"/subjects/{form.subject_id}/queries/add/"
    assert f'href="{address}"' in client.get(f"/subjects/{form.subject_id}/").content.decode()
    answer = client.post(address, {"text": "Is this the patient of last week?", "to": ""})
    assert answer.url == f"/subjects/{form.subject_id}/"
    raised = Query.objects.get()
    assert (raised.subject_id, raised.case_form, raised.item) == (form.subject_id, None, "")
    assert "Is this the patient" in client.get(f"/subjects/{form.subject_id}/").content.decode()


def test_an_item_without_its_form_is_refused_by_the_database(form, monitor):
    with pytest.raises(IntegrityError, match="an_item_is_of_a_form"):
        raise_query(subject=form.subject, item="age", text="?", by=monitor)


def test_a_question_can_be_raised_as_somebody_s_turn(trial, form, as_user):
    as_user(trial.monitor).post(
        f"/forms/{form.pk}/queries/add/", {"item": "age", "text": "54?", "to": trial.investigator.username}
    )
    assert Query.objects.get().assigned_to == trial.investigator
    assert "assigned to Ines" in as_user(trial.monitor).get(f"/queries/{Query.objects.get().pk}/").content.decode()


def test_an_assignment_is_a_step_that_leaves_the_state(trial, query, as_user):
    answer = as_user(trial.monitor).post(f"/queries/{query.pk}/assign/", {"to": "role:investigator", "text": "Yours."})
    assert answer.status_code == 302
    query.refresh_from_db()
    assert (query.state, query.assigned_role) == ("open", "investigator")
    step = query.steps.last()
    assert (step.is_assignment, step.text, step.actor_name) == (True, "To the investigator. Yours.", "mona")
    as_user(trial.monitor).post(f"/queries/{query.pk}/assign/", {"to": "", "text": "Both may."})
    assert query.steps.last().text == "Unassigned. Both may."
    assert "unassigned" in as_user(trial.monitor).get("/queries/").content.decode()


def test_only_those_with_a_part_in_the_queries_of_the_site_can_be_given_one(trial, query, as_user):
    client = as_user(trial.monitor)
    for name in (trial.stranger.username, trial.sponsor.username, "nobody-there", "role:sponsor"):
        assert client.post(f"/queries/{query.pk}/assign/", {"to": name}).status_code == 422, name
    people = Assignees([trial.site.pk])
    assert people.named("carla", trial.site.pk) == Assignee(trial.coordinator.pk, words="Carla (carla)")
    assert people.named("stella", trial.site.pk) is None
    assert people.named("dora", trial.other_site.pk) is not None


def test_who_was_suspended_is_offered_no_more(trial, query):
    with acting(SETUP):
        type(trial.coordinator).objects.filter(pk=trial.coordinator.pk).update(is_active=False)
    assert Assignees([trial.site.pk]).named("carla", trial.site.pk) is None


def test_mine_are_those_given_to_me_or_to_a_role_of_mine_at_that_site(trial, form, query, monitor, as_user):
    other = raise_query(case_form=form, text="Another", by=monitor, to=Assignee(role="coordinator"))
    assign_query(query=query, to=Assignee(trial.coordinator.pk), by=monitor)
    raise_query(case_form=form, text="A third", by=monitor, to=Assignee(role="investigator"))

    def ids(user, assignee):
        return {row.query.pk for row in as_user(user).get(f"/queries/?assignee={assignee}").context["queries"]}

    assert ids(trial.coordinator, "me") == {query.pk, other.pk}
    assert ids(trial.investigator, "nobody") == set()
    assert ids(trial.monitor, "carla") == {query.pk}
    assert ids(trial.monitor, "role:coordinator") == {other.pk}


def test_a_closed_query_is_nobody_s_turn(query, monitor):
    close_query(query=query, text="Seen.", by=monitor)
    with pytest.raises(NotAllowed, match="already closed"):
        assign_query(query=query, to=Assignee(role="monitor"), by=monitor)


def test_a_cancelled_query_takes_no_step_but_to_be_opened_again(query, monitor):
    cancel_query(query=query, text="Asked at the wrong subject.", by=monitor)
    query.refresh_from_db()
    assert query.state == "cancelled"
    for step in (answer_query, comment_on_query, close_query, cancel_query):
        with pytest.raises(NotAllowed, match="already cancelled"):
            step(query=query, text="?", by=monitor)
    reopened = reopen_query(query=query, text="It was the right subject.", by=monitor)
    assert (reopened.state, reopened.reopened) == ("open", True)
    assert [step.state for step in query.steps.all()] == ["open", "cancelled", "open"]


def test_a_comment_leaves_the_state_and_stands_in_the_thread_by_site_and_monitor(trial, query, monitor):
    comment_on_query(query=query, text="I am looking for the letter.", by=trial.by)
    answer_query(query=query, text="54.", by=trial.by)
    comment_on_query(query=query, text="Seen, I ask the data manager.", by=monitor)
    query.refresh_from_db()
    assert query.state == "answered"
    assert [(step.state, step.is_comment, step.actor_name) for step in query.steps.all()] == [
        ("open", False, "mona"),
        ("open", True, "carla"),
        ("answered", False, "carla"),
        ("answered", True, "mona"),
    ]


def test_cancelling_asks_first_on_a_page_of_its_own_apart_from_closing(trial, query, as_user):
    client = as_user(trial.monitor)
    thread = client.get(f"/queries/{query.pk}/").content.decode()
    assert "Close query" in thread and "Cancel query…" in thread
    assert f'formaction="/queries/{query.pk}/cancel/"' not in thread
    page = client.get(f"/queries/{query.pk}/cancel/").content.decode()
    assert "Cancel query?" in page and "close it instead" in page
    query.refresh_from_db()
    assert query.state == "open"
    assert client.post(f"/queries/{query.pk}/cancel/", {"text": ""}).status_code == 422
    assert client.post(f"/queries/{query.pk}/cancel/", {"text": "Asked twice."}).status_code == 302
    query.refresh_from_db()
    assert query.state == "cancelled"
    assert "tag-cancelled" in client.get(f"/queries/{query.pk}/").content.decode()
    assert client.post(f"/queries/{query.pk}/reopen/", {"text": "It was not."}).status_code == 302
    query.refresh_from_db()
    assert query.state == "open"


def test_a_site_responds_or_comments_and_is_offered_no_closing(trial, query, as_user):
    client = as_user(trial.coordinator)
    page = client.get(f"/queries/{query.pk}/")
    assert [step["button"] for step in page.context["may"]] == ["Respond", "Comment"]
    assert page.context["apart"] == []
    assert client.post(f"/queries/{query.pk}/comment/", {"text": "I am looking."}).status_code == 302
    assert client.post(f"/queries/{query.pk}/cancel/", {"text": "No."}).status_code == 403
    assert "Comment</strong>" in client.get(f"/queries/{query.pk}/").content.decode()
    assert as_user(trial.sponsor).post(f"/queries/{query.pk}/comment/", {"text": "?"}).status_code == 403
    assert as_user(trial.stranger).post(f"/queries/{query.pk}/comment/", {"text": "?"}).status_code == 404


@pytest.mark.parametrize("way", ["form", "subject", "site"])
def test_a_thread_under_a_lock_says_what_was_locked_and_offers_no_step(trial, form, query, as_user, way):
    site = form.subject.site
    places = {
        "form": (reach_of_form(form), f"Demography of {form.subject}"),
        "subject": (Reach(site, form.subject), f"Subject {form.subject}"),
        "site": (Reach(site), "Site 101, North Hospital"),
    }
    reach, words = places[way]
    shut(reach=reach, state=ClosureState.LOCKED, reason="clean", by=actor(trial.data_manager, "data_manager"))
    page = as_user(trial.monitor).get(f"/queries/{query.pk}/")
    assert f"{words}" in page.context["locked"] and "was locked by dora on" in page.context["locked"]
    assert (page.context["may"], page.context["apart"], page.context["may_assign"]) == ([], [], False)
    refused = as_user(trial.monitor).post(f"/queries/{query.pk}/close/", {"text": "Done, thank you."})
    assert refused.status_code == 422
    assert "Done, thank you." in refused.content.decode()


def test_a_check_s_question_is_closed_and_not_cancelled(form, monitor):
    with pytest.raises(NotAllowed, match="close it instead"):
        cancel_query(query=found_by_check(form), text="No.", by=monitor)


def test_an_opened_again_query_says_so_in_the_list_and_is_found_by_it(trial, query, monitor, as_user):
    client = as_user(trial.monitor)
    assert client.get("/queries/?state=reopened").context["queries"] == []
    answer_query(query=query, text="54.", by=trial.by)
    reopen_query(query=query, text="The source says 45.", by=monitor)
    [listed] = client.get("/queries/?state=reopened").context["queries"]
    assert (listed.query.pk, listed.state_words) == (query.pk, "Re-opened")
    assert "Open query, re-opened" in client.get("/queries/").content.decode()


def test_a_check_s_question_is_not_opened_again_beside_the_one_it_asked_since(form, monitor):
    first = found_by_check(form)
    close_query(query=first, text="So in the source.", by=monitor)
    found_by_check(form, "Age 95: is it right?")
    with pytest.raises(NotAllowed, match="already raised this in another query"):
        reopen_query(query=first, text="Or not?", by=monitor)


@pytest.mark.requirement("ICH E6(R3) 4.2.4")
@pytest.mark.parametrize("role", ["coordinator", "investigator"])
def test_the_database_lets_no_one_of_a_site_close_a_query_by_whatever_way(trial, query, role):
    by = actor(getattr(trial, role), role)
    for step in (close_query, cancel_query):
        with pytest.raises(IntegrityError, match="no_site_closes_a_query"), transaction.atomic():
            step(query=query, text="Done.", by=by)
    query.refresh_from_db()
    assert query.state == "open"
    assert QueryStep.objects.filter(query=query).count() == 1


def test_assignment_and_cancelling_stand_in_the_trail_with_their_user(trial, query, monitor):
    assign_query(query=query, to=Assignee(trial.coordinator.pk), by=monitor)
    cancel_query(query=query, text="Twice.", by=monitor)
    events = Event.objects.filter(table_name="review_query", row_id=query.pk).order_by("id")
    assert [event.action for event in events] == ["insert", "update", "update"]
    assert {event.actor_name for event in events} == {"mona"}
