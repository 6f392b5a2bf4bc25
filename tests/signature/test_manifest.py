"""The manifest of signatures as a page and as a file: what each covers, and whether it holds."""

import csv
from io import StringIO

import pytest

from accounts.actor import acting
from assessments.models import Demography
from audit.models import AccessEvent
from signature.manifest import manifest
from signature.models import Signature
from signature.signing import WITH_FORM
from tests.api.conftest import api, no_limit
from tests.cast import SETUP
from tests.examples import EXAMPLES
from tests.signature.signed import sign

__all__ = ["api", "no_limit"]
RECORD = {"birth_date": "1953-05", "age": 55, "sex": "F", "race": "WHITE"}


@pytest.fixture
def form(trial):
    trial.screen(subject := trial.subject())
    return subject.forms.select_related("subject", "visit").get(code="demography")


def change(trial, form, reason="typing error"):
    trial.fill(form.subject, "demography", RECORD, visit="SCR", case_form=form, reason=reason)
    form.refresh_from_db()


def lines(answer):
    return list(csv.DictReader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


@pytest.mark.requirement("21 CFR 11.50", "21 CFR 11.70", "EMA 2023 signatures")
def test_the_file_has_signer_time_meaning_hashes_and_what_holds(trial, form, as_user):
    [made] = sign(trial, form)
    consent = form.subject.forms.get(code="consent")
    sign(trial, consent)
    change(trial, form)
    by_form = {line["form"]: line for line in lines(as_user(trial.data_manager).get("/signatures.csv"))}
    lapsed, held = by_form["demography"], by_form["consent"]
    assert (lapsed["printed_name"], lapsed["user"], lapsed["role"]) == ("Ines", "ines", "investigator")
    assert (lapsed["subject"], lapsed["visit"], lapsed["form_id"], lapsed["version"]) == (
        form.subject.label,
        "SCR",
        str(form.pk),
        "1",
    )
    assert lapsed["signed_utc"] == made.signed_at.isoformat()
    assert (lapsed["sha256_content"], lapsed["sha256_signature"]) == (made.content, made.digest)
    assert lapsed["meaning"].startswith("I have reviewed")
    assert (lapsed["holds"], lapsed["lapsed_by"], lapsed["lapsed_because"]) == ("lapsed", "carla", "typing error")
    assert (held["holds"], held["lapsed_utc"]) == ("holds", "")


def test_what_was_altered_behind_a_signature_says_so_in_the_file(trial, form, as_user):
    sign(trial, form)
    with acting(SETUP):
        Demography.objects.filter(pk=form.pk).update(age=34)
    [line] = lines(as_user(trial.auditor).get("/signatures.csv"))
    assert line["holds"] == "altered"


def test_a_signature_lapsed_at_the_first_save_after_it_and_not_at_a_later_one(trial, form):
    sign(trial, form)
    change(trial, form, "first")
    sign(trial, form)
    change(trial, form, "second")
    reasons = [signature.lapse.reason for signature in manifest(WITH_FORM.order_by("-id"))]
    assert reasons == ["second", "first"]


def test_page_and_file_are_filtered_by_site_and_subject(trial, form, as_user):
    sign(trial, form)
    trial.screen(other := trial.subject(trial.other_site))
    sign(trial, other.forms.get(code="consent"))
    client = as_user(trial.data_manager)
    for parameters, subject in ((f"subject={other}", other), (f"site={trial.site.pk}", form.subject)):
        [line] = lines(client.get(f"/signatures.csv?{parameters}"))
        assert line["subject"] == subject.label
        [shown] = client.get(f"/signatures/?{parameters}").context["signatures"]
        assert shown.signature.subject_id == subject.pk
    assert len(lines(client.get("/signatures.csv"))) == 2


@pytest.mark.parametrize("parameters", ["site=999999", "site=x", "subject=%00"])
def test_a_filter_that_cannot_be_read_is_refused(trial, form, as_user, parameters):
    sign(trial, form)
    client = as_user(trial.data_manager)
    assert client.get(f"/signatures.csv?{parameters}").status_code == 400
    assert client.get(f"/signatures/?{parameters}").status_code == 400


@pytest.mark.requirement("EMA 2023 access control")
def test_a_site_reads_its_own_signatures_alone_and_the_file_is_logged(trial, form, as_user, api):
    sign(trial, form)
    assert lines(as_user(trial.stranger).get("/signatures.csv")) == []
    assert len(lines(as_user(trial.coordinator).get("/signatures.csv?site="))) == 1
    export = AccessEvent.objects.filter(kind="export").latest("id")
    assert (export.actor_name, export.detail) == ("carla", "signatures as CSV, filter: site=")
    answer = api(trial.auditor).get(f"/api/v1/signatures/csv/?form={form.pk}", headers={"Accept": "text/csv"})
    assert [line["form_id"] for line in lines(answer)] == [str(form.pk)]


def test_the_trail_leads_to_the_signatures_of_the_same_filter(trial, form, as_user):
    page = as_user(trial.data_manager).get(f"/trail/?subject={form.subject}&who=carla").content.decode()
    assert f'href="/signatures/?subject={form.subject}"' in page


def test_page_and_file_cost_the_same_for_many_signatures_of_a_kind(trial, form, as_user, statements):
    def add():
        for _ in range(3):
            sign(trial, trial.fill(form.subject, "adverse_event", *EXAMPLES["adverse_event"]))

    add()
    client = as_user(trial.data_manager)
    few = [statements(lambda: client.get("/signatures/")), statements(lambda: lines(client.get("/signatures.csv")))]
    add()
    assert Signature.objects.count() == 6
    many = [statements(lambda: client.get("/signatures/")), statements(lambda: lines(client.get("/signatures.csv")))]
    assert many == few
