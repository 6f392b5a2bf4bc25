"""A form that the protocol does not ask for of a subject is due nowhere: the pregnancy test of a man."""

from datetime import date

import pytest
from django.utils import timezone

from accounts.access import access_for
from assessments.codelists import MenopausalStatus, Sex
from assessments.pages.rail import slots
from assessments.visits.applicable import not_applicable
from assessments.visits.missed import mark_missed, missed_among, missed_forms
from assessments.visits.unbegun import never_begun
from assessments.withdrawing import withdraw
from casebook.reading import casebooks
from casebook.services import add_unscheduled_visit
from cohorts.models import Visit
from protocol import current
from protocol.applicable import NotApplicable
from tests.cast import actor
from worklists.reading import worklists

pytestmark = pytest.mark.django_db
CONSENT = {"consent_given": "Y", "consent_date": "2007-12-20", "consent_version": "2.0"}
PERSON = {"birth_date": "1953-05", "age": 54, "race": "WHITE"}


def person(trial, **known):
    subject = trial.subject()
    trial.fill(subject, "consent", CONSENT, visit="SCR")
    trial.fill(subject, "demography", PERSON | known, visit="SCR", complete=False)
    return subject


def in_worklists(trial, subject):
    lists = worklists(access_for(trial.coordinator), {"q": subject.label})
    return {code for name in ("due", "overdue", "missing") for work in lists.rows(name)[:] for code in work.missing}


def in_casebook(subject):
    book = casebooks([subject], timezone.localdate())[subject.pk]
    return {form.code for cell in book.visits for form in cell.forms}


def is_asked_for(trial, subject, code="pregnancy_test"):
    """What each of the readers says; they have to agree."""
    with_it = never_begun(today=date(2008, 5, 1), subject=subject.pk)
    answers = {code in in_worklists(trial, subject), code in in_casebook(subject)}
    answers.add(any(slot.code == code and not slot.is_offered for slot in slots(subject)))
    answers.add(with_it == 10)
    assert len(answers) == 1, answers
    return answers.pop()


def test_a_man_is_asked_for_no_pregnancy_test_anywhere(trial):
    assert is_asked_for(trial, person(trial, sex="F"))
    assert not is_asked_for(trial, person(trial, sex="M"))


def test_where_demography_does_not_say_it_is_asked_for(trial):
    assert is_asked_for(trial, person(trial))


def test_a_woman_after_menopause_is_asked_unless_the_protocol_spares_her(trial, monkeypatch):
    subject = person(trial, sex="F", menopausal_status="POSTMENOPAUSE")
    assert is_asked_for(trial, subject)
    after = NotApplicable(form="pregnancy_test", item="menopausal_status", values=("POSTMENOPAUSE",))
    monkeypatch.setitem(current().__dict__, "not_applicable", (*current().not_applicable, after))
    assert not is_asked_for(trial, subject)
    assert not is_asked_for(trial, person(trial, sex="M"))


def test_a_corrected_sex_makes_it_due_again_and_demography_in_error_says_nothing(trial):
    subject = person(trial, sex="M")
    form = subject.forms.get(code="demography")
    trial.fill(subject, "demography", PERSON | {"sex": "F"}, visit="SCR", case_form=form, complete=False)
    assert is_asked_for(trial, subject)


def test_what_was_filled_all_the_same_stays_and_can_be_withdrawn(trial, desk):
    subject = person(trial, sex="M")
    form = trial.fill(subject, "pregnancy_test", {"childbearing": "N", "why_not": "MALE"}, visit="SCR")
    assert "pregnancy_test" in in_casebook(subject)
    assert f"/forms/{form.pk}/withdraw/" in desk.get(f"/forms/{form.pk}/").content.decode()
    withdraw(case_form=form, why="A man", by=actor(trial.coordinator, "coordinator"), seen_version=form.version)
    assert "pregnancy_test" not in in_casebook(subject)


def test_it_is_offered_at_no_unscheduled_visit_of_a_man(trial):
    offered = {}
    for sex in ("F", "M"):
        subject = person(trial, sex=sex)
        add_unscheduled_visit(subject=subject, on=date(2007, 12, 22), by=trial.by)
        book = casebooks([subject], timezone.localdate())[subject.pk]
        (cell,) = (cell for cell in book.visits if cell.visit.kind == "unscheduled")
        offered[sex] = {title for _, title in cell.addable} | {slot.label for slot in slots(subject) if slot.is_offered}
    assert offered["F"] - offered["M"] == {"Pregnancy test", "Add: Pregnancy test"}


def test_a_missed_visit_is_missed_without_it(trial, monkeypatch):
    spared = NotApplicable(form="vital_signs", item="sex", values=("M",))
    monkeypatch.setitem(current().__dict__, "not_applicable", (spared,))
    subject = trial.treated_subject()
    form = subject.forms.get(code="demography")
    trial.fill(subject, "demography", PERSON | {"sex": "M"}, visit="SCR", case_form=form, reason="misread")
    visit = Visit.objects.get(subject=subject, code="C2D1")
    missed = missed_forms(visit)
    assert "infusion" in missed
    assert "vital_signs" not in missed
    mark_missed(visit=visit, why="travelling", by=trial.by)
    assert missed_among([visit]) == {visit.pk}


def test_the_rules_name_terms_of_the_code_lists():
    terms = {"sex": Sex.values, "menopausal_status": MenopausalStatus.values}
    assert [rule for rule in current().not_applicable if not {*rule.values} <= {*terms[rule.item]}] == []
    assert current().not_applicable


def test_many_subjects_take_as_many_statements_as_one(trial, django_assert_num_queries):
    subjects = [person(trial, sex="M") for _ in range(3)]
    for some in (subjects[:1], subjects):
        with django_assert_num_queries(1):
            assert not_applicable([subject.pk for subject in some]) == {
                subject.pk: {"pregnancy_test"} for subject in some
            }
