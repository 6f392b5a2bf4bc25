"""A table that an app offers has an address of each kind, its right, its line in the log and its links."""

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from accounts.access import access_for
from accounts.roles import Permission
from audit import exporting
from audit.access_log import AccessKind
from audit.exporting import Export, at_page, offer
from audit.models import AccessEvent
from tests.cast import Trial
from tests.review.test_query_files import sheet
from trialsite.urls import urlpatterns as of_the_site

pytestmark = pytest.mark.django_db

NUMBERS = Export(
    name="numbers",
    address="somewhere/numbers",
    page="subject_list",
    label="Numbers",
    title="numbers of a test",
    file="numbers",
    permission=Permission.VIEW_ENDPOINTS,
    rows=lambda access: [("word", "number"), ("=1+1", 7), ("half", Decimal("0.5")), ("nothing", None)],
)
urlpatterns = [*of_the_site, NUMBERS.path()]


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "_offered", exporting._offered | {NUMBERS.name: NUMBERS})


@pytest.mark.urls(__name__)
def test_it_leaves_as_csv_and_as_a_workbook_and_stands_in_the_log(trial: Trial, as_user: Any, offered: None) -> None:
    client = as_user(trial.sponsor)
    csv = b"".join(client.get("/somewhere/numbers.csv").streaming_content).decode("utf-8-sig")
    assert csv.splitlines() == ["word,number", "'=1+1,7", "half,0.5", "nothing,"]
    answer = client.get("/somewhere/numbers.xlsx")
    assert [[cell for _, cell in row] for row in sheet(answer, 1)][1:3] == [["=1+1", "7"], ["half", "0.5"]]
    taken = AccessEvent.objects.filter(kind=AccessKind.EXPORT).values_list("detail", flat=True)
    assert {*taken} == {"numbers of a test as CSV", "numbers of a test as XLSX"}


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("address", ["/somewhere/numbers.csv", "/somewhere/numbers.xlsx"])
def test_whoever_has_not_the_right_gets_neither_file_nor_link(
    trial: Trial, as_user: Any, offered: None, address: str
) -> None:
    assert as_user(trial.monitor).get(address).status_code == 403
    assert list(at_page("subject_list", access_for(trial.monitor))) == []
    assert [kind for _, kind in at_page("subject_list", access_for(trial.sponsor))] == ["csv", "xlsx"]


@pytest.mark.urls(__name__)
def test_a_filter_that_it_does_not_have_is_refused(trial: Trial, as_user: Any, offered: None) -> None:
    assert as_user(trial.sponsor).get("/somewhere/numbers.csv?site=1").status_code == 400


@pytest.mark.parametrize("page", ["query_ageing", "sdv_progress"])
def test_a_page_links_to_what_it_offers(trial: Trial, as_user: Any, page: str) -> None:
    text = as_user(trial.monitor).get(reverse(page)).content.decode()
    (export,) = (export for export in exporting._offered.values() if export.page == page)
    assert f'href="/{export.address}.csv"' in text
    assert f"/{export.address}.xlsx" not in text


def test_two_exports_of_one_name_are_refused(offered: None) -> None:
    offer(NUMBERS)
    with pytest.raises(ValueError, match="two exports are named numbers"):
        offer(Export(**(vars(NUMBERS) | {"title": "others"})))
