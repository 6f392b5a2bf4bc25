"""A casebook, and one form, as PDF: whole, with the manifest of its signatures, for those who may take it along."""

import datetime
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from accounts.access import access_for
from accounts.actor import acting
from assessments.catalogue import CATALOGUE
from assessments.codelists import AbsenceReason
from assessments.models import CaseForm, Demography
from assessments.place import Place
from assessments.services import mark_not_done
from audit.models import AccessEvent
from cohorts.models import Subject
from reports.casebook_copy import Copying, casebook_contents, casebook_copy, form_contents, form_copy
from review.services import answer_query, raise_query
from signature.signing import sign_forms
from tests.cast import SETUP, Trial, actor, person
from tests.examples import EXAMPLES
from tests.review.conftest import as_user, statements
from tests.signature.closed import lock_form

__all__ = ["as_user", "statements"]
pytestmark = pytest.mark.django_db
NOW = datetime.datetime(2026, 11, 22, 14, 2, 7, tzinfo=datetime.UTC)
SUBJECTS = Subject.objects.select_related("site", "enrolment__cohort")
RECORD = {"birth_date": "1953-05", "age": 55, "sex": "F", "race": "WHITE"}


@pytest.fixture
def subject(trial: Trial) -> Subject:
    trial.screen(subject := trial.subject())
    return SUBJECTS.get(pk=subject.pk)


def by(user: Any) -> Copying:
    return Copying(access_for(user), user, NOW)


def sign(trial: Trial, *forms: CaseForm) -> None:
    sign_forms(
        seen={form.pk: form.version for form in forms},
        signed_by=trial.investigator,
        by=actor(trial.investigator, "investigator"),
    )


def printed(contents: dict[str, Any], title: str) -> dict[str, Any]:
    [form] = [form for group in contents["groups"] for form in group["forms"] if form["title"] == title]
    return dict(form)


def words(form: dict[str, Any]) -> dict[str, str]:
    return {label: value for section in form["sections"] for label, value in section["items"]}


@pytest.mark.requirement("21 CFR 11.10(b)", "ICH E6(R3) 4.2.5")
def test_every_form_stands_in_the_copy_once(trial: Trial, subject: Subject) -> None:
    trial.fill(subject, "adverse_event", {"term": "Nausea"}, complete=False)
    trial.fill(subject, "adverse_event", {"term": "Rash"}, complete=False)
    contents = casebook_contents(subject, by(trial.investigator))
    keys = [int(re.findall(r"\d+", form["key"])[0]) for group in contents["groups"] for form in group["forms"]]
    assert sorted(keys) == sorted(subject.forms.values_list("pk", flat=True))
    titles = [form["title"] for form in contents["groups"][-1]["forms"]]
    assert (contents["groups"][-1]["title"], titles) == ("Adverse events", ["Adverse event 1", "Adverse event 2"])


def test_an_item_is_printed_with_label_unit_and_the_words_of_its_code(trial: Trial, subject: Subject) -> None:
    contents = casebook_contents(subject, by(trial.investigator))
    demography = words(printed(contents, "Demography"))
    assert (demography["Sex"], demography["Age at consent"]) == ("Female", "54 years")
    signs = words(printed(contents, "Vital signs and performance status"))
    assert any(value.endswith("mmHg") for value in signs.values())


def test_rows_are_printed_and_results_with_their_limits(trial: Trial, subject: Subject) -> None:
    contents = casebook_contents(subject, by(trial.investigator))
    lesions, blood = (printed(contents, title)["table"] for title in ("Tumour assessment at baseline", "Haematology"))
    assert [row["cells"][0] for row in lesions["rows"]][:2] == ["T01", "T02"]
    assert {"Method", "Diameter, mm"} <= {*lesions["head"]}
    assert lesions["rows"][0]["cells"][lesions["head"].index("Method")]
    assert blood["head"][:3] == ["Analyte", "Result", "Limits"]
    assert all(row["cells"][1] for row in blood["rows"])


