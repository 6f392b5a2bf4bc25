"""Eligibility and cancer history ask what the file names, in its words, and nothing of another disease."""

import re
from typing import Any

import pytest

from assessments.catalogue import CATALOGUE
from assessments.checks.asking import found_by_all, whole_casebook
from assessments.eligibility import criteria_obstacles
from assessments.items import columns_of, items_of
from assessments.models import BreastCancerHistory, Eligibility
from assessments.plan.fit import unfit, unusable
from assessments.reading.dictionary import form_words
from cohorts.models import Cohort
from protocol import ProtocolError, current, load
from protocol.reader import parse
from reports.blank_crf import contents
from review.models import Query
from tests.other_trials.conftest import LUNG
from tests.other_trials.course import HISTORY, OtherTrial
from tests.protocol.conftest import FOLDER

pytestmark = pytest.mark.django_db
# Of the program's own trial.
FOREIGN = re.compile(r"her2|breast|lapatinib|trastuzumab|taxane|paclitaxel|everolimus|oestrogen|mtor", re.IGNORECASE)


def words_of(page: str) -> str:
    body = page.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"<[^>]+>", " ", body)


def test_the_file_fits_this_program():
    assert unfit(load(LUNG)) == []


def test_eligibility_asks_the_items_of_the_file_in_its_order_and_no_other(lung):
    assert [str(field.verbose_name) for field, _ in items_of(Eligibility)] == [
        "Age at consent",
        "EGFR mutation",
        "QTc by Fridericia",
        "Interstitial lung disease",
        "Planned first dose",
        "Earlier EGFR inhibitor",
        "Last day of an EGFR inhibitor",
    ]


def test_the_cancer_history_is_called_by_the_disease_and_asks_its_markers(lung):
    assert CATALOGUE["history"].title == "Non-small cell lung cancer history"
    words = form_words(CATALOGUE["history"])
    labels = {item["label"]: [term["label"] for term in item["codelist"]] for item in words["items"]}
    assert labels["EGFR mutation"] == ["Exon 19 deletion", "L858R", "Other", "None", "Not done"]
    assert labels["Histology"] == ["Adenocarcinoma", "Squamous cell carcinoma", "Other"]
    assert "Which" in labels  # where the histology is another one
    kinds = next(row for row in words["rows"] if row["name"] == "kind")
    assert [term["code"] for term in kinds["codelist"]] == [
        *("CHEMOTHERAPY", "IMMUNOTHERAPY", "EGFR INHIBITOR"),
        *("RADIOTHERAPY", "SURGERY", "OTHER"),
    ]


