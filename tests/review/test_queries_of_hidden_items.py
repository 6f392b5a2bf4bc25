"""Queries on what a form no longer asks, on struck-out rows and on rows that are gone stay within reach."""

import re

from review.services import raise_query
from tests.cast import BASELINE_LESIONS


def goes_to(client, query):
    return client.get(f"/queries/{query.pk}/field/").url


def test_a_query_at_a_shown_item_leads_to_its_field_and_the_thread_says_its_value(trial, subject, monitor, as_user):
    form = subject.forms.get(code="demography")
    query = raise_query(case_form=form, item="age", text="54?", by=monitor)
    client = as_user(trial.monitor)
    assert goes_to(client, query) == f"/forms/{form.pk}/#id_age"
    point = client.get(f"/queries/{query.pk}/").context["point"]
    assert (point.words, point.why) == ("54 years", "")
    assert 'id="id_age"' in client.get(f"/forms/{form.pk}/").content.decode()


def test_a_query_at_a_form_or_subject_leads_to_its_page(trial, subject, monitor, as_user):
    form = subject.forms.get(code="demography")
    client = as_user(trial.monitor)
    assert goes_to(client, raise_query(case_form=form, text="?", by=monitor)) == f"/forms/{form.pk}/"
    assert goes_to(client, raise_query(subject=subject, text="?", by=monitor)) == f"/subjects/{subject.pk}/"


def test_a_query_at_an_item_that_is_not_asked_now_leads_to_its_thread_which_says_why(trial, subject, monitor, as_user):
    trial.enrol(subject)
    form = trial.infuse(subject)
    query = raise_query(case_form=form, item="paclitaxel_dose_mg", text="137?", by=monitor)
    client = as_user(trial.monitor)
    assert goes_to(client, query) == f"/forms/{form.pk}/#id_paclitaxel_dose_mg"
    record = {
        "infusion_date": "2008-01-07",
        "weight_kg": "64",
        "height_cm": "165",
        "paclitaxel_given": "N",
        "trastuzumab_given": "Y",
        "trastuzumab_loading": "Y",
        "trastuzumab_dose_mg": "256",
    }
    trial.fill(subject, "infusion", record, case_form=form, reason="Not given", complete=False)
    assert goes_to(client, query) == f"/queries/{query.pk}/#point"
    page = client.get(f"/queries/{query.pk}/").content.decode()
    assert 'id="point"' in page
    assert "The item does not apply at present" in page
    listed = client.get("/queries/").content.decode()
    assert f'href="/queries/{query.pk}/field/"' in listed


def test_a_query_at_a_struck_out_row_leads_to_the_row_and_says_so(trial, subject, monitor, as_user):
    baseline = subject.forms.get(code="tumour_baseline")
    query = raise_query(case_form=baseline, item="rows[T02]-location", text="Which lobe?", by=monitor)
    record = {"assessment_date": "2008-01-02", "disease_measurable": "Y"}
    rows = [{"label": label} | lesion for label, lesion in zip(("T01", "T02", "NT01"), BASELINE_LESIONS, strict=True)]
    rows[1] |= {"struck_out": "on"}
    trial.fill(subject, "tumour_baseline", record, rows, case_form=baseline, reason="Seen twice")
    client = as_user(trial.monitor)
    assert goes_to(client, query) == f"/forms/{baseline.pk}/#id_rows-1-location"
    form_page = client.get(f"/forms/{baseline.pk}/").content.decode()
    assert '<tr class="struck"><td id="id_rows-1-label"' in re.sub(r">\s+<", "><", form_page)
    assert 'id="id_rows-1-location" tabindex="-1"' in form_page
    assert '<a href="#id_rows-1-location">Which lobe?</a>' in form_page
    typed_into = as_user(trial.coordinator).get(f"/forms/{baseline.pk}/").content.decode()
    assert '<a href="#id_rows-1-location">Which lobe?</a>' in typed_into
    assert 'id="id_rows-1-location"' in typed_into
    as_user(trial.monitor)
    point = client.get(f"/queries/{query.pk}/").context["point"]
    assert (point.words, point.why.startswith("The row was removed")) == ("Lung", True)


def test_a_query_at_a_row_that_is_gone_is_read_at_its_thread(trial, subject, monitor, as_user):
    history = subject.forms.get(code="history")
    query = raise_query(case_form=history, item="rows[7]-outcome", text="Which?", by=monitor)
    client = as_user(trial.monitor)
    assert goes_to(client, query) == f"/queries/{query.pk}/#point"
    assert "The form no longer has this row" in client.get(f"/queries/{query.pk}/").content.decode()


def test_who_may_not_see_what_identifies_reads_the_value_masked(trial, subject, monitor, as_user):
    query = raise_query(case_form=subject.forms.get(code="demography"), item="birth_date", text="May?", by=monitor)
    assert as_user(trial.monitor).get(f"/queries/{query.pk}/").context["point"].words == "May 1953"
    assert as_user(trial.sponsor).get(f"/queries/{query.pk}/").context["point"].words == "1953"
    page = as_user(trial.sponsor).get(f"/queries/{query.pk}/").content.decode()
    assert "May 1953" not in page and "1953-05" not in page


def test_another_site_s_query_leads_nowhere(trial, subject, monitor, as_user):
    query = raise_query(subject=subject, text="?", by=monitor)
    assert as_user(trial.stranger).get(f"/queries/{query.pk}/field/").status_code == 404


def test_a_list_of_queries_at_rows_takes_as_many_statements_as_one(trial, subject, monitor, as_user, statements):
    baseline = subject.forms.get(code="tumour_baseline")
    client = as_user(trial.monitor)
    raise_query(case_form=baseline, item="rows[T01]-location", text="?", by=monitor)
    few = statements(lambda: client.get("/queries/"))
    for label in ("T01", "T02", "NT01") * 3:
        raise_query(case_form=baseline, item=f"rows[{label}]-location", text="?", by=monitor)
    assert statements(lambda: client.get("/queries/")) == few
