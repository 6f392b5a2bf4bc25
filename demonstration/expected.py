"""What the analysis makes of a course without any database: for calibrating the generator, and to test the typing."""

from demonstration.assessing import as_baseline, as_record
from demonstration.course import InventedCourse
from endpoints.arithmetic.outcomes import SubjectOutcome
from endpoints.arithmetic.records import Contact, Dated, SubjectRecords
from endpoints.arithmetic.subject import derive
from protocol import current


def outcome(course: InventedCourse) -> SubjectOutcome:
    """The derived outcome of a course, under the analysis plan in force."""
    return derive(records(course), current().analysis)


def records(course: InventedCourse) -> SubjectRecords:
    therapy = next((contact.therapy_started for contact in course.contacts if contact.therapy_started), "")
    known = [course.end, *(contact.day for contact in course.contacts)]
    return SubjectRecords(
        ref=course.key,
        treatment_start=course.first_dose,
        baselines=(as_baseline(course.disease, course.baseline_day),),
        assessments=tuple(as_record(assessed) for assessed in course.assessments),
        death=Dated(course.death) if course.death else None,
        contacts=tuple(Contact(day.isoformat(), "contact") for day in known),
        new_therapies=(Dated(therapy),) if therapy else (),
        clinical_progression=Dated(course.clinical_progression) if course.clinical_progression else None,
    )
