"""The dates that progression-free survival rests on: what the trail is asked for when one was changed late.

Its origin (the first dose), the assessments and the procedures of their lesions, a claimed progression, a new therapy
and death. Days that show no more than that a subject lived are not among them, though a date that is known in part is
kept before the last of them.
"""

from django.db.models import Model

from assessments.models import (
    Death,
    EndOfTreatment,
    EverolimusInterval,
    ExposureInterval,
    FollowUp,
    InfusionVisit,
    LesionResult,
    NewAnticancerTherapy,
    TumourAssessment,
    TumourBaseline,
)

# "struck_out": the date goes with its row.
BEHIND_PFS: dict[type[Model], tuple[str, ...]] = {
    InfusionVisit: ("infusion_date",),
    EverolimusInterval: ("start_date", "struck_out"),
    ExposureInterval: ("start_date", "struck_out"),
    TumourBaseline: ("assessment_date",),
    TumourAssessment: ("assessment_date",),
    LesionResult: ("examined_on",),
    EndOfTreatment: ("clinical_progression_date",),
    NewAnticancerTherapy: ("start_date",),
    FollowUp: ("new_therapy_date",),
    Death: ("death_date",),
}


def tell_the_trail() -> None:
    """Called once, when the app is ready: the app of the trail stands below this one."""
    from audit.kinds import DATES

    DATES.clear()
    DATES.update({model._meta.db_table: columns for model, columns in BEHIND_PFS.items()})
