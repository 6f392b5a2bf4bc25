"""Every CSV file opens in a spreadsheet as it is meant: with its umlauts and negative numbers, without a formula."""

import ast
import csv
import io
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from django.http import HttpResponseBase

from accounts.roles import Role
from assessments.models import CaseForm
from audit.files import MARK, guarded
from endpoints.figures.files import FILES
from endpoints.refresh import refresh_marked
from review.services import raise_query
from tests.access.matrix import PAGES, WHOLE_TRIAL
from tests.access.test_matrix import keys
from tests.api.operations import OPERATIONS
from tests.cast import Trial, actor
from tests.review.test_who_may_open_what import PAGES as PAGES_OF_WORK
from tests.review.test_who_may_open_what import PEOPLE, things
from trialsite.settings import BASE_DIR

__all__ = ["keys", "things"]
# The second notes in the log of access what a library's page sends.
ONE_WAY_OUT = ("audit/files.py", "audit/access_log.py")
BY_HAND = ("csv.writer", "csv.DictWriter", "xlsxwriter.Workbook")
AT_LEAST = {Role.DATA_MANAGER: 8, Role.SPONSOR: 10, Role.AUDITOR: 8, Role.ADMINISTRATOR: 2}
WORDS = ("=HYPERLINK(1)", "Müller, Übelkeit")


def addresses() -> set[str]:
    pages = {address for address, *_, method in (*PAGES_OF_WORK, *PAGES, *WHOLE_TRIAL) if method == "get"}
    tables = {f"/endpoints/P2/measurable/{code}.csv" for code in FILES}
    return pages | tables | {address for method, address, *_ in OPERATIONS if method == "get"}


def names_in(address: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(address) if name}


def content_of(answer: HttpResponseBase) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]


@pytest.mark.parametrize("role", AT_LEAST)
def test_every_address_that_gives_csv_gives_it_by_one_rule(
    role: Role, trial: Trial, keys: dict[str, int], as_user: Any
) -> None:
    for text in WORDS:
        raise_query(case_form=CaseForm.objects.get(pk=keys["form"]), text=text, by=actor(trial.monitor, "monitor"))
    trial.treated_subject()
    refresh_marked()
    client, seen = as_user(getattr(trial, PEOPLE[role])), []
    for address in sorted(addresses()):
        if not names_in(address) <= keys.keys():
            assert "csv" not in address, f"{address} cannot be asked for: a key is missing"
            continue
        answer = client.get(address.format(**keys))
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/csv"):
            seen.append(address)
            hold(address, answer)
    assert len(seen) >= AT_LEAST[role], seen


def hold(address: str, answer: HttpResponseBase) -> None:
    text = content_of(answer).decode("utf-8")
    assert text.startswith(MARK) and text.count(MARK) == 1, address
    cells = [cell for row in csv.reader(io.StringIO(text.removeprefix(MARK))) for cell in row]
    assert cells and all(guarded(cell) == cell for cell in cells), address
    assert "attachment" in answer["Content-Disposition"], address
    assert answer["Cache-Control"] == "private, no-store", address


def test_the_words_of_a_query_come_out_whole(trial: Trial, keys: dict[str, int], as_user: Any) -> None:
    form = CaseForm.objects.get(pk=keys["form"])
    raise_query(case_form=form, text=WORDS[1], by=actor(trial.monitor, "monitor"))
    content = content_of(as_user(trial.monitor).get("/queries.csv"))
    assert content.startswith(b"\xef\xbb\xbf") and WORDS[1].encode() in content


def writers(tree: ast.AST) -> Iterator[str]:
    """What a module does itself that audit.files does for all."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node) in (
            "csv.writer",
            "csv.DictWriter",
            "xlsxwriter.Workbook",
        ):
            yield ast.unparse(node)
        if isinstance(node, ast.Constant) and node.value in ("Content-Disposition", "text/csv; charset=utf-8"):
            yield str(node.value)


def test_nobody_else_writes_csv_or_workbooks_or_sends_a_file() -> None:
    calls = {}
    for path in Path(BASE_DIR).glob("*/**/*.py"):
        part = path.relative_to(BASE_DIR)
        if part.parts[0] in ("tests", ".venv", "var", "benchmarks") or str(part) in ONE_WAY_OUT:
            continue
        if names := sorted(set(writers(ast.parse(path.read_text())))):
            calls[str(part)] = names
    assert calls == {}
