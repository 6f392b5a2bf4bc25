"""From an empty installation to a first subject with a dose, by the commands and the pages of docs/operators.md alone.

The document is read: its commands are run as they stand there, and the words in italics are pressed in a browser. What
is typed is counted (tests.activation.desk), and printed where MINUTES is set.
"""

import json
import os
import re
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from activation.checklist import analytes_of
from activation.program import program_digest
from assessments.catalogue import CATALOGUE
from demonstration.reference import SI
from protocol import Protocol, load
from tests.acceptance import document, requirement_codes
from tests.activation.chapter import ChapterStep, steps
from tests.activation.desk import Effort, PersonsDesk
from tests.activation.installed import Installed
from tests.browser.test_a_whole_subject import INFUSION, SCREENED

TEMPLATE = Path("protocol/nct00426556.toml")
# What a data manager makes of it: another trial of the same drugs, with its own name, size and limit.
OWN = (
    ('code = "NCT00426556"', 'code = "EVER-2"'),
    ('title = "Everolimus in combination', 'title = "A second trial of everolimus in combination'),
    ("planned = 55", "planned = 40"),
    ('item = "platelets", operator = ">=", number = 100', 'item = "platelets", operator = ">=", number = 75'),
)
SITES = "code;name;time_zone;country\n101;Klinikum Nord;UTC;Germany\n"
PEOPLE = """user_name;first_name;last_name;email;role;sites;training;training_date
ines;Ines;Iven;ines@nord.example;investigator;101;The protocol;2 Mar 2026
carla;Carla;Carl;carla@nord.example;coordinator;101;The protocol;2 Mar 2026
mona;Mona;Moss;mona@cro.example;monitor;101;The protocol;2 Mar 2026
dora;Dora;Dorn;dora@cro.example;data manager;;The protocol;2 Mar 2026
"""
PASSWORD = "plum bicycle harbour 4"


def filled(to_fill: str) -> str:
    """The file of ranges with what the site's laboratory states at each of its lines, with decimal commas."""
    columns, *lines = to_fill.splitlines()
    assert columns.startswith("site;analyte;unit;low;high;valid_from;")
    return "\n".join([columns, *(_filled(line) for line in lines)])


def _filled(line: str) -> str:
    site, code, *empty = line.split(";")
    unit, low, high = (cell.replace("-", "").replace(".", ",") for cell in SI[code].split())
    return ";".join([site, code, unit, low, high, "1 Jan 2026", *empty[4:]])


def finished_run(protocol: Protocol) -> str:
    """What `make acceptance` writes in some forty minutes (tests/setup/test_acceptance_run.py)."""
    codes, now = requirement_codes(), datetime.now(UTC)
    written = document(
        outcomes={"tests/test_a.py::test_a": (codes, "passed")},
        codes=codes,
        program=program_digest(),
        release=settings.RELEASE,
        protocol=protocol,
        began=now - timedelta(minutes=40),
        ended=now,
    )
    return json.dumps(written)


class ChapterWalk:
    """The steps of the chapter, each taken by whom it names."""

    def __init__(self, installed: Installed, browser: Any, folder: Path) -> None:
        self.installed, self.browser, self.folder = installed, browser, folder
        self.steps, self.desks = steps(), dict[str, PersonsDesk]()
        self.took: dict[str, tuple[float, float]] = {}

    def step(self, name: str) -> ChapterStep:
        return self.steps.pop(name)

    def at(self, user: str) -> PersonsDesk:
        if user not in self.desks:
            self.desks[user] = PersonsDesk(self.browser, self.installed.address)
        return self.desks[user]

    def clicked(self, name: str, user: str, **before: Any) -> PersonsDesk:
        """Press what the step names, one after the other. `before` says by the place of a press (`at_2`) what is done
        before it: a dict of fields to fill, a file to choose, or words of the page to press."""
        step, desk, began = self.step(name), self.at(user), time.monotonic()
        spent = desk.effort.seconds
        for place, words in enumerate(step.clicks, start=1):
            for done in before.pop(f"at_{place}", ()):
                do(desk, done)
            desk.click(words)
        assert not before
        machine, person = self.took.get(f"{name} ({user})", (0.0, 0.0))
        took = (machine + time.monotonic() - began, person + desk.effort.seconds - spent)
        self.took[f"{name} ({user})"] = took
        return desk

    def commanded(self, step: str, typed: str = "", /, **meant: str) -> str:
        """Run the command of the step. Returns what it printed."""
        command, began = self.step(step).command(**meant), time.monotonic()
        ended = self.installed.run(command, typed)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        self.took[step] = (time.monotonic() - began, Effort(keys=len(" ".join(command)) + len(typed)).seconds)
        return ended.stdout

    def file(self, name: str, text: str, typed: bool = True) -> Path:
        self.took[f"typing {name}"] = (0.0, Effort(keys=len(text) if typed else 0).seconds)
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def filled(self, to_fill: Path) -> Path:
        """The file of ranges that the page gave, filled: what is typed are the cells that were empty."""
        given = to_fill.read_text(encoding="utf-8-sig")
        path = self.file("ranges.csv", filled(given), typed=False)
        typed = len(path.read_text(encoding="utf-8")) - len(given)
        self.took["typing ranges.csv"] = (0.0, Effort(keys=typed).seconds)
        return path


