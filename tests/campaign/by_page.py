"""Users by the pages: after an answer that is lost they look whether it was done, and only then do it again."""

import re
import time

import requests

from tests.campaign.by_api import EVENT, TIMEOUT_S, UNKNOWN, WHY, passes
from tests.campaign.load import Channel, Wrong
from tests.campaign.plan import OTHER, Act, EventStory, KeptForm
from tests.campaign.stage import Team
from tests.cast import PASSWORD

# What was sent to a killed process may still end in the database: nobody looks sooner.
LOOKS_AFTER_S = 1.0
QUERY = re.compile(r'href="/queries/(\d+)/')
DONE = 302


class Away(requests.RequestException):
    """A page that is looked at says nothing."""


class ByPage(Channel):
    """Each person has a session of their own."""

    def __init__(self, address: str, team: Team) -> None:
        self.address, self.team, self.query, self.unsure = address, team, 0, ""
        self.sessions = {who: _session(cookies, csrf) for who, (cookies, csrf) in team.sessions.items()}

    def send(self, act: Act, form: int, kept: KeptForm | None, story: EventStory) -> int | None:
        if kept is None or act.kind in ("change", "refused"):
            return self._save(act, form, kept, story)
        if self.unsure == act.key:
            time.sleep(LOOKS_AFTER_S)
            if self._was_done(act, form, kept):
                return form
        self.unsure = act.key
        who, path, fields = self._request(act, form, kept)
        answer = self._post(who, path, fields)
        if passes(answer):
            return None
        if answer.status_code != DONE or not self._was_done(act, form, kept):
            raise Wrong(f"{act.kind} of {story.term}: {answer.status_code} {_said(answer)}")
        return form

    def _save(self, act: Act, form: int, kept: KeptForm | None, story: EventStory) -> int | None:
        """As the page's script does it: the save bears a key, by which it is asked for."""
        grade = OTHER[kept.grade] if kept else "1"
        fields = EVENT | {"term": story.term, "grade": grade, "action": "complete", "save_key": act.key}
        fields |= {"version": str(kept.version), "change_reason": WHY} if kept else {}
        path = f"/forms/{form}/" if kept else f"/subjects/{self.team.subject(story)}/forms/adverse_event/"
        answer = self._post("coordinator", path, fields)
        if act.kind == "refused" and answer.status_code == 423:
            return form
        if passes(answer):
            return None
        if act.kind == "refused" or answer.status_code != DONE:
            raise Wrong(f"{act.kind} of {story.term}: {answer.status_code} {_said(answer)}")
        arrived = self._get("coordinator", f"/saves/{act.key}/")
        if arrived.status_code != 200:
            raise Wrong(f"{act.kind} of {story.term}: answered as done, and the save did not arrive")
        return int(arrived.json()["url"].split("/")[-2])

    def _request(self, act: Act, form: int, kept: KeptForm) -> tuple[str, str, dict[str, str]]:
        """Who posts what where."""
        match act.kind:
            case "sign":
                hand = {"username": self.team.names["investigator"], "password": PASSWORD}
                return "investigator", f"/sign/?form={form}", {"form": f"{form}-{kept.version}", **hand}
            case "verify":
                return "monitor", "/sdv/verify/", {"form": f"{form}:{kept.version}", "do": "1"}
            case "ask":
                return "monitor", f"/forms/{form}/queries/add/", {"text": act.words}
            case "answer" | "close":
                who = {"answer": "coordinator", "close": "monitor"}[act.kind]
                return who, f"/queries/{self.query}/{act.kind}/", {"text": act.words}
        # Whatever is still open there: where nothing is, the page does not ask.
        anyway = {"all_the_same": "on"} if act.kind == "lock" else {}
        return self._shuts(act), f"/forms/{form}/{act.kind}/", {"reason": act.words} | anyway

    def _was_done(self, act: Act, form: int, kept: KeptForm) -> bool:
        """As the pages tell it to whoever looks."""
        match act.kind:
            case "sign":
                return f'value="{form}-{kept.version}"' not in self._look("investigator", f"/sign/?form={form}")
            case "verify":
                shown = self._post("monitor", "/sdv/verify/", {"form": f"{form}:{kept.version}"})
                return f'value="{form}:{kept.version}"' not in _page(shown)
            case "ask":
                queries = QUERY.findall(self._look("monitor", f"/queries/?state=&q={act.key}"))
                self.query = int(queries[0]) if queries else 0
                return bool(queries)
            case "answer" | "close":
                return act.words in self._look("monitor", f"/queries/{self.query}/")
        return f'"/forms/{form}/{act.kind}/"' not in self._look(self._shuts(act), f"/forms/{form}/closure/")

    def _shuts(self, act: Act) -> str:
        return "data_manager" if act.kind.endswith("lock") else "monitor"

    def _look(self, who: str, path: str) -> str:
        return _page(self._get(who, path))

    def _get(self, who: str, path: str) -> requests.Response:
        answer = self.sessions[who].get(self.address + path, timeout=TIMEOUT_S, allow_redirects=False)
        if answer.status_code in UNKNOWN:
            raise Away(path)
        return answer

    def _post(self, who: str, path: str, fields: dict[str, str]) -> requests.Response:
        return self.sessions[who].post(self.address + path, data=fields, timeout=TIMEOUT_S, allow_redirects=False)


def _session(cookies: str, csrf: str) -> requests.Session:
    made = requests.Session()
    made.headers.update({"Cookie": cookies, "X-CSRFToken": csrf})
    return made


def _page(answer: requests.Response) -> str:
    if answer.status_code in UNKNOWN:
        raise Away(answer.url)
    if answer.status_code != 200:
        raise Wrong(f"{answer.url}: {answer.status_code} {_said(answer)}")
    return answer.text


def _said(answer: requests.Response) -> str:
    """What the page says is wrong, without its frame."""
    text = re.sub(r"<[^>]+>", " ", answer.text.partition("<main")[2] or answer.text)
    return " ".join(text.split())[:400]
