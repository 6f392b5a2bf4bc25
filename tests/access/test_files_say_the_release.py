"""Every file that leaves says by which release it was made: by its name, and inside where its kind has a place."""

import json
from collections import defaultdict
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pdfplumber
from django.conf import settings
from django.core.management import call_command
from django.http import HttpResponseBase

from accounts.roles import ROLES, Permission, Role
from audit.anchors import WANTED, read_anchors
from audit.models import AccessEvent
from endpoints.figures.files import FILES
from tests.access.matrix import OF, PAGES
from tests.access.test_csv_files import content_of, names_in
from tests.access.test_manifests_in_files import files
from tests.access.test_matrix import keys
from tests.api.operations import OPERATIONS
from tests.cast import Trial
from tests.endpoints.population import populate
from tests.review.test_who_may_open_what import PAGES as PAGES_OF_WORK
from tests.review.test_who_may_open_what import PEOPLE, things

__all__ = ["keys", "things"]
MARK = f"EDC release {settings.RELEASE}"
IN_THE_NAME = f"-edc{settings.RELEASE}."


def by_reader() -> dict[Role, set[str]]:
    """Every address that can be asked for, at a role that may: one sign-in a role."""
    rights = {address: right for address, right, *_, method in (*PAGES_OF_WORK, *PAGES) if method == "get"}
    rights |= {address: right for method, address, right, *_ in OPERATIONS if method == "get"}
    rights |= {f"{OF}/{code}.csv": Permission.VIEW_ENDPOINTS for code in FILES}
    addresses: dict[Role, set[str]] = defaultdict(set)
    for address, right in rights.items():
        addresses[next(role for role in PEOPLE if right is None or right in ROLES[role].permissions)].add(address)
    return addresses


def name_of(answer: HttpResponseBase) -> str:
    return answer["Content-Disposition"].partition('filename="')[2].removesuffix('"')


def is_file(answer: HttpResponseBase) -> bool:
    return answer.status_code == 200 and "attachment" in answer.headers.get("Content-Disposition", "")


def test_the_name_of_every_download_says_the_release(trial: Trial, keys: dict[str, int], as_user: Any) -> None:
    populate(trial.site, 2, first=50)
    names: dict[str, str] = {}
    for role, addresses in by_reader().items():
        client = as_user(getattr(trial, PEOPLE[role]))
        for address in addresses:
            if names_in(address) <= keys.keys() and is_file(answer := client.get(address.format(**keys))):
                assert content_of(answer)
                names[address] = name_of(answer)
    # Figures of an earlier version need an amendment: tests/amendments/test_pages.py reads the names of their files.
    looked_for = {address for address in files() if f"{OF}/versions/" not in address}
    assert looked_for <= names.keys(), "a file of the tables was not looked at"
    assert {address: name for address, name in names.items() if IN_THE_NAME not in name} == {}
    logged = set(AccessEvent.objects.exclude(file_name="").values_list("file_name", flat=True))
    assert set(names.values()) <= logged, "the log of access tells the release too"


def test_each_sheet_of_a_pdf_says_the_release_and_so_do_its_properties(trial: Trial, as_user: Any) -> None:
    content = content_of(as_user(trial.coordinator).get("/reports/blank-crf.pdf"))
    with pdfplumber.open(BytesIO(content)) as pdf:
        assert len(pdf.pages) > 5
        assert all(MARK in page.extract_text() for page in pdf.pages)
        assert pdf.metadata["Keywords"] == MARK


def test_a_workbook_says_the_release_in_its_properties(trial: Trial, as_user: Any) -> None:
    book = content_of(as_user(trial.data_manager).get("/queries.xlsx"))
    with ZipFile(BytesIO(book)) as parts:
        assert MARK in parts.read("docProps/core.xml").decode()


def test_what_commands_print_says_the_release_and_the_log_of_access_too(trial: Trial, tmp_path: Path) -> None:
    catalogue, anchor = StringIO(), StringIO()
    call_command("catalogue", stdout=catalogue)
    call_command("trail_anchor", stdout=anchor)
    assert json.loads(catalogue.getvalue())["release"] == settings.RELEASE
    assert json.loads(anchor.getvalue())["release"] == settings.RELEASE
    details = AccessEvent.objects.filter(kind="export_sent").values_list("detail", flat=True)
    assert len(details) == 2 and all(detail.endswith(f"of release {settings.RELEASE}") for detail in details)


def test_an_anchor_of_an_earlier_release_is_read_like_one_of_this(trial: Trial, tmp_path: Path) -> None:
    printed = StringIO()
    call_command("trail_anchor", stdout=printed)
    anchor = json.loads(printed.getvalue())
    earlier = {name: value for name, value in anchor.items() if name != "release"}
    assert earlier.keys() >= WANTED
    kept = tmp_path / "anchors.jsonl"
    kept.write_text("\n".join(json.dumps(written) for written in (earlier, anchor)))
    assert read_anchors(kept) == [earlier, anchor]
    out = StringIO()
    call_command("verify_trail", "--anchor", str(kept), stdout=out)
    assert "2 anchors are part of it" in out.getvalue()
