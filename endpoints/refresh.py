"""Derive what changed and estimate the populations it belongs to: marks in, stored outcomes and estimates out.

One refresh runs at a time (an advisory lock for the length of its transaction), and it reads after it has the lock:
so a worker never writes an outcome or an estimate that is older than what another one stored. Killed in the middle it
leaves nothing behind but the marks, which the next one takes.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.actor import SYSTEM, acting
from assessments.models import CaseForm
from cohorts.models import Enrolment, EnrolmentStatus, ProtocolVersion, Subject
from cohorts.services import sync_protocol
from endpoints.analysis_sets import is_in
from endpoints.arithmetic.arms import Design, by_arm
from endpoints.arithmetic.outcomes import SubjectOutcome
from endpoints.arithmetic.populations import estimate
from endpoints.arithmetic.records import SubjectRecords
from endpoints.arithmetic.rows import OutcomeRow, row_of
from endpoints.arithmetic.subject import derive
from endpoints.basis import basis_of, basis_of_all, code_digest
from endpoints.decoded import CountedOutcome, counted_rows
from endpoints.findings import DERIVED_CHECKS, findings_of
from endpoints.models import Estimate, Mark, Outcome
from endpoints.records import records_of
from protocol import Protocol, current
from protocol.design import Population
from review.services import sync_check_queries

BATCH = 1000
REASON = "derived afresh"
# Any number will do, as long as nothing else in this database takes the same advisory lock.
REFRESH_LOCK = 426_556
TAKE_MARKS = """
    DELETE FROM endpoints_mark WHERE subject_id IN (SELECT DISTINCT subject_id FROM endpoints_mark LIMIT %s)
    RETURNING subject_id
"""
KEEP = """
    INSERT INTO endpoints_earlieroutcome
        (subject_id, protocol_id, cohort_code, treated, measurable, row, derivation, basis, derived_at)
    SELECT subject_id, %s, cohort_code, treated, measurable, row, derivation, basis, derived_at FROM endpoints_outcome
    ON CONFLICT (subject_id, protocol_id) DO NOTHING
"""
# One parameter for all of them: to quote each document within an array took a third of a rebuild.
STORE = """
    INSERT INTO endpoints_outcome (subject_id, cohort_code, treated, measurable, row, derivation, basis, derived_at)
    SELECT found.*, clock_timestamp()
    FROM jsonb_to_recordset(%s::jsonb) AS found (subject_id bigint, cohort_code text, treated boolean,
        measurable boolean, row jsonb, derivation jsonb, basis text)
    ON CONFLICT (subject_id) DO UPDATE SET
        (cohort_code, treated, measurable, row, derivation, basis, derived_at) =
        (excluded.cohort_code, excluded.treated, excluded.measurable, excluded.row, excluded.derivation, excluded.basis,
         excluded.derived_at)
"""


def refresh_marked(batch: int = BATCH) -> int:
    """Derive up to `batch` marked subjects and what they change, in one transaction. Returns how many there were.

    A save waits for it at the queries alone, and a freeze or lock too: so these come last, once all is computed, and
    are held no longer than it takes to write them.
    """
    with acting(SYSTEM, reason=REASON, waits=False):
        wait_for_others()
        _follow_the_protocol()
        subject_ids = _take_marks(batch)
        if subject_ids:
            outcomes, cohorts = derive_subjects(subject_ids)
            estimate_populations(cohorts)
            _ask_about(outcomes)
    return len(subject_ids)


def mark_everyone() -> int:
    """Mark every subject, to rebuild from nothing. Returns how many."""
    marks = Mark.objects.bulk_create(Mark(subject_id=pk) for pk in Subject.objects.values_list("pk", flat=True))
    return len(marks)


def wait_for_others() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [REFRESH_LOCK])


def _follow_the_protocol() -> None:
    """Under a new version of the protocol, or of the code that derives, everyone is derived afresh: what the version
    before made of a record must not be counted beside what this one does, under this one's name."""
    protocol = current()
    sets = [analysis_set.code for analysis_set in protocol.analysis_sets]
    ours = Estimate.objects.filter(
        population__in=[population.code for population in protocol.populations], analysis_set__in=sets
    )
    under_it = ours.filter(protocol__sha256=protocol.sha256)
    if under_it.exclude(code=code_digest()).exists() or (Estimate.objects.exists() and not under_it.exists()):
        _keep_earlier(protocol)
        mark_everyone()
        version = _protocol_version()
        for population in protocol.populations:
            _estimate(population, version)


def _keep_earlier(protocol: Protocol) -> None:
    """Of each subject the outcome under the version before, once: its estimates rest on it, and stay readable."""
    before = Estimate.objects.exclude(protocol__sha256=protocol.sha256).order_by("-as_of").first()
    is_first = not Estimate.objects.filter(protocol__sha256=protocol.sha256).exists()
    if before is not None and is_first:
        with connection.cursor() as cursor:
            cursor.execute(KEEP, [before.protocol_id])