def do(desk: PersonsDesk, done: Any) -> None:
    if callable(done):
        done = done(desk)
    if isinstance(done, dict):
        desk.fill(**done)
    elif isinstance(done, Path):
        desk.choose_file(done)
    else:
        desk.click(done)


@pytest.fixture
def walk(static_files: Path, browser: Any, tmp_path: Path) -> Iterator[ChapterWalk]:
    installed = Installed("nothing", tmp_path / "terminal.log", static_files)
    walk = ChapterWalk(installed, browser, tmp_path)
    yield walk
    for desk in walk.desks.values():
        desk.context.close()
    installed.end()


def signature(user: str) -> dict[str, str]:
    return {"username": user, "password": PASSWORD}


def own_trial(walk: ChapterWalk) -> Path:
    text = TEMPLATE.read_text(encoding="utf-8")
    for old, new in OWN:
        assert old in text
        text = text.replace(old, new)
    return walk.file("trial.toml", text, typed=False)


def as_of(today: date, entry: Any) -> Any:
    """An entry with each of its days of screening and treatment moved to today: the trial begins now."""
    if isinstance(entry, dict):
        return {name: as_of(today, value) for name, value in entry.items()}
    if isinstance(entry, list | tuple):
        return [as_of(today, value) for value in entry]
    return today.strftime("%Y%m%d") if re.fullmatch(r"200[78]-?\d\d-?\d\d", str(entry)) else entry


@pytest.mark.requirement("21 CFR 11.10(k)")
def test_an_empty_installation_comes_to_its_first_subject_as_the_chapter_says(walk: ChapterWalk) -> None:
    file, installed = own_trial(walk), walk.installed
    trial = load(file)
    assert "no fault. EVER-2 version 1.0" in walk.commanded("the protocol file", **{"trial.toml": str(file)})
    begin = walk.step("the installation").command(name=installed.name, **{"trial.toml": str(file)})
    walk.took["the installation"] = (0.0, Effort(keys=len(" ".join(begin))).seconds)
    assert f"create_admin NAME --first-name FIRST --last-name LAST --email ADDRESS --installation {installed.name}" in (
        installed.start(begin)
    )
    meant = {"NAME": "adam", "FIRST": "Adam", "LAST": "Adler", "ADDRESS": "adam@cro.example", "name": installed.name}
    made = walk.commanded("the first user", f"{PASSWORD}\n{PASSWORD}\n", **meant)
    assert made == "adam is administrator.\n"

    day = timezone.localdate()
    password = {"login": "adam", "password": PASSWORD}
    training = {"course": "This system", "held_on": str(day)}
    walk.clicked("the first sign-in", "adam", at_1=[password], at_2=[training, signature("adam")])
    sites = walk.clicked("sites", "adam", at_4=[walk.file("sites.csv", SITES)])
    assert "1 line imported." in sites.said()
    people = walk.clicked("people", "adam", at_3=[walk.file("people.csv", PEOPLE)])
    assert "4 lines imported." in people.said()
    invite(walk, ("dora", "carla", "ines", "mona"))

    coordinator = walk.at("carla")
    coordinator.click("Add a subject") if coordinator.get_by_role("link", name="Add a subject").count() else None
    assert "accepts no subjects" in coordinator.inner_text("body")

    lines = len(analytes_of(trial))
    limits = walk.clicked("reference ranges", "dora", at_4=[lambda desk: walk.filled(desk.taken)])
    assert f"{lines} lines imported." in limits.said()
    assert walk.step("the acceptance run").command(**{"trial.toml": "x"}) == ["make", "acceptance", "PROTOCOL_FILE=x"]
    run = walk.file("acceptance.json", finished_run(trial), typed=False)
    entries = [run, {"conclusion": "Fit for this trial."}, signature("dora")]
    assert "the trial is live" in walk.clicked("the trial goes live", "dora", at_4=entries).said()
    days = {"approved_on": str(day - timedelta(30)), "active_from": str(day)}
    walk.clicked("the approval", "dora", at_3=["101 Klinikum Nord"], at_4=[days])
    seen = {"forms_seen_by": "Dr Ines Iven", "forms_seen_on": str(day)}
    live = walk.clicked("the site goes live", "dora", at_3=["101 Klinikum Nord"], at_4=[seen, signature("dora")])
    assert "Site 101 is live: it accepts subjects." in live.said()

    assert "Informed consent comes first" in walk.clicked("the first subject", "carla").said()
    screen(walk, day)
    walk.clicked("a slot", "ines", at_2=["101-001"])
    assert "101-001" in walk.clicked("the enrolment", "dora").said()
    treat(walk, day)
    assert walk.steps == {}
    tell(walk.took)


