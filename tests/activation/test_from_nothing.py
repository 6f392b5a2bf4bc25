"""From an empty installation to a first subject with a dose, by the commands and pages of docs/operators.md."""

import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.actor import acting
from accounts.models import Site, User
from accounts.statement import version
from activation.checklist import analytes_of
from cohorts.models import Cohort, Enrolment, EnrolmentStatus, Subject
from cohorts.services import sync_protocol
from demonstration.reference import SI
from protocol import in_force
from tests.activation.test_trial_goes_live import run
from tests.cast import PASSWORD, SETUP, Trial

OPERATORS = Path(__file__).parents[2] / "docs" / "operators.md"
SITES = "code;name;time_zone;country\n101;Klinikum Nord;Europe/Berlin;Germany\n"
PEOPLE = """user_name;first_name;last_name;email;role;sites;training;training_date
ines;Ines;Iven;ines@nord.example;investigator;101;The protocol;2 Mar 2026
carla;Carla;Carl;carla@nord.example;coordinator;101;The protocol;2 Mar 2026
mona;Mona;Moss;mona@cro.example;monitor;101;The protocol;2 Mar 2026
dora;Dora;Dorn;dora@cro.example;data manager;;The protocol;2 Mar 2026
"""


def ranges() -> str:
    """A list of the site's laboratory: all that the protocol needs, with decimal commas."""
    lines = ["site;analyte;unit;low;high;valid_from"]
    for code in analytes_of(in_force()):
        unit, low, high = (cell.replace("-", "").replace(".", ",") for cell in SI[code].split())
        lines.append(f"101;{code};{unit};{low};{high};1 Jan 2026")
    return "\n".join(lines)


def chapter() -> str:
    text = OPERATORS.read_text(encoding="utf-8")
    return text[text.index("## From nothing to a first subject") : text.index("## Environment")]


def documented(command: str) -> list[str]:
    """The words behind `manage.py` of a command as the chapter has it."""
    found = re.search(rf"manage\.py ({command} [^`]*)`", chapter())
    assert found is not None, f"the chapter names no {command}"
    return found[1].split()


def password_set(name: str) -> Client:
    """As by the invitation, and with the statement signed: both have tests of their own."""
    user = User.objects.get(username=name)
    user.set_password(PASSWORD)
    user.statement_version = version()
    with acting(SETUP):
        user.save(update_fields=["password", "statement_version"])
    client = Client()
    client.force_login(user)
    return client


def call(words: list[str], folder: Path, contents: dict[str, str], **options: Any) -> str:
    """Run a command of the document with its files written out, NAME for the administrator's own name."""
    said = StringIO()
    for name, text in contents.items():
        (folder / name).write_text(text, encoding="utf-8")
    words = [str(folder / word) if word in contents else {"NAME": "adam"}.get(word, word) for word in words]
    call_command(*words, stdout=said, **options)
    return said.getvalue()


def test_an_empty_installation_comes_to_its_first_subject_as_the_chapter_says(
    db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync_protocol(by=SETUP)
    monkeypatch.setattr("sys.stdin", StringIO(f"{PASSWORD}\n"))
    create = documented("create_admin")
    assert create[2:] == ["--installation", "name"]
    call(create[:2], tmp_path, {}, password_stdin=True)
    assert "1 line brought in." in call(documented("set_up sites"), tmp_path, {"sites.csv": SITES})
    assert "4 lines brought in." in call(documented("set_up people"), tmp_path, {"people.csv": PEOPLE})
    words = [{"NAME": "dora"}.get(word, word) for word in documented("set_up ranges")]
    assert "brought in." in call(words, tmp_path, {"ranges.csv": ranges()})
    desk, coordinator, investigator = password_set("dora"), password_set("carla"), password_set("ines")
    site = Site.objects.get(code="101")
    assert coordinator.post("/subjects/add/", {"site": site.pk}).status_code == 422

    signature = {"username": "dora", "password": PASSWORD}
    file = SimpleUploadedFile("acceptance.json", run())
    signed = desk.post("/go-live/sign-off/", signature | {"file": file, "conclusion": "Fit for this trial."})
    assert signed.status_code == 302
    days = {"approved_on": "2026-02-01", "active_from": "2026-02-15"}
    assert desk.post(f"/go-live/sites/{site.pk}/approval/", days).status_code == 302
    seen = {"forms_seen_by": "Dr Iven", "forms_seen_on": "2026-02-20"}
    assert desk.post(f"/go-live/sites/{site.pk}/sign/", signature | seen).status_code == 302

    assert coordinator.post("/subjects/add/", {"site": site.pk}).status_code == 302
    subject = Subject.objects.get(label="101-001")
    clinic = Trial.__new__(Trial)
    clinic.site, clinic.coordinator = site, User.objects.get(username="carla")
    clinic.by = SETUP
    clinic.screen(subject)
    cohort = Cohort.objects.get(code="P2-10D")
    assert investigator.post(f"/subjects/{subject.pk}/enrolment/", {"cohort": cohort.code}).status_code == 302
    asked = Enrolment.objects.get(subject=subject)
    approve = f"/enrolments/{asked.pk}/approve/"
    assert desk.post(approve, {"on": timezone.localdate().isoformat()}).status_code == 302
    asked.refresh_from_db()
    assert asked.status == EnrolmentStatus.APPROVED
    subject.refresh_from_db()
    clinic.infuse(subject, timezone.localdate())
    subject.refresh_from_db()
    assert subject.first_dose_date == timezone.localdate()


@pytest.mark.parametrize("step", ["check_protocol FILE", "make run TRIAL=name PROTOCOL_FILE=file", "make acceptance"])
def test_the_chapter_names_each_step(step: str) -> None:
    assert step in chapter()
