"""The list of reference ranges on its page and in the API."""

from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from laboratory.models import ReferenceRange

TYPED = {"analyte": "HGB", "sex": "F", "age_from": "18", "unit": "g/dL", "low": "12", "high": "16"}
TYPED |= {"valid_from": "2008-01-01"}


def test_the_data_manager_adds_and_ends_a_line(trial: Any, sign_in: Any) -> None:
    desk = sign_in(trial.data_manager)
    assert desk.post("/laboratory/ranges/add/", TYPED | {"site": "101"}).status_code == 302
    held = ReferenceRange.objects.get()
    ended = {name: value for name, value in TYPED.items() if name != "analyte"} | {"valid_to": "2008-12-31"}
    ended |= {"version": "1"}
    assert desk.post(f"/laboratory/ranges/{held.pk}/", ended).status_code == 422
    assert desk.post(f"/laboratory/ranges/{held.pk}/", ended | {"reason": "New analyser"}).status_code == 302
    held.refresh_from_db()
    assert str(held.valid_to) == "2008-12-31"
    text = desk.get("/laboratory/").content.decode()
    assert [word in text for word in ("Haemoglobin", "18 and older", "to 31 Dec 2008")] == [True] * 3


def test_of_two_who_have_a_line_open_the_second_overwrites_nothing(trial: Any, sign_in: Any) -> None:
    desk = sign_in(trial.data_manager)
    desk.post("/laboratory/ranges/add/", TYPED | {"site": "101"})
    address = f"/laboratory/ranges/{ReferenceRange.objects.get().pk}/"
    form = desk.get(address).context["form"]
    seen = {name: value for name, value in TYPED.items() if name != "analyte"} | {"version": form["version"].value()}
    assert desk.post(address, seen | {"low": "11", "reason": "Typing"}).status_code == 302
    second = desk.post(address, seen | {"high": "17", "reason": "Typing"})
    assert (second.status_code, "at version 2 now" in second.content.decode()) == (422, True)
    held = ReferenceRange.objects.get()
    assert (held.low, held.high, held.version) == (11, 16, 2)
    assert desk.get(address).context["form"]["version"].value() == 2


def test_a_line_that_overlaps_is_refused_with_what_was_typed(trial: Any, sign_in: Any) -> None:
    desk = sign_in(trial.data_manager)
    desk.post("/laboratory/ranges/add/", TYPED | {"site": "101"})
    answer = desk.post("/laboratory/ranges/add/", TYPED | {"site": "101", "sex": ""})
    assert answer.status_code == 422
    assert b"Another line of this site and analyte" in answer.content


def test_readers_see_their_own_sites_lines(trial: Any, ranges: Any, sign_in: Any) -> None:
    assert b"Haemoglobin" in sign_in(trial.coordinator).get("/laboratory/").content
    assert b"No reference range" in sign_in(trial.stranger).get("/laboratory/").content


@pytest.mark.parametrize(("parameters", "lines"), [("?analyte=HGB", 1), ("?on=1999-12-31", 0), ("?on=2000-01-01", 23)])
def test_the_list_is_narrowed(trial: Any, ranges: Any, sign_in: Any, parameters: str, lines: int) -> None:
    assert len(sign_in(trial.data_manager).get(f"/laboratory/{parameters}").context["page"].object_list) == lines


