"""A subject from the first verification to the lock, by keyboard alone: monitor, site, investigator, data manager."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from accounts.actor import acting
from accounts.models import User
from assessments.models import CaseForm
from cohorts.models import Subject
from review.models import Query
from sdv.models import Verification
from signature.models import Closure
from signature.signing import WITH_FORM, SignatureStanding, standings
from tests.browser.desk import NARROW, faults, open_form, picture, press, sign_in, watched
from tests.cast import FIRST_DOSE, PASSWORD, SETUP

FORMS = 20
# What is asked, by key and in words; the answer is the site's.
QUESTIONS = {
    "demography": ("age", "54 or 45 years?", "54, by the passport."),
    "vital_signs": ("pulse_per_min", "The chart says 76.", "72: the chart is of the day before."),
    "history": ("metastatic_date", "Is the day known?", "No, the month alone."),
}
NOW = "() => { const one = document.activeElement; return [one.name || '', one.innerText || one.ariaLabel || '']; }"


class Person:
    """Somebody at a keyboard."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def go(self, address: str) -> None:
        self.page.goto(f"{self.page.address}{address}")

    def tab_to(self, label: str) -> None:
        """On by Tab alone until the focus is on a field of that name or on what begins with these words."""
        for _ in range(150):
            name, words = self.page.evaluate(NOW)
            if label == name or f"{' '.join(words.split())} ".startswith(f"{label} "):
                return
            press(self.page, "Tab")
        raise AssertionError(f"{label} is not reached by Tab")

    def open(self, label: str) -> None:
        self.tab_to(label)
        press(self.page, "Enter")

    def write(self, field: str, words: str) -> None:
        self.tab_to(field)
        self.page.keyboard.type(words)

    def heard(self, words: str) -> None:
        self.page.get_by_text(words).first.wait_for()

    @property
    def form(self) -> CaseForm:
        """The one beside the monitor's list."""
        return CaseForm.objects.get(pk=self.page.locator(".panel input[name=form]").input_value().partition(":")[0])


@pytest.fixture
def trial(site_server: str) -> Any:
    from tests.cast import Trial

    trial = Trial()
    with acting(SETUP):
        # As the real site hashes: the suite's own way is not known there.
        hashed = PBKDF2PasswordHasher().encode(PASSWORD, "of-the-test")
        User.objects.filter(pk=trial.investigator.pk).update(password=hashed)
    trial.investigator.refresh_from_db()
    return trial


@pytest.fixture
def subject(trial: Any) -> Subject:
    """On treatment for seven weeks, twenty-one forms, all complete and nothing asked."""
    subject: Subject = trial.treated_subject()
    for week in range(1, 8):
        trial.infuse(subject, FIRST_DOSE + timedelta(7 * week))
    trial.assess(subject, 57, {"T01": "42", "T02": "28"}, "PR")
    return subject


@pytest.fixture
def seat(browser: Any, site_server: str) -> Iterator[Callable[[User], Person]]:
    """Signs somebody in at a browser of their own."""
    seated: list[Any] = []

    def take(user: User) -> Person:
        seated.append(watched(browser.new_context(viewport={"width": 1280, "height": 900}).new_page(), site_server))
        sign_in(seated[-1], user)
        return Person(seated[-1])

    yield take
    messages = [faults(page) for page in seated]
    for page in seated:
        page.context.close()
    assert [words for words in messages if words] == []


def read(monitor: Person, seen: int) -> None:
    """Form by form: three are asked about and left, the others verified; each is a key."""
    for number in range(seen):
        form = monitor.form
        picture(monitor.page, f"monitor-{number:02}-{form.code}", whole=False)
        if form.code in QUESTIONS:
            ask(monitor, form)
        else:
            press(monitor.page, "v")
        monitor.page.locator(f".panel input[name=form]:not([value='{form.pk}:{form.version}'])").wait_for(
            state="attached"
        )


def ask(monitor: Person, form: CaseForm) -> None:
    item, words, _ = QUESTIONS[form.code]
    press(monitor.page, "q")
    monitor.page.get_by_role("heading", name="Raise query").wait_for()
    monitor.tab_to("item")
    label = monitor.page.locator(f"select[name=item] option[value={item}]").inner_text()
    monitor.page.keyboard.type(label)
    monitor.write("text", words)
    monitor.open("Raise the query")
    monitor.heard("Query raised.")
    assert monitor.form.pk == form.pk, "the list is where it was"
    press(monitor.page, "j")


