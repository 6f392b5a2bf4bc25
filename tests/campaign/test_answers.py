"""What the users of a campaign make of an answer: done, not known, or one that no fault excuses."""

import json
from typing import Any

import pytest
import requests

from tests.campaign.by_api import ByApi
from tests.campaign.by_page import ByPage
from tests.campaign.load import Channel, Load, LoadClient, Wrong
from tests.campaign.plan import Act, KeptForm, first_stories
from tests.campaign.stage import Team

ROLES = ("coordinator", "investigator", "monitor", "data_manager")
TEAM = Team({role: role for role in ROLES}, dict.fromkeys(ROLES, ""), dict.fromkeys(ROLES, ("", "")), [1])
(STORY,) = first_stories(1, 0, 1)
FORM, KEPT = 5, KeptForm(STORY.term, version=3)
UNKNOWN, EXCUSED_BY_NOTHING = None, "wrong"
BUSY = "Others are saving at this moment. Try again in a minute."


class AnsweringSite:
    """In place of a session: answers everything alike, and a page that is looked at with `shown`."""

    def __init__(self, status: int, body: Any, shown: str = "") -> None:
        self.status, self.body, self.shown = status, body, shown

    def request(self, *_: Any, **__: Any) -> requests.Response:
        return _answer(self.status, self.body)

    post = request

    def get(self, *_: Any, **__: Any) -> requests.Response:
        return _answer(200, self.shown)


def _answer(status: int, body: Any) -> requests.Response:
    made = requests.Response()
    made.status_code, made.url = status, "http://127.0.0.1/"
    made._content = (body if isinstance(body, str) else json.dumps(body)).encode()
    return made


def made_of(channel: Channel, kind: str) -> int | str | None:
    try:
        return channel.send(Act(kind, "key", True), FORM, None if kind == "create" else KEPT, STORY)
    except Wrong:
        return EXCUSED_BY_NOTHING


@pytest.mark.parametrize(
    ("kind", "status", "body", "expected"),
    [
        ("create", 201, {"id": FORM, "version": 1}, FORM),
        ("create", 201, {"id": FORM, "version": 2}, EXCUSED_BY_NOTHING),
        ("change", 200, {"id": FORM, "version": 4}, FORM),
        ("change", 200, {"id": FORM, "version": 5}, EXCUSED_BY_NOTHING),
        ("change", 409, {"code": "under_way"}, UNKNOWN),
        ("change", 409, {"code": "stale"}, EXCUSED_BY_NOTHING),
        ("change", 503, {"code": "unavailable"}, UNKNOWN),
        ("change", 500, "", EXCUSED_BY_NOTHING),
        ("change", 401, {"code": "not_authenticated"}, EXCUSED_BY_NOTHING),
        ("refused", 423, {"code": "locked"}, FORM),
        ("refused", 200, {"id": FORM, "version": 4}, EXCUSED_BY_NOTHING),
        ("sign", 201, [{"form": FORM, "standing": "holds"}], FORM),
        ("sign", 201, [{"form": FORM, "standing": "altered"}], EXCUSED_BY_NOTHING),
        ("sign", 201, [{"form": FORM, "standing": "holds"}] * 2, EXCUSED_BY_NOTHING),
        ("verify", 200, {"forms": [FORM]}, FORM),
        ("verify", 200, {"forms": []}, EXCUSED_BY_NOTHING),
        ("freeze", 400, {"detail": BUSY}, UNKNOWN),
        ("freeze", 400, {"detail": "The form is frozen already."}, EXCUSED_BY_NOTHING),
    ],
)
def test_by_api(kind: str, status: int, body: Any, expected: int | str | None) -> None:
    channel = ByApi("", TEAM)
    channel.session = AnsweringSite(status, body)  # type: ignore[assignment]
    assert made_of(channel, kind) == expected


@pytest.mark.parametrize(
    ("kind", "status", "body", "shown", "expected"),
    [
        ("create", 302, "", '{"url": "/forms/5/"}', FORM),
        ("change", 503, "", "", UNKNOWN),
        ("change", 500, "", "", EXCUSED_BY_NOTHING),
        ("change", 422, "Give the reason", "", EXCUSED_BY_NOTHING),
        ("refused", 423, "", "", FORM),
        ("refused", 302, "", "", EXCUSED_BY_NOTHING),
        ("sign", 302, "", "Every complete form here is signed", FORM),
        ("sign", 302, "", '<input name="form" value="5-3">', EXCUSED_BY_NOTHING),
        ("ask", 302, "", '<a href="/queries/9/">', FORM),
        ("ask", 302, "", "No queries", EXCUSED_BY_NOTHING),
        ("close", 302, "", "Campaign key", FORM),
        ("close", 302, "", "Another step", EXCUSED_BY_NOTHING),
        ("freeze", 422, BUSY, "", UNKNOWN),
        ("freeze", 302, "", '<a href="/forms/5/unfreeze/">', FORM),
        ("freeze", 302, "", '<a href="/forms/5/freeze/">', EXCUSED_BY_NOTHING),
    ],
)
def test_by_page(kind: str, status: int, body: str, shown: str, expected: int | str | None) -> None:
    channel = ByPage("", TEAM)
    channel.sessions = dict.fromkeys(ROLES, AnsweringSite(status, body, shown))  # type: ignore[arg-type]
    assert made_of(channel, kind) == expected


def test_an_answer_that_no_fault_excuses_is_told_and_ends_its_client() -> None:
    load, channel = Load([], 1), ByApi("", TEAM)
    channel.session = AnsweringSite(500, "")  # type: ignore[assignment]
    LoadClient(load, channel, 1, 0).work()
    assert load.complaints == [f"create of {STORY.term}: 500 "]
    assert load.ledger.forms == {}