def test_the_list_costs_as_many_statements_for_one_line_as_for_many(trial: Any, ranges: Any, sign_in: Any) -> None:
    desk = sign_in(trial.data_manager)
    desk.get("/laboratory/")
    counts = []
    for parameters in ("?analyte=HGB", ""):
        with CaptureQueriesContext(connection) as seen:
            desk.get(f"/laboratory/{parameters}")
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_the_api_keeps_the_list_too(trial: Any, sign_in: Any) -> None:
    desk = sign_in(trial.data_manager)
    json = "application/json"
    made = desk.post("/api/v1/reference-ranges/", TYPED | {"site": "101"}, content_type=json)
    assert made.status_code == 201, made.content
    assert (made.json()["site"], made.json()["low"]) == ("101", "12.0000")
    change = {name: value for name, value in TYPED.items() if name != "analyte"} | {
        "high": "15",
        "reason": "Typing",
        "version": 1,
    }
    address = f"/api/v1/reference-ranges/{made.json()['id']}/"
    assert desk.put(address, change, content_type=json).status_code == 200
    assert sign_in(trial.coordinator).get(address).json()["high"] == "15.0000"
    stale = desk.put(address, change | {"high": "17"}, content_type=json)
    assert (stale.status_code, "at version 2 now" in stale.json()["detail"]) == (400, True)
    assert sign_in(trial.coordinator).get(address).json()["high"] == "15.0000"
    again = desk.post("/api/v1/reference-ranges/", TYPED | {"site": "101"}, content_type=json)
    assert (again.status_code, again.json()["code"]) == (400, "refused")
    entry = Event.objects.filter(table_name="laboratory_referencerange").latest("id")
    assert (entry.channel, entry.reason) == ("api", "Typing")


@pytest.mark.parametrize(
    ("limits", "kept"),
    [
        ({"low": "12,5", "high": "16,1"}, ("12.5", "16.1", "g/dL")),
        ({"low": "125", "high": "161", "unit": "g/l"}, ("125", "161", "g/L")),
        ({"analyte": "PLAT", "low": "150", "high": "400", "unit": "10*9/L"}, ("150", "400", "10^9/L")),
        ({"analyte": "PLAT", "low": "150", "high": "400", "unit": "G/L"}, ("150", "400", "10^9/L")),
    ],
)
@pytest.mark.parametrize("way", ["page", "api"])
def test_limits_are_typed_with_comma_or_point_and_the_unit_as_laboratories_write_it(
    trial: Any, sign_in: Any, limits: dict[str, str], kept: tuple[str, str, str], way: str
) -> None:
    sent = TYPED | {"site": "101"} | limits
    assert add(sign_in(trial.data_manager), way, sent).status_code in (201, 302)
    held = ReferenceRange.objects.get()
    assert (held.low_words, held.high_words, held.unit) == kept


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"high": "1,500"}, "may be thousands or decimals: write 1500, or 1.5."),
        ({"high": "<16"}, "“<16” is not a number."),
        ({"high": "1_6"}, "“1_6” is not a number."),
        ({"low": "120", "high": "160"}, "Haemoglobin of 120 g/dL cannot be. Was it reported in g/L?"),
        ({"low": "", "high": "160"}, "Haemoglobin of 160 g/dL cannot be. Was it reported in g/L?"),
    ],
)
@pytest.mark.parametrize("way", ["page", "api"])
def test_limits_that_are_no_number_or_cannot_be_are_refused_in_words(
    trial: Any, sign_in: Any, limits: dict[str, str], words: str, way: str
) -> None:
    answer = add(sign_in(trial.data_manager), way, TYPED | {"site": "101"} | limits)
    assert answer.status_code in (400, 422)
    assert words in unescape(answer.content.decode())
    assert not ReferenceRange.objects.exists()


def test_a_line_is_not_changed_into_one_that_cannot_be(trial: Any, sign_in: Any) -> None:
    desk = sign_in(trial.data_manager)
    add(desk, "page", TYPED | {"site": "101"})
    address = f"/laboratory/ranges/{ReferenceRange.objects.get().pk}/"
    sent = {name: value for name, value in TYPED.items() if name != "analyte"} | {"version": "1", "reason": "Unit"}
    assert desk.post(address, sent | {"low": "120", "high": "160"}).status_code == 422
    assert desk.post(address, sent | {"low": "120", "high": "160", "unit": "g/l"}).status_code == 302


def add(desk: Any, way: str, sent: dict[str, str]) -> Any:
    if way == "page":
        return desk.post("/laboratory/ranges/add/", sent)
    return desk.post("/api/v1/reference-ranges/", sent, content_type="application/json")
