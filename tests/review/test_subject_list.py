import pytest
from django.utils import timezone

from casebook.matrix import matrix
from casebook.reading import URGENCY, casebooks, most_urgent
from review.services import answer_query, raise_query
from tests.cast import actor
from tests.signature.closed import lock_form

TODAY = timezone.localdate


def cell(trial, subject, code, key="SCR"):
    made = matrix([casebooks([subject], TODAY())[subject.pk]], ",".join(("SCR", "C1", "TA")))
    codes = [code for group in made.groups for code in group.columns]
    return made.rows[0].cells[codes.index(code)]


def test_the_legend_runs_from_open_query_to_locked():
    assert URGENCY[0] == "query"
    assert URGENCY[-1] == "locked"
    assert most_urgent(["complete", "overdue", "in-progress"]) == "overdue"
    assert most_urgent(["complete", "in-progress"]) == "in-progress"
    assert most_urgent(["locked", "complete"]) == "complete"


def test_a_new_subject_is_due_for_screening(trial):
    assert cell(trial, trial.subject(), "SCR").state == "due"


def test_a_screening_of_complete_forms_is_complete_and_a_draft_shows_in_progress(trial):
    subject = trial.subject()
    trial.screen(subject)
    assert cell(trial, subject, "SCR").state == "complete"
    demography = subject.forms.get(code="demography")
    trial.fill(subject, "demography", {"age": 55}, case_form=demography, complete=False, reason="Data entry error")
    assert cell(trial, subject, "SCR").state == "in-progress"


def test_an_open_query_outranks_all_and_an_answered_one_does_not_count(trial):
    subject = trial.subject()
    trial.screen(subject)
    form = subject.forms.get(code="demography")
    query = raise_query(case_form=form, item="age", text="54?", by=actor(trial.monitor, "monitor"))
    visit = cell(trial, subject, "SCR")
    assert (visit.state, visit.queries) == ("query", 1)
    answer_query(query=query, text="Yes.", by=trial.by)
    visit = cell(trial, subject, "SCR")
    assert (visit.state, visit.queries) == ("query-answered", 0)


def test_a_cell_is_locked_once_all_of_its_forms_are(trial):
    subject = trial.subject()
    trial.screen(subject)
    for form in subject.forms.all():
        assert cell(trial, subject, "SCR").state == "complete"
        lock_form(case_form=form, reason="clean", by=actor(trial.data_manager, "data_manager"))
    assert cell(trial, subject, "SCR").state == "locked"


def test_a_visit_whose_window_passed_without_its_form_is_overdue(trial):
    assert cell(trial, trial.treated_subject(), "TA01").state == "overdue"


def test_a_wide_matrix_folds_far_cycles_and_the_address_unfolds_them(trial, as_user):
    trial.treated_subject()
    client = as_user(trial.coordinator)
    groups = {group.key: group for group in client.get("/subjects/").context["matrix"].groups}
    assert groups["C1"].is_open
    assert not groups["C2"].is_open
    assert groups["C1"].codes == ["C1D1", "C1D8", "C1D15", "C1D22"]
    unfolded = client.get(f"/subjects/?open={groups['C2'].toggle}").context["matrix"].groups
    assert {group.key for group in unfolded if group.is_open} == {"SCR", "C1", "C2", "TA"}


def test_filters_by_number_site_cohort_and_status(trial, as_user):
    first, second = trial.subject(), trial.treated_subject()
    other = trial.subject(trial.other_site)
    client = as_user(trial.data_manager)

    def labels(query):
        return [row.book.subject.label for row in client.get(f"/subjects/?{query}").context["matrix"].rows]

    assert labels("") == [first.label, second.label, other.label]
    assert labels("q=101-") == [first.label, second.label]
    assert labels(f"site={trial.other_site.pk}") == [other.label]
    assert labels("cohort=P2-10D") == [second.label]
    assert labels("status=screening") == [first.label, other.label]
    refused = client.get("/subjects/?status=nonsense")
    assert refused.status_code == 400
    assert "nonsense is not one of the available choices" in refused.content.decode()


def test_a_whole_number_leads_straight_to_the_subject(trial, as_user):
    subject = trial.subject()
    answer = as_user(trial.coordinator).get(f"/subjects/?q={subject.label}")
    assert (answer.status_code, answer.url) == (302, f"/subjects/{subject.pk}/")


def test_a_list_of_forty_takes_as_many_statements_as_one_of_two(trial, as_user, statements):
    trial.treated_subject()
    trial.subject()
    client = as_user(trial.coordinator)
    few = statements(lambda: client.get("/subjects/"))
    for _ in range(6):
        subject = trial.treated_subject()
        form = subject.forms.get(code="demography")
        raise_query(case_form=form, item="age", text="54?", by=actor(trial.monitor, "monitor"))
    assert statements(lambda: client.get("/subjects/")) == few
    # Session, user, roles; number, subjects, queries, forms, visits, sexes, closures; two of the lists of work in the
    # head; the sites, for the head and for the filter.
    assert few <= 14


def test_no_subject_yet_says_what_to_do(trial, as_user):
    page = as_user(trial.coordinator).get("/subjects/").content.decode()
    assert "No subjects yet" in page
    assert "/subjects/add/" in page
    assert "/subjects/add/" not in as_user(trial.monitor).get("/subjects/").content.decode()


@pytest.mark.parametrize(("page", "status"), [("99", 200), ("0", 400), ("x", 400)])
def test_a_page_past_the_end_is_the_last_and_what_is_no_page_is_refused(trial, as_user, page, status):
    trial.subject()
    assert as_user(trial.coordinator).get(f"/subjects/?page={page}").status_code == status
