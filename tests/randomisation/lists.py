"""Lists of allocations, their import by the administrator, and subjects who wait to be randomised."""

from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from casebook.services import approve_enrolment, request_enrolment
from cohorts.models import Enrolment, Subject
from protocol import in_force
from randomisation.list_file import read_list
from randomisation.models import AllocationList
from randomisation.services import import_list
from tests.cast import ELIGIBLE, Trial, actor

HEAD = "number,measurable_disease,who_status,group"
LIST = f"""{HEAD}
1,yes,1 or more,WITHOUT
2,yes,below 1,WITH
3,yes,1 or more,WITH
4,no,1 or more,WITH
5,yes,1 or more,WITHOUT
"""


def imported(trial: Trial, text: str = LIST, name: str = "list.csv") -> AllocationList:
    given = in_force().randomisation
    assert given is not None
    lines = read_list(text, given, ["101", "102"])
    assert not [line.errors for line in lines if line.errors]
    by = actor(trial.administrator, "administrator", "import")
    return import_list(name=name, content=text.encode(), lines=lines, by=by)


def sent(client: Any, text: str, action: str, name: str = "list.csv") -> Any:
    file = SimpleUploadedFile(name, text.encode(), "text/csv")
    return client.post("/people/randomisation/", {"file": file, "action": action})


def waiting(trial: Trial, site: Any = None, **eligible: Any) -> Enrolment:
    """The request of a subject who was screened."""
    subject = trial.subject(site)
    trial.screen(subject)
    if eligible:
        form = subject.forms.get(code="eligibility")
        trial.fill(subject, "eligibility", ELIGIBLE | eligible, case_form=form, reason="Read again")
    by = actor(trial.investigator, "investigator")
    return request_enrolment(subject=subject, by=by)


def randomised(trial: Trial, enrolment: Enrolment) -> Enrolment:
    by = actor(trial.data_manager, "data_manager")
    return approve_enrolment(enrolment=enrolment, on=date(2008, 1, 4), by=by)


def given_to(subject: Subject) -> tuple[str, str]:
    """(number, code of the group) of a subject."""
    return subject.allocation.number, subject.allocation.cohort.code  # type: ignore[attr-defined]
