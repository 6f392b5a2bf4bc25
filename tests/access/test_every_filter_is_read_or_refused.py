"""No list, file or operation passes over what its address says: each parameter that it reads refuses what it cannot
read, and each list refuses a name that it does not read. A page of one thing passes over names that it does not know.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django import forms
from django.http import HttpResponse
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from accounts.filters import CodeField
from accounts.roles import ROLES, Role
from audit.file_check import DigestField
from components.days import TypedDayField, TypedMomentField
from endpoints.refresh import refresh_marked
from tests.access.matrix import PAGES, WHOLE_TRIAL
from tests.access.test_matrix import keys
from tests.api.conftest import api, no_limit
from tests.api.operations import OPERATIONS
from tests.cast import Trial
from tests.review.test_who_may_open_what import PAGES as PAGES_OF_WORK
from tests.review.test_who_may_open_what import PEOPLE, things
from trialsite.settings import BASE_DIR

__all__ = ["api", "keys", "no_limit", "things"]
pytestmark = pytest.mark.django_db

NOTHING_LIKE_THAT = "no such thing"
UNREADABLE = {
    (forms.ChoiceField, forms.ModelChoiceField, CodeField, DigestField): NOTHING_LIKE_THAT,
    (TypedDayField, TypedMomentField): "31.13.2026",
    (forms.IntegerField,): "12x",
}
# Words that are searched for: any text is one, and a list says of it that nothing matches.
FREE = {"q"}
NO_TEXT = "\0"
LISTS, FILES_OF_LISTS, OPERATIONS_THAT_LIST = 22, 7, 56

# What else a page reads of its address, by module and name: (address with a value that means nothing), or why none is
# refused. What is not here fails the test that reads the code.
OF_THE_FILTER = "among the names of the page's filter, walked above"
PREFILLED = "fills a field in, which shows it before anything is sent"
OF_A_SCRIPT = "sent by the page's own script, which asks again"
READ: dict[tuple[str, str], str] = {
    ("trail_reviews/views.py", "event"): "/trail/reviews/{trail_review}/findings/add/?event=12x",
    ("signature/to_sign.py", "form"): "/sign/?form=12x",
    ("sdv/views.py", "form"): "/sdv/?form=12x",
    ("sdv/views.py", "item"): "/forms/{form}/sdv/take-back/?item=no_such_item",
    ("assessments/views.py", "visit"): "/subjects/{subject}/forms/infusion/?visit=12x",
    ("audit/to_fill.py", "separator"): "/laboratory/import/template/?separator=colon",
    ("endpoints/downloads.py", "mm"): "/endpoints/P2/measurable/waterfall.svg?mm=181",
    ("endpoints/views.py", "which"): "/endpoints/P2/measurable/subjects/?which=nobody",
    ("terminology/views.py", "q"): "words that are searched for while they are typed",
    ("assessments/pages/terms.py", "start_date"): OF_A_SCRIPT,
    ("casebook/subjects.py", "open"): "which columns are unfolded; hides and shows no subject",
    ("review/queries/pages.py", "sort"): "/queries/?sort=colour",
    ("review/queries/pages.py", "item"): PREFILLED,
    ("review/queries/pages.py", "work"): "the way back to the work list, which reads it",
    ("review/queries/report_pages.py", "sort"): "/queries.csv?sort=colour",
    ("components/templatetags/components.py", "sort"): "draws what the list has read",
    ("trialsite/context.py", "site"): OF_THE_FILTER,
    ("assessments/pages/frame.py", "about"): PREFILLED,
    ("endpoints/views.py", "state"): OF_A_SCRIPT,
    ("endpoints/views.py", "made"): OF_A_SCRIPT,
    ("endpoints/preview.py", "columns"): OF_A_SCRIPT,
    ("endpoints/preview.py", "code"): OF_A_SCRIPT,
    ("endpoints/preview.py", "form"): OF_A_SCRIPT,
    ("assessments/views.py", "form"): OF_A_SCRIPT,
    ("casebook/views.py", "in_error"): "there or not: its value says nothing",
}


def unreadable(field: forms.Field) -> str:
    for kinds, value in UNREADABLE.items():
        if isinstance(field, kinds):
            return value
    return NO_TEXT


def pages() -> Iterator[tuple[str, Role]]:
    """(address, a role that opens it) of each page and file."""
    rows = [(address, right) for address, right, _, method in (*PAGES_OF_WORK, *PAGES) if method == "get"]
    rows += [(address, right) for address, right, method in WHOLE_TRIAL if method == "get"]
    for address, right in rows:
        holders = [role for role in PEOPLE if right in ROLES[role].permissions]
        yield address, next((role for role in holders if ROLES[role].all_sites), holders[0])


@pytest.fixture
def clients(trial: Trial) -> dict[Role, Client]:
    made = {role: Client() for role in PEOPLE}
    for role, client in made.items():
        client.force_login(getattr(trial, PEOPLE[role]))
    return made


def test_every_list_and_its_file_refuse_what_they_cannot_read(
    clients: dict[Role, Client], keys: dict[str, int]
) -> None:
    every = {urlsplit(address.format(**keys)).path: role for address, role in pages()}
    lists, files, passed_over = 0, 0, []
    for path, role in every.items():
        shown = clients[role].get(path).context
        form, page = (shown.get("filter"), shown.get("page")) if shown is not None else (None, None)
        if form is None and page is None:
            continue
        wrong = {"page": "second", "no_such_filter": "1"} | {
            name: unreadable(field) for name, field in getattr(form, "fields", {}).items()
        }
        siblings = [address for address in every if address.rpartition(".")[0] == path.rstrip("/")]
        lists, files = lists + 1, files + len(siblings)
        for address in (path, *siblings):
            answers = {name: clients[every[address]].get(address, {name: value}) for name, value in wrong.items()}
            passed_over += [(address, name) for name, answer in answers.items() if not refused(answer)]
    assert passed_over == []
    assert lists >= LISTS and files >= FILES_OF_LISTS, (lists, files)


def refused(answer: HttpResponse) -> bool:
    """In words, with the filter to put right."""
    return answer.status_code == 400 and 'aria-label="Filter"' in answer.content.decode()


def test_every_other_file_of_a_list_refuses_a_name_that_it_does_not_read(
    trial: Trial, clients: dict[Role, Client], keys: dict[str, int]
) -> None:
    trial.treated_subject()
    refresh_marked()
    tables = [(address, role) for address, role in pages() if address.endswith((".csv", ".xlsx"))]
    for address, role in (*tables, ("/endpoints/P2/measurable/response.csv", Role.SPONSOR)):
        assert clients[role].get(address.format(**keys)).status_code == 200, address
        assert clients[role].get(address.format(**keys), {"no_such_filter": "1"}).status_code == 400, address


def test_every_other_parameter_that_a_page_reads_is_refused_where_it_means_nothing(
    clients: dict[Role, Client], keys: dict[str, int]
) -> None:
    opened_by = {urlsplit(address.format(**keys)).path: role for address, role in pages()}
    for address in filter(lambda address: address.startswith("/"), READ.values()):
        path, _, given = address.format(**keys).partition("?")
        role = opened_by.get(path, Role.COORDINATOR)
        assert clients[role].get(path).status_code in (200, 404), path
        assert clients[role].get(f"{path}?{given}").status_code in (400, 404), address


@pytest.mark.parametrize("name", ["form", "visit", "subject"])
@pytest.mark.parametrize("value", ["abc", "999999999", "1" * 30])
def test_what_is_to_be_signed_is_not_all_of_it_where_the_address_cannot_be_read(
    clients: dict[Role, Client], name: str, value: str
) -> None:
    answer = clients[Role.INVESTIGATOR].get(f"/sign/?{name}={value}")
    assert answer.status_code == 400
    assert "The filter is not valid" in answer.content.decode()


def names_read(tree: ast.AST) -> Iterator[str]:
    """Of an address, by `request.GET.get("name")`, `request.GET["name"]` and `"name" in request.GET`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("GET.get"):
            yield from (argument.value for argument in node.args[:1] if isinstance(argument, ast.Constant))
        if isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith("request.GET"):
            yield from (node.slice.value,) if isinstance(node.slice, ast.Constant) else ()
        if isinstance(node, ast.Compare) and ast.unparse(node.comparators[0]).endswith("request.GET"):
            yield from (node.left.value,) if isinstance(node.left, ast.Constant) else ()


