"""The monitor's pages: what waits by the plan, the form beside it, what was verified, how far each site is."""

from audit.models import AccessEvent
from review.services import raise_query
from sdv.models import Verification
from signature.closing import Reach, shut
from signature.models import ClosureState
from tests.cast import actor
from tests.signature.closed import lock_form


def listed(page):
    return [(form.subject.label, form.code) for form, _ in page.context["lines"]]


def test_the_list_shows_what_the_plan_asks_for_oldest_first_and_the_first_of_it_beside(trial, subject, as_user):
    page = as_user(trial.monitor).get("/sdv/")
    assert page.status_code == 200
    # The first subject of its site: all of it.
    assert len(listed(page)) == subject.forms.count()
    assert listed(page)[0] == (subject.label, "consent")
    assert page.context["pane"]["form"].code == "consent"
    assert page.context["pane"]["extent"] == "all"


def test_what_is_verified_leaves_the_list(trial, subject, form, check, as_user):
    check(form)
    assert (subject.label, "demography") not in listed(as_user(trial.monitor).get("/sdv/"))


def test_after_the_first_subjects_critical_items_are_enough(trial, as_user, check):
    subjects = [trial.subject() for _ in range(4)]
    for subject in subjects:
        trial.screen(subject)
    form = subjects[3].forms.get(code="demography")
    client = as_user(trial.monitor)
    page = client.get(f"/sdv/?form={form.pk}&q={subjects[3].label}")
    assert page.context["pane"]["extent"] == "critical"
    from assessments.items import items_of
    from assessments.models import Demography

    critical = [field.name for field, item in items_of(Demography) if item.critical]
    check(form, items=critical)
    assert (subjects[3].label, "demography") not in listed(client.get(f"/sdv/?q={subjects[3].label}"))
    assert (subjects[3].label, "demography") in listed(client.get(f"/sdv/?scope=all&q={subjects[3].label}"))


def test_one_form_is_verified_in_one_act_and_the_next_one_comes(trial, form, as_user):
    client = as_user(trial.monitor)
    sent = {"form": f"{form.pk}:{form.version}", "do": "1", "next": "77", "address": "scope=all&sort=x"}
    answer = client.post("/sdv/verify/", sent)
    assert (answer.status_code, answer.url) == (302, "/sdv/?scope=all&form=77")
    assert Verification.objects.filter(case_form=form).count() > 3


def test_a_selection_is_shown_with_its_count_before_anything_is_done(trial, subject, form, as_user, monitor):
    raise_query(case_form=form, text="Whose is this?", by=monitor)
    consent = subject.forms.get(code="consent")
    sent = {"form": [f"{form.pk}:1", f"{consent.pk}:1"]}
    page = as_user(trial.monitor).post("/sdv/verify/", sent)
    assert "in 1 form; 1 form with an open query left out" in page.content.decode()
    assert not Verification.objects.exists()


def test_a_key_that_does_nothing_here_says_why(trial, subject, form, as_user, monitor, check):
    client = as_user(trial.monitor)
    page = client.get(f"/sdv/?form={form.pk}&q=999")
    assert page.context["silent_keys"] == {
        "v": "",
        "q": "",
        "j": "This is the last form of the list.",
        "k": "This is the first form of the list.",
    }
    raise_query(case_form=form, item="age", text="54?", by=monitor)
    assert "1 item with an open query" in client.get(f"/sdv/?form={form.pk}").content.decode()
    check(form)
    waits = client.get(f"/sdv/?form={form.pk}")
    assert waits.context["silent_keys"]["v"] == "What is left of this form waits for the answer to a query."
    assert 'data-silent-key="v"' in waits.content.decode()
    lock_form(case_form=form, reason="clean", by=actor(trial.data_manager, "data_manager"))
    locked = client.get(f"/sdv/?form={form.pk}").context["silent_keys"]
    assert (locked["v"], locked["q"]) == ("The form is locked: nothing changes.",) * 2


def test_an_empty_list_under_a_lock_says_how_much_stays_unverified(trial, subject, as_user):
    client = as_user(trial.monitor)
    number = len(listed(client.get("/sdv/")))
    by = actor(trial.data_manager, "data_manager")
    shut(reach=Reach(subject.site), state=ClosureState.LOCKED, reason="clean", by=by)
    page = client.get("/sdv/").content.decode()
    assert f"Left undone: {number} forms not verified as planned, frozen or locked." in page
    assert "Everything that the plan asks for is verified" not in page


def test_a_whole_visit_is_verified_in_one_act(trial, subject, form, as_user):
    client = as_user(trial.monitor)
    page = client.post("/sdv/verify/", {"visit": form.visit_id})
    number = subject.forms.filter(visit=form.visit, state="complete").count()
    assert f"in {number} forms" in page.content.decode()
    client.post("/sdv/verify/", {"form": page.context["chosen"], "do": "1"})
    assert Verification.objects.values("case_form").distinct().count() == number


def test_ticked_items_are_verified_alone(trial, form, as_user):
    client = as_user(trial.monitor)
    sent = {"form": f"{form.pk}:1", "some": "1", "item": ["age", "sex"]}
    assert "Verify 2 items in 1 form" in client.post("/sdv/verify/", sent).content.decode()
    client.post("/sdv/verify/", sent | {"do": "1"})
    assert set(Verification.objects.values_list("item", flat=True)) == {"age", "sex"}
    assert client.post("/sdv/verify/", {"form": f"{form.pk}:1", "some": "1"}).status_code == 422


