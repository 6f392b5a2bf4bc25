"""A run that ends in the middle leaves whole subjects only, and the next one goes on where it stopped."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from assessments.models import CaseForm
from cohorts.models import Subject
from sdtm.typist import ImportTypist
from tests.sdtm.study import Study, data, facts

PHARMAVERSE = Path(__file__).parents[2] / "protocol/pharmaverse.toml"


@pytest.mark.django_db
def test_a_run_that_breaks_off_leaves_no_half_subject_and_goes_on(study: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    study.write()
    enrol, seen = ImportTypist._enrol, []

    def broken_off(typist: ImportTypist, exposed: Any) -> None:
        seen.append(typist.subject.source_id)
        if len(seen) == 2:
            raise KeyboardInterrupt
        enrol(typist, exposed)

    monkeypatch.setattr(ImportTypist, "_enrol", broken_off)
    with pytest.raises(KeyboardInterrupt):
        study.run()
    assert [*Subject.objects.values_list("source_id", flat=True)] == ["X-701-1001"]
    first_part = study.report()
    monkeypatch.setattr(ImportTypist, "_enrol", enrol)
    assert "2 subjects came in, 1 were here already, 0 were not taken." in study.run()
    assert study.report()[: len(first_part)] == first_part
    assert [fact.split()[0] for fact in facts()[:3]] == ["701-1001", "701-1002", "701-1003"]


def test_a_killed_process_loses_nothing_that_it_had_taken(
    committed_db: None, broker: Any, settings: Any, tmp_path: Path
) -> None:
    settings.PROTOCOL_FILE = PHARMAVERSE
    study = Study(tmp_path / "sdtm")
    datasets = data()
    treated = [row for row in datasets["ex"] if row["USUBJID"] == "X-701-1002"]
    for number in range(2000, 2040):
        name = {"USUBJID": f"X-701-{number}"}
        datasets["dm"].append(datasets["dm"][1] | name | {"SUBJID": str(number)})
        datasets["ex"] += [row | name for row in treated]
    study.write(datasets=datasets)
    running = subprocess.Popen(
        [sys.executable, "manage.py", "import_sdtm", str(study.folder), "--by", "carla"],
        cwd=PHARMAVERSE.parents[1],
        env=os.environ | {"PROTOCOL_FILE": str(PHARMAVERSE)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 120
    while Subject.objects.count() < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    running.send_signal(signal.SIGKILL)
    running.wait()
    imported = Subject.objects.count()
    assert 3 <= imported < 43
    with_dose = set(CaseForm.objects.filter(code="exposure").values_list("subject__source_id", flat=True))
    assert with_dose == set(Subject.objects.values_list("source_id", flat=True)) - {"X-701-1003"}
    assert f"{43 - imported} subjects came in, {imported} were here already, 0 were not taken." in study.run()
    assert CaseForm.objects.filter(code="exposure").count() == 42
