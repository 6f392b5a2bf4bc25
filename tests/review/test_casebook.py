from datetime import date

from casebook.services import add_unscheduled_visit
from cohorts.models import Subject, Visit
from endpoints.refresh import refresh_marked
from review.services import raise_query
from tests.cast import actor
from tests.examples import EXAMPLES


def page_of(client, subject):
    return client.get(f"/subjects/{subject.pk}/")


def test_a_casebook_shows_each_form_at_its_visit_with_its_state(trial, as_user):
    subject = trial.subject()
    trial.screen(subject)
    book = page_of(as_user(trial.coordinator), subject).context["book"]
    screening = book.visits[0]
    assert [(form.code, form.state) for form in screening.forms] == [
        ("consent", "complete"),
        ("demography", "complete"),
        ("history", "complete"),
        ("medical_history", "complete"),
        ("vital_signs", "complete"),
        ("ecg", "complete"),
        ("lvef", "complete"),
        ("pregnancy_test", "complete"),
        ("haematology", "complete"),
        ("chemistry", "complete"),
        ("tumour_baseline", "complete"),
        ("eligibility", "complete"),
    ]
    assert book.missing_log_forms == ["everolimus", "dispensing", "death"]


def test_the_investigator_asks_for_a_slot_and_the_data_manager_enrols(trial, as_user):
    subject = trial.subject()
    trial.screen(subject)
    client = as_user(trial.investigator)
    assert f"/subjects/{subject.pk}/enrolment/" in page_of(client, subject).content.decode()
    answer = client.post(f"/subjects/{subject.pk}/enrolment/", {"cohort": "P1-10D"})
    assert answer.status_code == 302
    subject.refresh_from_db()
    assert subject.enrolment.status == "requested"
    client = as_user(trial.data_manager)
    assert subject.label in client.get("/cohorts/").content.decode()
    assert client.post(f"/enrolments/{subject.enrolment.pk}/approve/", {"on": "2008-01-04"}).status_code == 302
    subject.enrolment.refresh_from_db()
    assert (subject.enrolment.status, subject.enrolment.enrolled_on) == ("approved", date(2008, 1, 4))


def test_obstacles_to_a_slot_are_said_in_words(trial, as_user):
    subject = trial.subject()
    page = as_user(trial.investigator).get(f"/subjects/{subject.pk}/enrolment/").content.decode()
    assert "Informed consent must be complete first." in page
    assert "Request the slot</button>" not in page


def test_a_second_slot_cannot_be_asked_for(trial, as_user):
    subject = trial.treated_subject()
    page = as_user(trial.investigator).get(f"/subjects/{subject.pk}/enrolment/").content.decode()
    assert "Enrolled already: Phase II: everolimus 10 mg daily." in page
    answer = as_user(trial.investigator).post(f"/subjects/{subject.pk}/enrolment/", {"cohort": "P1-10D"})
    assert answer.status_code == 422
    assert "has a slot already" in answer.content.decode()


def test_the_first_dose_begins_at_a_visit_of_its_own(trial, as_user):
    subject = trial.subject()
    trial.screen(subject)
    trial.enrol(subject)
    client = as_user(trial.coordinator)
    begin = f"/subjects/{subject.pk}/treatment/begin/"
    assert begin in page_of(client, subject).content.decode()
    answer = client.post(begin, {"on": "2008-01-07"})
    visit = subject.visits.get(code="C1D1")
    assert answer.url == f"/subjects/{subject.pk}/forms/infusion/?visit={visit.pk}"
    trial.infuse(subject, visit="C1D1")
    assert subject.visits.get(code="C1D1").target_date == date(2008, 1, 7)
    assert subject.visits.filter(code="C1D8").exists()
    assert begin not in page_of(client, subject).content.decode()


def test_no_first_dose_without_an_enrolment(trial, as_user):
    subject = trial.subject()
    answer = as_user(trial.coordinator).post(f"/subjects/{subject.pk}/treatment/begin/", {"on": "2008-01-07"})
    assert answer.status_code == 422
    assert "must be enrolled" in answer.content.decode()
    assert not subject.visits.filter(code="C1D1").exists()


