"""A seed gives the same faults and the same load each time, whatever happens to the requests."""

import random
from collections import Counter
from collections.abc import Callable
from itertools import pairwise

import pytest
import requests

from tests.campaign.faults import FAULTS, PARTS, drawn
from tests.campaign.load import Channel, Load, LoadClient
from tests.campaign.plan import CHANGES, Act, EventStory, KeptForm, first_stories

ALL_OF_IT = {"database", "broker", "web", "web's process", "worker", "worker's process", "clock", "supervisor"}


class Flaky(Channel):
    """Does each act in the end, and remembers what was sent; `breaks` says when an answer gets lost."""

    def __init__(self, breaks: Callable[[], bool], most: int = 150) -> None:
        self.breaks, self.most, self.sent, self.load = breaks, most, list[Act](), Load([], 0)

    def send(self, act: Act, form: int, kept: KeptForm | None, story: EventStory) -> int | None:
        self.sent.append(act)
        if len(self.sent) == self.most:
            self.load.ended.set()
        if self.breaks():
            raise requests.ConnectionError
        return 1


def lived(seed: int, breaks: Callable[[], bool]) -> Flaky:
    channel = Flaky(breaks)
    LoadClient(channel.load, channel, seed, 0).work()
    return channel


@pytest.fixture(autouse=True)
def in_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AGAIN_S", "THINKS_S"):
        monkeypatch.setattr(f"tests.campaign.load.{name}", 0)


def test_a_seed_gives_the_same_faults_and_another_seed_gives_others() -> None:
    assert drawn(7, 60) == drawn(7, 60)
    assert drawn(7, 60) != drawn(8, 60)
    assert drawn(7, 60)[:30] == drawn(7, 30)


def test_every_kind_of_fault_comes_before_one_comes_again() -> None:
    kinds = Counter(str(fault) for fault in drawn(7, 2 * len(FAULTS)))
    assert kinds == {str(fault): 2 for fault in FAULTS}


def test_each_part_is_killed_and_held_and_the_database_is_away_and_full() -> None:
    assert set(PARTS) >= ALL_OF_IT
    struck = {(fault.kind, fault.part) for fault in FAULTS}
    assert struck >= {(kind, part) for kind in ("kill", "hold") for part in PARTS}
    assert struck >= {("away", "database"), ("away", "broker"), ("fill", "disk")}


def test_a_seed_gives_each_client_the_same_stories_and_no_two_clients_the_same() -> None:
    assert first_stories(7, 0, 30) == first_stories(7, 0, 30)
    assert first_stories(7, 0, 30) != first_stories(8, 0, 30)
    keys = [act.key for client in range(4) for story in first_stories(7, client, 30) for act in story.acts]
    assert len(set(keys)) == len(keys)


def test_the_stories_have_every_kind_of_act() -> None:
    kinds = {act.kind for story in first_stories(7, 0, 30) for act in story.acts}
    saves = {"create", "change", "sign", "verify", "refused"}
    assert kinds == saves | {"ask", "answer", "close", "freeze", "unfreeze", "lock", "unlock"}


def test_no_lost_answer_changes_what_a_client_does_next() -> None:
    undisturbed = lived(7, lambda: False)
    chance = random.Random(1)
    disturbed = lived(7, lambda: chance.random() < 0.3)
    assert disturbed.load.ledger.sent_again and disturbed.load.ledger.given_up
    planned = [act for story in first_stories(7, 0, 60) for act in story.acts]
    assert undisturbed.sent == planned[: len(undisturbed.sent)]
    places = [planned.index(act) for act in disturbed.sent]
    assert places == sorted(places)
    assert all(planned[after].kind == "create" for before, after in pairwise(places) if after > before + 1)


def test_what_is_not_known_is_sent_again_or_may_be_there_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.campaign.load.GIVE_UP_S", 0.05)
    lost = lived(7, lambda: True)
    first = first_stories(7, 0, 60)
    patient = next(number for number, story in enumerate(first) if story.acts[0].patient)
    assert {act.key for act in lost.sent} == {story.acts[0].key for story in first[: patient + 1]}
    assert lost.load.complaints == [f"create of {first[patient].term}: not acknowledged in 0.05 s"]
    assert lost.load.ledger.forms == {story.term: (None, KeptForm(story.term)) for story in first[:patient]}


def test_an_act_that_was_done_once_is_kept_once() -> None:
    (story,) = first_stories(7, 0, 1)
    kept = KeptForm(story.term)
    for act in story.acts[1:]:
        kept = kept.after(act)
    done = Counter(act.kind for act in story.acts)
    assert kept.version == 1 + CHANGES
    assert (len(kept.signed), len(kept.verified), len(kept.queries)) == (done["sign"], done["verify"], done["ask"])
    assert len(kept.closures) == done["freeze"] + done["lock"]
