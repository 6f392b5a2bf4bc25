"""What a saved form moves elsewhere: first dose, the subject's status, the visits that follow."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import connection

from assessments.catalogue import LEADING, FormType
from assessments.consequences import RecordSave
from assessments.place import Place
from assessments.visits.placing import tells_the_day
from cohorts.models import Subject, SubjectStatus, Visit
from cohorts.planning import Milestones, plan_subjects
from cohorts.versions import Consented, versions_of
from protocol import current, in_force
from values.dates import middle_of


def moves_milestones(place: Place, record: dict[str, Any]) -> bool:
    """Whether a save of this form can move a milestone. The commonest cannot: a new assessment without progression,
    and a new infusion within a cycle."""
    save = RecordSave(place.subject, record, place.visit, is_new=place.case_form is None)
    return place.form_type.moves(save) or _starts_a_cycle(place.form_type, save)


def _starts_a_cycle(form_type: FormType, save: RecordSave) -> bool:
    """Whether the form may date day 1 of a cycle, from which the next visits are counted. Where infusions do, no other
    form moves them."""
    visit = save.visit
    if visit is None or not visit.cycle or not visit.code.endswith("D1") or LEADING["cycle"] in current().forms():
        return False
    on = save.record.get(form_type.date_item) if tells_the_day(form_type.code, visit.kind) else None
    return bool(on) and str(on) != str(visit.visit_date)


# Plain SQL: building this from the ORM costs more than running it. Complete forms count; a withdrawal at once.
MILESTONES = """
    SELECT s.id, found.* FROM unnest(%(subjects)s::bigint[]) AS s (id) CROSS JOIN LATERAL (
    WITH done AS (SELECT id FROM assessments_caseform WHERE subject_id = s.id AND state = 'complete')
    SELECT (SELECT min(consent_date) FROM assessments_consent JOIN done ON id = case_form_id WHERE consent_given = 'Y'),
           least((SELECT min(infusion_date) FROM assessments_infusionvisit JOIN done ON id = case_form_id
                  WHERE 'Y' IN (paclitaxel_given, trastuzumab_given)),
                 (SELECT min(r.start_date) FROM assessments_everolimusinterval r JOIN done ON done.id = r.case_form_id
                  WHERE NOT r.struck_out AND r.dose_mg > 0),
                 (SELECT min(r.start_date) FROM assessments_exposureinterval r JOIN done ON done.id = r.case_form_id
                  WHERE NOT r.struck_out AND r.given = 'Y')),
           (SELECT min(end_date) FROM assessments_endoftreatment JOIN done ON id = case_form_id),
           ARRAY(SELECT assessment_date FROM assessments_tumourassessment JOIN done ON id = case_form_id
                 WHERE (overall_response = 'PD' OR new_lesions = 'Y') AND assessment_date <> ''
                 UNION ALL
                 SELECT clinical_progression_date FROM assessments_endoftreatment JOIN done ON id = case_form_id
                 WHERE clinical_progression_date <> ''
                 UNION ALL
                 SELECT end_date::text FROM assessments_endoftreatment JOIN done ON id = case_form_id
                 WHERE reason = 'PROGRESSIVE DISEASE' AND end_date IS NOT NULL),
           ARRAY(SELECT death_date FROM assessments_death JOIN done ON id = case_form_id WHERE death_date <> ''),
           EXISTS (SELECT 1 FROM assessments_endoftreatment r JOIN assessments_caseform f ON f.id = r.case_form_id
                   WHERE f.subject_id = s.id AND f.state NOT IN ('not_done', 'in_error')
                   AND r.reason = 'WITHDRAWAL OF CONSENT'),
           (SELECT min(end_date) FROM assessments_endoftreatment r JOIN assessments_caseform f ON f.id = r.case_form_id
            WHERE f.subject_id = s.id AND f.state NOT IN ('not_done', 'in_error')
            AND r.reason = 'WITHDRAWAL OF CONSENT'),
           EXISTS (SELECT 1 FROM assessments_endoftreatment r JOIN assessments_caseform f ON f.id = r.case_form_id
                   WHERE f.subject_id = s.id AND f.state NOT IN ('not_done', 'in_error')
                   AND r.follow_up_agreed = 'N'),
           (SELECT c.code FROM cohorts_enrolment e JOIN cohorts_cohort c ON c.id = e.cohort_id
            WHERE e.subject_id = s.id AND e.status = 'approved'),
           (SELECT enrolled_on FROM cohorts_enrolment WHERE subject_id = s.id AND status = 'approved'),
           ARRAY(SELECT consent_date::text FROM assessments_consent JOIN done ON id = case_form_id
                 WHERE consent_given = 'Y' AND consent_date IS NOT NULL
                 UNION ALL
                 SELECT consent_date || ' ' || protocol_version
                 FROM assessments_reconsent JOIN done ON id = case_form_id
                 WHERE consent_given = 'Y' AND consent_date IS NOT NULL)
    ) found