def test_treatment_that_stops_without_progression_ends_at_a_visit_of_its_own(trial, as_user):
    subject = trial.treated_subject()
    client = as_user(trial.coordinator)
    end = f"/subjects/{subject.pk}/treatment/end/"
    assert end in page_of(client, subject).content.decode()
    answer = client.post(end, {"on": "2008-03-03"})
    visit = Visit.objects.get(subject=subject, code="EOT")
    assert answer.url == f"/subjects/{subject.pk}/forms/end_of_treatment/?visit={visit.pk}"
    trial.fill(subject, "end_of_treatment", {"end_date": "2008-03-03", "reason": "ADVERSE EVENT"}, visit="EOT")
    assert Subject.objects.get(pk=subject.pk).status == "follow_up"
    assert end not in page_of(client, subject).content.decode()


def test_treatment_does_not_end_before_it_began(trial, as_user):
    subject = trial.treated_subject()
    answer = as_user(trial.coordinator).post(f"/subjects/{subject.pk}/treatment/end/", {"on": "2007-12-01"})
    assert "Treatment began later: on 7 Jan 2008." in answer.content.decode()


def test_an_unscheduled_visit_leads_to_the_form_that_it_is_for(trial, as_user):
    subject = trial.treated_subject()
    answer = as_user(trial.coordinator).post(
        f"/subjects/{subject.pk}/visits/add/", {"on": "2008-02-01", "label": "Pain in the back", "form": "tumour"}
    )
    visit = subject.visits.get(label="Pain in the back")
    assert answer.url == f"/subjects/{subject.pk}/forms/tumour/?visit={visit.pk}"


def test_a_visit_that_was_begun_by_mistake_counts_for_nothing_and_is_removed(trial, as_user):
    subject = trial.subject()
    trial.screen(subject)
    trial.enrol(subject)
    client = as_user(trial.coordinator)
    client.post(f"/subjects/{subject.pk}/treatment/begin/", {"on": "2008-01-14"})
    client.post(f"/subjects/{subject.pk}/visits/add/", {"on": "2008-02-01", "form": "tumour"})
    trial.fill(subject, "everolimus", {}, complete=False)
    begun = [subject.visits.get(code=code) for code in ("C1D1", "UNS01")]
    for visit in begun:
        assert visit.visit_date is None
        address = f"/visits/{visit.pk}/remove/"
        assert address in page_of(client, subject).content.decode()
        assert f"Remove {visit.label}?" in client.get(address).content.decode()
        assert client.post(address).status_code == 302
        assert not subject.visits.filter(pk=visit.pk).exists()


def test_a_visit_with_a_form_and_a_planned_one_are_not_removed(trial, as_user):
    subject = trial.treated_subject()
    client = as_user(trial.coordinator)
    client.post(f"/subjects/{subject.pk}/visits/add/", {"on": "2008-02-01", "form": "tumour"})
    trial.fill(subject, "tumour", {"assessment_date": "2008-02-01"}, visit="UNS01", complete=False)
    for code, why in (("UNS01", "data were entered at it"), ("TA01", "planned by the protocol")):
        visit = subject.visits.get(code=code)
        assert f"/visits/{visit.pk}/remove/" not in page_of(client, subject).content.decode()
        answer = client.post(f"/visits/{visit.pk}/remove/")
        assert (answer.status_code, why in answer.content.decode()) == (422, True)
        assert subject.visits.filter(pk=visit.pk).exists()
    assert as_user(trial.monitor).post(f"/visits/{visit.pk}/remove/").status_code == 403


def test_the_number_of_a_removed_visit_leaves_the_others_alone(trial, as_user):
    subject = trial.treated_subject()
    client = as_user(trial.coordinator)
    for day in ("2008-02-01", "2008-02-02"):
        client.post(f"/subjects/{subject.pk}/visits/add/", {"on": day, "form": "tumour"})
    client.post(f"/visits/{subject.visits.get(code='UNS01').pk}/remove/")
    client.post(f"/subjects/{subject.pk}/visits/add/", {"on": "2008-02-03", "form": "tumour"})
    assert list(subject.visits.filter(kind="unscheduled").values_list("code", flat=True)) == ["UNS02", "UNS03"]


