"""The users under whom the faults happen: each client is a few people at work on forms of their own."""

import threading
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field

import requests

from tests.campaign.plan import Act, EventStory, KeptForm, stories

GIVE_UP_S = 180
AGAIN_S = 0.1
# Between two acts: the parts that are started again need the machine too.
THINKS_S = 0.2


@dataclass
class ActLedger:
    """By term, what may be kept of a form: one state where each act was acknowledged; two, with and without the last,
    where its client gave up before it knew (None is no form at all)."""

    forms: dict[str, tuple[KeptForm | None, ...]] = field(default_factory=dict)
    acts: dict[str, int] = field(default_factory=dict)
    sent_again: int = 0
    given_up: int = 0


class Wrong(Exception):
    """An answer that no fault excuses."""


class Channel(ABC):
    """How one client's people reach the site. An act is done by the method of its name."""

    @abstractmethod
    def send(self, act: Act, form: int, kept: KeptForm | None, story: EventStory) -> int | None:
        """Send the act once: the form's key where it is known to be done, None where nothing is known. `form` is 0
        before there is one. Raises Wrong, and RequestException where there is no answer."""


class Load:
    """`channels` each get a thread; `complaints` are answers that should not have been."""

    def __init__(self, channels: list[Channel], seed: int) -> None:
        self.ledger, self.complaints = ActLedger(), list[str]()
        self.ended, self._lock = threading.Event(), threading.Lock()
        self._threads = [
            threading.Thread(target=LoadClient(self, channel, seed, number).work)
            for number, channel in enumerate(channels)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Each client ends the act that it is at."""
        self.ended.set()
        for thread in self._threads:
            thread.join()

    def acknowledged(self, act: Act, kept: KeptForm, sendings: int) -> None:
        with self._lock:
            self.ledger.forms[kept.term] = (kept,)
            self.ledger.acts[act.kind] = self.ledger.acts.get(act.kind, 0) + 1
            self.ledger.sent_again += sendings > 1

    def given_up(self, before: KeptForm | None, after: KeptForm) -> None:
        with self._lock:
            self.ledger.forms[after.term] = (before, after)
            self.ledger.given_up += 1

    def complain(self, sentence: str) -> None:
        self.complaints.append(sentence)


class LoadClient:
    """Goes through its stories one by one."""

    def __init__(self, load: Load, channel: Channel, seed: int, number: int) -> None:
        self.load, self.channel, self.stories = load, channel, stories(seed, number)

    def work(self) -> None:
        for story in self.stories:
            try:
                self._live(story)
            except Wrong as wrong:
                self.load.complain(str(wrong))
                return
            if self.load.ended.is_set():
                return

    def _live(self, story: EventStory) -> None:
        form, kept = 0, None
        for act in story.acts:
            following = kept.after(act) if kept else KeptForm(story.term)
            done = self._done(act, form, kept, story, following)
            if done is None:
                self.load.given_up(kept, following)
                return
            form, kept = done, following
            if self.load.ended.wait(THINKS_S):
                return

    def _done(self, act: Act, form: int, kept: KeptForm | None, story: EventStory, following: KeptForm) -> int | None:
        """Sent until it is known to be done, or once; the form's key, or None where its client gave up."""
        began, sendings = time.monotonic(), 0
        while time.monotonic() - began < GIVE_UP_S:
            sendings += 1
            try:
                done = self.channel.send(act, form, kept, story)
            except requests.RequestException:
                done = None
            if done is not None:
                self.load.acknowledged(act, following, sendings)
                return done
            if not act.patient:
                return None
            time.sleep(AGAIN_S)
        raise Wrong(f"{act.kind} of {story.term}: not acknowledged in {GIVE_UP_S} s")