def test_every_parameter_that_the_code_reads_is_known_here() -> None:
    parameters = set()
    for path in Path(BASE_DIR).glob("*/**/*.py"):
        part = path.relative_to(BASE_DIR)
        if part.parts[0] not in ("tests", ".venv", "var", "benchmarks") and part.name != "styleguide.py":
            parameters |= {(str(part), name) for name in names_read(ast.parse(path.read_text()))}
    # The page of a list is held for all lists by the filter itself.
    assert {parameter for parameter in parameters if parameter[1] != "page"} - {*READ} == set()


def test_every_operation_that_lists_refuses_what_it_cannot_read(trial: Trial, keys: dict[str, int], api: Any) -> None:
    described = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    lists, passed_over = 0, []
    for method, address, right, *_ in OPERATIONS:
        if method != "get" or "{" in address:
            continue
        holders = [role for role in PEOPLE if right is None or right in ROLES[role].permissions]
        role = next((holder for holder in holders if ROLES[holder].all_sites), holders[0])
        client = api(getattr(trial, PEOPLE[role]))
        path = address.partition("?")[0]
        known = [
            parameter
            for parameter in described.get(path, {}).get("get", {}).get("parameters", ())
            if parameter["in"] == "query"
        ]
        lists += bool(known)
        for parameter in known:
            if parameter["name"] in FREE:
                continue
            answer = client.get(f"{path}?{parameter['name']}={quote(wrong_for(parameter['schema']))}")
            if answer.status_code not in (400, 404):
                passed_over.append((path, parameter["name"], answer.status_code))
    assert passed_over == []
    assert lists >= OPERATIONS_THAT_LIST, lists


def wrong_for(schema: dict[str, Any]) -> str:
    if schema.get("type") == "integer":
        return "12x"
    return "31.13.2026" if "date" in schema.get("format", "") else NOTHING_LIKE_THAT
