"""A form is judged by the version under which its visit is held from its very first save on, however it comes in."""

from datetime import date
from typing import Any

import pytest

from assessments.catalogue import CATALOGUE
from assessments.entering.entry import Entry, typed
from assessments.place import Place
from assessments.visits.dating import judged
from casebook.services import add_unscheduled_visit
from cohorts.models import GoesOver, Subject
from cohorts.services import begin_end_of_treatment
from tests.api.conftest import api
from tests.cast import Trial
from tests.cohorts.amended import LDH_IS_MANDATORY
from tests.cohorts.test_amendments import ACTIVE, amend
from tests.examples import EXAMPLES

# The client that signs in with a token.
__all__ = ["api"]

BEFORE, SINCE = "2008-01-30", "2008-02-04"
LDH = {"analyte": "LDH", "value": "200", "unit": "U/L"}


@pytest.fixture
def subject(trial: Trial) -> Subject:
    """Whose cycle 2 is planned on 4 February, under the amendment that is active from the first on."""
    amend(trial, LDH_IS_MANDATORY)
    subject = trial.treated_subject()
    planned = {visit.code: visit.protocol.version for visit in subject.visits.filter(code__in=("C1D22", "C2D1"))}
    assert planned == {"C1D22": "1.0", "C2D1": "2.0"}
    return subject