"""


def follow_the_record(subject: Subject) -> None:
    """Bring first dose, status and planned visits in line with the record.

    The subject's row is locked before the record is read: of two saves at once the later one sees both. "No key",
    because each of them holds the row's key already, by the form that it began: neither would ever get it whole.
    """
    follow_the_records([subject])


def follow_the_records(subjects: Sequence[Subject]) -> None:
    """The same of several, in a number of statements that does not grow with them but where their dates changed."""
    keys = [subject.pk for subject in subjects]
    held = {subject.pk: subject for subject in Subject.objects.select_for_update(no_key=True).filter(pk__in=keys)}
    courses = milestones_of(subjects)
    for subject in subjects:
        before, (milestones, withdrawn, enrolled) = held[subject.pk], courses[subject.pk]
        subject.first_dose_date = milestones.first_dose
        subject.status = _status(milestones, withdrawn=withdrawn, enrolled=enrolled)
        subject.protocol_id = before.protocol_id
        if (subject.first_dose_date, subject.status) != (before.first_dose_date, before.status):
            subject.save(update_fields=["first_dose_date", "status"])
    plan_subjects([(subject, courses[subject.pk][0]) for subject in subjects])


def milestones(subject: Subject) -> tuple[Milestones, bool, bool]:
    """The dates that visits are counted from, whether consent was withdrawn, whether enrolled. Two statements."""
    return milestones_of([subject])[subject.pk]


def milestones_of(subjects: Sequence[Subject]) -> dict[int, tuple[Milestones, bool, bool]]:
    """The same of several, by their keys. Two statements."""
    keys = [subject.pk for subject in subjects]
    with connection.cursor() as cursor:
        cursor.execute(MILESTONES, {"subjects": keys})
        rows = cursor.fetchall()
    starts = _cycle_starts(keys)
    return {key: _course(starts[key], *dates) for key, *dates in rows}


def _course(starts: dict[int, date], *dates: Any) -> tuple[Milestones, bool, bool]:
    consent, first_dose, ended, progressed, died, withdrawn, withdrawal, refused, cohort, enrolled, consents = dates
    course = Milestones(
        consent_date=consent,
        first_dose=first_dose,
        cycle_starts=starts,
        end_of_treatment=ended,
        progression=_first(progressed),
        death=_first(died),
        withdrawal=withdrawal,
        follow_up_refused=refused,
        dlt_evaluated=cohort is not None and in_force().cohort(cohort).dlt_evaluated,
        consents=tuple(_consented(consented) for consented in consents),
        randomisation=enrolled if cohort is not None and in_force().is_randomised(cohort) else None,
    )
    return course, withdrawn, cohort is not None


def stamp_visit(visit: Visit, subject: Subject, day: date) -> None:
    """Have the visit stand under the version that held for the subject on the day on which it took place."""
    held = versions_of(subject).on(day)
    if held != visit.protocol_id:
        visit.protocol_id = held
        Visit.every.filter(pk=visit.pk).update(protocol=held)


def consent_date(subject: Subject) -> date | None:
    """The day of the first consent that was given, from complete forms."""
    return milestones(subject)[0].consent_date


def _consented(consent: str) -> Consented:
    on, _, version = consent.partition(" ")
    return Consented(date.fromisoformat(on), version)


def _first(days: Iterable[str]) -> date | None:
    """The earliest of dates that may lack their day or month: each stands where the analysis puts it, in the middle of
    what it can be. As text 2008-04 would come before 2008-04-03, and its first day before what is known of April."""
    return min(map(middle_of, days), default=None)


def _cycle_starts(subjects: Sequence[int]) -> dict[int, dict[int, date]]:
    visits = Visit.objects.filter(subject__in=subjects, kind="cycle", visit_date__isnull=False, code__endswith="D1")
    starts: dict[int, dict[int, date]] = {key: {} for key in subjects}
    for key, cycle, day in visits.values_list("subject", "cycle", "visit_date"):
        if cycle and day:
            starts[key][cycle] = day
    return starts


def _status(milestones: Milestones, *, withdrawn: bool, enrolled: bool) -> str:
    if milestones.death:
        return SubjectStatus.DIED
    if withdrawn:
        return SubjectStatus.WITHDRAWN
    if milestones.end_of_treatment:
        return SubjectStatus.FOLLOW_UP if milestones.first_dose else SubjectStatus.SCREEN_FAILURE
    if milestones.first_dose:
        return SubjectStatus.ON_TREATMENT
    return SubjectStatus.ENROLLED if enrolled else SubjectStatus.SCREENING
