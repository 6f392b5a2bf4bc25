"""A small study in SDTM, written by hand, in each format; the run of an import over it; what the record then holds."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.management import call_command

from accounts.actor import acting
from accounts.models import Site
from assessments.models import (
    CaseForm,
    Death,
    Demography,
    EndOfTreatment,
    ExposureInterval,
    FollowUp,
    LesionResult,
    TumourAssessment,
    TumourBaseline,
)
from cohorts.models import Subject
from tests.cast import SETUP, go_live, person

Rows = list[dict[str, Any]]


def _dm(number: str, **values: Any) -> dict[str, Any]:
    return {
        "USUBJID": f"X-701-{number}",
        "SUBJID": number,
        "SITEID": "701",
        "RFSTDTC": "2014-01-02",
        "RFPENDTC": "2014-09-30T11:45",
        "DTHDTC": None,
        "DTHFL": None,
        "BRTHDTC": "1950-12",
        "AGE": 63.0,
        "AGEU": "YEARS",
        "SEX": "F",
        "RACE": "WHITE",
        "ETHNIC": "NOT HISPANIC OR LATINO",
        "ARMCD": "A",
        "ARM": "Active",
        "COUNTRY": "USA",
        "DMDTC": "2013-12-26",
    } | values


def _ex(
    number: str, sequence: int, start: str, end: str | None, dose: float, drug: str = "XANOMELINE"
) -> dict[str, Any]:
    return {
        "USUBJID": f"X-701-{number}",
        "EXSEQ": float(sequence),
        "EXTRT": drug,
        "EXDOSE": dose,
        "EXDOSU": "mg",
        "EXDOSFRM": "PATCH",
        "EXDOSFRQ": "QD",
        "EXROUTE": "TRANSDERMAL",
        "EXSTDTC": start,
        "EXENDTC": end,
    }


def _ds(number: str, sequence: int, category: str, term: str, on: str) -> dict[str, Any]:
    return {
        "USUBJID": f"X-701-{number}",
        "DSSEQ": float(sequence),
        "DSTERM": term,
        "DSDECOD": term,
        "DSCAT": category,
        "VISIT": "WEEK 26",
        "DSSTDTC": on,
    }


def _tu(link: str, kind: str, organ: str | None, visit: tuple[float, str, str], reader: str = "") -> dict[str, Any]:
    return {
        "USUBJID": "X-701-1001",
        "TULNKID": link,
        "TUTESTCD": "TUMIDENT",
        "TUSTRESC": kind,
        "TULOC": organ,
        "TUMETHOD": "CT SCAN",
        "TUEVAL": "INDEPENDENT ASSESSOR" if reader else "INVESTIGATOR",
        "TUEVALID": reader or None,
        "VISITNUM": visit[0],
        "VISIT": visit[1],
        "TUDTC": visit[2],
    }


def _tr(link: str | None, test: str, value: Any, visit: tuple[float, str, str], reader: str = "") -> dict[str, Any]:
    size = isinstance(value, float)
    return {
        "USUBJID": "X-701-1001",
        "TRLNKID": link,
        "TRTESTCD": test,
        "TRSTRESC": None if value is None else format(value, "g") if size else value,
        "TRSTRESN": value if size else None,
        "TRSTRESU": "mm" if size else None,
        "TRSTAT": "NOT DONE" if value is None else None,
        "TRMETHOD": "CT SCAN",
        "TREVAL": "INDEPENDENT ASSESSOR" if reader else "INVESTIGATOR",
        "TREVALID": reader or None,
        "VISITNUM": visit[0],
        "VISIT": visit[1],
        "TRDTC": visit[2],
    }


def _rs(test: str, value: str, visit: tuple[float, str, str], reader: str = "") -> dict[str, Any]:
    return {
        "USUBJID": "X-701-1001",
        "RSTESTCD": test,
        "RSTEST": test.title(),
        "RSCAT": "RECIST 1.1",
        "RSSTRESC": value,
        "RSSTAT": None,
        "RSEVAL": "INDEPENDENT ASSESSOR" if reader else "INVESTIGATOR",
        "RSEVALID": reader or None,
        "VISITNUM": visit[0],
        "VISIT": visit[1],
        "RSDTC": visit[2],
    }


BASELINE = (1.0, "BASELINE", "2014-01-02")
WEEK_8 = (8.0, "WEEK 8", "2014-02-26")
WEEK_16 = (16.0, "WEEK 16", "2014-04-23")


def data() -> dict[str, Rows]:
    """A treated subject with a response and a progression, one on placebo who was never assessed, a screen failure."""
    return {
        "dm": [
            _dm("1001", DTHDTC="2014-09-14", DTHFL="Y"),
            _dm("1002"),
            _dm("1003", RFSTDTC=None, ARMCD="Scrnfail", ARM="Screen Failure", RFPENDTC="2013-12-28"),
        ],
        "ex": [
            _ex("1001", 1, "2014-01-02", "2014-01-16", 54.0),
            _ex("1001", 2, "2014-01-17", None, 40.5),
            _ex("1002", 1, "2014-01-02", "2014-03-01", 0.0, "PLACEBO"),
        ],
        "ds": [
            _ds("1001", 1, "PROTOCOL MILESTONE", "RANDOMIZED", "2014-01-01"),
            _ds("1001", 2, "DISPOSITION EVENT", "PROGRESSIVE DISEASE", "2014-04-23"),
            _ds("1001", 3, "OTHER EVENT", "FINAL LAB VISIT", "2014-05-02"),
            _ds("1002", 1, "DISPOSITION EVENT", "COMPLETED", "2014-03-02"),
            _ds("1003", 1, "DISPOSITION EVENT", "SCREEN FAILURE", "2013-12-28"),
        ],
        "tu": [
            _tu("T01", "TARGET", "LIVER", BASELINE),
            _tu("T02", "TARGET", "LYMPH NODE, AXILLARY", BASELINE),
            _tu("NT01", "NON-TARGET", None, BASELINE),
            _tu("NEW01", "NEW", "SCALP", WEEK_16),
            _tu("R1-T01", "TARGET", "LIVER", BASELINE, "RADIOLOGIST 1"),
        ],
        "tr": [
            _tr("T01", "LDIAM", 50.0, BASELINE),
            _tr("T02", "LDIAM", 30.0, BASELINE),
            _tr("T02", "LPERP", 20.0, BASELINE),
            _tr("NT01", "TUMSTATE", "PRESENT", BASELINE),
            _tr(None, "SUMDIAM", 70.0, BASELINE),
            _tr("R1-T01", "LDIAM", 40.0, BASELINE, "RADIOLOGIST 1"),
            _tr("T01", "LDIAM", 25.4, WEEK_8),
            _tr("T02", "LPERP", 9.0, WEEK_8),
            _tr("NT01", "TUMSTATE", "PRESENT", (8.0, "WEEK 8", "2014-02")),
            _tr("R1-T01", "LDIAM", 0.0, WEEK_8, "RADIOLOGIST 1"),
            _tr("T01", "LDIAM", 0.0, WEEK_16),
            _tr("T02", "LPERP", None, WEEK_16),
            _tr("NT01", "TUMSTATE", "UNEQUIVOCAL", WEEK_16),
            _tr("NEW01", "TUMSTATE", "EQUIVOCAL", WEEK_16),
        ],
        "rs": [
            _rs("OVRLRESP", "PR", WEEK_8),
            _rs("NTRGRESP", "NON-CR/NON-PD", WEEK_8),
            _rs("TRGRESP", "PR", WEEK_8),
            _rs("OVRLRESP", "PD", WEEK_16),
            _rs("OVRLRESP", "CR", WEEK_8, "RADIOLOGIST 1"),
        ],
    }


@dataclass
class Study:
    """A folder of datasets and the people of one site."""

    folder: Path
    site: Site = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir()
        with acting(SETUP):
            self.site = Site.objects.create(code="701", name="Site 701", country="USA")
        go_live(self.site)
        self.coordinator = person("carla", "coordinator", self.site)

    def write(self, kind: str = "csv", datasets: dict[str, Rows] | None = None) -> None:
        for name, rows in (datasets or data()).items():
            WRITERS[kind](self.folder / f"{name}.{kind}", rows)

    def run(self, by: str = "carla", *options: str) -> str:
        output = io.StringIO()
        call_command("import_sdtm", str(self.folder), "--by", by, *options, stdout=output)
        return output.getvalue()

    def report(self) -> list[dict[str, str]]:
        with (self.folder / "not_taken.csv").open(newline="", encoding="utf-8-sig") as file:
            return list(csv.DictReader(file))


def facts() -> list[str]:
    """Everything that an import put into the record, in words, without keys and times."""
    lines = [f"{s.label} {s.source_id} {s.status} {s.first_dose_date}" for s in Subject.objects.order_by("label")]
    lines += [f"{form.subject.label} {form.code} {form.state}" for form in _ordered(CaseForm.objects.all())]
    models = (Demography, ExposureInterval, TumourBaseline, TumourAssessment, FollowUp, EndOfTreatment, Death)
    for model in models:
        rows = model.objects.order_by("case_form__subject__label", "pk").values()
        lines += [f"{model.__name__} {_plain(row)}" for row in rows]
    results = LesionResult.objects.order_by("case_form_id", "lesion__label").select_related("lesion")
    return lines + [_lesion(result) for result in results]


def _lesion(result: LesionResult) -> str:
    lesion, sizes = result.lesion, [str(size) for size in result.diameters_mm]
    place = f"{lesion.label} {lesion.location} {lesion.location_detail}"
    return f"{place} {result.state} {sizes} {result.examined_on}"


def _ordered(forms: Any) -> Any:
    return forms.select_related("subject").order_by("subject__label", "pk")


def _plain(row: dict[str, Any]) -> str:
    return " ".join(f"{name}={value}" for name, value in row.items() if name not in ("id", "case_form_id") and value)


def _names(rows: Rows) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def _csv(path: Path, rows: Rows) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, _names(rows))
        writer.writeheader()
        writer.writerows(rows)


def _parquet(path: Path, rows: Rows) -> None:
    import pyarrow
    import pyarrow.parquet

    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), path)


def _xpt(path: Path, rows: Rows) -> None:
    import polars
    import pyreadstat

    numbers = [name for name in _names(rows) if any(isinstance(row.get(name), float) for row in rows)]
    columns = {
        name: [row.get(name) if name in numbers else row.get(name) or "" for row in rows] for name in _names(rows)
    }
    pyreadstat.write_xport(polars.DataFrame(columns), str(path), table_name=path.stem.upper(), file_format_version=5)


def _told(path: Path, rows: Rows) -> dict[str, Any]:
    columns = [{"itemOID": f"IT.{name}", "name": name, "label": name, "dataType": "string"} for name in _names(rows)]
    return {"datasetJSONVersion": "1.1.0", "name": path.stem.upper(), "records": len(rows), "columns": columns}


def _values(rows: Rows) -> list[list[Any]]:
    return [[row.get(name) for name in _names(rows)] for row in rows]


def _json(path: Path, rows: Rows) -> None:
    path.write_text(json.dumps(_told(path, rows) | {"rows": _values(rows)}))


def _ndjson(path: Path, rows: Rows) -> None:
    path.write_text("".join(json.dumps(line) + "\n" for line in [_told(path, rows), *_values(rows)]))


WRITERS: dict[str, Callable[[Path, Rows], None]] = {
    "csv": _csv,
    "parquet": _parquet,
    "xpt": _xpt,
    "json": _json,
    "ndjson": _ndjson,
}


def contacts(name: str) -> list[tuple[str, str]]:
    """Of a subject by its key in the file: the day of each follow-up, and whether the subject lived."""
    follow_ups = FollowUp.objects.filter(case_form__subject__source_id=name).order_by("contact_date")
    return [(form.contact_date, form.vital_status) for form in follow_ups]
