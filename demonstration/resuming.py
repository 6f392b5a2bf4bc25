"""Where an interrupted run stopped: steps are done in order, so the last one that left something behind says it."""

from collections import Counter
from collections.abc import Sequence

from django.db.models import Q

from assessments.models import CaseForm
from cohorts.models import EnrolmentStatus, Subject
from demonstration.steps import Add, Decide, Enrol, Fill, MarkNotDone, Step
from demonstration.typist import Typist
from safety.models import DoseLevelDecision


def left_to_do(typist: Typist, steps: Sequence[Step]) -> Sequence[Step]:
    """The steps after the last one done; the typist gets to know the subjects that are there."""
    subjects = Subject.objects.filter(source_id__startswith=f"{typist.name} ").select_related("enrolment")
    typist.subjects |= {int((subject.source_id or "").rsplit(" ", 1)[1]): subject for subject in subjects}
    done = _Done(typist)
    last = max((index for index, step in enumerate(steps) if done.is_done(step)), default=-1)
    typist.resumed = last >= 0
    return steps[last + 1 :]


class _Done:
    """What the database holds of the trial, in a few statements."""

    def __init__(self, typist: Typist) -> None:
        number_of = {subject.pk: number for number, subject in typist.subjects.items()}
        forms = CaseForm.every.filter(subject__in=number_of).filter(Q(visit=None) | ~Q(visit__kind="unscheduled"))
        self.forms: Counter[tuple[int, str, str | None]] = Counter(
            (number_of[subject], code, visit)
            for subject, code, visit in forms.values_list("subject_id", "code", "visit__code")
        )
        self.decided = set(DoseLevelDecision.objects.values_list("cohort__code", flat=True))
        self.enrolled = {
            number
            for number, subject in typist.subjects.items()
            if hasattr(subject, "enrolment") and subject.enrolment.status == EnrolmentStatus.APPROVED
        }
        self.subjects = typist.subjects

    def is_done(self, step: Step) -> bool:
        if isinstance(step, Add):
            return step.slot.number in self.subjects
        if isinstance(step, Enrol):
            return step.slot.number in self.enrolled
        if isinstance(step, Fill | MarkNotDone) and not getattr(step, "again", False):
            # Of the entries in a log as many are done as there are.
            return self.forms[step.slot.number, step.code, step.visit] >= max(getattr(step, "entry", 0), 1)
        if isinstance(step, Decide):
            return step.cohort in self.decided
        return False
