"""The order in which a trial allows things: nothing before consent, no dose before eligibility and enrolment."""

from dataclasses import dataclass

from assessments.catalogue import CATALOGUE, DOSES, FormType, codes_of
from cohorts.models import Subject, Visit
from database.prepared import Plain
from protocol import current

AFTER_WITHDRAWAL = codes_of(lambda form: form.after_withdrawal)
FOR_ENROLMENT = codes_of(lambda form: form.for_enrolment)


@dataclass(frozen=True)
class SubjectStanding:
    """How far a subject has come: its complete forms, consent, enrolment, and what it has taken back."""

    complete: frozenset[str]
    consented: bool
    enrolled: bool
    withdrawn: bool
    follow_up_refused: bool


# A baseline that was not done, and why, is an answer: a subject treated without one stays in every denominator. So is
# the consent of a subject who was imported (the last parameter): the trial went on elsewhere, and the data may not
# tell of it. For a subject who is entered here nothing but a consent is one.
# Plain SQL: building this from the ORM costs more than running it, and every new form asks it. Each table is named
# once, because the row-level security of each costs its look-ups anew.
STANDING = Plain("""
    WITH f AS MATERIALIZED (SELECT id, code, state FROM assessments_caseform WHERE subject_id = %s),
    ended AS MATERIALIZED (
        SELECT reason, follow_up_agreed FROM assessments_endoftreatment
        WHERE case_form_id = (
            SELECT id FROM f WHERE code = 'end_of_treatment' AND state NOT IN ('not_done', 'in_error')))
    SELECT ARRAY(SELECT DISTINCT code FROM f
                 WHERE state = 'complete' OR (state = 'not_done' AND code = 'tumour_baseline')
                    OR (state = 'not_done' AND code = 'consent' AND %s)),
           EXISTS (SELECT 1 FROM assessments_consent
                   WHERE case_form_id = (SELECT id FROM f WHERE code = 'consent') AND consent_given = 'Y')
               OR EXISTS (SELECT 1 FROM f WHERE code = 'consent' AND state = 'not_done' AND %s),
           EXISTS (SELECT 1 FROM cohorts_enrolment WHERE subject_id = %s AND status = 'approved'),
           EXISTS (SELECT 1 FROM ended WHERE reason = 'WITHDRAWAL OF CONSENT'),
           EXISTS (SELECT 1 FROM ended WHERE follow_up_agreed = 'N')
""")


def asked_of(subject: Subject) -> tuple[int, bool, bool, int]:
    """The parameters of STANDING."""
    imported = subject.source_id is not None
    return subject.pk, imported, imported, subject.pk


def standing(subject: Subject) -> SubjectStanding:
    """One statement."""
    [(complete, *others)] = STANDING.rows(*asked_of(subject))
    return SubjectStanding(frozenset(complete), *others)


def obstacles(subject: Subject, form_type: FormType) -> list[str]:
    """Why this form may not be begun for the subject now, in words; empty where nothing stands against it."""
    if form_type.code not in current().forms():
        return [f"This trial has no form {form_type.title}."]
    now = standing(subject)
    incomplete = _incomplete(form_type.needs, now)
    if now.enrolled and not applies_to(form_type.code, subject):
        of_drugs = f"The subject's cohort does not get what {form_type.title} is about."
        limiting = "The subject's cohort is not evaluated for dose-limiting toxicity."
        incomplete.append(of_drugs if form_type.drugs else limiting)
    if form_type.needs and "consent" in now.complete and not now.consented:
        incomplete.append("The subject has not given consent.")
    if form_type.dosing and not now.enrolled:
        incomplete.append("The subject must be enrolled into a cohort before any dose.")
    if not form_type.after_withdrawal and now.withdrawn:
        incomplete.append("Consent was withdrawn: only the agreed follow-up may be entered.")
    if form_type.code == "follow_up" and now.follow_up_refused:
        incomplete.append(
            "The subject does not agree to be asked about survival. "
            "A death known from public records is entered on its own form."
        )
    return incomplete


def applies_to(code: str, subject: Subject) -> bool:
    """Whether the form is for this subject: only some cohorts are evaluated for dose-limiting toxicity, and only some
    may get the drugs of a form."""
    drugs = CATALOGUE[code].drugs
    if drugs and any(current().drug(drug).cohorts for drug in drugs):
        enrolment = getattr(subject, "enrolment", None)
        facts = {
            drug.code for drug in current().drugs_of(enrolment.cohort.code if enrolment and enrolment.cohort else None)
        }
        return not facts.isdisjoint(drugs)
    if not CATALOGUE[code].by_toxicity:
        return True
    enrolment = getattr(subject, "enrolment", None)
    return enrolment is not None and enrolment.plan is not None and bool(enrolment.plan.dlt_evaluated)


# Where the first dose of a trial is recorded, the first of these that it asks for: at a visit, else on the form of any
# drug, else on that of one.
OF_DOSES = sorted(DOSES, key=lambda code: (CATALOGUE[code].is_once, bool(CATALOGUE[code].of)))


def dosing_form(subject: Subject) -> str:
    """The code of the form on which a first dose of this subject is recorded."""
    forms = current().forms()
    return next((code for code in OF_DOSES if code in forms and applies_to(code, subject)), "infusion")


def visit_missing(form_type: FormType, visit: Visit | None) -> list[str]:
    """Why this form may not be begun at no visit. Without one, nothing would tell a second form from the first.

    Asked by pages and API. What is imported into a trial that only records its visits may come without.
    """
    protocol = current()
    alone = form_type.is_once or form_type.code in protocol.log_forms or not protocol.visits_enforced
    if visit is not None or alone:
        return []
    return [f"{form_type.title} belongs to a visit: begin it there, or add an unscheduled visit for it."]


def enrolment_obstacles(subject: Subject) -> list[str]:
    """Which forms an enrolment still waits for (the criteria themselves: assessments.eligibility)."""
    now = standing(subject)
    incomplete = _incomplete(FOR_ENROLMENT, now)
    if "consent" in now.complete and not now.consented:
        incomplete.append("The subject has not given consent.")
    return incomplete


def _incomplete(codes: tuple[str, ...], now: SubjectStanding) -> list[str]:
    """Only forms that this trial has are waited for."""
    forms = current().forms()
    return [f"{CATALOGUE[code].title} must be complete first." for code in codes if code in forms - now.complete]
