"""The release stands in one place, and whoever looks at the system, its files or its commands is told it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.test import Client

from embedded import __main__ as embedded
from tests.cast import Trial

ROOT = Path(settings.BASE_DIR)
HEADINGS = {"To do when upgrading", "Added", "Changed", "Fixed"}
MOST_LINES = 180
NOT_THE_PROGRAM = ("tests", "var", "node_modules")
RELEASES = re.compile(r"^## (\d+\.\d+\.\d+) \(", re.MULTILINE)


def test_the_newest_release_of_the_changes_is_that_of_the_program() -> None:
    releases = RELEASES.findall((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert releases[0] == settings.RELEASE
    assert releases == sorted(releases, key=lambda name: tuple(map(int, name.split("."))), reverse=True)


def test_each_release_is_told_in_a_few_pages_under_the_usual_headings() -> None:
    """A merge that brings an older list back under a newer one, as well as a diary in place of changes, is told."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    for release in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        name, _, changes = release.partition("\n")
        assert len(changes.splitlines()) <= MOST_LINES, name
        assert set(re.findall(r"^### (.+)$", changes, re.MULTILINE)) <= HEADINGS, name
    entries = re.findall(r"^- .+$", text, re.MULTILINE)
    assert len(entries) == len(set(entries)) > 100


def test_no_other_file_of_the_program_states_it() -> None:
    """A second place would be forgotten at the next release."""
    beside = [ROOT / name for name in ("Dockerfile", "docker-compose.yml", "Makefile", "README.md")]
    folders = [path for path in ROOT.iterdir() if path.is_dir() and path.name[0] != "."]
    sources = [
        path for folder in folders for path in folder.rglob("*.*") if path.suffix in (".py", ".html", ".typ", ".js")
    ]
    program = [path for path in sources if not {*path.relative_to(ROOT).parts} & {*NOT_THE_PROGRAM}]
    assert len(program) > 500
    stated = re.compile(rf"(?<![\d.]){re.escape(settings.RELEASE)}(?![\d.])")
    assert [str(path) for path in (*beside, *program) if stated.search(path.read_text(encoding="utf-8"))] == []


@pytest.fixture
def carla(db: None) -> Client:
    client = Client()
    client.force_login(Trial().coordinator)
    return client


def test_the_foot_of_every_page_says_it(carla: Client) -> None:
    for reader, address, status in (
        (Client(), "/accounts/login/", 200),
        (carla, "/subjects/", 200),
        (carla, "/no/such/page/", 404),
        (carla, "/people/", 403),
    ):
        answer = reader.get(address)
        foot = answer.content.decode().partition("<footer")[2]
        assert (answer.status_code, f"Release {settings.RELEASE}" in foot) == (status, True), address


def test_health_and_the_description_of_the_api_say_it(client: Client, carla: Client) -> None:
    assert client.get("/health/").json()["release"] == settings.RELEASE
    described = yaml.safe_load(carla.get("/api/v1/schema/").content)
    assert described["info"]["x-release"] == settings.RELEASE
    assert described["info"]["version"] == "1", "of the API, as its addresses have it"


def test_the_commands_that_need_no_database_say_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert embedded.main(["--name", "nowhere", "status"]) == 0
    assert f"The program in this folder is release {settings.RELEASE}." in capsys.readouterr().out
    for command in ("derive", "km"):
        answer = subprocess.run(
            [sys.executable, "manage.py", command, "--version"], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert answer.stdout.strip() == settings.RELEASE
