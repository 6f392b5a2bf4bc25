"""What leaves a training environment says that it does: pages, files, PDF and mail. Production's does not."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage, send_mail
from django.test import Client
from django.utils import timezone

from accounts.access import access_for
from reports.blank_crf import blank_crf
from reports.casebook_copy import Copying, casebook_copy
from reports.typesetting import typeset
from tests.cast import Trial
from tests.printed import sheets

MARK = "TRAINING: not for real subjects"
LAYOUTS = sorted(Path().glob("*/*.typ"))


def texts(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in sheets(pdf)]


@pytest.mark.parametrize("environment", ["training", "production"])
def test_each_page_of_a_pdf_is_marked(db: None, settings: Any, environment: str) -> None:
    settings.ENVIRONMENT = environment
    marked = [MARK in text for text in texts(blank_crf())]
    assert len(marked) > 5
    assert set(marked) == {environment == "training"}


def test_no_layout_takes_the_mark_away() -> None:
    """A background of its own would replace it."""
    assert {path.name for path in LAYOUTS} >= {"blank_crf.typ", "casebook_copy.typ", "endpoints_report.typ"}
    assert [path for path in LAYOUTS if "background:" in path.read_text()] == []


def test_a_sheet_of_any_layout_is_marked(tmp_path: Path) -> None:
    layout = tmp_path / "sheet.typ"
    layout.write_text('#set page(paper: "a5", header: [A head])\nA sheet.#pagebreak()Another one.')
    assert [MARK in text for text in texts(typeset(layout, {}, at=0))] == [True, True]


@pytest.mark.parametrize("environment", ["training", "production"])
@pytest.mark.parametrize(
    "address", ["/reports/blank-crf.pdf", "/trail.csv", "/queries.xlsx", "/set-up/ranges/template/"]
)
def test_the_name_of_each_file_says_so(
    trial: Trial, as_user: Any, settings: Any, environment: str, address: str
) -> None:
    settings.ENVIRONMENT = environment
    answer = as_user(trial.data_manager).get(address)
    name = answer["Content-Disposition"].split('"')[1]
    assert name.startswith("TRAINING-") == (environment == "training")


@pytest.mark.parametrize("environment", ["training", "production"])
def test_each_page_says_so_before_and_after_the_sign_in(
    trial: Trial, as_user: Any, settings: Any, environment: str
) -> None:
    settings.ENVIRONMENT = environment
    for reader, address in ((Client(), "/accounts/login/"), (as_user(trial.coordinator), "/subjects/")):
        page = reader.get(address).content.decode()
        assert ("<strong>TRAINING</strong>" in page) == (environment == "training")


@pytest.fixture
def sent_marked(settings: Any) -> Any:
    """Mail as a training environment is set up to send it, by the backend that the tests look into."""
    settings.MAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.EMAIL_BACKEND = "trialsite.training_mail.MarkedMail"
    return mail


def test_each_mail_says_so_in_its_subject_and_its_first_line(sent_marked: Any) -> None:
    send_mail("Serious adverse event at site 101", "Open the event.", None, ["sponsor@example.org"])
    alert = EmailMessage("Another one", "Open it.", to=["sponsor@example.org"])
    alert.send()
    alert.send()
    assert [message.subject for message in sent_marked.outbox] == [
        "[TRAINING] Serious adverse event at site 101",
        *["[TRAINING] Another one"] * 2,
    ]
    assert sent_marked.outbox[0].body.startswith("From a training environment: nothing of this is of real subjects")
    assert sent_marked.outbox[0].body.endswith("\n\nOpen the event.")
    assert sent_marked.outbox[-1].body.count("From a training environment") == 1


def backend(environment: str) -> str:
    """By which mail goes out where an installation is of this kind."""
    variables = {"ENVIRONMENT": environment, "EMAIL_URL": "smtp://127.0.0.1:25", "DATABASE_URL": "postgresql:///none"}
    command = [sys.executable, "-c", "from trialsite import settings; print(settings.EMAIL_BACKEND)"]
    ended = subprocess.run(command, env=os.environ | variables, capture_output=True, text=True, check=True)
    return ended.stdout.strip()


def test_the_mail_of_all_but_production_is_marked() -> None:
    assert backend("training") == backend("demonstration") == "trialsite.training_mail.MarkedMail"
    assert backend("production") == "django.core.mail.backends.smtp.EmailBackend"


def test_a_copy_of_a_casebook_is_marked_on_each_page(trial: Trial) -> None:
    subject = trial.treated_subject()
    copying = Copying(access_for(trial.investigator), trial.investigator, timezone.now())
    assert {MARK in text for text in texts(casebook_copy(subject, copying))} == {True}