def test_why_an_item_has_no_value_is_printed_in_its_place(trial: Trial, subject: Subject) -> None:
    form = subject.forms.get(code="demography")
    record = RECORD | {"birth_date": "", "no_birth_date": AbsenceReason.NOT_IN_SOURCE}
    trial.fill(subject, "demography", record, visit="SCR", case_form=form, reason="not known")
    demography = printed(casebook_contents(subject, by(trial.investigator)), "Demography")
    assert words(demography)["Date of birth"] == "Unknown: not in the source"


def test_a_form_that_was_not_done_says_why(trial: Trial, subject: Subject) -> None:
    form = subject.forms.select_related("visit").get(code="ecg")
    place = Place(subject, CATALOGUE["ecg"], form.visit, form)
    mark_not_done(place=place, why="Device broken", by=trial.by, seen_version=form.version, reason="Device broken")
    facts = dict(printed(casebook_contents(subject, by(trial.investigator)), "ECG")["facts"])
    assert facts["State"] == "Not done: Device broken"


def test_queries_are_counted_and_a_lock_says_whose(trial: Trial, subject: Subject) -> None:
    form, mona = subject.forms.get(code="demography"), actor(trial.monitor, "monitor")
    raise_query(case_form=form, item="age", text="54?", by=mona)
    answer_query(query=raise_query(case_form=form, item="sex", text="F?", by=mona), text="Yes.", by=trial.by)
    lock_form(case_form=form, reason="clean", by=actor(trial.data_manager, "data_manager"))
    facts = dict(printed(casebook_contents(subject, by(trial.investigator)), "Demography")["facts"])
    assert facts["Queries"] == "1 open, 1 answered"
    assert facts["Locked"].startswith("by dora on ")
    assert facts["Last saved"].startswith("by carla (coordinator) on ")


@pytest.mark.requirement("21 CFR 11.50", "EMA 2023 signatures")
def test_the_manifest_stands_at_each_signed_form(trial: Trial, subject: Subject) -> None:
    sign(trial, subject.forms.get(code="demography"), subject.forms.get(code="consent"))
    contents = casebook_contents(subject, by(trial.investigator))
    [seal] = printed(contents, "Demography")["seals"]
    assert (seal["who"], seal["words"], seal["holds"]) == ("Ines (ines, investigator)", "valid", True)
    assert seal["meaning"].startswith("I have reviewed")
    assert seal["at"].endswith(" UTC")
    assert seal["covers"] == f"Demography of {subject}, Screening and baseline, version 1"
    assert len(seal["content"]) == len(seal["digest"]) == 64
    [act] = contents["acts"]
    assert (act["forms"], act["standing"]) == (2, "all valid")
    assert contents["signed"] == f"Signed as it stands: 2 of {subject.forms.count()} complete forms."


@pytest.mark.requirement("21 CFR 11.70", "EMA 2023 signatures")
def test_a_signature_that_lapsed_says_when_and_why_and_one_altered_that_it_does_not_verify(
    trial: Trial, subject: Subject
) -> None:
    form = subject.forms.get(code="demography")
    sign(trial, form)
    trial.fill(subject, "demography", RECORD, visit="SCR", case_form=form, reason="typing error")
    [seal] = printed(casebook_contents(subject, by(trial.investigator)), "Demography")["seals"]
    assert re.fullmatch(r"lapsed on .+ UTC, when carla changed the form because: typing error", seal["words"])
    form.refresh_from_db()
    sign(trial, form)
    with acting(SETUP):
        Demography.objects.filter(pk=form.pk).update(age=34)
    newest, older = printed(casebook_contents(subject, by(trial.investigator)), "Demography")["seals"]
    assert newest["words"].startswith("does not verify")
    assert older["words"].startswith("lapsed on ")


