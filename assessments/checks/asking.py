"""The queries that checks raise: those of one form at its save, those across forms whenever one of them moves."""

from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from assessments.catalogue import CATALOGUE
from assessments.checks import ACROSS, OWN, WHILE_TYPING
from assessments.checks.check import At, Check, CheckedCasebook, Form
from assessments.checks.days import earliest
from assessments.checks.reading import casebook
from assessments.elsewhere import CheckFinding, QueriesOfSave, not_asked_before, sync_check_queries
from assessments.entering.entry import Values
from assessments.models import CaseForm
from assessments.place import Place
from cohorts.following import judging
from protocol import current, under


def is_compared(code: str) -> bool:
    """Whether other forms are held against such a form: of two saves at once the later one must see both."""
    return bool(_concerned(code))


def ask_about(place: Place, case_form: CaseForm, values: Values | None, *, new: bool) -> QueriesOfSave:
    """Ask what there is to ask after a save, and close what is answered by it; both are returned. `values` are those of
    a complete form, None for a draft or one that was not done: it says nothing that could be asked about.

    A new form that no other form is compared with, and of which nothing is odd, costs no statement.
    """
    own_findings, queries = _own(place, case_form, values) if values is not None else [], QueriesOfSave()
    if own_findings or not new:  # a new form has no query that could close
        queries += sync_check_queries(
            case_form_ids=[case_form.pk], checks=_ids(_at(OWN, case_form.code)), findings=own_findings
        )
    checks = _concerned(case_form.code)
    if checks and (values is not None or not new):
        book = casebook(case_form.subject_id, _codes(checks))
        findings = found_in(book, checks)
        queries += sync_check_queries(subject_ids=[case_form.subject_id], checks=_ids(checks), findings=findings)
    return queries


def whole_casebook(subject_id: int) -> CheckedCasebook:
    """All complete forms of a subject. One statement."""
    return casebook(subject_id, CATALOGUE)


def found_by_all(book: CheckedCasebook) -> list[CheckFinding]:
    """What all checks find in a whole casebook. No statement."""
    return found_in(book, (*OWN, *ACROSS))


def ask_about_subject(subject_id: int) -> None:
    """All checks over all complete forms of a subject, as if each were saved anew."""
    ask_what_was_found(subject_id, found_by_all(whole_casebook(subject_id)))


def ask_what_was_found(subject_id: int, findings: list[CheckFinding], run: Any = None) -> None:
    """Ask what all checks found in a subject, in a `run` of them (a review.CheckRun)."""
    sync_check_queries(subject_ids=[subject_id], checks=_ids((*OWN, *ACROSS)), findings=findings, run=run)


def found_in(book: CheckedCasebook, checks: Iterable[Check]) -> list[CheckFinding]:
    return [
        CheckFinding(form.pk, item, check.id, text)
        for check in checks
        for form in (book.of(*check.at) if check.at else book.forms)
        for item, text in _of_its_version(check, form, book)
    ]


def _of_its_version(check: Check, form: Form, book: CheckedCasebook) -> list[tuple[str, str]]:
    """What a check finds at a form, by the version of the protocol that its visit stands under, an entry of a log by
    that of its day: a later one asks nothing about what was done before it."""
    version = judging(form.visit.protocol) if form.visit else book.version_on(_day_of(form))
    # Nearly always the one that judges already: a record has thousands of pairs of a check and a form.
    with nullcontext() if version is current() else under(version):
        return list(check.findings(form, book))


def _day_of(form: Form) -> date | None:
    """The day of an entry of a log, the first one that it can be."""
    return earliest(form[next(iter(CATALOGUE[form.code].log_columns), "")])


def would_ask(place: Place, values: Values) -> list[CheckFinding]:
    """What a complete save of these values would newly ask at this form; nothing is written.

    Three statements at most: the other forms that are compared with, and what is or was asked here already.
    """
    code, pk = place.form_type.code, place.case_form.pk if place.case_form else 0
    form, across = _as_form(place, pk, values), _at((*ACROSS, *WHILE_TYPING), code)
    others = casebook(place.subject.pk, _codes(across)) if across else CheckedCasebook()
    book = replace(others, forms=[*(other for other in others.forms if other.pk != pk), form])
    findings = [
        CheckFinding(pk, item, check.id, text)
        for check in (*_at(OWN, code), *across)
        for item, text in _of_its_version(check, form, book)
    ]
    return not_asked_before(findings) if findings and pk else findings


def _own(place: Place, case_form: CaseForm, values: Values) -> list[CheckFinding]:
    code = place.form_type.code
    return found_in(CheckedCasebook([_as_form(place, case_form.pk, values)]), _at(OWN, code))


def _as_form(place: Place, pk: int, values: Values) -> Form:
    visit = place.visit
    at = visit and At(
        visit.pk, visit.code, visit.label, visit.kind, visit.window_from, visit.window_to, visit.protocol_id
    )
    rows = [row for row in values.rows if not row.get("struck_out")]
    return Form(place.form_type.code, values.record, rows, at, pk)


def _ids(checks: Iterable[Check]) -> list[str]:
    return [check.id for check in checks]


@cache
def _at(checks: tuple[Check, ...], code: str) -> tuple[Check, ...]:
    return tuple(check for check in checks if not check.at or code in check.at)


@cache
def _concerned(code: str) -> tuple[Check, ...]:
    """The checks across forms that a change of such a form can turn."""
    return tuple(check for check in ACROSS if check.concerns(code))


@cache
def _codes(checks: tuple[Check, ...]) -> frozenset[str]:
    return frozenset(code for check in checks for code in (*check.at, *check.reads))
