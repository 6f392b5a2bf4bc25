from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actor import acting
from cohorts.models import Subject
from review.models import Query
from review.services import CheckFinding, answer_query, close_query, raise_query, sync_check_queries
from tests.cast import BASELINE_LESIONS, SETUP, actor
from tests.unlimited import unlimited


def ids(client, address):
    return [row.query.pk for row in client.get(f"/queries/?{address}").context["queries"]]


def test_a_monitor_asks_at_a_field_and_lands_on_it(trial, form, as_user):
    client = as_user(trial.monitor)
    page = client.get(f"/forms/{form.pk}/queries/add/?item=age")
    assert page.context["form"]["item"].value() == "age"
    answer = client.post(f"/forms/{form.pk}/queries/add/?item=age", {"item": "age", "text": "54 or 45?"})
    assert answer.url == f"/forms/{form.pk}/#id_age"
    query = Query.objects.get()
    assert (query.item, query.state, query.steps.get().actor_name) == ("age", "open", "mona")


def test_who_reads_a_form_finds_the_way_to_ask_to_the_thread_and_to_the_trail(trial, form, query, as_user):
    page = as_user(trial.monitor).get(f"/forms/{form.pk}/").content.decode()
    assert f'href="/forms/{form.pk}/queries/add/?item=race"' in page
    assert f'href="/forms/{form.pk}/queries/add/"' in page
    assert f'href="/queries/{query.pk}/"' in page
    assert f'href="/trail/?form={form.pk}&amp;item=age"' in page
    assert 'id="id_age"' in page
    assert "/lock/" not in page


def test_a_data_manager_finds_the_lock_at_the_form_and_a_sponsor_nothing_to_change(trial, form, as_user):
    lock = f'href="/forms/{form.pk}/closure/"'
    assert lock in as_user(trial.data_manager).get(f"/forms/{form.pk}/").content.decode()
    seen = as_user(trial.sponsor).get(f"/forms/{form.pk}/").content.decode()
    assert lock not in seen
    assert "queries/add" not in seen


def test_a_marker_at_a_field_leads_to_its_query_and_of_several_to_all_of_them(trial, form, query, as_user):
    client = as_user(trial.coordinator)
    assert f'href="/queries/{query.pk}/"' in client.get(f"/forms/{form.pk}/").content.decode()
    second = raise_query(case_form=form, item="age", text="Really?", by=actor(trial.monitor, "monitor"))
    all_of_them = f"case_form={form.pk}&item=age"
    assert f'href="/queries/?{all_of_them.replace("&", "&amp;")}"' in client.get(f"/forms/{form.pk}/").content.decode()
    assert ids(client, all_of_them) == [query.pk, second.pk]
    assert ids(client, f"case_form={form.pk + 1}&item=age") == []


def test_a_query_runs_from_open_over_answered_and_reopened_to_closed(trial, query, as_user):
    for user, step, state in (
        (trial.coordinator, "answer", "answered"),
        (trial.monitor, "reopen", "open"),
        (trial.coordinator, "answer", "answered"),
        (trial.data_manager, "close", "closed"),
    ):
        answer = as_user(user).post(f"/queries/{query.pk}/{step}/", {"text": f"I {step}."})
        assert answer.status_code == 302
        query.refresh_from_db()
        assert query.state == state
    assert [step.actor_name for step in query.steps.all()] == ["mona", "carla", "mona", "carla", "dora"]


def test_the_site_is_offered_to_answer_and_never_to_close(trial, query, as_user):
    assert [step["step"] for step in as_user(trial.coordinator).get(f"/queries/{query.pk}/").context["may"]] == [
        "answer",
        "comment",
    ]
    page = as_user(trial.monitor).get(f"/queries/{query.pk}/").context
    assert [step["step"] for step in page["may"]] == ["comment", "close"]
    assert [step["step"] for step in page["apart"]] == ["cancel"]
    assert as_user(trial.sponsor).get(f"/queries/{query.pk}/").context["may"] == []