@pytest.mark.parametrize("code", ["eligibility", "history"])
def test_no_page_of_it_speaks_of_another_disease(lung: OtherTrial, desk: Any, code: str) -> None:
    subject = lung.subject()
    lung.fill(subject, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
    visit = subject.visits.get(code="SCR")
    page = desk.get(f"/subjects/{subject.pk}/forms/{code}/?visit={visit.pk}").content.decode()
    assert "EGFR mutation" in page
    assert not FOREIGN.search(words_of(page)), FOREIGN.search(words_of(page))
    assert not FOREIGN.search(page.partition("<main")[2]), "a field that nobody sees"


def test_the_blank_forms_ask_the_same(lung):
    forms = {form["code"]: form for form in contents(current())["forms"]}
    labels = [item["label"] for item in forms["eligibility"]["items"]]
    assert labels[:3] == ["Age at consent", "EGFR mutation", "QTc by Fridericia"]
    assert not any(FOREIGN.search(str(forms[code])) for code in ("eligibility", "history"))


def test_what_the_file_names_is_needed_and_what_it_does_not_name_is_not(lung: OtherTrial) -> None:
    from assessments.entering.entry import Entry, typed

    entry = Entry(CATALOGUE["eligibility"], subject=lung.subject(), data=typed({}, ()), complete=True)
    assert not entry.is_valid()
    needed = {field.name for field, item in items_of(Eligibility) if item.only_if is None}
    assert entry.errors.keys() == needed


def test_the_last_day_of_a_therapy_hangs_on_whether_it_was_given(lung: OtherTrial) -> None:
    from assessments.entering.entry import Entry, typed

    record = {"answer_2": "Y"}
    entry = Entry(CATALOGUE["eligibility"], subject=lung.subject(), data=typed(record, ()), complete=True)
    assert not entry.is_valid()
    assert "date_1" in entry.errors


def test_a_criterion_of_the_file_s_own_decides(lung: OtherTrial) -> None:
    subject = lung.enrolled()
    assert subject.enrolment.cohort.code == "ALL"
    other = lung.subject()
    lung.screen(other, choice_1="OTHER", number_1="480", answer_1="Y", answer_2="Y", date_1="2008-01-01")
    against = criteria_obstacles(other, Cohort.objects.get(code="ALL").plan.phase)
    assert against == [
        "I2: EGFR mutation: Other, Exon 19 deletion or L858R required",
        "E1: QTc by Fridericia 480 ms, at most 470 ms required",
        "E2: Interstitial lung disease: yes",
        "E3: Last day of an EGFR inhibitor 1 Jan 2008, 6 days before 7 Jan 2008 (Planned first dose), "
        "at least 14 days before required",
    ]


def test_a_marker_that_differs_from_the_history_is_asked_about(lung: OtherTrial) -> None:
    subject = lung.subject()
    lung.screen(subject, choice_1="EXON 19 DELETION")
    text = Query.objects.get(check_id="eligibility-history", subject=subject).text
    assert text == "EGFR mutation is EXON 19 DELETION here and L858R in the non-small cell lung cancer history."


def test_a_marker_that_no_criterion_lets_in_is_asked_about_at_the_history(lung: OtherTrial) -> None:
    subject = lung.subject()
    lung.screen(subject)
    form = subject.forms.get(code="history")
    lung.fill(
        subject, "history", HISTORY | {"choice_1": "NONE"}, visit="SCR", case_form=form, reason="Data entry error"
    )
    findings = [finding for finding in found_by_all(whole_casebook(subject.pk)) if finding.check_id == "her2"]
    assert [(finding.item, finding.text) for finding in findings] == [
        ("choice_1", "EGFR mutation: None, Exon 19 deletion or L858R required: is it right?")
    ]


def test_a_read_form_and_its_trail_have_the_words_of_the_file(lung: OtherTrial, desk: Any) -> None:
    subject = lung.enrolled()
    form = subject.forms.get(code="eligibility")
    from django.test import Client

    monitor = Client()
    monitor.force_login(lung.monitor)
    page = monitor.get(f"/forms/{form.pk}/").content.decode()
    assert "EGFR mutation" in page
    assert "L858R" in page
    trail = desk.get(f"/trail/?form={form.pk}").content.decode()
    assert "EGFR mutation" in trail
    assert not FOREIGN.search(words_of(trail))


def test_the_free_columns_of_the_program_s_own_trial_are_not_asked():
    names = {field.name for model in (Eligibility, BreastCancerHistory) for field, _ in items_of(model)}
    free = {
        field.name for model in (Eligibility, BreastCancerHistory) for field, item in columns_of(model) if item.free
    }
    assert free
    assert not names & free


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('column = "number_1"', 'column = "number_9"', "eligibility_items.qtc.column: unknown free column number_9"),
        ('column = "number_1"', 'column = "date_2"', "eligibility_items.qtc.kind: the form records date_2 as date"),
        ('column = "answer_2"', 'column = "answer_1"', "answer_1 holds interstitial_lung_disease already"),
        (
            'code = "qtc"\ncolumn = "number_1"',
            'code = "qtc"',
            "unknown item of the form eligibility qtc; known: sex,",
        ),
        (
            'code = "histology", choices = ["Adenocarcinoma", "Squamous cell carcinoma", "Other"]',
            'code = "histology"',
            "history.items.histology.choices: missing",
        ),
        ('label = "EGFR mutation", choices', "choices", "history.items.egfr_mutation.label: missing"),
        ('"Surgery", "Other"]', '"Surgery"]', "history.therapies: Other is missing"),
        ('[history]\ndisease = "Non-small cell lung cancer"', "[history]", "history.disease: missing"),
    ],
)
def test_a_fault_in_it_is_told_with_its_line(old: str, new: str, words: str) -> None:
    text = LUNG.read_text()
    assert old in text
    with pytest.raises(ProtocolError) as refused:
        parse(text.replace(old, new, 1).encode(), LUNG, unfit)
    assert words in str(refused.value)
    assert re.search(r"line \d+: ", str(refused.value))


def test_a_form_of_history_without_its_table_is_refused() -> None:
    text = re.sub(r"\[history\].*?(?=\n\[\[eligibility_items)", "", LUNG.read_text(), count=1, flags=re.DOTALL)
    with pytest.raises(ProtocolError, match="history: missing, but the form history is asked for"):
        parse(text.encode(), LUNG, unfit)


def test_a_file_in_force_from_before_it_could_name_the_disease_means_what_it_meant() -> None:
    trial = FOLDER / "nct00426556.toml"
    text = re.sub(r"\n\[history\].*?(?=\n\[)", "", trial.read_text(), count=1, flags=re.DOTALL)
    assert "[history]" not in text
    former = parse(text.encode(), trial, unusable)
    assert former.history == load(trial).history
    assert former.disease == "Breast cancer"


def test_a_file_in_force_from_before_a_rule_could_name_its_side_means_both() -> None:
    trial = FOLDER / "nct00426556.toml"
    text, left_out = re.subn(r'(analyte = "GLUC"[^\n]*?), side = "high"', r"\1", trial.read_text())
    assert left_out
    former = parse(text.encode(), trial, unusable)
    assert {rule.trigger.side for rule in former.guidance if "GLUC" in rule.code} == {""}
    with pytest.raises(ProtocolError, match=r"guidance\.E-GLUC-3\.trigger\.side: missing"):
        parse(text.encode(), trial, unfit)