@pytest.mark.requirement("ICH E6(R3) 4.2.6")
def test_a_subject_is_verified_asked_about_signed_and_locked_by_keyboard(
    trial: Any, subject: Subject, seat: Callable[[User], Person]
) -> None:
    forms = subject.forms.count()
    assert forms > FORMS and not Query.objects.exists()
    site = seat(trial.coordinator)
    open_form(site.page, subject, "adverse_event")
    monitor = seat(trial.monitor)
    monitor.go("/sdv/")
    read(monitor, forms)
    assert (
        Verification.objects.values("case_form").distinct().count() == forms - len(QUESTIONS) >= FORMS - len(QUESTIONS)
    )
    answer_and_close(seat(trial.coordinator), monitor)
    verify_what_was_asked_about(monitor)
    sign(seat(trial.investigator), subject)
    lock(seat(trial.data_manager), subject)
    refused(site)
    check_the_record(subject, forms)


def answer_and_close(site: Person, monitor: Person) -> None:
    answers = {words: answer for _, words, answer in QUESTIONS.values()}
    for _ in QUESTIONS:
        site.go("/queries/?state=open")
        site.open("Open the thread")
        site.heard("Query on")
        query = Query.objects.get(pk=site.page.url.rstrip("/").rpartition("/")[2])
        site.write("text", answers[query.text])
        site.open("Respond")
        site.heard(answers[query.text])
    for _ in QUESTIONS:
        monitor.go("/queries/?state=answered")
        monitor.open("Open the thread")
        monitor.heard("Query on")
        monitor.write("text", "Seen.")
        monitor.open("Close query")
        monitor.heard("Seen.")


def verify_what_was_asked_about(monitor: Person) -> None:
    """Now on a telephone's width, where the form is under the list."""
    monitor.page.set_viewport_size(NARROW)
    monitor.go("/sdv/")
    for left in range(len(QUESTIONS), 0, -1):
        assert monitor.form.code in QUESTIONS
        monitor.heard(f"{left} form")
        press(monitor.page, "v")
        monitor.heard("Verified:")
        picture(monitor.page, f"monitor-narrow-{left}", whole=False)
    monitor.heard("Nothing to verify")


def sign(investigator: Person, subject: Subject) -> None:
    investigator.go(f"/sign/?subject={subject.pk}")
    investigator.write("username", "ines")
    investigator.write("password", PASSWORD)
    press(investigator.page, "Enter")
    investigator.heard("Nothing to sign")


def lock(manager: Person, subject: Subject) -> None:
    manager.go(f"/subjects/{subject.pk}/")
    manager.open("Freeze or lock this subject")
    manager.heard("Still open here")
    picture(manager.page, "lock-preflight")
    manager.open("Lock")
    manager.heard("Lock this subject?")
    manager.write("reason", "Clean: verified, answered and signed.")
    # Forms of past visits that nobody has begun are open still.
    manager.tab_to("all_the_same")
    press(manager.page, "Space")
    manager.open("Lock")
    manager.heard("Locked.")
    picture(manager.page, "locked")


def refused(site: Person) -> None:
    """What was open at the site's desk before the lock."""
    site.write("term", "Nausea")
    press(site.page, "Control+s")
    site.heard("The subject was locked by dora")
    assert site.page.input_value("[name=term]") == "Nausea"
    picture(site.page, "refused")


def check_the_record(subject: Subject, forms: int) -> None:
    of_subject = CaseForm.objects.filter(subject=subject)
    seen = Verification.objects.filter(ended_at=None, verified_by="mona").values_list("case_form", "version")
    assert set(seen) == set(of_subject.values_list("pk", "version"))
    queries = Query.objects.order_by("pk").values_list("case_form__code", "item", "state")
    assert sorted(queries) == sorted((code, item, "closed") for code, (item, _, _) in QUESTIONS.items())
    threads = [[step.actor_name for step in query.steps.all()] for query in Query.objects.all()]
    assert threads == [["mona", "carla", "mona"]] * len(QUESTIONS)
    held = standings(WITH_FORM.all())
    assert [(signature.username, standing) for signature, standing in held] == [
        ("ines", SignatureStanding.HOLDS)
    ] * forms
    closure = Closure.objects.get()
    assert (closure.place, closure.closed_by) == (f"subject:{subject.pk}", "dora")
    assert not of_subject.filter(locked_at=None).exists()
    assert of_subject.count() == forms, "nothing came after the lock"
