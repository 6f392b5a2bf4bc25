"""A review of the trail is planned, looked through, leads to findings and questions, and is signed off."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.html import escape

from audit.models import AccessEvent, Event
from cohorts.services import Refused
from review.models import Query
from tests.cast import PASSWORD, actor, person
from trail_reviews.models import Finding, TrailReview
from trail_reviews.services import ask_about, digest_of, note_finding, plan_review, sign_review, signature_holds

pytestmark = pytest.mark.django_db


@pytest.fixture
def subject(trial):
    subject = trial.subject()
    trial.screen(subject)
    changed = {"birth_date": "1953-05", "age": 55, "sex": "F", "race": "WHITE"}
    form = subject.forms.get(code="demography")
    trial.fill(subject, "demography", changed, case_form=form, reason="Data entry error")
    return subject


@pytest.fixture
def plan(trial, subject):
    """The monitor's review of demography at site 101."""
    return plan_review(
        title="Demography after the first visit",
        filter=f"site={trial.site.pk}&form_type=demography",
        of_site=trial.site,
        reviewer=trial.monitor,
        due_on=timezone.localdate() - timedelta(1),
        by=actor(trial.data_manager, "data_manager"),
    )


def address(plan, *parts):
    return "/".join(["/trail/reviews", str(plan.pk), *map(str, parts)]) + "/"


def sign_off(client, plan, **changes):
    seen = client.get(address(plan, "sign")).context["form"]["seen_to"].value()
    signature = {"seen_to": seen, "conclusion": "All as it should be.", "username": "mona", "password": PASSWORD}
    return client.post(address(plan, "sign"), signature | changes)


@pytest.mark.requirement("ICH E6(R3) 4.2.3", "EMA 2023 audit trail review")
def test_a_review_is_planned_with_the_filter_that_the_trail_was_at(trial, subject, as_user):
    client = as_user(trial.data_manager)
    parameters = f"site={trial.site.pk}&form_type=demography&item=age&action=update"
    trail = client.get(f"/trail/?{parameters}")
    assert f"/trail/reviews/add/{escape(trail.context['export'])}" in trail.content.decode()
    form = client.get(f"/trail/reviews/add/{trail.context['export']}").context["form"]
    assert (form["form_type"].value(), form["item"].value(), form["action"].value()) == ("demography", "age", "update")
    typed = {name: form[name].value() or "" for name in form.fields} | {"title": "Ages that changed", "item": "age"}
    answer = client.post("/trail/reviews/add/", typed | {"reviewer": trial.monitor.pk})
    plan = TrailReview.objects.get()
    assert answer.url == plan.get_absolute_url()
    assert (plan.filter, plan.of_site, plan.planned_by) == (parameters, trial.site, trial.data_manager.username)
    shown = client.get(plan.get_absolute_url())
    assert [entry["event"].reason for entry in shown.context["entries"]] == ["Data entry error"]
    assert ("Form", "Demography") in shown.context["looked_at"]


def test_the_entries_of_a_review_are_those_of_its_filter_page_by_page(trial, subject, plan, as_user):
    client = as_user(trial.monitor)
    context = client.get(address(plan)).context
    assert {entry["form"][1] for entry in context["entries"]} == {"Demography"}
    table = client.get(f"{address(plan)}?view=table").context["lines"]
    assert len(table) == Event.objects.filter(case_form_id=subject.forms.get(code="demography").pk).count()
    assert context["older"] == ""


@pytest.mark.requirement("ICH E6(R3) 4.2.3", "EMA 2023 audit trail review")
def test_a_finding_is_noted_at_an_entry_and_a_query_is_raised_from_it(trial, subject, plan, as_user):
    client = as_user(trial.monitor)
    event = Event.objects.filter(reason="Data entry error", table_name="assessments_demography").get()
    page = client.get(f"{address(plan, 'findings', 'add')}?event={event.pk}")
    assert page.context["lines"][0]["changes"][0].new == "55"
    client.post(address(plan, "findings", "add"), {"event": event.pk, "text": "Why was the age changed?"})
    finding = Finding.objects.get()
    assert (finding.event, finding.noted_by) == (event.pk, "mona")
    client.post(address(plan, "findings", finding.pk, "query"), {"text": "Which age is right?", "item": "age"})
    query = Query.objects.get(origin="manual")
    finding.refresh_from_db()
    assert finding.query == query
    assert (query.item, query.text, query.case_form.code) == ("age", "Which age is right?", "demography")
    again = client.post(address(plan, "findings", finding.pk, "query"), {"text": "Once more?"})
    assert (again.status_code, Query.objects.filter(origin="manual").count()) == (422, 1)