def sample(on: str, *more: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    record, rows = EXAMPLES["chemistry"]
    assert all(row["analyte"] != "LDH" for row in rows)
    return record | {"sample_date": on}, [*rows, *more]


def missing(subject: Subject, code: str, on: str, visit: str | None = None) -> str:
    """What stands against the first save of a complete chemistry."""
    at = subject.visits.get(code=visit) if visit else None
    place, (record, rows) = Place(subject, CATALOGUE[code], at), sample(on)
    with judged(place, record):
        entry = Entry(place.form_type, subject=subject, data=typed(record, rows), complete=True, visit=at)
        entry.is_valid()
    return str(entry.errors)


PLANNED = [
    ("C2D1", BEFORE, False),
    ("C2D1", SINCE, True),
    ("C1D22", "2008-01-28", False),
    ("C1D22", "2008-02-01", True),
]


@pytest.mark.parametrize(("visit", "on", "needs_ldh"), PLANNED)
def test_what_is_missing_is_so_by_the_day_on_which_the_visit_took_place(
    trial: Trial, subject: Subject, visit: str, on: str, needs_ldh: bool
) -> None:
    assert ("rows" in missing(subject, "chemistry", on, visit)) is needs_ldh
    form = trial.fill(subject, "chemistry", *sample(on, *([LDH] if needs_ldh else [])), visit=visit)
    assert form.visit.protocol.version == ("2.0" if needs_ldh else "1.0")
    # And so it is when it is corrected.
    again = sample(on, *([LDH] if needs_ldh else []))
    trial.fill(subject, "chemistry", *again, case_form=form, reason="read again")


def post(trial: Trial, client: Any, subject: Subject, visit: str, on: str, *more: dict[str, Any]) -> Any:
    client.force_login(trial.coordinator)
    record, rows = sample(on, *more)
    at = subject.visits.get(code=visit)
    sent = typed(record, rows) | {"action": "complete"}
    return client.post(f"/subjects/{subject.pk}/forms/chemistry/?visit={at.pk}", sent)


@pytest.mark.parametrize(("visit", "on", "needs_ldh"), PLANNED)
def test_so_it_is_on_a_page(trial: Trial, subject: Subject, client: Any, visit: str, on: str, needs_ldh: bool) -> None:
    answer = post(trial, client, subject, visit, on)
    assert answer.status_code == (422 if needs_ldh else 302)
    assert post(trial, client, subject, visit, on, LDH).status_code in (302, 409)
    assert subject.visits.get(code=visit).protocol.version == ("2.0" if needs_ldh else "1.0")


@pytest.mark.parametrize(("visit", "on", "needs_ldh"), PLANNED)
def test_so_it_is_by_the_api(trial: Trial, subject: Subject, api: Any, visit: str, on: str, needs_ldh: bool) -> None:
    at = subject.visits.get(code=visit)

    def sent(*more: dict[str, Any]) -> Any:
        record, rows = sample(on, *more)
        body = {"subject": subject.pk, "visit": at.pk, "complete": True, "record": record, "rows": rows}
        return api(trial.coordinator).post("/api/v1/forms/chemistry/", body, format="json")

    if needs_ldh:
        assert "rows-15-value" in sent().json()["errors"]
    assert sent(*([LDH] if needs_ldh else [])).status_code == 201
    assert subject.visits.get(code=visit).protocol.version == ("2.0" if needs_ldh else "1.0")


@pytest.mark.parametrize(("visit", "on", "needs_ldh"), PLANNED)
def test_so_it_is_of_a_laboratory_s_file(
    trial: Trial, subject: Subject, client: Any, visit: str, on: str, needs_ldh: bool
) -> None:
    """Without what its version needs a sample goes in as a draft."""
    client.force_login(trial.coordinator)
    lines = ["subject;visit;sample_date;fasting;analyte;value;unit;clinically_significant"]
    for row in sample(on)[1]:
        lines.append(f"{subject.label};{visit};{on};Y;{row['analyte']};{row['value']};{row['unit']};")
    seen = client.post("/laboratory/import/", {"pasted": "\n".join(lines), "action": "look"})
    whole = {"content": seen.context["content"], "name": seen.context["name"], "action": "import"}
    assert client.post("/laboratory/import/", whole).status_code == 302
    form = subject.forms.get(code="chemistry", visit__code=visit)
    assert form.state == ("draft" if needs_ldh else "complete")
    assert form.visit.protocol.version == ("2.0" if needs_ldh else "1.0")


@pytest.mark.parametrize(("goes_over", "on", "version"), [
    (GoesOver.VISIT, "2008-01-20", "1.0"),
    (GoesOver.VISIT, "2008-02-10", "2.0"),
    (GoesOver.CONSENT, "2008-02-10", "1.0"),
    (GoesOver.NEVER, "2008-02-10", "1.0"),
])  # fmt: skip
def test_visits_by_hand_are_held_under_the_version_of_the_subject_on_their_day(
    trial: Trial, goes_over: GoesOver, on: str, version: str
) -> None:
    subject = trial.treated_subject()
    amend(trial, LDH_IS_MANDATORY, goes_over=goes_over)
    day = date.fromisoformat(on)
    visit = add_unscheduled_visit(subject=subject, on=day, by=trial.by)
    assert visit.protocol.version == version
    assert ("rows" in missing(subject, "chemistry", on, visit.code)) is (version == "2.0")
    assert begin_end_of_treatment(subject=subject, on=day, by=trial.by).protocol.version == version


def test_an_unscheduled_visit_that_took_place_another_day_is_held_under_the_version_of_that(trial: Trial) -> None:
    subject = trial.treated_subject()
    amend(trial, LDH_IS_MANDATORY)
    visit = add_unscheduled_visit(subject=subject, on=ACTIVE, by=trial.by)
    assert "rows" not in missing(subject, "chemistry", BEFORE, visit.code)
    assert trial.fill(subject, "chemistry", *sample(BEFORE), visit=visit.code).visit.protocol.version == "1.0"


def test_the_second_form_of_a_visit_goes_by_the_day_that_the_first_gave_it(trial: Trial, subject: Subject) -> None:
    trial.fill(subject, "vital_signs", EXAMPLES["vital_signs"][0] | {"vital_signs_date": BEFORE}, visit="C2D1")
    # A sample of some days later is one of the same visit.
    assert "rows" not in missing(subject, "chemistry", SINCE, "C2D1")
    # The infusion says the day of the visit whatever came before it.
    trial.infuse(subject, date(2008, 2, 4), "C2D1")
    assert "rows" in missing(subject, "chemistry", BEFORE, "C2D1")


def test_the_doses_that_are_shown_while_it_is_typed_go_by_the_day_that_is_typed(trial: Trial, client: Any) -> None:
    subject = trial.treated_subject()
    amend(trial, *HALF_OF_TRASTUZUMAB)
    trial.infuse(subject, date(2008, 1, 14), "C1D8")
    client.force_login(trial.coordinator)
    at = subject.visits.get(code="C2D1")
    for on, milligrams in ((BEFORE, 128), (SINCE, 64)):
        typed_now = {"infusion_date": on, "weight_kg": "64", "height_cm": "165", "trastuzumab_given": "Y"}
        address = f"/subjects/{subject.pk}/infusion/doses/?visit={at.pk}"
        assert f"{milligrams} mg" in client.post(address, typed_now | {"trastuzumab_loading": "N"}).content.decode()


def test_a_restored_form_puts_its_visit_back_under_its_version(trial: Trial, subject: Subject) -> None:
    from assessments.withdrawing import restore, withdraw

    visit = add_unscheduled_visit(subject=subject, on=ACTIVE, by=trial.by)
    form = trial.fill(subject, "ecg", EXAMPLES["ecg"][0] | {"ecg_date": BEFORE}, visit=visit.code)
    withdrawn = withdraw(case_form=form, why="another subject's", by=trial.by, seen_version=form.version)
    restore(case_form=withdrawn, why="it was hers", by=trial.by, seen_version=withdrawn.version)
    assert subject.visits.get(code=visit.code).protocol.version == "1.0"


HALF_OF_TRASTUZUMAB = (("loading_dose = 4\ndose = 2", "loading_dose = 4\ndose = 1"),)
STEPS_WITHOUT_5_MG = (('{ schedule = "daily", dose = 5, label', '{ schedule = "daily", dose = 7.5, label'),)


@pytest.mark.parametrize(("started", "is_asked"), [("2008-01-20", False), ("2008-02-04", True)])
def test_an_interval_of_a_dose_is_held_against_the_steps_of_its_day(trial: Trial, started: str, is_asked: bool) -> None:
    from review.models import Query

    subject = trial.treated_subject()
    amend(trial, *STEPS_WITHOUT_5_MG)
    rows = [{"start_date": started, "dose_mg": "5", "frequency": "QD", "reason": "ADVERSE EVENT"}]
    trial.fill(subject, "everolimus", {"any_taken": "Y"}, rows)
    assert Query.objects.filter(check_id="everolimus-step").exists() is is_asked
