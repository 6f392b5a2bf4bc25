"""What an address says beside its path is understood or refused: nothing of it is passed over."""

from base64 import b64encode
from typing import Any
from urllib.parse import quote

import pytest
from drf_spectacular.generators import SchemaGenerator

from tests.api.operations import OPERATIONS, filled, is_described
from tests.cast import Trial

pytestmark = pytest.mark.django_db
READS = [address for method, address, *_ in OPERATIONS if method == "get"]
WRITES = [(method, address) for method, address, *_ in OPERATIONS if method != "get"]
ANY_ROW = {name: 1 for _, address, *_ in OPERATIONS for name in ("x", address.partition("{")[2].partition("}")[0])}
ANY_ROW |= {"access_line": 1}


def test_an_unknown_parameter_is_refused_by_name_at_every_address(carla: Any) -> None:
    for address in READS:
        answer = carla.get(f"{filled(address, ANY_ROW)}?subjct=1")
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["subjct"]), address


def test_what_is_described_is_what_is_known(carla: Any) -> None:
    described = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    lists = 0
    for address in filter(is_described, READS):
        path = filled(address, ANY_ROW)
        known = {
            parameter["name"]
            for parameter in _operation(described, path).get("parameters", ())
            if parameter["in"] == "query"
        }
        [sentence] = carla.get(f"{path}?subjct=1").json()["errors"]["subjct"]
        named = sentence.partition("Known: ")[2].rstrip(".").split(", ") if "Known" in sentence else []
        assert {*named} == known, address
        lists += bool(named)
    assert lists > 30


def _operation(described: Any, path: str) -> Any:
    """By the address itself, or as one whose keys stand for parameters."""
    parts = path.split("/")
    for pattern, operations in sorted(described.items(), key=lambda described_path: described_path[0].count("{")):
        places = pattern.split("/")
        fits = len(places) == len(parts) and all(map(_fits, places, parts))
        if fits and "get" in operations:
            return operations["get"]
    raise AssertionError(path)


def _fits(place: str, part: str) -> bool:
    return place == part or place.startswith("{")


def test_a_write_takes_no_parameters(carla: Any) -> None:
    for method, address in WRITES:
        answer = getattr(carla, method)(f"{filled(address, ANY_ROW)}?dry_run=1")
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["dry_run"]), address


def test_a_read_takes_no_body_and_neither_does_what_takes_away(carla: Any) -> None:
    for method, address in (("GET", "/api/v1/subjects/"), ("DELETE", "/api/v1/visits/1/")):
        answer = carla.generic(method, address, '{"site": "101"}', content_type="application/json")
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
        assert f"{method} takes no body" in answer.json()["detail"]


@pytest.mark.parametrize(
    "url",
    [
        "subjects/?cohort=P9",
        "subjects/?status=gone",
        "visits/?kind=party",
        "visits/?done=maybe",
        "visits/?subject=1_0",
        "visits/?subject=1e2",
        "visits/?subject=１２",
        "visits/?subject=-1",
        "visits/?subject=99999999999999999999",
        "forms/?locked=1",
        "forms/?state=finished",
        "forms/?code=tumor",
        "forms/?subject=",
        "enrolments/?cohort=P9",
        "closures/?live=yes",
        "queries/?age=１０",
        "queries/?age_to=1.5",
        "queries/?visit=C99D99",
        "queries/?item=weigth_kg",
        "queries/?item=rows[T01]-stat",
        "queries/?check=nothing",
        "queries/?assignee=role:nurse",
        "queries/?assignee=nobody_of_this_name",
        "queries/?q=%00",
        "worklists/?list=done",
        "forms/?page=0",
        "forms/?page=x",
        "forms/?page=２",
        "forms/?page_size=0",
        "forms/?page_size=501",
        "forms/?page_size=all",
        "forms/?ordering=-id",
        "forms/?search=x",
        "forms/?format=json",
        "forms/?limit=5",
        "forms/?offset=5",
    ],
)
def test_a_value_that_means_nothing_is_refused_by_its_name(carla: Any, url: str) -> None:
    address, _, parameter = url.partition("?")
    answer = carla.get(f"/api/v1/{address}?{quote(parameter, safe='=%&')}")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [parameter.partition("=")[0]]


@pytest.mark.parametrize(
    "url",
    [
        "trail/?since=2008-02-30",
        "trail/?since=02/03/2026",
        "trail/?until=２００８-01-01",
        "trail/?form_type=tumor",
        "trail/?page_size=1001",
        "outcomes/?population=P9",
        "outcomes/?analysis_set=some",
        "outcomes/?which=confirmed.orrr",
    ],
)
def test_so_it_is_for_who_reads_the_trail_and_the_endpoints(trial: Trial, api: Any, url: str) -> None:
    address, _, parameter = url.partition("?")
    answer = api(trial.data_manager).get(f"/api/v1/{address}?{quote(parameter, safe='=')}")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [parameter.partition("=")[0]]


def test_a_refused_value_comes_with_those_that_there_are(carla: Any) -> None:
    [sentence] = carla.get("/api/v1/forms/?state=finished").json()["errors"]["state"]
    assert sentence == "“finished” is not one of the values of state: draft, complete, not_done, in_error."
    [sentence] = carla.get("/api/v1/forms/?site=102").json()["errors"]["site"]
    assert sentence == "“102” is not one of the values of site: 101."
    [sentence] = carla.get("/api/v1/visits/?subjct=1").json()["errors"]["subjct"]
    assert sentence == "There is no such parameter here. Known: subject, site, kind, done, page, page_size."


def test_of_a_parameter_that_is_given_twice_none_is_taken(carla: Any) -> None:
    answer = carla.get("/api/v1/forms/?site=101&site=102")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["site"])
    assert carla.get("/api/v1/forms/?page=1&page=1").status_code == 400


def test_days_are_read_as_everywhere(trial: Trial, api: Any) -> None:
    client = api(trial.data_manager)
    counts = [len(client.get(f"/api/v1/trail/?until={day}").json()["results"]) for day in ("2 Mar 2008", "2008-03-02")]
    assert counts == [0, 0]
    assert client.get("/api/v1/trail/?since=02-MAR-2008").json()["results"]


def test_yes_and_no_say_what_they_say(trial: Trial, carla: Any) -> None:
    trial.subject()
    counts = [carla.get(f"/api/v1/visits/?done={value}").json()["count"] for value in ("true", "false")]
    assert counts[0] == 0 < counts[1] == carla.get("/api/v1/visits/").json()["count"]


@pytest.mark.parametrize("cursor", ["x", "%FF", b64encode(b"p=abc").decode(), b64encode(b"p=%D9%A1").decode()])
def test_a_cursor_that_no_answer_gave_is_refused(trial: Trial, api: Any, cursor: str) -> None:
    answer = api(trial.data_manager).get(f"/api/v1/trail/?cursor={cursor}")
    assert answer.status_code in (400, 404)
    assert answer.json()["code"] in ("parse_error", "not_found")


def test_what_is_no_text_is_refused_and_so_are_parameters_without_end(carla: Any) -> None:
    assert carla.get("/api/v1/subjects/?q=%FF").json()["code"] == "parse_error"
    many = "&".join(f"a{number}=1" for number in range(1100))
    answer = carla.get(f"/api/v1/subjects/?{many}")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/json")


def test_an_address_without_its_last_slash_is_not_led_on(carla: Any) -> None:
    """A client that is led on asks with GET, and takes the list for the answer to what it sent."""
    for method in ("get", "post"):
        answer = getattr(carla, method)("/api/v1/subjects")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert "end with a slash" in answer.json()["detail"]