def test_a_step_that_came_too_late_says_so_and_keeps_what_was_typed(trial, query, as_user):
    close_query(query=query, text="Seen.", by=actor(trial.monitor, "monitor"))
    answer = as_user(trial.coordinator).post(f"/queries/{query.pk}/answer/", {"text": "It is 54."})
    assert answer.status_code == 422
    assert "This query is already closed." in answer.content.decode()
    assert "It is 54." in answer.content.decode()


def test_the_list_opens_with_what_is_live_and_filters_by_the_address(trial, form, query, as_user):
    closed = raise_query(case_form=form, item="sex", text="Sure?", by=actor(trial.monitor, "monitor"))
    close_query(query=closed, text="Yes.", by=actor(trial.monitor, "monitor"))
    answered = raise_query(case_form=form, item="", text="Whole form?", by=actor(trial.monitor, "monitor"))
    answer_query(query=answered, text="Whole.", by=trial.by)
    with acting(SETUP), unlimited():
        Query.objects.filter(pk=query.pk).update(opened_at=timezone.now() - timedelta(days=10))
    client = as_user(trial.data_manager)
    assert ids(client, "") == [query.pk, answered.pk]
    assert ids(client, "state=any") == [query.pk, closed.pk, answered.pk]
    assert ids(client, "state=closed") == [closed.pk]
    assert ids(client, "age=7") == [query.pk]
    assert ids(client, "form=infusion") == []
    assert ids(client, f"form=demography&site={trial.site.pk}&item=age") == [query.pk]
    assert ids(client, "q=101-001&origin=manual") == [query.pk, answered.pk]
    assert ids(client, "q=whole") == [answered.pk]
    assert ids(client, "sort=-opened") == [answered.pk, query.pk]
    assert client.get("/queries/?age=seven").status_code == 400
    assert client.get("/queries/").context["queries"][0].days_open == 10


