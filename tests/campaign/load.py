"""Coordinators who save all the time, by API and by page, and send each save until they know that it arrived."""

import random
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import requests

from tests.campaign.stage import Stage

GIVE_UP_S = 180
AGAIN_S = 0.1
CHANGES = 3
OTHER = {"1": "2", "2": "1"}


@dataclass
class Saved:
    """One form as its last acknowledged save left it."""

    term: str
    grade: str
    version: int


@dataclass
class Ledger:
    """What was acknowledged, by the key of the form; `sent_again` counts saves that took more than one sending."""

    forms: dict[int, Saved] = field(default_factory=dict)
    saves: int = 0
    sent_again: int = 0


class Load:
    """`clients` threads, half by API and half by page; `complaints` are answers that should not have been."""

    def __init__(self, stage: Stage, chance: random.Random, clients: int) -> None:
        self.ledger, self.complaints = Ledger(), list[str]()
        self._ended, self._lock = threading.Event(), threading.Lock()
        kinds = [(ByApi, ByPage)[number % 2] for number in range(clients)]
        self._clients = [kind(self, stage, random.Random(chance.random()), number) for number, kind in enumerate(kinds)]
        self._threads = [threading.Thread(target=client.work) for client in self._clients]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Each client ends the save that it is at."""
        self._ended.set()
        for thread in self._threads:
            thread.join()

    @property
    def goes_on(self) -> bool:
        return not self._ended.is_set()

    def acknowledged(self, form: int, saved: Saved, sendings: int) -> None:
        with self._lock:
            before = self.ledger.forms.get(form)
            if saved.version != (before.version + 1 if before else 1):
                self.complain(f"form {form}: version {saved.version} was acknowledged after {before}")
            self.ledger.forms[form] = saved
            self.ledger.saves += 1
            self.ledger.sent_again += sendings > 1

    def complain(self, sentence: str) -> None:
        self.complaints.append(sentence)


class Client(ABC):
    """One coordinator with a subject of their own, who enters adverse events and changes each a few times."""

    def __init__(self, load: Load, stage: Stage, chance: random.Random, number: int) -> None:
        self.load, self.stage, self.chance, self.number = load, stage, chance, number
        self.subject = stage.trial.treated_subject()
        self.session = requests.Session()
        self.prepare()

    @abstractmethod
    def prepare(self) -> None:
        """Sign in."""

    @abstractmethod
    def create(self, key: str, saved: Saved) -> int | None:
        """The form's key once it is known to be saved; None to send it again. Raises Wrong."""

    @abstractmethod
    def change(self, key: str, form: int, saved: Saved) -> int | None:
        """The same of a form that is there."""

    def work(self) -> None:
        count = 0
        while self.load.goes_on:
            count += 1
            saved = Saved(f"Event {self.number}-{count}", self._grade(), 1)
            try:
                form = self._until_known(saved, self.create)
                for version in range(2, 2 + CHANGES):
                    saved = Saved(saved.term, OTHER[saved.grade], version)
                    self._until_known(saved, self.change, form)
            except Wrong as wrong:
                self.load.complain(str(wrong))
                return

    def _grade(self) -> str:
        return self.chance.choice(["1", "2"])

    def _until_known(self, saved: Saved, send: Callable[..., int | None], *at: int) -> int:
        key, began, sendings = str(UUID(int=self.chance.getrandbits(128), version=4)), time.monotonic(), 0
        while time.monotonic() - began < GIVE_UP_S:
            sendings += 1
            try:
                form = send(key, *at, saved)
            except requests.RequestException:
                form = None
            if form is not None:
                self.load.acknowledged(form, saved, sendings)
                return int(form)
            time.sleep(AGAIN_S)
        raise Wrong(f"{saved}: not acknowledged in {GIVE_UP_S} s")


class Wrong(Exception):
    """An answer that no fault excuses."""


class ByApi(Client):
    def prepare(self) -> None:
        self.session.headers["Authorization"] = f"Token {self.stage.token}"

    def create(self, key: str, saved: Saved) -> int | None:
        body = {"subject": self.subject.pk, "record": self._record(saved)}
        return self._sent("POST", "/api/v1/forms/adverse_event/", key, body, saved)

    def change(self, key: str, form: int, saved: Saved) -> int | None:
        body = {"version": saved.version - 1, "record": self._record(saved)}
        return self._sent("PUT", f"/api/v1/forms/adverse_event/{form}/", key, body, saved)

    def _record(self, saved: Saved) -> dict[str, str]:
        return {"term": saved.term, "grade": saved.grade, "start_date": "2008-01-10"}

    def _sent(self, method: str, path: str, key: str, body: dict[str, Any], saved: Saved) -> int | None:
        headers = {"Idempotency-Key": key}
        answer = self.session.request(method, self.stage.address + path, json=body, headers=headers, timeout=30)
        if answer.status_code in (200, 201):
            said = answer.json()
            if said["version"] != saved.version:
                raise Wrong(f"{saved}: answered version {said['version']}")
            return int(said["id"])
        if answer.status_code in (409, 500, 502, 503) and (answer.status_code != 409 or "under_way" in answer.text):
            return None
        raise Wrong(f"{method} {path} of {saved}: {answer.status_code} {answer.text[:300]}")


class ByPage(Client):
    """As the page's script does it: after an answer that is lost it asks whether the save arrived."""

    def prepare(self) -> None:
        from benchmarks.saves import sign_in

        cookies, self.csrf = sign_in()
        self.session.headers.update({"Cookie": cookies, "X-CSRFToken": self.csrf})

    def create(self, key: str, saved: Saved) -> int | None:
        return self._sent(f"/subjects/{self.subject.pk}/forms/adverse_event/", key, saved, {})

    def change(self, key: str, form: int, saved: Saved) -> int | None:
        return self._sent(f"/forms/{form}/", key, saved, {"version": str(saved.version - 1)})

    def _sent(self, path: str, key: str, saved: Saved, more: dict[str, str]) -> int | None:
        fields = {"action": "draft", "save_key": key, "term": saved.term, "grade": saved.grade}
        fields |= {"start_date": "2008-01-10"}
        address = self.stage.address + path
        answer = self.session.post(address, data=fields | more, timeout=30, allow_redirects=False)
        if answer.status_code >= 500:
            return None
        if answer.status_code not in (200, 302):
            raise Wrong(f"POST {path} of {saved}: {answer.status_code} {answer.text[:300]}")
        arrived = self.session.get(f"{self.stage.address}/saves/{key}/", timeout=30)
        if arrived.status_code >= 500:
            return None
        if arrived.status_code != 200:
            raise Wrong(f"POST {path} of {saved}: answered {answer.status_code}, and the save did not arrive")
        return int(arrived.json()["url"].split("/")[-2])
