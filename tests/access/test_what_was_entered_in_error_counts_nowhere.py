"""Every page, file and answer of the API is the same as before, once what was entered in error is withdrawn.

A new reader of forms is walked here by itself, because each address stands in a table: whoever forgets that an entry
can be withdrawn finds the address below.
"""

import re
from datetime import UTC, datetime, timedelta
from string import Formatter
from typing import Any

import pytest

from accounts.access import access_for
from accounts.roles import ROLES, Permission, Role
from assessments.models import CaseForm
from assessments.withdrawing import restore, withdraw
from casebook.services import add_unscheduled_visit
from cohorts.models import Cohort, Subject
from endpoints.refresh import refresh_marked
from reports.casebook_copy import Copying, casebook_contents
from review.services import raise_query
from safety.alerts import give_notices
from tests.access.test_matrix import EVERY_PAGE
from tests.api.operations import OPERATIONS
from tests.cast import FIRST_DOSE, Trial, actor
from tests.examples import EXAMPLES
from tests.safety.conftest import SERIOUS

NOW = datetime(2026, 11, 22, 14, 2, 7, tzinfo=UTC)
# What may tell of it, and why. Everything else reads as if it had never been entered.
TELLS = {
    "/trail": "the trail keeps everything",
    "/queries/": "an empty list says how many queries were closed, those of withdrawn forms too",
    "/api/v1/trail/": "the trail keeps everything",
    "/api/v1/seals/": "of the trail",
    "/access-log": "who looked where",
    "/api/v1/access-log/": "who looked where",
    "/serious/": "whoever was told of a serious event is told that it was withdrawn",
    "/api/v1/serious-events/": "whoever was told of a serious event is told that it was withdrawn",
    "/notices/": "whoever was told of a serious event is told that it was withdrawn",
    "/api/v1/notices/": "whoever was told of a serious event is told that it was withdrawn",
    "/subjects/{subject}/": "a line says that something was entered in error, and shows it where asked",
    "/queries.csv": "a file of all queries, those that were closed too",
    "/queries.xlsx": "a file of all queries, those that were closed too",
    "/api/v1/queries/": "all queries, those that were closed too",
    "/queries/ageing": "counts the queries that were closed, too",
    "/checks/": "how often a check has asked",
    "/api/v1/checks/": "how often a check has asked",
}
# Once it is restored: a query that was asked again has a new thread, a form a further version.
RESTORED = {"/queries/", "/", "/sign/", "/sdv/", "/sdv/?form={form}", "/enrolments/{enrolment}/approve/"}
VOLATILE = [
    (r'name="csrfmiddlewaretoken" value="[^"]*"', ""),
    (r'nonce="[^"]*"|\'nonce-[^\']*\'|"csrf[^"]*"', ""),
    (r'data-secret="[^"]*"|"x-csrf[^}]*', ""),
    # a death takes the visits after it away; once it is withdrawn they are planned anew
    (r'(?<="id":)\d+|(?<=visit[=-])\d+|(?<=visits/)\d+', "<visit>"),
    # that an event was withdrawn is told to whoever heard of it
    (r'"version":\d+|"form_version":\d+', "<version>"),
    (r'Notices\s*(?:<span class="count">[^<]*<span[^>]*>[^<]*</span>\s*</span>)?\s*</a>', "Notices</a>"),
    # how many entries of the trail wait for their seal, and for how long: the trail keeps everything
    (r"[\d,]+ entr(y|ies) of the trail [^.]*not sealed yet, the oldest for [\d,]+ seconds?", "<waiting>"),
    # "as of", dates of changes, when a copy was made
    (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(\+00:00|Z)?", "<time>"),
    (r"\d\d:\d\d(:\d\d)?( UTC)?", "<time>"),
]


@pytest.fixture
def subject(trial: Trial) -> Subject:
    subject = trial.treated_subject("P1-10D")
    trial.fill(subject, "adverse_event", *EXAMPLES["adverse_event"])
    trial.assess(subject, 57, {"T01": "55", "T02": "38"}, "SD")
    refresh_marked()
    return subject


def mistakes(trial: Trial, subject: Subject) -> list[CaseForm]:
    """An entry of every log, a death, and an unscheduled visit with a form of each kind that moves something."""
    event = SERIOUS | {"dose_limiting": "Y"}
    forms = [
        trial.fill(subject, "adverse_event", event),
        trial.fill(subject, "adverse_event", EXAMPLES["adverse_event"][0] | {"term": "Draft"}, complete=False),
        *(trial.fill(subject, code, *EXAMPLES[code]) for code in ("medication", "new_therapy", "deviation")),
        trial.fill(subject, "dispensing", *EXAMPLES["dispensing"]),
    ]
    on = FIRST_DOSE + timedelta(100)
    visit = add_unscheduled_visit(subject=subject, on=on, by=trial.by)
    progressed = {
        "assessment_date": on.isoformat(),
        "non_target_response": "PD",
        "new_lesions": "Y",
        "overall_response": "PD",
    }
    new = {"kind": "NEW", "location": "BRAIN", "method": "MRI", "state": "UNEQUIVOCAL"}
    forms.append(trial.fill(subject, "tumour", progressed, [new], visit=visit.code))
    forms.append(trial.infuse(subject, on, visit.code))
    sample = [row | {"value": "0.3"} if row["analyte"] == "NEUT" else row for row in EXAMPLES["haematology"][1]]
    forms.append(trial.fill(subject, "haematology", {"sample_date": on.isoformat()}, sample, visit=visit.code))
    size = EXAMPLES["vital_signs"][0] | {"vital_signs_date": on.isoformat(), "weight_kg": "99", "height_cm": "180"}
    forms.append(trial.fill(subject, "vital_signs", size, visit=visit.code))
    forms.append(trial.fill(subject, "death", {"death_date": "2008-06-30", "cause": "DISEASE UNDER STUDY"}))
    raise_query(case_form=forms[2], item="dose", text="How much?", by=actor(trial.monitor, "monitor"))
    return forms


def walk(trial: Trial, subject: Subject, as_user: Any, api: Any) -> dict[str, str]:
    """By address what it answers to the first person who may ask."""
    keys = {
        "subject": subject.pk,
        "cohort": Cohort.objects.get(code="P1-10D").pk,
        "level": Cohort.objects.get(code="P1-10D").pk,
        "form": subject.forms.get(code="demography").pk,
        "demography": subject.forms.get(code="demography").pk,
        "tumour": subject.forms.filter(code="tumour").earliest("pk").pk,
        "visit": subject.visits.get(code="SCR").pk,
        "site": trial.site.pk,
        "enrolment": subject.enrolment.pk,
    }
    pages = [(row[0], row[1], as_user) for row in EVERY_PAGE if row[3] == "get"]
    operations = [(row[1], row[2], api) for row in OPERATIONS if row[0] == "get"]
    return {
        address: _answer(signed_in(_reader(trial, right)).get(address.format(**keys)))
        for address, right, signed_in in (*pages, *operations)
        if {key for _, key, _, _ in Formatter().parse(address) if key} <= keys.keys()
        and not address.endswith((".xlsx", ".pdf", "/xlsx/"))
    }


def _reader(trial: Trial, right: Permission | None) -> Any:
    """The first who may: those who see most come first."""
    return next(
        getattr(trial, role)
        for role in ("data_manager", "coordinator", "investigator", "monitor", "sponsor", "auditor", "administrator")
        if right is None or right in ROLES[Role(role)].permissions
    )


def _answer(answer: Any) -> str:
    text = (b"".join(answer) if answer.streaming else answer.content).decode()
    for volatile, words in VOLATILE:
        text = re.sub(volatile, words, text)
    return f"{answer.status_code} {text}"


def differing(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {address for address in before if before[address] != after[address]}


def told_of(address: str) -> bool:
    return any(address == known or (known != "/subjects/{subject}/" and address.startswith(known)) for known in TELLS)


def test_what_is_withdrawn_leaves_every_page_and_answer_as_it_was(
    trial: Trial, subject: Subject, as_user: Any, api: Any
) -> None:
    before = walk(trial, subject, as_user, api)
    forms = mistakes(trial, subject)
    refresh_marked()
    give_notices()
    with_it = walk(trial, subject, as_user, api)
    for form in forms:
        form.refresh_from_db()
        withdraw(case_form=form, why="Another subject's", by=trial.by, seen_version=form.version)
    refresh_marked()
    after = walk(trial, subject, as_user, api)

    # the walk would see it: what was entered shows on many pages
    assert len(differing(before, with_it)) > 30, sorted(differing(before, with_it))
    forgot = {address for address in differing(before, after) if not told_of(address)}
    assert forgot == set(), "\n".join(f"{address} {_difference(before[address], after[address])}" for address in forgot)
    assert "Show entries entered in error" in after["/subjects/{subject}/"]
    assert "Chlorhexidine" not in after["/subjects/{subject}/"]


def test_what_is_restored_counts_as_before(trial: Trial, subject: Subject, as_user: Any, api: Any) -> None:
    forms = mistakes(trial, subject)
    refresh_marked()
    before = walk(trial, subject, as_user, api)
    for turn in (withdraw, restore):
        for form in forms:
            form.refresh_from_db()
            turn(case_form=form, why="A slip", by=trial.by, seen_version=form.version)
    refresh_marked()
    after = walk(trial, subject, as_user, api)
    differs = {address for address in differing(before, after) if not told_of(address)} - RESTORED
    assert differs == set(), "\n".join(
        f"{address} {_difference(before[address], after[address])}" for address in differs
    )


def test_the_copy_of_a_casebook_lists_what_was_entered_in_error_apart(trial: Trial, subject: Subject) -> None:
    before = _copy(trial, subject)
    for form in mistakes(trial, subject):
        withdraw(case_form=form, why="Another subject's", by=trial.by, seen_version=1)
    after = _copy(trial, subject)
    [apart] = [group for group in after["groups"] if group["title"].startswith("Entered in error")]
    assert {form["struck"] for form in apart["forms"]} == {True}
    assert [group["title"] for group in before["groups"]] == [group["title"] for group in after["groups"][:-1]]
    [event] = [form for form in apart["forms"] if form["title"] == "Adverse event 2"]
    assert (
        "by carla on " in dict(event["facts"])["Withdrawn"] and "Another subject's" in dict(event["facts"])["Withdrawn"]
    )


def _copy(trial: Trial, subject: Subject) -> dict[str, Any]:
    reader = trial.coordinator
    whole = Subject.objects.select_related("site", "enrolment__cohort").get(pk=subject.pk)
    return casebook_contents(whole, Copying(access_for(reader), reader, NOW))


def _difference(before: str, after: str) -> list[str]:
    split = r"(?<=>)|\n|,"
    left, right = re.split(split, before), re.split(split, after)
    return [f"-{line}" for line in left if line not in right][:8] + [f"+{line}" for line in right if line not in left][
        :8
    ]
