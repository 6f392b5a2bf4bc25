"""Subjects of a file whose arm is one that a concealed list gives: no file puts anybody into it."""

from pathlib import Path
from typing import Any

import pytest

from accounts.actor import SYSTEM
from assessments.models import CaseForm
from cohorts.models import Enrolment, Subject
from endpoints.models import Estimate, Outcome
from endpoints.refresh import refresh_marked
from protocol import in_force
from randomisation.list_file import read_list
from randomisation.models import Allocation
from randomisation.services import import_list
from tests.cast import actor, person
from tests.sdtm.conftest import PHARMAVERSE
from tests.sdtm.study import data

pytestmark = pytest.mark.django_db
ARMS = """[[cohorts]]
code = "A"
phase = "ALL"
label = "Active"
dlt_evaluated = false

[[cohorts]]
code = "P"
phase = "ALL"
label = "Placebo"
dlt_evaluated = false

[randomisation]
cohorts = ["A", "P"]

[[populations]]
code = "ALL"
label = "All subjects"
cohorts = ["A", "P"]
headline = true

[[analysis_sets]]
code = "all_randomised"
label = "All randomised"
description = "Subjects in the group that the list gave"
headline_for = ["survival"]

"""
WHY = "not enrolled: Active is given by randomisation, and not chosen: request randomisation of the subject."


@pytest.fixture
def randomised_study(study: Any, settings: Any, tmp_path: Path) -> Any:
    text = PHARMAVERSE.read_text()
    begin, end = text.index("[[cohorts]]"), text.index("[[analysis_sets]]")
    text = text[:begin] + ARMS + text[end:].replace('headline_for = ["survival"]', "headline_for = []", 1)
    path = tmp_path / "randomised.toml"
    path.write_text(text.replace("[analysis]", '[analysis]\norigin = "randomisation"\nreference_arm = "P"'))
    settings.PROTOCOL_FILE = path
    from cohorts.services import sync_protocol

    sync_protocol(by=SYSTEM)
    return study


@pytest.mark.parametrize("named_by", ["ARM", "ARMCD", "ACTARM"])
@pytest.mark.parametrize("listed", [False, True], ids=["no list yet", "a list"])
def test_an_imported_subject_is_in_no_randomised_group_and_the_line_says_why(
    randomised_study: Any, named_by: str, listed: bool
) -> None:
    if listed:
        given, content = in_force().randomisation, "number,group\n1,A\n2,P\n"
        assert given is not None
        by = actor(person("adam", "administrator"), "administrator", "import")
        import_list(name="list.csv", content=content.encode(), lines=read_list(content, given, ["701"]), by=by)
    datasets = data()
    for row in datasets["dm"][:2]:
        row |= {"ARM": None, "ARMCD": None} | {named_by: {"ARMCD": "A"}.get(named_by, "Active")}
    randomised_study.write(datasets=datasets)
    randomised_study.run()
    assert Subject.objects.count() == 3
    assert not Enrolment.objects.exists()
    assert not Allocation.objects.exists()
    rows = {(line["domain"], line["row"]) for line in randomised_study.report() if line["why"] == WHY}
    assert rows == {("DM", "1"), ("DM", "2"), ("DS", "1")}
    assert CaseForm.objects.filter(subject__label="701-1001", code="tumour").count() == 2


def test_such_a_subject_counts_in_no_arm_and_no_set(randomised_study: Any) -> None:
    randomised_study.write()
    randomised_study.run()
    while refresh_marked():
        pass
    outcome = Outcome.objects.get(subject__label="701-1001")
    assert (outcome.cohort_code, outcome.row["arm"], outcome.row["pfs"]) == ("", "", None)
    assert outcome.derivation["headline"]["reason"] == "Not randomised."
    assert not Estimate.objects.filter(subjects__gt=0).exists()