def test_what_could_tell_who_it_is_is_withheld_from_the_sponsor_s_copy(trial: Trial, subject: Subject) -> None:
    copies = [casebook_contents(subject, by(user)) for user in (trial.sponsor, trial.data_manager)]
    births = [words(printed(contents, "Demography"))["Date of birth"] for contents in copies]
    assert births == ["1953", "May 1953"]
    assert copies[0]["withheld"].startswith("What could tell who the subject is")
    assert copies[1]["withheld"] == ""
    assert "1953-05" not in json.dumps(copies[0])
    assert "May 1953" not in json.dumps(copies[0])


def test_what_the_protocol_asks_for_and_nobody_filled_is_said(trial: Trial) -> None:
    subject = SUBJECTS.get(pk=trial.subject().pk)
    trial.fill(subject, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
    screening = casebook_contents(subject, by(trial.investigator))["groups"][0]
    assert [form["title"] for form in screening["forms"]] == ["Informed consent"]
    assert any(line.startswith("Demography: ") for line in screening["missing"])


def test_one_form_is_copied_alone(trial: Trial, subject: Subject) -> None:
    form = CaseForm.objects.select_related("subject__site", "visit").get(subject=subject, code="demography")
    sign(trial, form, subject.forms.get(code="consent"))
    contents = form_contents(form, by(trial.investigator))
    assert [form["title"] for group in contents["groups"] for form in group["forms"]] == ["Demography"]
    assert contents["signed"] == "Signed as it stands: the one complete form."
    assert form_copy(form, by(trial.investigator)).startswith(b"%PDF-")


@pytest.mark.requirement("21 CFR 11.10(b)")
def test_the_same_record_copied_at_the_same_moment_gives_the_same_file(trial: Trial, subject: Subject) -> None:
    sign(trial, *subject.forms.all())
    copies = [casebook_copy(subject, by(trial.investigator)) for _ in range(2)]
    assert copies[0].startswith(b"%PDF-")
    assert copies[0] == copies[1]
    if folder := os.environ.get("SHOTS"):
        Path(folder, "casebook.pdf").write_bytes(copies[0])


def test_the_file_s_name_says_what_it_is_and_the_log_who_took_it(trial: Trial, subject: Subject, as_user: Any) -> None:
    client = as_user(trial.investigator)
    form = subject.forms.get(code="demography")
    for address, what in (
        (reverse("casebook_copy", args=[subject.pk]), "casebook"),
        (reverse("form_copy", args=[form.pk]), f"demography_{form.pk}"),
    ):
        answer = client.get(address)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        name = answer["Content-Disposition"].split('"')[1]
        assert re.fullmatch(rf"TRAINING-NCT00426556_{subject}_{what}_\d{{8}}T\d{{6}}Z-edc[\d.]+\.pdf", name)
        event = AccessEvent.objects.filter(kind="export").latest("id")
        assert (event.actor_name, event.file_name) == ("ines", name)
        assert f"subject {subject}" in event.detail


def test_who_may_take_no_data_along_is_offered_no_copy(trial: Trial, subject: Subject, as_user: Any) -> None:
    address = reverse("casebook_copy", args=[subject.pk])
    offered = {
        user.username: address in as_user(user).get(f"/subjects/{subject.pk}/").content.decode()
        for user in (trial.investigator, trial.coordinator, trial.monitor, trial.data_manager, trial.auditor)
    }
    assert offered == {"ines": True, "carla": False, "mona": False, "dora": True, "axel": True}
    assert as_user(person("otto", "investigator", trial.other_site)).get(address).status_code == 404


def test_a_copy_costs_the_same_for_many_forms_of_a_kind(trial: Trial, subject: Subject, statements: Any) -> None:
    def add() -> None:
        for term in ("Nausea", "Rash", "Cough"):
            event = trial.fill(subject, "adverse_event", *EXAMPLES["adverse_event"])
            raise_query(case_form=event, item="term", text=term, by=actor(trial.monitor, "monitor"))
            sign(trial, event)

    add()
    investigator = access_for(trial.investigator)
    assert investigator.held
    few = statements(lambda: casebook_contents(subject, Copying(investigator, trial.investigator, NOW)))
    add()
    assert statements(lambda: casebook_contents(subject, Copying(investigator, trial.investigator, NOW))) == few