def test_forms_of_another_site_are_not_there(trial, as_user):
    elsewhere = trial.subject(trial.other_site)
    trial.screen(elsewhere)
    form = elsewhere.forms.get(code="consent")
    client = as_user(trial.monitor)
    assert client.post("/sdv/verify/", {"form": f"{form.pk}:1", "do": "1"}).status_code == 422
    assert client.post("/sdv/verify/", {"visit": form.visit_id}).status_code == 404
    assert client.get(f"/sdv/?form={form.pk}").status_code == 404
    assert listed(client.get("/sdv/")) == []


def test_the_reading_page_shows_query_verification_and_history_in_this_order(trial, form, check, as_user, monitor):
    check(form)
    raise_query(case_form=form, item="age", text="54?", by=monitor)
    page = as_user(trial.monitor).get(f"/forms/{form.pk}/").content.decode()
    row = page[page.index('id="id_age"') :]
    places = [row.index(f"marker-{kind}") for kind in ("query", "sdv-verified", "history")]
    assert places == sorted(places)


def test_what_was_taken_back_stands_with_its_reason(trial, form, check, as_user):
    check(form, items=["age"])
    client = as_user(trial.monitor)
    assert client.post(f"/forms/{form.pk}/sdv/take-back/", {"reason": ""}).status_code == 422
    answer = client.post(f"/forms/{form.pk}/sdv/take-back/", {"reason": "Wrong file", "items": "age"})
    assert answer.url == f"/forms/{form.pk}/sdv/"
    assert "Wrong file" in as_user(trial.coordinator).get(answer.url).content.decode()


def test_progress_adds_up_by_site(trial, subject, form, check, as_user):
    check(form)
    consent = subject.forms.get(code="consent")
    check(consent)
    trial.fill(
        subject,
        "demography",
        {"birth_date": "1953-06", "age": 54, "sex": "F", "race": "WHITE"},
        visit="SCR",
        case_form=form,
        reason="Corrected",
    )
    client = as_user(trial.data_manager)
    this_site, other_site, total = client.get("/sdv/progress/").context["lines"]
    number = subject.forms.count()
    assert (this_site.planned, this_site.verified, this_site.lapsed, this_site.outstanding) == (
        number,
        1,
        1,
        number - 2,
    )
    assert (other_site.planned, other_site.percent) == (0, None)
    assert (total.planned, total.verified) == (number, 1)
    text = b"".join(client.get("/sdv/progress.csv").streaming_content).decode("utf-8-sig").splitlines()
    assert text[1].startswith(f"101,{number},1,1,{number - 2},")
    assert AccessEvent.objects.filter(kind="export").latest("id").actor_name == "dora"


def test_pages_ask_no_more_with_more_subjects(trial, subject, as_user, statements):
    client = as_user(trial.monitor)
    form = subject.forms.get(code="consent")
    addresses = [f"/sdv/?form={form.pk}", "/sdv/progress/", "/monitoring-visits/"]
    few = [statements(lambda address=address: client.get(address)) for address in addresses]
    for _ in range(3):
        trial.screen(trial.subject())
    assert [statements(lambda address=address: client.get(address)) for address in addresses] == few


def test_who_asks_the_site_from_the_list_comes_back_to_where_it_was(trial, form, as_user):
    client = as_user(trial.monitor)
    page = client.get(f"/sdv/?scope=all&form={form.pk}")
    asking = f"/forms/{form.pk}/queries/add/?item=age&{page.context['work']}"
    assert f"/sdv/?scope=all&amp;form={form.pk}" in client.get(asking).content.decode()
    answer = client.post(asking, {"item": "age", "text": "54?", "to": ""})
    assert (answer.status_code, answer.url) == (302, f"/sdv/?scope=all&form={form.pk}")
    elsewhere = client.post(
        f"/forms/{form.pk}/queries/add/?work=//example.org", {"item": "", "text": "Again?", "to": ""}
    )
    assert elsewhere.url.startswith("/sdv/?")


def test_at_the_end_of_a_page_the_key_for_the_next_form_leads_to_the_next_page(trial, subject, as_user, monkeypatch):
    monkeypatch.setattr("sdv.views.PAGE_SIZE", 5)
    client = as_user(trial.monitor)
    first = client.get("/sdv/")
    last = client.get(f"/sdv/?form={first.context['lines'][-1][0].pk}")
    assert (first.context["before"], last.context["after"], last.context["following"]) == ("", "page=2", None)
    second = client.get("/sdv/?page=2")
    assert second.context["before"] == "page=1"
    assert second.context["after"] == f"page=2&form={second.context['lines'][1][0].pk}"


def test_nobody_but_a_monitor_verifies(trial, form, as_user):
    for who in ("investigator", "coordinator", "data_manager", "sponsor", "auditor"):
        client = as_user(getattr(trial, who))
        assert client.post("/sdv/verify/", {"form": f"{form.pk}:1", "do": "1"}).status_code == 403
        assert client.get("/sdv/").status_code == 403
    assert actor(trial.monitor, "monitor").role == "monitor"
    assert not Verification.objects.exists()
