"""A filter that names what does not exist is refused in words: an empty list would say that nothing happened."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.actor import SYSTEM
from accounts.services import create_token
from audit.models import AccessEvent
from review.services import raise_query
from tests.cast import Trial, actor

pytestmark = pytest.mark.django_db
TRAIL = [
    ("who", "carlo", "“carlo” is not a known user name."),
    ("item", "agee", "“agee” is not a known column of any table."),
    ("subject", "999-999", "“999-999” is not a known number of a subject that you see."),
]


@pytest.fixture
def api() -> Any:
    def reader(user: Any) -> APIClient:
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Token {create_token(user=user, by=SYSTEM)}")
        return client

    return reader


@pytest.fixture
def subject(trial: Trial) -> Any:
    return trial.treated_subject()


@pytest.mark.parametrize(("name", "value", "words"), TRAIL)
def test_the_trail_refuses_it_on_its_page_and_in_its_file(
    trial: Trial, subject: Any, as_user: Any, name: str, value: str, words: str
) -> None:
    client = as_user(trial.auditor)
    page = client.get(f"/trail/?{name}={value}")
    assert page.context["filter"].errors == {name: [words]}
    assert words in page.content.decode()
    assert "The filter is not valid" in page.content.decode()
    file = client.get(f"/trail.csv?{name}={value}")
    assert (file.status_code, file.headers["Content-Type"]) == (400, "text/html; charset=utf-8")
    assert words in file.content.decode()


@pytest.mark.parametrize(("name", "value", "words"), TRAIL[:2])
def test_the_api_refuses_it_by_name(trial: Trial, api: Any, name: str, value: str, words: str) -> None:
    answer = api(trial.auditor).get(f"/api/v1/trail/?{name}={value}")
    assert answer.status_code == 400
    assert answer.json()["errors"] == {name: [words]}


@pytest.mark.parametrize("who", ["carla", " Carla ", "system", "stella"])
def test_whoever_acted_or_may_act_is_known(trial: Trial, subject: Any, api: Any, as_user: Any, who: str) -> None:
    assert as_user(trial.auditor).get("/trail/", {"who": who}).context["filter"].errors == {}
    assert api(trial.auditor).get("/api/v1/trail/", {"who": who.strip()}).status_code == 200


def test_the_log_of_access_knows_the_names_that_were_typed_at_its_door(trial: Trial, api: Any, as_user: Any) -> None:
    client, reader = as_user(trial.administrator), api(trial.administrator)
    for address in ("/access-log/?who=mallory", "/access-log.csv?who=mallory"):
        assert "“mallory” is not a known user name." in client.get(address).content.decode()
    assert reader.get("/api/v1/access-log/?who=mallory").status_code == 400
    AccessEvent.objects.create(kind="failed", actor_name="mallory")
    assert reader.get("/api/v1/access-log/?who=mallory").json()["results"][0]["actor_name"] == "mallory"
    assert client.get("/access-log/?who=mallory").context["filter"].errors == {}


@pytest.mark.parametrize(
    "address",
    ["/queries/?visit=C99D1", "/queries.csv?visit=C99D1", "/queries.xlsx?visit=C99D1", "/signatures.csv?subject=9"],
)
def test_queries_and_signatures_refuse_it_too(trial: Trial, subject: Any, as_user: Any, address: str) -> None:
    answer = as_user(trial.monitor).get(address)
    assert "that you see." in answer.content.decode()
    assert answer.status_code == 400


@pytest.mark.parametrize("address", ["/subjects/", "/worklists/", "/queries/", "/sdv/"])
def test_a_free_search_says_what_nothing_matches(trial: Trial, subject: Any, as_user: Any, address: str) -> None:
    user = trial.monitor if address == "/sdv/" else trial.coordinator
    raise_query(subject=subject, text="Sure?", by=actor(trial.monitor, "monitor"))
    page = as_user(user).get(f"{address}?q=zebra<b>").content.decode()
    assert "Nothing matches “zebra&lt;b&gt;”." in page


def test_a_filter_of_another_site_shows_nothing_and_says_why(trial: Trial, subject: Any, as_user: Any) -> None:
    page = as_user(trial.monitor).get(f"/sdv/?scope=all&site={trial.other_site.pk}").content.decode()
    assert "The filter is not valid" in page
    assert subject.label not in page