def test_a_list_of_many_queries_takes_as_many_statements_as_one(trial, form, query, as_user, statements):
    client = as_user(trial.monitor)
    few = statements(lambda: client.get("/queries/"))
    for _ in range(9):
        subject = trial.subject()
        trial.fill(subject, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
        raise_query(
            case_form=subject.forms.get(), item="consent_date", text="When?", by=actor(trial.monitor, "monitor")
        )
    assert statements(lambda: client.get("/queries/")) == few
    assert Subject.objects.count() == 10


def test_a_lock_needs_a_reason_and_says_whose_it_is(trial, form, as_user):
    client = as_user(trial.data_manager)
    assert client.post(f"/forms/{form.pk}/lock/", {"reason": ""}).status_code == 422
    assert client.post(f"/forms/{form.pk}/lock/", {"reason": "clean", "all_the_same": "on"}).status_code == 302
    form.refresh_from_db()
    assert form.locked_by == "dora"
    client.post(f"/forms/{form.pk}/unlock/", {"reason": "a late result"})
    form.refresh_from_db()
    assert form.locked_at is None


def test_a_query_at_an_item_of_a_row_is_named_by_row_and_item(trial, form, as_user):
    history = form.subject.forms.get(code="history")
    client = as_user(trial.monitor)
    address = f"/forms/{history.pk}/queries/add/"
    client.post(f"{address}?item=rows-0-outcome", {"item": "rows-0-outcome", "text": "Which?"})
    assert client.get("/queries/").context["queries"][0].item_label == "Outcome (row 1)"


def test_a_query_stays_with_its_lesion_when_another_is_added_before_it(trial, form, as_user):
    baseline = form.subject.forms.get(code="tumour_baseline")
    client = as_user(trial.monitor)
    address = f"/forms/{baseline.pk}/queries/add/?item=rows-2-state"
    answer = client.post(address, {"item": "rows-2-state", "text": "Still there?"})
    assert answer.url == f"/forms/{baseline.pk}/#id_rows-2-state"
    assert Query.objects.get(case_form=baseline).item == "rows[NT01]-state"
    record = {"assessment_date": "2008-01-02", "disease_measurable": "Y"}
    rows = [{"label": label} | lesion for label, lesion in zip(("T01", "T02", "NT01"), BASELINE_LESIONS, strict=True)]
    third = {"kind": "TARGET", "location": "LIVER", "method": "SPIRAL CT SCAN", "diameters_mm": "30"}
    trial.fill(form.subject, "tumour_baseline", record, [*rows, third], case_form=baseline, reason="Seen since")
    [listed] = client.get("/queries/?form=tumour_baseline").context["queries"]
    assert client.get(listed.field_url).url == f"/forms/{baseline.pk}/#id_rows-3-state"
    assert listed.item_label.endswith(" (NT01)")


@pytest.mark.parametrize(
    "item", ["rows-9-state", "rows[T09]-state", "rows[1]-", "rows-", "rows-x", "rows-a-b", "rows-0-" + "x" * 60]
)
def test_what_names_no_item_is_refused_and_breaks_no_list(trial, form, as_user, item):
    client = as_user(trial.monitor)
    answer = client.post(f"/forms/{form.pk}/queries/add/?item={item}", {"item": item, "text": "Which?"})
    assert answer.status_code == 422
    assert client.get(f"/trail/?form={form.pk}&item={item}").status_code == 200
    assert client.get("/queries/").status_code == 200


def test_what_a_monitor_accepted_is_not_asked_again_until_it_says_something_else(trial, form):
    def states_at(age):
        finding = CheckFinding(form.pk, "age", "range", f"Age {age}: is it right?")
        sync_check_queries(case_form_ids=[form.pk], checks=["range"], findings=[finding])
        return list(Query.objects.filter(check_id="range").order_by("id").values_list("state", flat=True))

    with acting(SETUP):
        assert states_at(94) == ["open"]
    close_query(query=Query.objects.get(check_id="range"), text="So in the source.", by=actor(trial.monitor, "monitor"))
    with acting(SETUP):
        assert states_at(94) == ["closed"]
        assert states_at(95) == ["closed", "open"]
        sync_check_queries(case_form_ids=[form.pk], checks=["range"], findings=[])
        assert states_at(95) == ["closed", "closed", "open"]


def test_each_item_of_each_row_can_be_chosen_to_ask_about(trial, form, as_user):
    baseline = form.subject.forms.get(code="tumour_baseline")
    client = as_user(trial.monitor)
    page = client.get(f"/forms/{baseline.pk}/queries/add/?item=rows-2-state")
    assert page.context["form"]["item"].value() == "rows[NT01]-state"
    groups = dict(page.context["form"].fields["item"].choices)
    assert {"Row T01", "Row T02", "Row NT01"} < set(groups)
    assert ("rows[T02]-location", "Organ (T02)") in groups["Row T02"]
    client.post(f"/forms/{baseline.pk}/queries/add/", {"item": "rows[T02]-location", "text": "Which lobe?"})
    assert Query.objects.get().item == "rows[T02]-location"


def test_a_row_s_item_is_asked_about_at_the_row_and_the_way_to_the_field_goes_there(trial, form, as_user):
    baseline = form.subject.forms.get(code="tumour_baseline")
    client = as_user(trial.monitor)
    page = client.get(f"/forms/{baseline.pk}/").content.decode()
    asking = f"/forms/{baseline.pk}/queries/add/?item=rows-0-location"
    assert f'href="{asking}"' in page
    chosen = client.get(asking).context["form"]
    assert chosen["item"].value() == "rows[T01]-location"
    answer = client.post(asking, {"item": "rows[T01]-location", "text": "Liver?", "to": ""})
    assert answer.url == f"/forms/{baseline.pk}/#id_rows-0-location"
    assert 'id="id_rows-0-location"' in page


def test_no_two_choices_of_a_query_s_item_have_one_name_or_one_value(trial, form, as_user):
    from review.forms import QueryForm

    for case_form in form.subject.forms.all():
        offered = QueryForm(None, case_form).fields["item"].choices
        flat = [
            choice for value, label in offered for choice in (label if isinstance(label, list) else [(value, label)])
        ]
        values, labels = [value for value, _ in flat], [label for _, label in flat]
        assert len(values) == len(set(values)), case_form.code
        assert len(labels) == len(set(labels)), case_form.code