def test_an_entry_outside_the_filter_takes_no_finding(trial, subject, plan, as_user):
    other = Event.objects.filter(table_name="assessments_eligibility").first()
    client = as_user(trial.monitor)
    for key in (other.pk, "x", "", "9" * 30, "-1"):
        assert client.get(f"{address(plan, 'findings', 'add')}?event={key}").status_code == 404
    assert client.post(address(plan, "findings", "add"), {"event": other.pk, "text": "?"}).status_code == 404


@pytest.mark.requirement("ICH E6(R3) 4.2.3", "EMA 2023 audit trail review")
def test_the_reviewer_signs_off_with_user_name_and_password(trial, subject, plan, as_user):
    client = as_user(trial.monitor)
    newest = Event.objects.filter(case_form_id=subject.forms.get(code="demography").pk).latest("id").pk
    assert sign_off(client, plan, password="wrong horse").status_code == 422
    assert AccessEvent.objects.filter(kind="sign_in_failed").count() == 1
    assert sign_off(client, plan).status_code == 302
    plan.refresh_from_db()
    assert (plan.state, plan.signed_by, plan.seen_to) == ("signed", "mona", newest)
    assert signature_holds(plan)
    assert b"The signature does not hold" not in client.get(address(plan)).content


@pytest.mark.requirement("21 CFR 11.200")
def test_nobody_signs_for_the_reviewer(trial, subject, plan, as_user):
    client = as_user(trial.data_manager)
    answer = sign_off(client, plan, username=trial.data_manager.username)
    assert answer.status_code == 422
    assert "nobody signs for another" in answer.content.decode()
    assert TrailReview.objects.get().signed_at is None


def test_what_was_signed_off_stays_as_it_is(trial, subject, plan, as_user):
    by = actor(trial.monitor, "monitor")
    event = Event.objects.filter(table_name="assessments_demography").latest("id")
    finding = note_finding(review=plan, event=event.pk, text="Late", by=by)
    signed = sign_review(review=plan, conclusion="Fine", seen_to=event.pk, signed_by=trial.monitor, by=by)
    with pytest.raises(Refused, match="signed this review off"):
        note_finding(review=plan, event=event.pk, text="One more", by=by)
    with pytest.raises(Refused, match="signed this review off"):
        ask_about(finding=finding, case_form=subject.forms.first(), item="", text="?", by=by)
    with pytest.raises(Refused, match="signed this review off"):
        sign_review(review=signed, conclusion="Again", seen_to=1, signed_by=trial.monitor, by=by)
    signed.conclusion = "Something else"
    assert not signature_holds(signed)


def test_the_signature_covers_the_findings(trial, plan):
    by = actor(trial.monitor, "monitor")
    note_finding(review=plan, event=1, text="Late", by=by)
    signed = sign_review(review=plan, conclusion="Fine", seen_to=1, signed_by=trial.monitor, by=by)
    before = digest_of(signed)
    finding = signed.findings.get()
    finding.text = "Early"
    signed._prefetched_objects_cache = {"findings": [finding]}
    assert digest_of(signed) != before


def test_each_step_of_a_review_is_in_the_trail_and_not_in_the_site_s_own(trial, plan, as_user):
    by = actor(trial.monitor, "monitor")
    note_finding(review=plan, event=1, text="Late", by=by)
    sign_review(review=plan, conclusion="Fine", seen_to=1, signed_by=trial.monitor, by=by)
    steps = Event.objects.filter(table_name__startswith="trail_reviews_").order_by("id")
    assert [(step.action, step.actor_name, step.site_id) for step in steps] == [
        ("insert", trial.data_manager.username, None),
        ("insert", "mona", None),
        ("update", "mona", None),
    ]
    assert as_user(trial.auditor).get("/trail/?kind=reviews").context["entries"]
    assert as_user(trial.coordinator).get("/trail/?table=trail_reviews_finding").status_code == 400


