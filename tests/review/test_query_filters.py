"""The filter of the list, in the address and kept under a name."""

from datetime import timedelta

from django.utils import timezone

from accounts.actor import acting
from review.models import KeptFilter, Query
from review.queries import kept
from review.services import raise_query
from tests.cast import SETUP


def ids(client, address):
    return [row.query.pk for row in client.get(f"/queries/?{address}").context["queries"]]


def test_visit_subject_and_an_item_of_any_row_narrow_the_list(trial, subject, monitor, as_user):
    baseline, history = subject.forms.get(code="tumour_baseline"), subject.forms.get(code="history")
    first = raise_query(case_form=baseline, item="rows[T01]-location", text="?", by=monitor)
    second = raise_query(case_form=baseline, item="rows[NT01]-location", text="?", by=monitor)
    third = raise_query(case_form=history, item="histology", text="?", by=monitor)
    whole = raise_query(subject=subject, text="?", by=monitor)
    client = as_user(trial.monitor)
    assert ids(client, "visit=scr") == [first.pk, second.pk, third.pk]
    assert client.get("/queries/?visit=C1D1").status_code == 400
    assert ids(client, "form=tumour_baseline&item=rows[]-location") == [first.pk, second.pk]
    assert ids(client, "form=history&item=histology") == [third.pk]
    assert ids(client, f"subject={subject.pk}") == [first.pk, second.pk, third.pk, whole.pk]
    assert ids(client, f"subject={subject.pk + 1}") == []


def test_days_since_the_last_step_are_shown_and_filtered_by(trial, subject, monitor, as_user):
    form = subject.forms.get(code="demography")
    old, new = (raise_query(case_form=form, text="?", by=monitor) for _ in range(2))
    with acting(SETUP):
        Query.objects.filter(pk=old.pk).update(changed_at=timezone.now() - timedelta(days=7))
        Query.objects.filter(pk=new.pk).update(changed_at=timezone.now() - timedelta(days=7, seconds=-60))
    client = as_user(trial.monitor)
    assert ids(client, "quiet=7") == [old.pk]
    assert [row.days_quiet for row in client.get("/queries/?sort=changed").context["queries"]] == [7, 6]
    assert ids(client, "sort=changed") == [old.pk, new.pk]


def test_a_filter_is_kept_by_name_and_found_again_by_its_user_alone(trial, subject, monitor, as_user):
    client = as_user(trial.monitor)
    sent = {"name": "Old ones", "address": "age=30&state=any&page=3&shoe=1"}
    assert client.post("/queries/filters/keep/", sent).url == "/queries/?state=any&age=30"
    assert 'href="?state=any&amp;age=30">Old ones</a>' in client.get("/queries/").content.decode()
    assert client.get("/queries/?state=any&age=30").status_code == 200
    assert "Old ones" not in as_user(trial.data_manager).get("/queries/").content.decode()


def test_the_same_name_takes_the_other_s_place(trial, as_user):
    client = as_user(trial.monitor)
    for address in ("age=30", "age=7"):
        client.post("/queries/filters/keep/", {"name": "Mine", "address": address})
    assert list(KeptFilter.objects.values_list("user", "name", "address")) == [(trial.monitor.pk, "Mine", "age=7")]


def test_a_kept_filter_is_given_up_by_its_own_user_alone(trial, as_user):
    as_user(trial.monitor).post("/queries/filters/keep/", {"name": "Mine", "address": "age=30"})
    assert as_user(trial.data_manager).post("/queries/filters/forget/", {"name": "Mine"}).status_code == 422
    assert KeptFilter.objects.count() == 1
    assert as_user(trial.monitor).post("/queries/filters/forget/", {"name": "Mine"}).status_code == 302
    assert KeptFilter.objects.count() == 0


def test_a_name_is_needed_and_there_is_a_limit(trial, as_user, monkeypatch):
    monkeypatch.setattr(kept, "MOST", 1)
    client = as_user(trial.monitor)
    assert client.post("/queries/filters/keep/", {"name": " ", "address": "age=30"}).status_code == 422
    assert client.post("/queries/filters/keep/", {"name": "One"}).status_code == 302
    assert client.post("/queries/filters/keep/", {"name": "Two"}).status_code == 422
    assert client.post("/queries/filters/keep/", {"name": "One"}).status_code == 302
