"""Users by the API: each request bears a key, and is sent again with it until its answer is there."""

from typing import Any

import requests

from tests.campaign.load import Channel, Wrong
from tests.campaign.plan import OTHER, Act, EventStory, KeptForm
from tests.campaign.stage import Team
from tests.cast import PASSWORD
from tests.examples import EXAMPLES

TIMEOUT_S = 30
UNKNOWN = (502, 503)
# Refusals that pass by themselves: the request is under way still; others save; a killed attempt counted as wrong.
PASSING = ("under_way", "Others are saving at this moment", "Too many wrong attempts")
EVENT = EXAMPLES["adverse_event"][0]
WHY = "Data entry error"


def passes(answer: requests.Response) -> bool:
    """Whether nothing is known or nothing was done yet, and the same may be sent again."""
    return answer.status_code in UNKNOWN or (answer.status_code >= 400 and any(word in answer.text for word in PASSING))


class ByApi(Channel):
    def __init__(self, address: str, team: Team) -> None:
        self.root, self.team, self.query = f"{address}/api/v1", team, 0
        self.session = requests.Session()

    def send(self, act: Act, form: int, kept: KeptForm | None, story: EventStory) -> int | None:
        who, method, path, body = self._request(act, form, kept, story)
        headers = {"Authorization": f"Token {self.team.tokens[who]}", "Idempotency-Key": act.key}
        answer = self.session.request(method, self.root + path, json=body, headers=headers, timeout=TIMEOUT_S)
        if act.kind == "lock" and answer.status_code == 400 and "all_the_same" in answer.text:
            # Told what is still open, the data manager locks all the same.
            body = body | {"all_the_same": True}
            answer = self.session.request(method, self.root + path, json=body, headers=headers, timeout=TIMEOUT_S)
        if act.kind == "refused" and answer.status_code == 423:
            return form
        if passes(answer):
            return None
        if act.kind == "refused" or answer.status_code not in (200, 201):
            raise Wrong(f"{act.kind} of {story.term}: {answer.status_code} {answer.text[:300]}")
        return self._read(act, form, kept, answer.json())

    def _request(
        self, act: Act, form: int, kept: KeptForm | None, story: EventStory
    ) -> tuple[str, str, str, dict[str, Any]]:
        """Who sends what where."""
        if kept is None:
            record = EVENT | {"term": story.term, "grade": "1"}
            body = {"subject": self.team.subject(story), "complete": True, "record": record}
            return "coordinator", "POST", "/forms/adverse_event/", body
        seen, words, reason = {"form": form, "version": kept.version}, {"text": act.words}, {"reason": act.words}
        match act.kind:
            case "change" | "refused":
                record = EVENT | {"term": kept.term, "grade": OTHER[kept.grade]}
                body = {"version": kept.version, "complete": True, "record": record, "reason": WHY}
                return "coordinator", "PUT", f"/forms/adverse_event/{form}/", body
            case "sign":
                hand = {"username": self.team.names["investigator"], "password": PASSWORD}
                return "investigator", "POST", "/signatures/", {"forms": [seen], **hand}
            case "verify":
                return "monitor", "POST", "/verifications/", {"forms": [seen]}
            case "ask":
                return "monitor", "POST", "/queries/", {"form": form, **words}
            case "answer" | "close":
                who = {"answer": "coordinator", "close": "monitor"}[act.kind]
                return who, "POST", f"/queries/{self.query}/{act.kind}/", words
        who = "data_manager" if act.kind.endswith("lock") else "monitor"
        return who, "POST", f"/forms/{form}/{act.kind}/", reason

    def _read(self, act: Act, form: int, kept: KeptForm | None, answer: Any) -> int:
        """The form's key, where the answer says what was done."""
        match act.kind:
            case "create" | "change":
                if answer["version"] != (kept.version + 1 if kept else 1):
                    raise Wrong(f"{act.kind} after {kept}: answered version {answer['version']}")
                return int(answer["id"])
            case "sign":
                if [(line["form"], line["standing"]) for line in answer] != [(form, "holds")]:
                    raise Wrong(f"signature of {kept}: answered {answer}")
            case "verify":
                if answer["forms"] != [form]:
                    raise Wrong(f"verification of {kept}: answered {answer}")
            case "ask":
                self.query = answer["id"]
        return form