def test_a_day_that_has_not_come_is_refused(trial, as_user):
    subject = trial.treated_subject()
    answer = as_user(trial.coordinator).post(
        f"/subjects/{subject.pk}/visits/add/", {"on": "2199-02-01", "form": "tumour"}
    )
    assert "This date is in the future." in answer.content.decode()


def test_lesions_stand_in_a_table_with_the_sums_that_were_derived(trial, as_user):
    subject = trial.treated_subject()
    trial.assess(subject, 57, {"T01": "40", "T02": "30"}, "PR")
    course = page_of(as_user(trial.coordinator), subject).context["course"]
    assert not course.has_sums
    assert [row.found for row in course.rows] == [["60", "40"], ["40", "30"], ["present", "present"]]
    refresh_marked()
    course = page_of(as_user(trial.coordinator), subject).context["course"]
    assert [str(column.sum) for column in course.columns] == ["100.00", "70.00"]
    assert course.columns[1].change == -30


def test_a_casebook_of_many_visits_takes_as_many_statements_as_one_of_few(trial, as_user, statements):
    subject = trial.treated_subject()
    client = as_user(trial.coordinator)
    few = statements(lambda: page_of(client, subject))
    for number, day in enumerate((57, 113, 169)):
        form = trial.assess(subject, day, {"T01": str(40 - number), "T02": "30"}, "PR")
        raise_query(case_form=form, item="", text="Sure?", by=actor(trial.monitor, "monitor"))
    assert statements(lambda: page_of(client, subject)) == few


def test_a_new_subject_is_added_at_the_own_site_only(trial, as_user):
    client = as_user(trial.coordinator)
    answer = client.post("/subjects/add/", {"site": trial.site.pk})
    subject = Subject.objects.get()
    assert (answer.url, subject.label) == (f"/subjects/{subject.pk}/", "101-001")
    assert client.post("/subjects/add/", {"site": trial.other_site.pk}).status_code == 422
    assert Subject.objects.count() == 1


def test_the_rail_offers_every_form_of_the_unscheduled_visit_at_hand(trial, as_user):
    subject = trial.treated_subject()
    here, other = (
        add_unscheduled_visit(subject=subject, on=date(2008, 1, day), label=f"Fever of {day} January", by=trial.by)
        for day in (10, 12)
    )
    trial.fill(subject, "ecg", *EXAMPLES["ecg"], visit=here.code)
    client = as_user(trial.coordinator)
    page = client.get(f"/subjects/{subject.pk}/forms/haematology/?visit={here.pk}")
    rail = {group["label"]: {form["label"]: form for form in group["forms"]} for group in page.context["rail"]}
    forms = rail["Fever of 10 January"]
    assert {"ECG", "Add: Haematology", "Add: Chemistry", "Add: Tumour assessment"} <= set(forms)
    assert "Add: ECG" not in forms
    assert forms["Add: Haematology"]["current"]
    assert client.get(forms["Add: Chemistry"]["url"]).status_code == 200
    assert "Fever of 12 January" not in rail
    # Nothing asks for them: who goes on from form to form is not led there.
    assert f"visit={here.pk}" not in page.context["next_url"]
    assert other.pk != here.pk


def test_an_unscheduled_visit_takes_each_examination_once(trial, as_user):
    subject = trial.treated_subject()
    visit = add_unscheduled_visit(subject=subject, on=date(2008, 1, 10), by=trial.by)
    trial.fill(subject, "ecg", *EXAMPLES["ecg"], visit=visit.code)
    book = page_of(as_user(trial.coordinator), subject).context["book"]
    cell = next(cell for cell in book.visits if cell.visit.pk == visit.pk)
    titles = [title for _, title in cell.addable]
    assert "Left ventricular ejection fraction" in titles
    assert "ECG" not in titles
    planned = next(cell for cell in book.visits if cell.visit.code == "C1D8")
    assert planned.addable == []