def invite(walk: ChapterWalk, names: tuple[str, ...]) -> None:
    """Each by the link that the administrator is shown, and no other page opens before the statement is signed."""
    invitation, password = walk.step("an invitation"), walk.step("a password")
    for name in names:
        walk.steps |= {"an invitation": invitation, "a password": password}
        handed = walk.clicked("an invitation", "adam", at_2=[name])
        link = handed.locator("main input[readonly]").first.input_value()
        assert link.startswith(walk.installed.address)
        walk.at(name).goto(link)
        chosen, confirmed = {"password1": PASSWORD, "password2": PASSWORD}, {"password": PASSWORD}
        desk = walk.clicked("a password", name, at_1=[chosen], at_2=[confirmed], at_3=[signature(name)])
        assert "You accepted the statement." in desk.said()


def screen(walk: ChapterWalk, day: date) -> None:
    """Form after form by keyboard: each leads to the next one."""
    step, desk, began = walk.step("screening"), walk.at("carla"), time.monotonic()
    spent, (first, further) = desk.effort.seconds, step.clicks
    desk.click(first)
    for code, (record, rows) in as_of(day, SCREENED).items():
        if code == "demography":
            record |= {"birth_date": f"{day.year - 54}-01", "age": "54"}
        elif code == "eligibility":
            record |= {"last_chemotherapy_date": str(day - timedelta(100))}
        desk.get_by_role("heading", name=CATALOGUE[code].title, exact=True).wait_for()
        assert desk.get_by_role("button", name=further).count() or code == "eligibility"
        desk.typist().form(record, rows, button="complete" if code == "eligibility" else "next")
        desk.get_by_text(f"{CATALOGUE[code].title}: complete.").wait_for()
    walk.took["screening (carla)"] = (time.monotonic() - began, desk.effort.seconds - spent)


def treat(walk: ChapterWalk, day: date) -> None:
    desk = walk.clicked("the first dose", "carla", at_2=["101-001"], at_3=[{"on": str(day)}])
    desk.get_by_role("heading", name="Trastuzumab and paclitaxel", exact=True).wait_for()
    desk.typist().form(INFUSION)
    desk.get_by_text("Trastuzumab and paclitaxel: complete.").wait_for()
    desk.click("101-001")
    assert re.search(r"First dose\s+\d", desk.said())


def tell(took: dict[str, tuple[float, float]]) -> None:
    if not os.environ.get("MINUTES"):
        return
    for name, (machine, person) in took.items():
        print(f"{name:40} {machine:6.1f} s of the machine {person:7.1f} s of a person")
    machine, person = (sum(column) for column in zip(*took.values(), strict=True))
    print(f"{'all':40} {machine:6.1f} s of the machine {person:7.1f} s of a person")