def test_a_monitor_of_another_site_finds_no_such_review_and_none_of_all_sites(trial, subject, plan, as_user):
    everything = plan_review(
        title="Everything",
        filter="",
        of_site=None,
        reviewer=trial.data_manager,
        due_on=timezone.localdate(),
        by=actor(trial.data_manager, "data_manager"),
    )
    stranger = person("nora", "monitor", trial.other_site)
    client = as_user(stranger)
    for review in (plan, everything):
        for parts in ((), ("sign",), ("findings", "add")):
            assert client.get(address(review, *parts)).status_code == 404
    assert list(client.get("/trail/reviews/").context["reviews"]) == []
    assert AccessEvent.objects.filter(kind="not_found", actor_name="nora").count() == 6
    assert as_user(trial.monitor).get(address(everything)).status_code == 404
    assert as_user(trial.auditor).get(address(everything)).status_code == 200


def test_a_monitor_plans_for_the_own_sites_and_a_reviewer_who_sees_them(trial, subject, as_user):
    stranger = person("nora", "monitor", trial.other_site)
    client = as_user(trial.monitor)
    typed = {"title": "A look", "due_on": "2030-01-01"}
    mine, theirs = {"site": trial.site.pk}, {"site": trial.other_site.pk}

    def errors(more):
        answer = client.post("/trail/reviews/add/", typed | more)
        return answer.context["form"].errors if answer.status_code == 422 else {}

    assert "site" in errors({"reviewer": trial.monitor.pk})
    assert "site" in errors({"reviewer": trial.monitor.pk} | theirs)
    assert "may not review the trail of site 101" in str(errors({"reviewer": stranger.pk} | mine))
    assert "reviewer" in errors({"reviewer": trial.coordinator.pk} | mine)
    assert errors({"reviewer": trial.monitor.pk} | mine) == {}


@pytest.mark.parametrize("who", ["coordinator", "investigator", "sponsor", "administrator"])
def test_sites_and_others_see_no_reviews(trial, plan, as_user, who):
    client = as_user(getattr(trial, who))
    for url in ("/trail/reviews/", "/trail/reviews/add/", address(plan), address(plan, "sign")):
        assert client.get(url).status_code == 403
    assert client.get("/api/v1/trail-reviews/").status_code == 403


@pytest.mark.requirement("ICH E6(R3) 4.2.7")
def test_the_auditor_reads_and_changes_nothing(trial, plan, as_user):
    client = as_user(trial.auditor)
    assert client.get("/trail/reviews/").status_code == 200
    assert client.get(address(plan)).context["noting"] == ""
    for url in ("/trail/reviews/add/", address(plan, "sign"), address(plan, "findings", "add")):
        assert client.post(url).status_code == 403


def test_the_list_says_what_is_overdue_and_filters_by_state(trial, plan, as_user, statements):
    client = as_user(trial.data_manager)
    assert [review.state for review in client.get("/trail/reviews/").context["reviews"]] == ["overdue"]
    assert [
        len(client.get(f"/trail/reviews/?state={s}").context["reviews"]) for s in ("overdue", "planned", "signed")
    ] == [
        1,
        0,
        0,
    ]
    few = statements(lambda: client.get("/trail/reviews/"))
    for number in range(5):
        note_finding(review=plan, event=number, text="Late", by=actor(trial.monitor, "monitor"))
        plan_review(
            title=f"Review {number}",
            filter="",
            of_site=None,
            reviewer=trial.data_manager,
            due_on=timezone.localdate(),
            by=actor(trial.data_manager, "data_manager"),
        )
    assert statements(lambda: client.get("/trail/reviews/")) == few


def test_reviews_are_read_by_api(trial, plan, as_user):
    note_finding(review=plan, event=7, text="Late", by=actor(trial.monitor, "monitor"))
    client = as_user(trial.auditor)
    (listed,) = client.get("/api/v1/trail-reviews/?state=overdue").json()["results"]
    assert (listed["site"], listed["reviewer"], listed["state"]) == ("101", "mona", "overdue")
    assert [(finding["event"], finding["text"]) for finding in listed["findings"]] == [(7, "Late")]
    assert client.get(f"/api/v1/trail-reviews/{plan.pk}/").json() == listed