def _take_marks(batch: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(TAKE_MARKS, [batch])
        return sorted({subject_id for (subject_id,) in cursor.fetchall()})


def derive_subjects(subject_ids: Sequence[int]) -> tuple[dict[int, SubjectOutcome], set[str]]:
    """Derive these subjects and store their outcomes. Returns these, and the codes of the cohorts whose estimates that
    moves."""
    documents = documents_of(records_of(subject_ids))
    before = set(Outcome.objects.filter(subject__in=subject_ids).values_list("cohort_code", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(STORE, [json.dumps([document for document, _ in documents.values()])])
    outcomes = {pk: outcome for pk, (_, outcome) in documents.items()}
    return outcomes, (before | {document["cohort_code"] for document, _ in documents.values()}) - {""}


def documents_of(records: Mapping[int, SubjectRecords]) -> dict[int, tuple[dict[str, Any], SubjectOutcome]]:
    """What is stored of each subject: the columns of its outcome, by name; and the outcome itself."""
    plan = current().analysis
    approved = Enrolment.objects.filter(subject__in=records, status=EnrolmentStatus.APPROVED)
    cohort_of = dict(approved.values_list("subject_id", "cohort__code"))
    labels = dict(Subject.objects.filter(pk__in=records).values_list("pk", "label"))
    outcomes = {pk: derive(record, plan) for pk, record in records.items()}
    return {
        pk: (
            {
                "subject_id": pk,
                "cohort_code": cohort_of.get(pk, ""),
                "treated": outcome.treatment_start is not None,
                "measurable": outcome.measurable.value,
                "row": row_of(outcome, labels[pk]).as_json(),
                "derivation": outcome.as_json(),
                "basis": basis_of(records[pk]),
            },
            outcome,
        )
        for pk, outcome in outcomes.items()
    }


def _ask_about(outcomes: dict[int, SubjectOutcome]) -> None:
    """What the derivation finds odd becomes a query at the form behind it, and closes once it is no longer so."""
    forms = CaseForm.objects.filter(subject__in=outcomes).values_list("pk", flat=True)
    findings = [finding for outcome in outcomes.values() for finding in findings_of(outcome)]
    with acting(SYSTEM, reason=REASON):
        sync_check_queries(case_form_ids=forms, checks=DERIVED_CHECKS, findings=findings)


def estimate_populations(cohort_codes: Iterable[str]) -> None:
    """Estimate each population that one of these cohorts belongs to, in both analysis sets."""
    touched = {population.code: population for code in cohort_codes for population in current().populations_of(code)}
    if touched:
        version = _protocol_version()
        for population in touched.values():
            _estimate(population, version)


def _protocol_version() -> ProtocolVersion:
    known = ProtocolVersion.objects.filter(sha256=current().sha256).first()
    return known or sync_protocol(by=SYSTEM)


def _estimate(population: Population, version: ProtocolVersion) -> None:
    now = timezone.now()
    for analysis_set, estimates in estimates_of(population).items():
        Estimate.objects.update_or_create(
            population=population.code,
            analysis_set=analysis_set,
            protocol=version,
            defaults={"as_of": now, **estimates},
        )


def estimates_of(population: Population) -> dict[str, dict[str, Any]]:
    """What is stored of a population in each analysis set, from the outcomes that are stored: its columns by name."""
    return estimates_from(population, counted_rows(population.cohorts))


def estimates_from(population: Population, counted: Sequence[CountedOutcome]) -> dict[str, dict[str, Any]]:
    """The same of these subjects, by the plan of the version that judges."""
    estimates: dict[str, dict[str, Any]] = {}
    of_members: dict[tuple[int, ...], dict[str, Any]] = {}
    for analysis_set in current().analysis_sets:
        members = [
            outcome
            for outcome in counted
            if is_in(analysis_set.code, treated=outcome.treated, measurable=outcome.measurable)
        ]
        # Sets of the same subjects have the same figures.
        keys = tuple(outcome.subject_id for outcome in members)
        if keys not in of_members:
            of_members[keys] = {
                "subjects": len(members),
                "figures": _figures([outcome.row for outcome in members], population),
                "code": code_digest(),
                "basis": basis_of_all((outcome.subject_id, outcome.basis) for outcome in members),
            }
        estimates[analysis_set.code] = of_members[keys]
    return estimates


def _figures(rows: Sequence[OutcomeRow], population: Population) -> dict[str, Any]:
    """Of all together; under `arms` by randomised group, where the population has some."""
    protocol = current()
    plan, design = protocol.analysis, Design.of(protocol, population)
    return estimate(rows, plan) | {"arms": by_arm(rows, design, plan) if design else None}
